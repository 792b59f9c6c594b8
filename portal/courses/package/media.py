"""Files that a package names: are they there, what they say they are, and how long a film lasts."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from portal.core.mp4 import length_seconds_of
from portal.core.webvtt import BadCaptions, CaptionCue, read_captions
from portal.courses.package.parts import StoredFile
from portal.courses.package.read import Folder, Problem, Source

LARGEST_FILM = 2 * 1024**3  # bytes
LARGEST_FILE = 100 * 1024**2

# Ending -> media type, and how such a file begins. Text has no such beginning and must be UTF-8.
KINDS: dict[str, tuple[str, bytes | None]] = {
    "mp4": ("video/mp4", None),
    "vtt": ("text/vtt; charset=utf-8", None),
    "md": ("text/markdown; charset=utf-8", None),
    "txt": ("text/plain; charset=utf-8", None),
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "webp": ("image/webp", b"RIFF"),
    "rtf": ("application/rtf", b"{\\rtf"),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
    "pptx": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", b"PK\x03\x04"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
    "odp": ("application/vnd.oasis.opendocument.presentation", b"PK\x03\x04"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", b"PK\x03\x04"),
}
DOWNLOADS = frozenset(KINDS) - {"mp4", "vtt"}
IMAGES = frozenset({"png", "jpg", "jpeg"})
TEXTS = frozenset({"md", "txt"})


@dataclass
class Files:
    """The files named so far. Each is looked at once, however often it is named."""

    folder: Folder
    found: dict[str, Path] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)  # fit or not
    problems: list[Problem] = field(default_factory=list)
    _lengths: dict[str, float] = field(default_factory=dict)
    _cues: dict[str, tuple[CaptionCue, ...]] = field(default_factory=dict)

    def stored(self) -> dict[str, StoredFile]:
        """Type, size and hash of each file named."""
        return {path: _stored(path, found) for path, found in sorted(self.found.items())}

    def named(self, path: str, endings: Iterable[str], source: Source, line: int) -> bool:
        """Take a file that `source` names; False with the problem noted when it is not fit."""
        self.mentioned.add(path)
        ending = path.rpartition(".")[2].lower()
        wanted = sorted(endings)
        if ending not in wanted:
            source.problem(line, f"{path} is not a kind of file taken here ({', '.join(wanted)})")
            return False
        found = self.folder.find(path)
        if found is None:
            source.problem(line, f"{path} is not in the package")
            return False
        if path not in self.found:
            mistake = _unfit(found, ending)
            if mistake:
                self.problems.append(Problem(path, 1, mistake))
                return False
            self.found[path] = found
        return True

    def length_of(self, path: str) -> float:
        """How long a film taken before lasts, in seconds."""
        if path not in self._lengths:
            with self.found[path].open("rb") as file:
                length = length_seconds_of(file)
            if length is None:
                self.problems.append(
                    Problem(path, 1, "the file is not an MP4 video that can be read to its end")
                )
            self._lengths[path] = length or 0.0
        return self._lengths[path]

    def cues_of(self, path: str) -> tuple[CaptionCue, ...]:
        """The captions of a file taken before."""
        if path not in self._cues:
            source = Source(path)
            text = self.folder.text(path, source)
            cues: tuple[CaptionCue, ...] = ()
            try:
                cues = read_captions(text) if text is not None else ()
            except BadCaptions as mistake:
                source.problem(mistake.line, f"not WebVTT: {mistake.message}")
            self.problems += source.problems
            self._cues[path] = cues
        return self._cues[path]

    def text_of(self, path: str) -> str:
        """The text of a file taken before."""
        source = Source(path)
        text = self.folder.text(path, source) or ""
        self.problems += source.problems
        return text.strip()


def _unfit(found: Path, ending: str) -> str | None:
    """What is wrong with a file; None: nothing."""
    try:
        size = found.stat().st_size
        with found.open("rb") as file:
            head = file.read(16)
    except OSError:
        return "the file cannot be read"
    largest = LARGEST_FILM if ending == "mp4" else LARGEST_FILE
    if size == 0:
        return "the file is empty"
    if size > largest:
        return f"the file is larger than {largest // 1024**2} MB"
    begins = KINDS[ending][1]
    if begins is not None and not head.startswith(begins):
        return f"the file is not what its ending .{ending} says"
    return None


def _stored(path: str, found: Path) -> StoredFile:
    with found.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    media_type = KINDS[path.rpartition(".")[2].lower()][0]
    return StoredFile(media_type=media_type, size=found.stat().st_size, sha256=digest)
