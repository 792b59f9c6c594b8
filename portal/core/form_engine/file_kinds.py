"""Kinds of file that are taken, told by what is in them; the name only chooses between txt and md."""

import zipfile
from typing import BinaryIO

import filetype

from portal.core.form_engine.definition import UploadKind

MOST_BYTES = 25 * 1024 * 1024  # of one file (CONTRACT: Files and data)

KIND_NAMES = {
    UploadKind.PDF: "PDF",
    UploadKind.DOCX: "Word (docx)",
    UploadKind.ODT: "OpenDocument (odt)",
    UploadKind.RTF: "RTF",
    UploadKind.TXT: "plain text (txt)",
    UploadKind.MD: "Markdown (md)",
    UploadKind.PPTX: "PowerPoint (pptx)",
    UploadKind.ODP: "OpenDocument slides (odp)",
    UploadKind.XLSX: "Excel (xlsx)",
    UploadKind.ODS: "OpenDocument sheet (ods)",
    UploadKind.PNG: "PNG",
    UploadKind.JPG: "JPG",
    UploadKind.WEBP: "WebP",
}
IMAGES = frozenset({UploadKind.PNG, UploadKind.JPG, UploadKind.WEBP})
MEDIA_TYPES = {
    UploadKind.PDF: "application/pdf",
    UploadKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    UploadKind.ODT: "application/vnd.oasis.opendocument.text",
    UploadKind.RTF: "application/rtf",
    UploadKind.TXT: "text/plain; charset=utf-8",
    UploadKind.MD: "text/markdown; charset=utf-8",
    UploadKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    UploadKind.ODP: "application/vnd.oasis.opendocument.presentation",
    UploadKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    UploadKind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    UploadKind.PNG: "image/png",
    UploadKind.JPG: "image/jpeg",
    UploadKind.WEBP: "image/webp",
}

_SIMPLE = {
    "pdf": UploadKind.PDF,
    "rtf": UploadKind.RTF,
    "png": UploadKind.PNG,
    "jpg": UploadKind.JPG,
    "webp": UploadKind.WEBP,
}
# An Office Open XML file holds its main part under this folder; an OpenDocument file says its media type.
_OFFICE = {"word/": UploadKind.DOCX, "ppt/": UploadKind.PPTX, "xl/": UploadKind.XLSX}
_OPEN = {MEDIA_TYPES[kind].encode(): kind for kind in (UploadKind.ODT, UploadKind.ODP, UploadKind.ODS)}
_TEXT_CONTROLS = {*range(9), 11, *range(14, 32), 127}  # form feeds stand in old text files


def kind_of(file: BinaryIO, name: str) -> UploadKind | None:
    """The kind of a whole, seekable file by its content; None for any that is not taken, or empty."""
    file.seek(0)
    head = file.read(8192)
    if not head:
        return None
    if head.startswith(b"PK\x03\x04"):
        return _kind_in_zip(file)
    guessed = filetype.guess_extension(head)
    if guessed in _SIMPLE:
        return _SIMPLE[guessed]
    # Not refused for another guess: a text that begins with "BM" is no bitmap.
    if not _is_text(file):
        return None
    return UploadKind.MD if name.lower().endswith((".md", ".markdown")) else UploadKind.TXT


def _kind_in_zip(file: BinaryIO) -> UploadKind | None:
    try:
        with zipfile.ZipFile(file) as container:
            names = set(container.namelist())
            if "mimetype" in names and container.getinfo("mimetype").file_size < 200:
                return _OPEN.get(container.read("mimetype").strip())
            if "[Content_Types].xml" not in names or any(n.endswith("vbaProject.bin") for n in names):
                return None  # a macro-enabled document is another kind (docm), whatever it is called
            kinds = {
                kind for folder, kind in _OFFICE.items() if any(name.startswith(folder) for name in names)
            }
            return kinds.pop() if len(kinds) == 1 else None
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return None


def _is_text(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(character) in _TEXT_CONTROLS for character in set(text))


def size_words(size_bytes: int) -> str:
    """ "412 B", "2.1 MB"."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 999.5 or unit == "MB":
            return f"{size:.0f} {unit}" if unit == "B" or size >= 99.95 else f"{size:.1f} {unit}"
        size /= 1000
    return ""
