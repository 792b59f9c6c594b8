"""GET|POST /lti/login: a platform begins a login; we send the browser on, with a cookie of this login."""

from flask import redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti.adapter.login import (
    LOGIN_LIVES_SECONDS,
    BegunLogin,
    begin_login,
    cookie_name,
    cookie_prefix,
    read_login,
)
from lti.errors import LaunchRefused
from lti.runtime import Runtime, runtime
from lti.services.logins import keep_login, platform_of_login
from lti.views.blueprint import bp, no_store, posted, refuse
from portal.core.clock import real_now
from portal.core.db import transaction

_MOST_COOKIES = 8  # logins of one browser at once: tabs, and pages with several frames


@bp.route("/lti/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Keep state and nonce; go on at the registered authorization address."""
    doors = runtime()
    try:
        values = posted() if request.method == "POST" else request.args.to_dict(flat=False)
        asked = read_login(values, doors.own_origin)
        with transaction() as session:
            platform = platform_of_login(session, asked)
            begun = begin_login(asked, platform, doors.launch_url)
            keep_login(session, begun, asked, platform, at=real_now())
    except LaunchRefused as refusal:
        return refuse(refusal, None)
    answer = no_store(redirect(begun.location, 302 if request.method == "GET" else 303))
    _set_cookie(answer, begun, doors)
    return answer


def _set_cookie(answer: Response, begun: BegunLogin, doors: Runtime) -> None:
    # The launch is a cross-site POST, in a new tab too: Lax cookies do not come with it. On a bare loopback
    # address the sample LMS is the same site, where Lax ones do, and plain HTTP clients can follow.
    secure = doors.settings.cross_site_cookies
    attributes = {
        "path": "/",
        "secure": secure,
        "httponly": True,
        "samesite": "None" if secure else "Lax",
        "partitioned": secure,
    }
    old = [name for name in request.cookies if name.startswith(cookie_prefix(secure=secure))]
    for name in old[: max(0, len(old) - _MOST_COOKIES + 1)]:
        answer.delete_cookie(name, **attributes)  # type: ignore[arg-type]
    answer.set_cookie(
        cookie_name(begun.state, secure=secure),
        begun.browser,
        max_age=LOGIN_LIVES_SECONDS,
        **attributes,  # type: ignore[arg-type]
    )
