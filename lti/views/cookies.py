"""Our cookies in a frame: they live there or they do not.

That is found out by setting one and reading it back with the next request, never by the browser's name.
"""

from functools import cache
from typing import Any

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from lti.adapter.login import LOGIN_LIVES_SECONDS, cookie_name, cookie_prefix
from lti.runtime import runtime

_BACK_LIVES_SECONDS = 30 * 24 * 3600  # a session ends sooner: its page says then where to begin again
_LONGEST_BACK = 2000
_MOST_COOKIES = 8  # logins of one browser at once: tabs, and pages with several frames


def login_cookie(state: str) -> str | None:
    """The value of the cookie of this login, where the browser sent it."""
    return request.cookies.get(cookie_name(state, secure=_secure()))


def began_on(state: str) -> str | None:
    """The origin of the page that posted this login, where it said so. Nobody vouches for it: it may frame, no more."""
    return (login_cookie(state) or "").partition(".")[2] or None


def cookies_live() -> bool:
    """Whether a cookie that we set for frames came back with this request."""
    session = current_app.config["SESSION_COOKIE_NAME"]
    prefix = cookie_prefix(secure=_secure())
    return any(name == session or name.startswith(prefix) for name in request.cookies)


def try_cookie(answer: Response) -> None:
    """Set a cookie to see whether it comes back."""
    _set(answer, f"{cookie_prefix(secure=_secure())}try", "1")


def keep_login_cookie(answer: Response, state: str, value: str) -> None:
    """The cookie that ties this login to this browser. Old ones are swept: headers must not grow too large."""
    prefix = cookie_prefix(secure=_secure())
    old = [name for name in request.cookies if name.startswith(prefix)]
    for name in old[: max(0, len(old) - _MOST_COOKIES + 1)]:
        _delete(answer, name)
    _set(answer, cookie_name(state, secure=_secure()), value)


def forget_cookie(answer: Response, state: str) -> None:
    """Take the cookie of this login off the browser."""
    name = cookie_name(state, secure=_secure())
    if name in request.cookies:
        _delete(answer, name)


def keep_way_back(answer: Response, url: str | None) -> None:
    """The return address of a verified launch, for when its session has ended. None: that launch named none."""
    if url is not None and len(url) <= _LONGEST_BACK:
        value = _signer(tuple(runtime().settings.secret_keys)).dumps(url)
        answer.set_cookie(_back_name(), str(value), max_age=_BACK_LIVES_SECONDS, **_attributes())
    elif _back_name() in request.cookies:
        _delete(answer, _back_name())


def way_back() -> str | None:
    """The return address of this browser's last launch."""
    try:
        return str(_signer(tuple(runtime().settings.secret_keys)).loads(request.cookies[_back_name()]))
    except (KeyError, BadSignature):  # none, or not of ours
        return None


def _back_name() -> str:
    # Not among the logins' cookies, which are swept, and say whether cookies live.
    return "__Host-lectern-back" if _secure() else "lectern-back"


@cache  # made once: the keys are fixed when the app starts
def _signer(secret_keys: tuple[str, ...]) -> URLSafeSerializer:
    return URLSafeSerializer(list(reversed(secret_keys)), salt="lti-way-back")  # the last one signs


def _set(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, max_age=LOGIN_LIVES_SECONDS, **_attributes())


def _delete(answer: Response, name: str) -> None:
    answer.delete_cookie(name, **_attributes())


def _attributes() -> dict[str, Any]:
    # The launch is a cross-site POST, in a new tab too: Lax cookies do not come with it. On a bare loopback
    # address the sample LMS is the same site, where Lax ones do, and plain HTTP clients can follow.
    secure = _secure()
    return {
        "path": "/",
        "secure": secure,
        "httponly": True,
        "samesite": "None" if secure else "Lax",
        "partitioned": secure,
    }


def _secure() -> bool:
    return runtime().settings.cross_site_cookies
