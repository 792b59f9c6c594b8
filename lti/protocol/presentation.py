"""How the platform shows us, and in which language (Core 1.3, 5.4: launch presentation claim; OpenID Connect: `locale`).

All of it is optional and only advice: what is odd is as if it were absent, and never a reason to refuse.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lti.protocol.origins import is_web_address
from lti.protocol.quirks import MOODLE

_LTI = "https://purl.imsglobal.org/spec/lti/claim/"
_SHOWN_IN = {"iframe": True, "frame": True, "window": False}
LONGEST_ADDRESS = 2000
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SUBTAG = re.compile(r"[a-z]{2}|[a-z]{4}|[0-9]{3}")  # region, script, region of UN M.49


@dataclass(frozen=True)
class Presentation:
    """What a verified token says of it. `locales`: BCP 47, the page's before the person's own."""

    locales: tuple[str, ...] = ()
    is_framed: bool | None = None  # None: not said
    return_url: str | None = None


def presentation_of(claims: Mapping[str, Any]) -> Presentation:
    """From the claims of a token that holds, whatever else in them is odd."""
    shown, platform = _object(claims, "launch_presentation"), _object(claims, "tool_platform")
    locales = (locale_of(value) for value in (shown.get("locale"), claims.get("locale")))
    return Presentation(
        locales=tuple(dict.fromkeys(one for one in locales if one is not None)),
        is_framed=_is_framed(shown.get("document_target"), platform.get("product_family_code")),
        return_url=web_address(shown.get("return_url")),
    )


def web_address(value: object) -> str | None:
    """A plain http(s) address of a claim; None for anything else."""
    usable = isinstance(value, str) and len(value) <= LONGEST_ADDRESS and is_web_address(value)
    return str(value) if usable else None


def locale_of(value: object) -> str | None:
    """Language, script and region of a locale as BCP 47 writes them; None where no language can be made out.

    Read as platforms write it: `es_mx` (Moodle), `en-GB-x-ukhe` (Canvas), `fr_FR.UTF-8`; the rest is cut off.
    """
    if not isinstance(value, str) or not value.isascii() or len(value) > 100:
        return None
    language, *more = re.split(r"[-_.@]", value.strip().lower())
    if not _LANGUAGE.fullmatch(language):
        return None
    kept: list[str] = []
    for tag in more[:2]:
        if not _SUBTAG.fullmatch(tag):
            break
        kept.append(tag.title() if len(tag) == 4 else tag.upper())
    return "-".join((language, *kept))


def _is_framed(target: object, family: object) -> bool | None:
    if (target, family) == ("frame", MOODLE):  # quirk "frame_is_the_window"
        return False
    return _SHOWN_IN.get(target) if isinstance(target, str) else None


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    said = claims.get(_LTI + name)
    return said if isinstance(said, dict) else {}
