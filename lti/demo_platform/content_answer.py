"""What the LMS takes of a tool's LtiDeepLinkingResponse, and what it refuses.

The words are a recorded Moodle's where Moodle refuses; stricter than Moodle, as Canvas is, are `aud`, `iat`, the
nonce, and that a selection is answered once; stricter than both are deployment, message type, version and `data`.
"""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti.demo_platform.ags import is_number
from lti.demo_platform.messages import LTI, SHORT_NAMES
from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row
from lti.demo_platform.tokens import KeysUnreachable, TokenRefused, claims_unchecked, decoded_by_tool_keys

DL = SHORT_NAMES["dl:"]
_OLDEST_SECONDS = 300
_AHEAD_SECONDS = 30


class ContentRefused(Exception):
    """The whole answer is not taken. Its text is the page's."""

    def __init__(self, words: str, status: int = 404) -> None:
        super().__init__(words)
        self.status = status


@dataclass(frozen=True)
class Taken:
    """What came of an answer: titles of the links that were set, words of the tool, items not taken and why."""

    titles: list[str]
    note: str
    error: str
    refused: list[str]


def take_answer(here: Lms, selection: Row | None, token: str) -> Taken:
    """Check the answer and set its links. Raises ContentRefused, with nothing set."""
    claims = _checked(here, token)
    if selection is None:
        raise ContentRefused("Do not modify the deep_link_return_url in any way.", 400)
    _check_claims(here, claims, selection)
    items = claims.get(DL + "content_items", [])
    if not isinstance(items, list):
        raise ContentRefused("Exception - content_items is not a list")
    with here.store.transaction():
        if selection["answered"] or here.store.one("select 1 from used_jti where jti = ?", claims["nonce"]):
            raise ContentRefused("Do not attempt to submit content items multiple times.", 400)
        here.store.insert("used_jti", jti=claims["nonce"])
        here.store.write("update selection set answered = 1 where id = ?", selection["id"])
        titles, refused = [], []
        most = 1 if selection["placement"] == "assignment_selection" else len(items)
        for number, item in enumerate(items):
            why = _mistake(here, item) if number < most else "only one is taken here"
            if why is None:
                titles.append(_set_link(here, selection["course_id"], item))
            else:
                refused.append(why)
    return Taken(titles, _words(claims, "msg"), _words(claims, "errormsg"), refused)


def _checked(here: Lms, token: str) -> dict[str, Any]:
    if not token:
        raise ContentRefused("A required parameter (oauth_consumer_key) was missing")
    try:
        if claims_unchecked(token).get("iss") != here.config.client_id:
            raise ContentRefused("Consumer key is incorrect.")
        return decoded_by_tool_keys(here, token)
    except TokenRefused as refused:
        raise ContentRefused(f"Exception - {refused.error}") from None
    except KeysUnreachable:
        raise ContentRefused("Exception - the tool's key set could not be read") from None


def _check_claims(here: Lms, claims: dict[str, Any], selection: Row) -> None:
    now = here.config.now().timestamp()
    ends, issued, nonce = claims.get("exp"), claims.get("iat"), claims.get("nonce")
    if not isinstance(ends, int | float) or ends <= now:
        raise ContentRefused("Exception - Expired token")
    if not isinstance(issued, int | float) or issued > now + _AHEAD_SECONDS:
        raise ContentRefused(f"Exception - Cannot handle token with iat prior to {here.config.now():%FT%T%z}")
    if issued < now - _OLDEST_SECONDS:
        raise ContentRefused("the 'iat' must be less than 300 seconds old", 400)
    audience = claims.get("aud")
    if here.config.issuer not in (audience if isinstance(audience, list) else [audience]):
        raise ContentRefused("the 'aud' is invalid", 400)
    if not isinstance(nonce, str) or not nonce:
        raise ContentRefused("the 'nonce' is missing", 400)
    expected = {
        LTI + "deployment_id": here.config.deployment_id,
        LTI + "message_type": "LtiDeepLinkingResponse",
        LTI + "version": "1.3.0",
        DL + "data": None if here.config.is_canvas else selection["data"],
    }
    for name, value in expected.items():
        if claims.get(name) != value:
            raise ContentRefused(f"{name.rsplit('/', 1)[-1]} is not what was asked for", 400)


def _mistake(here: Lms, item: object) -> str | None:
    """Why an item is not taken."""
    if not isinstance(item, dict):
        return "an item is no object"
    title = item.get("title") or "an item"
    if any(value is None for value in item.values()):
        return f"{title}: a value is null"
    if item.get("type") != "ltiResourceLink":
        return f"{title}: only ltiResourceLink is accepted here"
    url = item.get("url", here.config.redirect_urls[0])
    if not isinstance(url, str) or not url.startswith(here.config.portal_origin + "/"):
        return f"{title}: its address is not the tool's"
    custom = item.get("custom", {})
    if not isinstance(custom, dict) or not all(isinstance(value, str) for value in custom.values()):
        return f"{title}: custom values must be strings"
    column = item.get("lineItem")
    if column is not None and not _is_column(column):
        return f"{title}: lineItem.scoreMaximum is a required field"
    return next(
        (f"{title}: {name} is no time" for name, at in _dates(item).items() if not _is_instant(at)), None
    )


def _is_column(column: object) -> bool:
    maximum = column.get("scoreMaximum") if isinstance(column, dict) else None
    return is_number(maximum) and math.isfinite(float(str(maximum))) and float(str(maximum)) > 0


def _is_instant(text: object) -> bool:
    try:
        return text is None or datetime.fromisoformat(str(text)).tzinfo is not None
    except ValueError:
        return False


def _dates(item: dict[str, Any]) -> dict[str, Any]:
    available, submission = item.get("available", {}), item.get("submission", {})
    return {
        "opens": available.get("startDateTime"),
        "due": submission.get("endDateTime"),
        "closes": available.get("endDateTime"),
    }


def _set_link(here: Lms, course_id: str, item: dict[str, Any]) -> str:
    store, url = here.store, item.get("url")
    highest = store.one("select max(cast(id as integer)) as id, max(position) as position from link")
    assert highest is not None
    link_id, title = str((highest["id"] or 0) + 1), str(item.get("title") or "Lectern")
    store.insert(
        "link",
        id=link_id,
        course_id=course_id,
        title=title,
        description=str(item.get("text", "")),
        target_link_uri=None if url == here.config.redirect_urls[0] else url,
        custom=json.dumps(item.get("custom", {})),
        opens_in="window" if item.get("window", {}).get("targetName") == "_blank" else "iframe",
        section="Added from Lectern",
        staff_only=0,
        position=(highest["position"] or 0) + 1,
    )
    dates = _dates(item)
    if any(dates.values()):
        store.insert("link_dates", link_id=link_id, **dates)
    if column := item.get("lineItem"):
        store.insert(
            "line_item",
            course_id=course_id,
            label=str(column.get("label") or title),
            maximum=float(column["scoreMaximum"]),
            resource_id=str(column.get("resourceId", "")),
            tag=str(column.get("tag", "")),
            link_id=link_id,
            of_activity=1,
        )
    return title


def _words(claims: dict[str, Any], name: str) -> str:
    found = claims.get(DL + name)
    return found if isinstance(found, str) else ""
