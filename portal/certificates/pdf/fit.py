"""Fit rules: the size and the line breaks of a name, a title, a statement.

Pure: text and advance widths in; class, lines, direction and language out. The measures agree with
`static/certificates/certificate.css`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Literal, NamedTuple

from portal.certificates.pdf.metrics import NAME_FACES, TEXT_FACES, advances
from portal.certificates.pdf.printed import Shape

Kind = Literal["name", "course"]

# class -> (points, lines); "over" sets the name on one line and its credentials under it
OVER = 0
LADDERS: dict[tuple[Shape, Kind], dict[str, tuple[int, int]]] = {
    ("wide", "name"): {
        "n48": (48, 1), "n42": (42, 1), "n36": (36, 1), "n38-over": (38, OVER), "n30-over": (30, OVER),
        "n30-2": (30, 2), "n26-2": (26, 2), "n22-2": (22, 2), "n20-3": (20, 3),
    },
    ("tall", "name"): {
        "n40": (40, 1), "n34": (34, 1), "n29": (29, 1), "n30-over": (30, OVER), "n25-over": (25, OVER),
        "n25-2": (25, 2), "n22-2": (22, 2), "n19-3": (19, 3), "n17-3": (17, 3),
    },
    ("wide", "course"): {"c26": (26, 1), "c22": (22, 1), "c19-2": (19, 2), "c16-2": (16, 2)},
    ("tall", "course"): {
        "c22": (22, 1), "c19": (19, 1), "c17-2": (17, 2), "c15-2": (15, 2), "c12-3": (12, 3),
    },
}  # fmt: skip
MEASURE_MM: dict[tuple[Shape, Kind], int] = {
    ("wide", "name"): 222, ("wide", "course"): 212, ("tall", "name"): 166, ("tall", "course"): 160,
}  # fmt: skip
POINTS_PER_MM = 72 / 25.4
STATEMENT_EM: dict[Shape, float] = {"wide": 150 * POINTS_PER_MM / 10.5, "tall": 152 * POINTS_PER_MM / 9.2}
STATEMENT_LINES: dict[Shape, int] = {"wide": 2, "tall": 6}
SMALL, TRACKING = 0.56, 0.03  # credentials are set at this share of the name, letter-spaced
CREDENTIAL = re.compile(r"(?!(?:II|III|IV|VI*)$)(?=(?:.*[A-Z]){2})[A-Za-z][A-Za-z.() -]{0,13}")
CJK = "\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{CJK}] *|[^ {CJK}]+ *")  # a break may follow a space or a CJK character;
HALF = re.compile(rf"[{CJK}] *|[^ {CJK}-]+-? *|- *")  # a hyphen only where nothing else gives this size
LANGUAGES = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "ARABIC": "ar", "HEBREW": "he",
    "THAI": "th", "DEVANAGARI": "hi",
}  # fmt: skip
ELSEWHERE = {
    "ar": 0.52,
    "he": 0.58,
    "th": 0.66,
    "hi": 0.72,
}  # em a letter in the Noto faces, rather wide


class Piece(NamedTuple):
    """An unbreakable piece of text. Widths in em of the line's main size; `at_end` without its last space."""

    text: str
    scale: float
    width: float
    at_end: float


@dataclass(frozen=True)
class Fitted:
    """A name or title as set: its step of the ladder, its lines as HTML, its direction and language."""

    text: str
    fit: str
    html: str
    dir: Literal["ltr", "rtl"]
    lang: str


class TooLong(ValueError):
    """No step of the ladder holds the text."""


