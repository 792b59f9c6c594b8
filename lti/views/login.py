"""GET|POST /lti/login: a platform begins a login; we send the browser on, with a cookie of this login.

In a frame cookies may not live. Then the platform's page is asked to keep a secret for us; where it offers none, or
does not answer, the login begins again in a tab of its own, before the platform has used up what it sent.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from lti import frames
from lti.adapter.login import BegunLogin, LoginRequest, begin_login, read_login, storage_key
from lti.errors import LaunchRefused
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from lti.runtime import runtime
from lti.services.logins import keep_login, platform_of_login
from lti.views.blueprint import bp, no_store, posted, refuse, without_session
from lti.views.cookies import cookies_live, keep_login_cookie, try_cookie
from portal.core.clock import real_now
from portal.core.db import reading, transaction

_TRIED = "tried"  # in the address: a cookie was set with the answer before


@dataclass(frozen=True)
class KeepPage:
    """What the platform's page is to keep, and where the login goes on."""

    target: str
    origin: str  # of the registered authorization address: none other is asked, or believed
    key: str
    value: str
    location: str
    again_url: str
    again: dict[str, str]  # the form that begins anew, without storage


@dataclass(frozen=True)
class BeginPage:
    """The form that begins this login again, in a tab."""

    url: str
    fields: dict[str, str]


@bp.route("/lti/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Keep state and nonce; go on at the registered authorization address."""
    doors = runtime()
    frames.admit(request.headers.get("Origin"))
    try:
        values = posted() if request.method == "POST" else request.args.to_dict(flat=False)
        asked = _with_storage_where_it_helps(read_login(values, doors.own_origin))
        if _cookies_are_doubtful(asked):
            with reading() as session:
                frames.launched_from(platform_of_login(session, asked))
            return no_store(_try_cookies(asked))
        with transaction() as session:
            platform = platform_of_login(session, asked)
            frames.launched_from(platform)
            begun = _from_here(begin_login(asked, platform, doors.launch_url))
            keep_login(session, begun, asked, platform, at=real_now())
    except LaunchRefused as refusal:
        return refuse(refusal, None)
    answer = no_store(_go_on(asked, platform, begun))
    keep_login_cookie(answer, begun.state, begun.browser)
    return answer


def _from_here(begun: BegunLogin) -> BegunLogin:
    """Its cookie says too on whose page it began: a launch that is refused must show in that frame."""
    origin = origin_of(request.headers.get("Origin", ""))
    return begun if origin is None else replace(begun, browser=f"{begun.browser}.{origin}")


def _with_storage_where_it_helps(asked: LoginRequest) -> LoginRequest:
    """Without it where cookies live, where it did not answer, and for programs, which have no page to ask."""
    needed = not cookies_live() and _TRIED not in request.args
    is_browser = "text/html" in request.headers.get("Accept", "")
    return asked if needed and is_browser else replace(asked, storage_target=None)


def _cookies_are_doubtful(asked: LoginRequest) -> bool:
    return asked.storage_target is None and frames.in_frame() is True and not cookies_live()


def _try_cookies(asked: LoginRequest) -> ResponseReturnValue:
    """Set one and read it back; where none comes back, the page that begins in a tab."""
    if _TRIED in request.args:
        return without_session("lti/begin.html", BeginPage(url_for("lti.login"), asked.fields()))
    again = {_TRIED: "1"} | (asked.fields() if request.method == "GET" else {})
    # 307: the browser posts the same form once more.
    answer = redirect(_own_url(again), 302 if request.method == "GET" else 307)
    try_cookie(answer)
    return answer


def _go_on(asked: LoginRequest, platform: RegisteredPlatform, begun: BegunLogin) -> ResponseReturnValue:
    origin = origin_of(platform.auth_login_url)
    if begun.storage is None or asked.storage_target is None or origin is None:
        return redirect(begun.location, 302 if request.method == "GET" else 303)
    page = KeepPage(
        target=asked.storage_target,
        origin=origin,
        key=storage_key(begun.state),
        value=begun.storage,
        location=begun.location,
        again_url=_own_url({_TRIED: "1"}),
        again=asked.fields(),
    )
    return without_session("lti/keep.html", page)


def _own_url(values: dict[str, str]) -> str:
    return f"{url_for('lti.login')}?{urlencode(values)}"
