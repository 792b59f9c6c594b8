"""What the LMS says about a person, a course and a link: the claims, as plain values in and a dict out."""

import json
from datetime import datetime
from typing import Any

from lti.demo_platform.canvas_ids import sub_of
from lti.demo_platform.config import SCOPE_MEMBERSHIP, PlatformConfig
from lti.demo_platform.parameters import NO_LINK, custom_parameters
from lti.demo_platform.store import Row

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
SHORT_NAMES = {
    "lti:": LTI,
    "ags:": "https://purl.imsglobal.org/spec/lti-ags/claim/",
    "nrps:": "https://purl.imsglobal.org/spec/lti-nrps/claim/",
    "dl:": "https://purl.imsglobal.org/spec/lti-dl/claim/",
}
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

ROLES_IN_COURSE = {
    "teacher": [f"{MEMBERSHIP}#Instructor"],
    "teaching_assistant": [f"{MEMBERSHIP}#Instructor", f"{MEMBERSHIP}/Instructor#TeachingAssistant"],
    "learner": [f"{MEMBERSHIP}#Learner"],
    "observer": [f"{MEMBERSHIP}#Mentor"],
    "designer": [f"{MEMBERSHIP}#ContentDeveloper"],
}
# The roster's short words. An assistant is Learner there and Instructor in a launch, as is a Moodle's
# non-editing teacher.
ROLE_IN_ROSTER = {
    "teacher": "Instructor",
    "teaching_assistant": "Learner",
    "learner": "Learner",
    "observer": "Mentor",
    "designer": "ContentDeveloper",
}
TOKEN_LIFE_SECONDS = 60
OUTCOME = "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome"


def whole_name(claim: str) -> str:
    """`lti:roles` as the whole address of that claim; other names as they are."""
    for short, whole in SHORT_NAMES.items():
        if claim.startswith(short):
            return whole + claim.removeprefix(short)
    return claim


def roles_of(person: Row, membership: Row | None) -> list[str]:
    """Sorted as text, institution and system roles too; of who is not enrolled only those."""
    roles = [INSTITUTION + role for role in person["institution_roles"]]
    roles += [SYSTEM + role for role in person["system_roles"]]
    if membership:
        roles += ROLES_IN_COURSE[membership["role"]]
    if person["test_user"]:
        roles.append(TEST_USER)
    return sorted(roles)


def launch_claims(
    config: PlatformConfig,
    *,
    person: Row,
    membership: Row | None,
    course: Row,
    link: Row,
    line_item: Row | None,
    school: str,
    nonce: str,
    opens_in: str,
    at: datetime,
) -> dict[str, Any]:
    """An LtiResourceLinkRequest, the claims of a recorded Moodle. `line_item`: the link's own column."""
    resource_link = {"title": link["title"], "description": link["description"], "id": link["id"]}
    if not link["description"]:
        del resource_link["description"]
    target = link["target_link_uri"] or config.redirect_urls[0]
    claims = _opening(config, person=person, nonce=nonce, target_link_uri=target, at=at)
    return claims | {
        LTI + "roles": roles_of(person, membership),
        LTI + "context": _context(course),
        LTI + "message_type": "LtiResourceLinkRequest",
        LTI + "resource_link": resource_link,
        **_person_claims(person),
        LTI + "launch_presentation": {
            "locale": person["locale"],
            "document_target": opens_in,
            "return_url": f"{config.base_url}/return?course={course['id']}&link={link['id']}&in={opens_in}",
        },
        LTI + "tool_platform": _platform(school),
        LTI + "version": "1.3.0",
        LTI + "custom": custom_parameters(config, link["custom"], person, course),
        **_services(config, course, line_item),
        **({OUTCOME: _older_outcome(config, person, link)} if line_item else {}),
    }


def review_claims(config: PlatformConfig, sub: str) -> dict[str, Any]:
    """Laid over a launch's claims: an LtiSubmissionReviewRequest about this person's work."""
    return {
        LTI + "message_type": "LtiSubmissionReviewRequest",
        LTI + "for_user": {"user_id": sub_of(config, sub)},
    }


