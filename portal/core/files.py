"""Where files live, behind one small interface over fsspec: a folder, or an object store."""

import io
import secrets
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol, cast

import fsspec
from flask import current_app


class FileStore(Protocol):
    """Files by key (`a/b/c`). A file is there whole or not at all."""

    def save(self, key: str, data: bytes | BinaryIO) -> int:
        """Keep `data` under `key`; returns its size in bytes."""

    def open(self, key: str) -> BinaryIO:
        """The file, to read and seek. Raises FileNotFoundError."""

    def read(self, key: str) -> bytes:
        """The whole file. Raises FileNotFoundError."""

    def size(self, key: str) -> int:
        """In bytes. Raises FileNotFoundError."""

    def exists(self, key: str) -> bool:
        """Whether it is there."""

    def delete(self, key: str) -> None:
        """Remove it; missing is fine."""


class FsspecStore:
    """A FileStore in any place that fsspec knows (`file://`, `s3://`, `memory://`)."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = cast(tuple[Any, str], fsspec.core.url_to_fs(url, auto_mkdir=True))

    def _path(self, key: str) -> str:
        parts = key.split("/")
        if key.startswith("/") or "\\" in key or any(part in ("", ".", "..") for part in parts):
            raise ValueError("Not a key of the file store.")
        return f"{self._root}/{key}"

    def save(self, key: str, data: bytes | BinaryIO) -> int:
        path = self._path(key)
        source = io.BytesIO(data) if isinstance(data, bytes) else data
        unfinished = f"{path}.{secrets.token_hex(6)}.part"
        written = 0
        try:
            with self._fs.open(unfinished, "wb") as target:
                for block in iter(lambda: source.read(1 << 18), b""):
                    target.write(block)
                    written += len(block)
            self._fs.mv(unfinished, path)  # whole or not at all
        except BaseException:
            if self._fs.exists(unfinished):
                self._fs.rm_file(unfinished)
            raise
        return written

    def open(self, key: str) -> BinaryIO:
        return cast(BinaryIO, self._fs.open(self._path(key), "rb"))

    def read(self, key: str) -> bytes:
        with self.open(key) as file:
            return file.read()

    def size(self, key: str) -> int:
        return int(self._fs.size(self._path(key)))

    def exists(self, key: str) -> bool:
        return bool(self._fs.exists(self._path(key)))

    def delete(self, key: str) -> None:
        if self.exists(key):
            self._fs.rm_file(self._path(key))


def blocks(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    """`length` bytes of a file from `start`, in pieces; closes it at the end."""
    with file:
        file.seek(start)
        while length > 0 and (block := file.read(min(length, 1 << 16))):
            length -= len(block)
            yield block


def store() -> FileStore:
    """The app's file store."""
    return cast(FileStore, current_app.extensions["files"])
