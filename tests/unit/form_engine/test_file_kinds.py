"""A file is what is in it."""

import io
import zipfile

import pytest

from portal.core.form_engine.definition import UploadKind
from portal.core.form_engine.file_kinds import KIND_NAMES, MEDIA_TYPES, kind_of, size_words


def office(*names, mimetype=None):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as container:
        if mimetype:
            container.writestr("mimetype", mimetype)
        for name in names:
            container.writestr(name, "<x/>")
    return made.getvalue()


TYPES = "[Content_Types].xml"
SAMPLES = [
    (b"%PDF-1.7\n%\xe2\xe3", "x", UploadKind.PDF),
    (b"{\\rtf1\\ansi hello}", "x.doc", UploadKind.RTF),
    (b"\x89PNG\r\n\x1a\n" + bytes(20), "x.jpg", UploadKind.PNG),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20), "x.png", UploadKind.JPG),
    (b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20), "x", UploadKind.WEBP),
    (office(TYPES, "word/document.xml"), "x.zip", UploadKind.DOCX),
    (office(TYPES, "ppt/presentation.xml"), "x", UploadKind.PPTX),
    (office(TYPES, "xl/workbook.xml"), "x", UploadKind.XLSX),
    (office(mimetype="application/vnd.oasis.opendocument.text"), "x", UploadKind.ODT),
    (office(mimetype="application/vnd.oasis.opendocument.presentation"), "x", UploadKind.ODP),
    (office(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "x", UploadKind.ODS),
    ("Größe\tund\r\nmehr".encode(), "x.txt", UploadKind.TXT),
    ("\ufeffmit BOM".encode(), "x", UploadKind.TXT),
    (b"BM is how this begins", "x.txt", UploadKind.TXT),
    (b"# Title", "notes.MD", UploadKind.MD),
    (b"", "x.txt", None),
    (b"MZ\x90\x00\x03" + bytes(99), "x.pdf", None),
    (b"\x7fELF\x02\x01\x01" + bytes(99), "x.txt", None),
    ("Größe".encode("latin-1"), "x.txt", None),
    (b"a\x00b", "x.txt", None),
    (b"PK\x03\x04 broken", "x.docx", None),
    (office("hello.txt"), "x.docx", None),
    (office(TYPES, "word/document.xml", "word/vbaProject.bin"), "x.docx", None),
    (office(mimetype="application/epub+zip"), "x.odt", None),
    (b"GIF89a" + bytes(20), "x.png", None),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old.doc", None),
]


@pytest.mark.parametrize(("content", "name", "kind"), SAMPLES, ids=range(len(SAMPLES)))
def test_the_kind_is_told_by_the_content(content, name, kind):
    assert kind_of(io.BytesIO(content), name) is kind


def test_each_kind_has_a_name_and_a_media_type():
    assert set(KIND_NAMES) == set(MEDIA_TYPES) == set(UploadKind)


@pytest.mark.parametrize(
    ("size", "words"),
    [(412, "412 B"), (2_100_000, "2.1 MB"), (18_400, "18.4 kB"), (999_999, "1.0 MB"), (99_960, "100 kB")],
)
def test_a_size_in_words(size, words):
    assert size_words(size) == words