def deep_linking_claims(
    config: PlatformConfig,
    *,
    person: Row,
    membership: Row | None,
    course: Row,
    school: str,
    nonce: str,
    at: datetime,
    selection: Row | None = None,
) -> dict[str, Any]:
    """An LtiDeepLinkingRequest as Moodle's: no resource link, tool links only.

    With a `selection` the return address has a query, and `data` is to come back: ours, Moodle sends none.
    """
    its_own: dict[str, Any] = {"data": selection["data"]} if selection else {}
    claims = _opening(config, person=person, nonce=nonce, target_link_uri=config.redirect_urls[0], at=at)
    return claims | {
        LTI + "roles": roles_of(person, membership),
        LTI + "context": _context(course),
        LTI + "message_type": "LtiDeepLinkingRequest",
        **_person_claims(person),
        LTI + "launch_presentation": {"locale": person["locale"]},
        LTI + "tool_platform": _platform(school),
        LTI + "version": "1.3.0",
        LTI + "custom": custom_parameters(config, NO_LINK, person, course),
        **_services(config, course, None),
        SHORT_NAMES["dl:"] + "deep_linking_settings": {
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["frame", "iframe", "window"],
            "accept_copy_advice": False,
            "accept_multiple": True,
            "accept_unsigned": False,
            "auto_create": False,
            "can_confirm": False,
            "deep_link_return_url": config.content_url(course["id"], selection["id"] if selection else ""),
            "title": "",
            "text": "",
            **its_own,
        },
    }


def _opening(
    config: PlatformConfig, *, person: Row, nonce: str, target_link_uri: str, at: datetime
) -> dict[str, Any]:
    now = int(at.timestamp())
    return {
        "nonce": nonce,
        "iat": now,
        "exp": now + TOKEN_LIFE_SECONDS,
        "iss": config.issuer,
        "aud": config.client_id,
        LTI + "deployment_id": config.deployment_id,
        LTI + "target_link_uri": target_link_uri,
        "sub": person["sub"],
        LTI + "lis": {"person_sourcedid": "", "course_section_sourcedid": ""},
    }


def _services(config: PlatformConfig, course: Row, line_item: Row | None) -> dict[str, Any]:
    """What the tool may call: line items and scores, and the roster where this site has it on."""
    endpoint: dict[str, Any] = {
        "scope": [scope for scope in config.scopes if scope != SCOPE_MEMBERSHIP],
        "lineitems": config.lineitems_url(course["id"]),
    }
    if line_item:
        endpoint["lineitem"] = config.lineitem_url(course["id"], line_item["id"])
    said: dict[str, Any] = {SHORT_NAMES["ags:"] + "endpoint": endpoint}
    if SCOPE_MEMBERSHIP in config.scopes:
        said[SHORT_NAMES["nrps:"] + "namesroleservice"] = {
            "context_memberships_url": config.memberships_url(course["id"]),
            "service_versions": ["1.0", "2.0"],
        }
    return said


def _older_outcome(config: PlatformConfig, person: Row, link: Row) -> dict[str, str]:
    """LTI 1.1's way to a grade, which Moodle still offers beside the services."""
    data = {"instanceid": link["id"], "userid": person["sub"], "typeid": config.deployment_id, "launchid": 1}
    return {
        "lis_result_sourcedid": json.dumps({"data": data, "hash": "0" * 64}, separators=(",", ":")),
        "lis_outcome_service_url": f"{config.base_url}/lti/service",
    }


def _context(course: Row) -> dict[str, Any]:
    return {"id": course["id"], "label": course["label"], "title": course["title"], "type": ["CourseSection"]}


def _platform(school: str) -> dict[str, str]:
    return {
        "product_family_code": "lectern-sample-lms",
        "version": "1",
        "guid": "sample-lms",
        "name": "SAMPLE",
        "description": school,
    }


def _person_claims(person: Row) -> dict[str, Any]:
    """What is unknown is absent, not empty."""
    said = {
        "given_name": person["given_name"],
        "family_name": person["family_name"],
        "name": person["name"],
        LTI + "ext": {"user_username": person["username"], "lms": "sample-lms"},
    }
    return said | ({"email": person["email"]} if person["email"] else {})
