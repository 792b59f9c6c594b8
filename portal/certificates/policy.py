"""Certificates as plain rules: kinds and states, codes that cannot be guessed, names of files."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote

# Crockford's alphabet: no letter that is taken for a digit, nor U, so that no word comes up.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 20  # 5 bits each: 100 bits
GROUP = 5
LONGEST_NAME = 120  # what the smallest step of the fit holds (design/CERTIFICATES: Fit)
_MISREAD = str.maketrans("OIL", "011")
# Overrides of direction, zero-width space and byte-order mark; joiners stay, some scripts need them.
_UNSEEN = frozenset("\u200b\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LATIN = {
    "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d",
    "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ı": "i", "ŧ": "t", "Ŧ": "T",
    "ŋ": "n", "Ŋ": "N", "ə": "e", "Ə": "E", "ĸ": "k",
}  # fmt: skip
_SMALL = {
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    **dict(zip("абвгдезийклмнопрстуфыэіґ", "abvgdeziiklmnoprstufyeig", strict=True)),
    "θ": "th", "χ": "ch", "ψ": "ps", "ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya", "є": "ye", "ї": "yi",
}  # fmt: skip
_SPELLED = _LATIN | _SMALL | {letter.upper(): latin.capitalize() for letter, latin in _SMALL.items()}


class CertificateKind(StrEnum):
    """What a certificate says."""

    COMPLETION = "completion"
    CE = "ce"
    PARTICIPATION = "participation"


# Of these a learner has one at a time: an amended claim may turn the one into the other.
CREDIT_KINDS = (CertificateKind.CE, CertificateKind.PARTICIPATION)


class CertificateState(StrEnum):
    """What a certificate stands for today."""

    PREPARING = "preparing"
    CURRENT = "current"
    REPLACED = "replaced"
    REVOKED = "revoked"


def state_of(*, drawn: bool, replaced_at: datetime | None, revoked_at: datetime | None) -> CertificateState:
    """Revoked beats replaced beats being drawn."""
    if revoked_at is not None:
        return CertificateState.REVOKED
    if replaced_at is not None:
        return CertificateState.REPLACED
    return CertificateState.CURRENT if drawn else CertificateState.PREPARING


def random_code(random_bits: Callable[[int], int]) -> str:
    """A new code of 100 random bits; `secrets.randbits` outside tests."""
    bits = random_bits(5 * CODE_LENGTH)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(CODE_LENGTH))


def spelled(code: str) -> str:
    """The code as people read it: 7Q4MK-2XD9R-FT3HW-B8N2C."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(typed: str) -> str | None:
    """A code as someone typed it, small letters, hyphens, O for 0 and all; None when it cannot be one."""
    plain = re.sub(r"[\s-]", "", typed).upper().translate(_MISREAD)
    return plain if len(plain) == CODE_LENGTH and all(char in ALPHABET for char in plain) else None


def tidy_name(typed: str) -> str:
    """A name as it is kept: NFC, single spaces, no controls, no overrides of direction."""
    visible = "".join(
        char
        for char in typed
        if char.isspace() or (unicodedata.category(char) not in ("Cc", "Cs") and char not in _UNSEEN)
    )
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def file_name(course: str, name: str, kind: str) -> str:
    """The full name of a download, as its owner would write it."""
    parts = (re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", part) for part in (course, name, kind))
    return " - ".join(" ".join(part.split()) for part in parts if part.strip()) + ".pdf"


def plain_file_name(course: str, name: str, kind: str) -> str:
    """The same in plain letters, for what cannot read the other."""
    words = (re.sub(r"[^A-Za-z0-9]+", "-", _plain(part)).strip("-") for part in (course, name, kind))
    return "-".join(word for word in words if word)[:150] + ".pdf"


def content_disposition(course: str, name: str, kind: str) -> str:
    """The header of a download: plain letters, and the full name beside it (RFC 6266)."""
    full = quote(file_name(course, name, kind), safe="")
    return f"attachment; filename=\"{plain_file_name(course, name, kind)}\"; filename*=UTF-8''{full}"


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    letters = "".join(_SPELLED.get(char, char) for char in apart if not unicodedata.combining(char))
    return re.sub("['’ʼ]", "", letters)
