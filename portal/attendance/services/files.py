"""Recordings and captions of a cohort's own, kept in the file store by their content."""

import hashlib
from typing import BinaryIO

from portal.core.errors import Invalid, TooLarge, WrongKind
from portal.core.files import FileStore
from portal.core.mp4 import length_seconds_of
from portal.core.webvtt import BadCaptions, read_captions
from portal.courses.models import CallSession

LARGEST_RECORDING = 2 * 1024**3  # bytes
LARGEST_CAPTIONS = 2 * 1024**2


def keep_recording(files: FileStore, call: CallSession, file: BinaryIO) -> tuple[str, float]:
    """Keep an MP4 recording of the call; returns its key and its length in seconds.

    Raises WrongKind where it is no MP4 that can be read to its end, TooLarge beyond 2 GB.
    """
    length = length_seconds_of(file)
    if not length:
        raise WrongKind("The recording is not an MP4 video that can be read to its end. Nothing was kept.")
    size = file.seek(0, 2)
    if size > LARGEST_RECORDING:
        raise TooLarge("A recording may be up to 2 GB. Nothing was kept.")
    file.seek(0)
    digest = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        digest.update(block)
    key = f"calls/{call.id}/{digest.hexdigest()[:20]}.mp4"
    if not files.exists(key):
        file.seek(0)
        files.save(key, file)
    return key, length


def keep_captions(files: FileStore, call: CallSession, data: bytes) -> str:
    """Keep WebVTT captions of the call's recording; returns their key. Raises Invalid, naming the line."""
    if len(data) > LARGEST_CAPTIONS:
        raise TooLarge("Captions may be up to 2 MB. Nothing was kept.")
    try:
        read_captions(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid("The captions are not UTF-8 text. Nothing was kept.") from None
    except BadCaptions as mistake:
        raise Invalid(
            f"The captions are not WebVTT: line {mistake.line}, {mistake.message}. Nothing was kept."
        ) from None
    key = f"calls/{call.id}/{hashlib.sha256(data).hexdigest()[:20]}.vtt"
    if not files.exists(key):
        files.save(key, data)
    return key
