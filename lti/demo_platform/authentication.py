"""The authentication request (OpenID Connect Core 3.2.2.1; LTI Security Framework 5.1.1.2): what it is answered with.

Order and outcome of the checks are a recorded Moodle's: until the launch is known the LMS shows its own page,
as the redirect address cannot be trusted; after that errors go to the tool as a form post.
"""

import json
import re

from werkzeug.datastructures import MultiDict

from lti.demo_platform import dress
from lti.demo_platform.canvas_ids import login_hint_of
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row


class InvalidRequest(Exception):
    """Moodle's own page "Invalid request": nothing goes back to the tool."""


def answer_authentication(
    here: Lms, asked: "MultiDict[str, str]", signed_in: str | None
) -> tuple[str, dict[str, str], Row | None]:
    """The redirect address, the fields to post there, and the launch or selection it is about (None with an error).

    Raises InvalidRequest where Moodle shows its own page.
    """
    state = {"state": re.sub(r"<[^>]*>", "", asked.get("state", ""))}  # Moodle cuts what looks like markup
    required = ("scope", "response_type", "client_id", "redirect_uri", "login_hint", "nonce")
    launch_id = _launch_id(asked.get("lti_message_hint", ""))
    if any(not asked.get(name) for name in required) or launch_id is None:
        raise InvalidRequest
    if asked["scope"] != "openid" or asked["response_type"] != "id_token":
        raise InvalidRequest
    with here.store.transaction():
        launch = _use_up(here, "launch", launch_id, signed_in) or _use_up(
            here, "selection", launch_id, signed_in
        )
    redirect_uri = asked["redirect_uri"]
    if redirect_uri not in here.config.redirect_urls:
        raise InvalidRequest
    if launch is None:
        if here.config.is_canvas:  # Back, a reload, or somebody else signed in
            return redirect_uri, dress.NO_LONGER_VALID | state, None
        raise InvalidRequest
    error = _refusal(here.config, asked, launch)
    return (redirect_uri, error | state, None) if error else (redirect_uri, state, launch)


def _use_up(here: Lms, table: str, launch_id: str, signed_in: str | None) -> Row | None:
    sql = f"select * from {table} where id = ? and sub = ? and not used"  # noqa: S608  # named here alone
    found = here.store.one(sql, launch_id, signed_in)
    if found is not None:
        here.store.write(f"update {table} set used = 1 where id = ?", launch_id)  # noqa: S608
    return found


def _refusal(config: PlatformConfig, asked: "MultiDict[str, str]", launch: Row) -> dict[str, str]:
    if asked["client_id"] != config.client_id:
        return {"error": "unauthorized_client"}
    if asked["login_hint"] != login_hint_of(config, launch["sub"]):
        return {"error": "access_denied"}
    if asked.get("response_mode") != "form_post":
        return {"error": "invalid_request", "error_description": "Invalid response_mode"}
    if asked.get("prompt", "none") != "none":
        return {"error": "invalid_request", "error_description": "Invalid prompt"}
    return {}


def _launch_id(hint: str) -> str | None:
    try:
        said = json.loads(dress.hint_of(hint))
    except ValueError:
        return None
    launch_id = said.get("launchid") if isinstance(said, dict) else None
    return launch_id if isinstance(launch_id, str) else None
