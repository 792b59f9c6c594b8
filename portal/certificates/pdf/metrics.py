"""What our own faces hold: how wide each character is, and which characters there are."""

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from portal.certificates.pdf.places import art_folder

NAME_FACES = ("display-regular", "display-greek-cyrillic")
TEXT_FACES = ("text-regular",)


@cache
def advances(*faces: str) -> dict[str, float]:
    """Em that each character of our own faces takes; marks that sit on another take none."""
    table: dict[str, float] = {}
    for face in faces:
        font = TTFont(_file_of(face))
        per_em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        for code, glyph in font.getBestCmap().items():
            table[chr(code)] = 0.0 if unicodedata.combining(chr(code)) else metrics[glyph][0] / per_em
    return table


def _file_of(face: str) -> Path:
    return art_folder() / "fonts" / f"{face}.ttf"
