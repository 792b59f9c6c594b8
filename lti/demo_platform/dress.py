"""The Canvas dress: what this LMS says, said as Canvas's documentation and source say that it does.

Worn with `dress="canvas"` (`--dress canvas`); without it the LMS says everything as a recorded Moodle. What differs:
the login form, claims, addresses of services, casing of parameters, the roster's roles and pages, words of refusals.
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from lti.demo_platform.canvas_ids import context_of, digits, legacy_id, link_of, login_hint_of, sub_of
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.store import Row

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
SYSTEM_USER = "http://purl.imsglobal.org/vocab/lis/v2/system/person#User"
DL_SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"
PLACEMENT = "https://canvas.instructure.com/lti/"
NAVIGATION = "course_navigation"
CHOOSES = "link_selection"  # where a selection was begun without a placement
LEFT_OVERS = {
    "utf8": "✓",
    "authenticity_token": "not looked at",
}  # of the page's framework, in the form of a launch
NO_LONGER_VALID = {
    "error": "launch_no_longer_valid",
    "error_description": "The launch has either expired or already been consumed",
}
_NAMES = {"name", "given_name", "family_name"}
_HIDDEN = {  # by the tool's privacy level; never the `sub`
    "public": set(),
    "name_only": {"email", "picture", LTI + "lis"},
    "email_only": {*_NAMES, "picture", LTI + "lis"},
    "anonymous": {*_NAMES, "email", "picture", LTI + "lis"},
}
PAGE = 50  # people of a roster's page, at most and by default
TOKEN_LIFE_SECONDS = 3600


def login_fields(config: PlatformConfig, fields: dict[str, str]) -> dict[str, str]:
    """Canvas's order; the hint is a JWT; fields that nobody else sends."""
    if not config.is_canvas:
        return fields
    parts = ('{"typ":"JWT","alg":"HS256"}', fields["lti_message_hint"], "not looked at")
    return {
        "iss": fields["iss"],
        "login_hint": fields["login_hint"],
        "client_id": fields["client_id"],
        "lti_deployment_id": fields["lti_deployment_id"],
        "target_link_uri": fields["target_link_uri"],
        "lti_message_hint": ".".join(map(_part, parts)),
        "canvas_environment": "prod",
        "canvas_region": "us-east-1",
    }


def hint_of(text: str) -> str:
    """The JSON inside a message hint, of either dress."""
    parts = text.split(".")
    if len(parts) != 3 or text.startswith("{"):
        return text
    try:
        return base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)).decode()
    except ValueError:
        return ""


def claims(
    config: PlatformConfig, said: dict[str, Any], person: Row, course: Row, placement: str | None = None
) -> dict[str, Any]:
    """The claims of a launch or a selection, as Canvas has them. `placement`: None for an assignment's own link."""
    if not config.is_canvas:
        return said
    changed: dict[str, Any] = {
        "azp": config.client_id,
        "exp": said["iat"] + TOKEN_LIFE_SECONDS,
        "sub": sub_of(config, person["sub"]),
        "locale": person["locale"],
        LTI + "roles": sorted({*said[LTI + "roles"], SYSTEM_USER}),
        LTI + "context": said[LTI + "context"]
        | {
            "id": context_of(config, course["id"]),
            "type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"],
        },
        LTI + "tool_platform": {
            "guid": f"{digits(config.base_url)}:canvas-lms",
            "name": said[LTI + "tool_platform"]["description"],
            "version": "cloud",
            "product_family_code": "canvas",
        },
        LTI + "launch_presentation": _presentation(config, said, person, course, placement),
        LTI + "lis": {
            "person_sourcedid": "$Person.sourcedId",
            "course_offering_sourcedid": "$CourseSection.sourcedId",
        },
        LTI + "lti11_legacy_user_id": login_hint_of(config, person["sub"]),
        LTI + "lti1p1": {"user_id": login_hint_of(config, person["sub"])},
        "https://www.instructure.com/placement": placement,
    }
    if person["email"]:
        changed["picture"] = f"{config.base_url}/static/sample-lms.svg"
    if (link := said.get(LTI + "resource_link")) is not None:
        changed |= _link_claims(config, link, course, changed, placement)
    if DL_SETTINGS in said:
        changed[DL_SETTINGS] = _settings(said[DL_SETTINGS], placement or "")
    if ROSTER in said:
        changed[ROSTER] = said[ROSTER] | {"service_versions": ["2.0"]}
    gone = {LTI + "ext", OUTCOME, *_HIDDEN[config.privacy_level]}
    return {name: value for name, value in (said | changed).items() if name not in gone}


