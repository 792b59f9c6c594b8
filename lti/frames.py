"""Who may frame us: `frame-ancestors` names the origins of registered platforms, and no others.

A signed-in page says only the platform its reader came from: their session knows its origins from a verified
launch (Canvas: the school's own host is the one of its return address). Pages without a session (refused, signed
out, waiting) say all registered ones, read at most once a minute per process. So do the steps of a launch, whoever
was signed in before; they add the page that began it, which may be a school's host that nobody has named yet.
"""

import time

from flask import current_app, g, request
from flask import session as browser_session
from sqlalchemy import select

from lti.models import Registration
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from portal.core.db import reading
from portal.identity.models import Platform

SESSION_KEY = "framed_by"
_LASTS_SECONDS = 60.0
_FRAMES = {"iframe", "frame", "embed", "object", "fencedframe"}
_STEPS = {"lti.login", "lti.launch", "lti.launch_again"}

_known: tuple[float, str, tuple[str, ...]] | None = None


def frame_ancestors() -> tuple[str, ...]:
    """The origins that may frame the answer to the current request."""
    own = tuple(str(browser_session.get(SESSION_KEY) or "").split())
    if request.endpoint in _STEPS:
        return tuple(dict.fromkeys((*own, *_registered(), *g.get("framed_by_too", ()))))
    return own if "_user_id" in browser_session else _registered()


def admit(*urls: str | None) -> None:
    """Let the pages of these addresses frame the answer to this request, a step of a launch."""
    g.framed_by_too = tuple(origin for url in urls if url and (origin := origin_of(url)) is not None)


def in_frame() -> bool | None:
    """Whether the answer goes into a frame; None where the browser does not say (older ones, programs)."""
    said = request.headers.get("Sec-Fetch-Dest")
    return None if said is None else said in _FRAMES


def origins_of(platform: RegisteredPlatform, return_url: str | None, more: str = "") -> str:
    """The origins of one platform as a session keeps them, separated by blanks."""
    named = (*platform.frame_origins.split(), *more.split())
    urls = [platform.issuer, platform.auth_login_url, return_url or "", *named]
    return " ".join(dict.fromkeys(origin for url in urls if (origin := origin_of(url)) is not None))


def forget() -> None:
    """Read the registered origins anew at the next question: one was added."""
    global _known
    _known = None


def _registered() -> tuple[str, ...]:
    global _known
    database = str(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if _known is not None and _known[1] == database and time.monotonic() - _known[0] < _LASTS_SECONDS:
        return _known[2]
    with reading() as session:
        rows = session.execute(
            select(Platform.issuer, Registration.auth_login_url, Registration.frame_origins).join(
                Registration.platform
            )
        ).all()
    urls = [url for issuer, login, more in rows for url in (issuer, login, *more.split())]
    origins = tuple(sorted({origin for url in urls if (origin := origin_of(url)) is not None}))
    _known = (time.monotonic(), database, origins)
    return origins
