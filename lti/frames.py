"""Who may frame us: `frame-ancestors` names the origins of registered platforms, and no others.

A signed-in page says only the platform its reader came from: their session knows its origins from a verified
launch (Canvas: the school's own host is the one of its return address). The steps of a launch say the platform whose
login it is, whoever was signed in before; they add the page that began it, which may be a school's host that nobody
has named yet. Where no platform is known (signed out, a launch of nobody's login) all registered ones are said, read
anew each time: another process may have registered one a moment ago.
"""

import logging
from functools import lru_cache

from flask import g, request
from flask import session as browser_session
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from lti.models import Registration
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from portal.core.db import reading
from portal.identity.models import Platform

SESSION_KEY = "framed_by"
_FRAMES = {"iframe", "frame", "embed", "object", "fencedframe"}
_STEPS = {"lti.login", "lti.launch", "lti.launch_again"}
# Built once: building a statement costs more than running it.
_REGISTERED = select(Platform.issuer, Registration.auth_login_url, Registration.frame_origins).join(
    Registration.platform
)
log = logging.getLogger(__name__)


def frame_ancestors() -> tuple[str, ...]:
    """The origins that may frame the answer to the current request."""
    if request.endpoint not in _STEPS:
        return _own() if "_user_id" in browser_session else _registered()
    said = g.get("launched_from")
    platforms = said.split() if said is not None else _registered()
    return tuple(dict.fromkeys((*_own(), *platforms, *g.get("framed_by_too", ()))))


def parents() -> tuple[str, ...]:
    """The origins in one of which the page around this one lies; none where nobody's platform is known."""
    return tuple(dict.fromkeys((*_own(), *g.get("launched_from", "").split(), *g.get("framed_by_too", ()))))


def launched_from(platform: RegisteredPlatform) -> None:
    """This request is a step of a launch from this platform."""
    g.launched_from = origins_of(platform, None)


def admit(*urls: str | None) -> None:
    """Let the pages of these addresses too frame the answer to this request, a step of a launch."""
    more = (origin for url in urls if url and (origin := origin_of(url)) is not None)
    g.framed_by_too = (*g.get("framed_by_too", ()), *more)


def in_frame() -> bool | None:
    """Whether the answer goes into a frame; None where the browser does not say (older ones, programs)."""
    said = request.headers.get("Sec-Fetch-Dest")
    return None if said is None else said in _FRAMES


def origins_of(platform: RegisteredPlatform, return_url: str | None, more: str = "") -> str:
    """The origins of one platform as a session keeps them, separated by blanks."""
    named = (*platform.frame_origins.split(), *more.split())
    urls = [platform.issuer, platform.auth_login_url, return_url or "", *named]
    return " ".join(dict.fromkeys(origin for url in urls if (origin := origin_of(url)) is not None))


def _own() -> tuple[str, ...]:
    return tuple(str(browser_session.get(SESSION_KEY) or "").split())


def _registered() -> tuple[str, ...]:
    try:
        with reading() as session:
            return _origins(tuple(tuple(row) for row in session.execute(_REGISTERED)))
    except SQLAlchemyError:  # the page that says so must not fail over its header
        log.exception("Registered origins could not be read")
        return ()


@lru_cache(maxsize=4)  # the same rows, again and again
def _origins(rows: tuple[tuple[str, str, str], ...]) -> tuple[str, ...]:
    urls = [url for issuer, login, more in rows for url in (issuer, login, *more.split())]
    return tuple(sorted({origin for url in urls if (origin := origin_of(url)) is not None}))
