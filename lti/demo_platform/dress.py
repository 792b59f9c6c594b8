"""The Canvas dress: what this LMS says, said as Canvas's documentation and source say that it does.

Worn with `dress="canvas"` (`--dress canvas`); without it the LMS says everything as a recorded Moodle. What differs:
the login form, claims, addresses of services, casing of parameters, the roster's roles and pages, words of refusals.
"""

import base64
import hashlib
import uuid
from typing import Any

from lti.demo_platform.config import PlatformConfig

CANVAS = "canvas"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
SYSTEM_USER = "http://purl.imsglobal.org/vocab/lis/v2/system/person#User"
PLACEMENT = "https://canvas.instructure.com/lti/"
CHOOSING = ("assignment_selection", "link_selection", "editor_button")
PAGE = 50  # people of a roster's page, at most and by default
TOKEN_LIFE_SECONDS = 3600


def is_canvas(config: PlatformConfig) -> bool:
    return config.dress == CANVAS


def login_fields(config: PlatformConfig, fields: dict[str, str]) -> dict[str, str]:
    """Canvas's order; the hint is a JWT; fields that nobody else sends."""
    if not is_canvas(config):
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


def claims(config: PlatformConfig, said: dict[str, Any], email: str | None, locale: str) -> dict[str, Any]:
    """The claims of a launch or a selection, as Canvas has them."""
    if not is_canvas(config):
        return said
    changed: dict[str, Any] = {
        "azp": config.client_id,
        "exp": said["iat"] + TOKEN_LIFE_SECONDS,
        "locale": locale,
        LTI + "roles": sorted({*said[LTI + "roles"], SYSTEM_USER}),
        LTI + "context": said[LTI + "context"]
        | {"type": ["http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"]},
        LTI + "tool_platform": {
            "guid": f"{_hash(config.base_url)}:canvas-lms",
            "name": said[LTI + "tool_platform"]["description"],
            "version": "cloud",
            "product_family_code": "canvas",
        },
        LTI + "lis": {
            "person_sourcedid": "$Person.sourcedId",
            "course_offering_sourcedid": "$CourseSection.sourcedId",
        },
        LTI + "lti11_legacy_user_id": _hash(said["sub"]),
        "https://www.instructure.com/placement": None,
    }
    if email:
        changed["picture"] = f"{config.base_url}/static/sample-lms.svg"
    if (link := said.get(LTI + "resource_link")) is not None:
        changed[LTI + "resource_link"] = {"description": None} | link
        changed[LTI + "lti1p1"] = {"resource_link_id": _hash(link["id"]), "user_id": _hash(said["sub"])}
    roster = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
    if roster in said:
        changed[roster] = said[roster] | {"service_versions": ["2.0"]}
    return {name: value for name, value in (said | changed).items() if name != LTI + "ext"}


def member(said: dict[str, Any], roles: list[str], names: dict[str, str]) -> dict[str, Any]:
    """One line of the roster: roles of the course alone, whole; names not escaped."""
    kept = {name: said[name] for name in ("status", "user_id", "email") if name in said}
    return kept | names | {"roles": roles, "lti11_legacy_user_id": _hash(said["user_id"])}


def page_links(where: str, page: int, size: int, count: int) -> str:
    """The Link header: current, next, first, last, with a comma and no blank between."""
    last = max(1, -(-count // size))
    named = [("current", page), *([("next", page + 1)] if page < last else []), ("first", 1), ("last", last)]
    return ",".join(f'<{where}?page={number}&per_page={size}>; rel="{name}"' for name, number in named)


def refusal(status: int, reason: str) -> tuple[int, dict[str, Any]]:
    """Status and body of a refusal that Moodle words otherwise."""
    if status == 409:
        return 400, _errors(
            "bad_request", "Provided timestamp of (time) before last updated timestamp of (time)"
        )
    if status == 401:
        return 401, _errors("unauthorized", "Insufficient permissions")
    if status == 404:
        return 404, {"errors": [{"message": "The specified resource does not exist."}]}
    if status in (400, 422) and ("Incorrect score" in reason or reason == "Test Student"):
        return 422, _errors("unprocessable_entity", "User not found in course or is not a student")
    return status, _errors("bad_request", reason)


def deployment_of(number: str) -> str:
    """A deployment id as Canvas makes them."""
    return f"{number}:{_hash(number)}"


def client_of(random: str) -> str:
    """A client id as Canvas makes them: a number of 18 digits, as text."""
    return "1" + str(uuid.uuid5(uuid.NAMESPACE_URL, random).int % 10**17).zfill(17)


def _errors(kind: str, message: str) -> dict[str, Any]:
    return {"errors": {"type": kind, "message": message}}


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