def _link_claims(
    config: PlatformConfig, link: dict[str, Any], course: Row, changed: dict[str, Any], placement: str | None
) -> dict[str, Any]:
    if placement == NAVIGATION:  # one link for the whole course, known by the course's own id
        its_own = {"id": context_of(config, course["id"]), "description": None, "title": course["title"]}
        return {LTI + "resource_link": its_own}
    older = changed[LTI + "lti1p1"] | {"resource_link_id": legacy_id("links", link["id"])}
    its_own = {"description": None} | link | {"id": link_of(config, link["id"])}
    return {LTI + "resource_link": its_own, LTI + "lti1p1": older}


def _presentation(
    config: PlatformConfig, said: dict[str, Any], person: Row, course: Row, placement: str | None
) -> dict[str, Any]:
    where = f"{config.base_url}/courses/{course['id']}"
    kept = {"locale": person["locale"], "document_target": "iframe"}
    if placement is None:
        shown: dict[str, Any] = said[LTI + "launch_presentation"]
        return shown | {"return_url": f"{where}/assignments"}
    end = "redirect" if placement == NAVIGATION else "dialog"
    return_url = f"{where}/external_content/success/external_tool_{end}"
    return kept | {"return_url": return_url, "height": 600, "width": 800}


def _settings(said: dict[str, Any], placement: str) -> dict[str, Any]:
    """What may be placed, by placement; what Canvas needs again stands in the return address alone."""
    editor = placement == "editor_button"
    return {
        "deep_link_return_url": said["deep_link_return_url"],
        "accept_types": ["link", "file", "html", "ltiResourceLink", "image"]
        if editor
        else ["ltiResourceLink"],
        "accept_presentation_document_targets": [*(["embed"] if editor else []), "iframe", "window"],
        "accept_media_types": "image/*,text/html,application/vnd.ims.lti.v1.ltilink,*/*"
        if editor
        else "application/vnd.ims.lti.v1.ltilink",
        "auto_create": False,
        "accept_multiple": placement != "assignment_selection",
    }


def member(
    config: PlatformConfig, said: dict[str, Any], roles: list[str], names: dict[str, str]
) -> dict[str, Any]:
    """One line of the roster: roles of the course alone, whole; names not escaped."""
    number = said["user_id"]
    kept = {name: said[name] for name in ("status", "email") if name in said} | names
    ids = {"user_id": sub_of(config, number), "lti11_legacy_user_id": login_hint_of(config, number)}
    shown = {name: value for name, value in kept.items() if name not in _HIDDEN[config.privacy_level]}
    return shown | ids | {"roles": roles}


def line_item(config: PlatformConfig, said: dict[str, Any], row: Row) -> dict[str, Any]:
    """A line item: a number with a point, what is empty left out."""
    kept = {name: value for name, value in said.items() if value != ""} | {"scoreMaximum": row["maximum"]}
    return kept | ({"resourceLinkId": link_of(config, row["link_id"])} if row["link_id"] else {})


def page_links(where: str, page: int, size: int, count: int, kept: Mapping[str, str]) -> str:
    """The Link header: current, next, prev, first, last, a comma and no blank between. `kept`: what was asked for."""
    last = max(1, -(-count // size))
    named = [("current", page), *([("next", page + 1)] if page < last else [])]
    named += [*([("prev", page - 1)] if page > 1 else []), ("first", 1), ("last", last)]
    asked = urlencode(kept) + "&" if kept else ""
    return ",".join(f'<{where}?{asked}page={number}&per_page={size}>; rel="{name}"' for name, number in named)


def refusal(status: int, reason: str) -> tuple[int, dict[str, Any]]:
    """Status and body of a refusal that Moodle words otherwise."""
    if status == 401:
        return 401, _errors("unauthorized", "Insufficient permissions")
    if status in (403, 404):
        return 404, {"errors": [{"message": "The specified resource does not exist."}]}
    if status == 422:
        return 422, _errors("unprocessable_entity", reason)
    return status, _errors("bad_request", reason)


def token_refusal(error: str) -> dict[str, str]:
    """What the token endpoint says for what Moodle words as `error`."""
    if error == "invalid_scope":
        return {
            "error": error,
            "error_description": "A requested scope exceeds the scope granted",
        }
    if error == "unsupported_grant_type":
        return {
            "error": error,
            "error_description": "The grant_type you requested is not currently supported",
        }
    return {"error": "invalid_request", "error_description": error}


def _errors(kind: str, message: str) -> dict[str, Any]:
    return {"errors": {"type": kind, "message": message}}


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