@lru_cache(1024)
def fit(text: str, shape: Shape, kind: Kind) -> Fitted:
    """The first step of the ladder whose widest line fits the measure. TooLong when none does."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    label, lines = _step(text, shape, kind)
    found = [lang for lang in map(language, text) if lang]
    lang = next((lang for lang in ("ja", "ko") if lang in found), found[0] if found else "")
    return Fitted(text, label, "<br/>".join(map(_markup, lines)), direction(text), lang)


def _step(text: str, shape: Shape, kind: Kind) -> tuple[str, list[list[Piece]]]:
    table = advances(*NAME_FACES)
    limit = MEASURE_MM[shape, kind] * POINTS_PER_MM
    base, after = split_credentials(text) if kind == "name" else (text, "")
    small = _pieces(after, SMALL, table)
    for label, (points, count) in LADDERS[shape, kind].items():
        for split in (WORD, HALF) if kind == "name" else (WORD,):
            lines = _lines(_pieces(base, 1.0, table, split), small, count)
            if lines and _widest(lines) * points <= limit:
                return label, lines
    raise TooLong(f"too long to set: {len(text)} characters")


def _lines(name: list[Piece], small: list[Piece], count: int) -> list[list[Piece]] | None:
    if count != OVER:
        return _balanced(name + small, count)
    # A lone "RN" on a line of its own looks lost.
    wide_enough = sum(p.width for p in small) > 0.15 * sum(p.width for p in name)
    return [name, small] if wide_enough else None


@lru_cache(1024)
def paragraph(text: str, em: float) -> str:
    """A centred statement as HTML: as few lines as fit, evened out; *stars* slant."""
    parts = _pieces(text, 1.0, {**advances(*TEXT_FACES), "*": 0.0})
    if not parts:
        return ""
    lines = _balanced(parts, len(_fill(parts, em)))
    html = "\n".join(escape("".join(part.text for part in line).rstrip()) for line in lines)
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", html, flags=re.DOTALL)


def text_width(text: str) -> float:
    """Em that a line of the text face takes."""
    return _width(text, advances(*TEXT_FACES))


def direction(text: str) -> Literal["ltr", "rtl"]:
    """Of the first letter that has one."""
    strong = next((b for b in map(unicodedata.bidirectional, text) if b in ("L", "R", "AL")), "L")
    return "ltr" if strong == "L" else "rtl"


def split_credentials(text: str) -> tuple[str, str]:
    """'Zoë O’Brien, DNP, RN' → ('Zoë O’Brien, ', 'DNP, RN'). Other commas stay in the name."""
    parts = text.split(", ")
    keep = len(parts)
    while keep > 1 and CREDENTIAL.fullmatch(parts[keep - 1]):
        keep -= 1
    after = ", ".join(parts[keep:])
    return text[: len(text) - len(after)], after


@lru_cache(4096)
def language(char: str) -> str | None:
    """The language that a character's script stands for, where the face depends on it."""
    return LANGUAGES.get(unicodedata.name(char, "-").split()[0].split("-")[0])


@lru_cache(4096)
def _elsewhere(char: str) -> float:
    """Em that a character takes which our own face does not have."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else ELSEWHERE.get(language(char) or "", 0.7)


def _width(text: str, table: dict[str, float]) -> float:
    return sum(table[char] if char in table else _elsewhere(char) for char in text)


def _pieces(text: str, scale: float, table: dict[str, float], split: re.Pattern[str] = WORD) -> list[Piece]:
    def em(piece: str) -> float:
        return (_width(piece, table) + (TRACKING * len(piece) if scale == SMALL else 0)) * scale

    return [Piece(piece, scale, em(piece), em(piece.rstrip())) for piece in split.findall(text)]


def _fill(parts: Sequence[Piece], limit: float) -> list[list[Piece]]:
    """Lines no wider than the limit, as a typewriter would break them."""
    lines: list[list[Piece]] = [[]]
    used = 0.0
    for part in parts:
        if lines[-1] and used + part.at_end > limit:
            lines.append([])
            used = 0.0
        lines[-1].append(part)
        used += part.width
    return lines


def _balanced(parts: Sequence[Piece], count: int) -> list[list[Piece]]:
    """At most `count` lines, the widest of them as narrow as it can be."""
    low, high = max(part.at_end for part in parts), sum(part.width for part in parts)
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_fill(parts, middle)) <= count else (middle, high)
    return _fill(parts, high)


def _widest(lines: Sequence[Sequence[Piece]]) -> float:
    return max(sum(part.width for part in line[:-1]) + line[-1].at_end for line in lines)


def _markup(line: Sequence[Piece]) -> str:
    plain = escape("".join(part.text for part in line if part.scale != SMALL))
    small = escape("".join(part.text for part in line if part.scale == SMALL).rstrip())
    return f'{plain}<span class="after">{small}</span>' if small else plain.rstrip()
