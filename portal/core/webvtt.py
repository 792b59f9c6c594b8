"""WebVTT captions, read strictly enough to be sure of them (W3C WebVTT, section 4)."""

import html
import re
from dataclasses import dataclass

MOST_CUES = 20_000
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)
_TAG = re.compile(r"<[^>\n]{0,200}>")


@dataclass(frozen=True)
class CaptionCue:
    """One caption: seconds from the start, text without markup, lines joined by a space."""

    start: float
    end: float
    text: str


class BadCaptions(ValueError):
    """The file is not WebVTT. `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def read_captions(text: str) -> tuple[CaptionCue, ...]:
    """The cues of a WebVTT file in order. Raises BadCaptions at the first mistake."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.fullmatch(r"WEBVTT([ \t].*)?", lines[0]):
        raise BadCaptions(1, "captions begin with the line WEBVTT")
    cues: list[CaptionCue] = []
    at = 1
    while at < len(lines):
        block_at = at
        while at < len(lines) and lines[at].strip():
            at += 1
        block = lines[block_at:at]
        at += 1
        # The block right under WEBVTT is its header; notes, styles and regions say nothing aloud.
        if not block or block_at == 1 or re.match(r"(NOTE|STYLE|REGION)\b", block[0]):
            continue
        cues.append(_cue(block, block_at + 1, cues[-1].start if cues else 0.0))
        if len(cues) > MOST_CUES:
            raise BadCaptions(block_at + 1, f"more than {MOST_CUES:,} captions")
    if not cues:
        raise BadCaptions(1, "the file holds no captions")
    return tuple(cues)


def _cue(block: list[str], line: int, not_before: float) -> CaptionCue:
    timing_at = next((i for i, text in enumerate(block[:2]) if "-->" in text), None)
    found = _TIMING.fullmatch(block[timing_at].strip()) if timing_at is not None else None
    if timing_at is None or found is None:
        raise BadCaptions(line, "a caption needs a line of times such as 00:01.000 --> 00:04.000")
    start, end = _seconds(*found.groups()[:4]), _seconds(*found.groups()[4:])
    if end <= start:
        raise BadCaptions(line + timing_at, "a caption ends before it begins")
    if start < not_before:
        raise BadCaptions(line + timing_at, "a caption begins before the one above it")
    words = html.unescape(_TAG.sub("", " ".join(block[timing_at + 1 :])))
    return CaptionCue(start, end, " ".join(words.split()))


def _seconds(hours: str | None, minutes: str | None, seconds: str | None, thousandths: str | None) -> float:
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + int(thousandths or 0) / 1000
