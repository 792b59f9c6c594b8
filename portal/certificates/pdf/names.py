"""Whether a name can stand on a certificate, said before anything is issued."""

import unicodedata

from portal.certificates.pdf.fit import fit
from portal.certificates.pdf.glyphs import undrawable
from portal.certificates.policy import LONGEST_NAME


def name_mistake(name: str) -> str | None:
    """What is wrong with a tidied name, in the reader's words; None when every certificate can carry it."""
    if not any(char.isalpha() for char in name):
        return "Write your name as it should stand on the certificate"
    if len(name) > LONGEST_NAME:
        return f"A certificate holds {LONGEST_NAME} characters; this name has {len(name)}. Leave out titles"
    if missing := undrawable(name):
        # A joiner or a private character alone shows as nothing.
        shown = " ".join([char for char in missing if unicodedata.category(char)[0] in "LNPS"][:5])
        shown = shown or "one of the characters"
        return f"A certificate cannot show {shown}. Leave out emoji and write letters only"
    try:
        fit(name, "wide", "name")
        fit(name, "tall", "name")
    except ValueError:
        return "This name is too wide for a certificate. Leave out titles, or shorten one of the names"
    return None
