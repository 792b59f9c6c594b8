"""The transcript beside a video: captions gathered into lines one can read."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.courses.package.parts import Cue

# A line is long enough to read as a sentence or two, short enough to be found while listening.
LINE_SECONDS = 12.0
_ENDS = (".", "?", "!", "…", "”", '"')


@dataclass(frozen=True)
class Said:
    """One line: when it begins (seconds), and what is said."""

    start: float
    text: str


def lines_of(cues: Sequence[Cue]) -> tuple[Said, ...]:
    """Cues joined until a sentence ends after some seconds; a cue is never split."""
    lines: list[Said] = []
    start, words = 0.0, list[str]()
    for cue in cues:
        if not words:
            start = cue.start
        words.append(" ".join(cue.text.split()))
        long_enough = cue.end - start >= LINE_SECONDS / 2 and words[-1].endswith(_ENDS)
        if long_enough or cue.end - start >= LINE_SECONDS:
            lines.append(Said(start, " ".join(words)))
            words = []
    if words:
        lines.append(Said(start, " ".join(words)))
    return tuple(lines)


def clock(seconds: float) -> str:
    """ "10:52"; from an hour on "1:02:03"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
