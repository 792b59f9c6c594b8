"""Whether the browser of a launch is the one that began its login (SF 5.1.1.5; OIDC Login with Client Side
postMessages): by its cookie, by what the platform's page kept for it, or by a click on a page of ours.
"""

from enum import Enum, auto

from flask import request

from lti.errors import LaunchRefused, Reason
from lti.frames import in_frame
from lti.runtime import runtime
from lti.services.logins import FoundLogin
from lti.views.blueprint import one
from lti.views.cookies import login_cookie

STORAGE_FIELD = "lti_storage_value"
_MOST_VALUE_CHARACTERS = 200


class Vouched(Enum):
    """What says that the browser of a launch is the one that began its login."""

    COOKIE = auto()
    STORAGE = auto()
    CLICK = auto()  # on our own page, after the launch was checked: it goes on in a tab
    ASK = auto()  # nothing yet: the platform's page is asked first
    NOTHING = auto()  # a frame, as it seems, where nothing can: a person's click is asked for


def vouched(found: FoundLogin, state: str, values: dict[str, list[str]]) -> Vouched:
    """What vouches for the browser of this launch. Raises LaunchRefused where it is another one."""
    if found.moved_at is not None:
        if not from_own_page():
            raise LaunchRefused(Reason.BROWSER, "the click came from another page")
        return Vouched.CLICK
    cookie = login_cookie(state)
    if found.is_of(cookie):
        return Vouched.COOKIE
    if cookie is not None:
        raise LaunchRefused(Reason.BROWSER, "the login's cookie is another's")
    if STORAGE_FIELD in values:
        # Who knows the value could post it from a page of theirs, in somebody else's browser.
        kept = found.was_kept(one(values, STORAGE_FIELD, _MOST_VALUE_CHARACTERS)) and from_own_page()
        return Vouched.STORAGE if kept else _nothing()
    return Vouched.ASK if found.storage_hash is not None else _nothing()


def _nothing() -> Vouched:
    # Cookies live in a tab. Where one is missing there, the login was another browser's, and a click proves nothing.
    if in_frame() is False:
        raise LaunchRefused(Reason.BROWSER, "the login's cookie is missing")
    return Vouched.NOTHING


def from_own_page() -> bool:
    """Whether a page of ours sent this post. Browsers say so with each post; no other page can."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site == "same-origin" and request.headers.get("Origin") == runtime().own_origin
