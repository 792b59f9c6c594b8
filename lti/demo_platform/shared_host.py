"""The host that all schools of a hosted Canvas share: logins, keys, tokens, the frame that keeps data for tools."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti.demo_platform.state import Lms, lms

bp = Blueprint("shared", __name__)

_SERVED = {"shared.send_on", "shared.storage", "oidc.certs"}
_EVERYWHERE = {"static", "tokens.token"}


def keep_hosts_apart(here: Lms) -> None:
    """404 for what a host does not serve: pages on the shared one, its own things on a school's."""
    if not here.config.has_shared_host or request.endpoint in _EVERYWHERE:
        return
    if (request.host == here.config.shared_host) != (request.endpoint in _SERVED):
        abort(404)


@bp.route("/api/lti/authorize_redirect", methods=["GET", "POST"])
def send_on() -> ResponseReturnValue:
    """On to the school's own host, with what came."""
    if request.method == "POST":
        return redirect(f"{lms().config.base_url}/api/lti/authorize", 307)
    return redirect(f"{lms().config.base_url}/api/lti/authorize?{request.query_string.decode()}", 302)


@bp.get("/post_message_forwarding")
def storage() -> Response:
    """The frame that tools write to: it hands all on to the school's page around it, and the answer back."""
    config = lms().config
    answer = make_response(render_template("demo_platform/forwarding.html", school_origin=config.base_origin))
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors {config.base_origin}"
    )
    return answer
