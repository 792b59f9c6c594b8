"""Which characters a certificate can carry: those our own faces or an installed text font can draw.

Emoji are refused even where a colour font is installed: they print as pictures, and read aloud as noise.
"""

import bisect
import shutil
import subprocess
import unicodedata
from functools import cache

from portal.certificates.pdf.metrics import NAME_FACES, advances

# Controls and line breaks, private use, surrogates, unassigned; symbols other than modifiers and signs.
_REFUSED = {"Cc", "Co", "Cs", "Cn", "So", "Zl", "Zp", "Sk"}
_ALLOWED_SYMBOLS = set("©®°№™`´¨¯¸^˚ˋˊ´῾᾿’‘")
_INVISIBLE = {"\u200c", "\u200d", "\u200e", "\u200f", "\u00ad", "\u2060"}  # joiners and marks of direction


def undrawable(text: str) -> str:
    """The characters of the text that cannot be drawn, each once, in order. Empty: all can."""
    missing = [char for char in dict.fromkeys(text) if not _drawable(char)]
    return "".join(missing)


def _drawable(char: str) -> bool:
    if char in advances(*NAME_FACES) or char in _INVISIBLE or char in _ALLOWED_SYMBOLS:
        return True
    if unicodedata.category(char) in _REFUSED or char in "\ufe0e\ufe0f\u20e3":
        return False
    return _installed(ord(char))


def _installed(code: int) -> bool:
    starts, ends = _installed_ranges()
    place = bisect.bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _installed_ranges() -> tuple[list[int], list[int]]:
    """First and last code points that the system's text fonts hold, asked of fontconfig once per process."""
    tool = shutil.which("fc-list")
    if tool is None:
        return [], []
    answer = subprocess.run(  # noqa: S603  # a fixed command of the system, no input of anyone's
        [tool, "--format", "%{charset}\n", ":color=false"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    pairs = sorted({_pair(item) for line in set(answer.stdout.splitlines()) for item in line.split()})
    starts: list[int] = []
    ends: list[int] = []
    for first, last in pairs:
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _pair(item: str) -> tuple[int, int]:
    first, _, last = item.partition("-")
    return int(first, 16), int(last or first, 16)
