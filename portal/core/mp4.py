"""How long an MP4 is, read from its header (ISO/IEC 14496-12, `moov` and `mvhd`)."""

import struct
from typing import BinaryIO

_MOST_BOXES = 10_000


def length_seconds_of(file: BinaryIO) -> float | None:
    """The length in seconds of an MP4 open for reading; None: it is no MP4, is cut off, or says no length."""
    try:
        if not _is_mp4(file):
            return None
        file.seek(0)
        moov = _find(file, b"moov", _end_of(file))
        if moov is None:
            return None
        file.seek(moov[0])
        mvhd = _find(file, b"mvhd", moov[1])
        return _movie_length(file, mvhd) if mvhd else None
    except (OSError, struct.error, OverflowError):
        return None


def _is_mp4(file: BinaryIO) -> bool:
    file.seek(0)
    return file.read(8)[4:] == b"ftyp"


def _end_of(file: BinaryIO) -> int:
    at = file.tell()
    end = file.seek(0, 2)
    file.seek(at)
    return end


def _find(file: BinaryIO, kind: bytes, end: int) -> tuple[int, int] | None:
    """Start and end of the content of the first box of that kind before `end`."""
    at = file.tell()
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or at >= end:
            return None
        size, found = struct.unpack(">I4s", head)
        content = at + 8
        if size == 1:
            size = struct.unpack(">Q", file.read(8))[0]
            content = at + 16
        size = end - at if size == 0 else size
        if size < content - at or at + size > end:
            return None  # nonsense, or cut off
        if found == kind:
            return content, at + size
        at += size
    return None


def _movie_length(file: BinaryIO, mvhd: tuple[int, int]) -> float | None:
    file.seek(mvhd[0])
    version = file.read(4)[0:1]
    if version == b"\x01":
        file.read(16)
        scale, duration = struct.unpack(">IQ", file.read(12))
    else:
        file.read(8)
        scale, duration = struct.unpack(">II", file.read(8))
    return duration / scale if scale and duration else None
