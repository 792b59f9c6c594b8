"""Names and Role Provisioning Services 2.0 as a recorded Moodle has them."""

from html import escape
from typing import Any

from flask import Response, request

from lti.demo_platform import dress
from lti.demo_platform.asked import MEMBERSHIPS, Asked, ServiceRefused, answer_json
from lti.demo_platform.canvas_ids import context_of
from lti.demo_platform.config import SCOPE_MEMBERSHIP
from lti.demo_platform.messages import ROLE_IN_ROSTER, ROLES_IN_COURSE
from lti.demo_platform.store import Row


def list_memberships(asked: Asked) -> Response:
    """All at once unless `limit` is asked; suspended people and the Test Student are absent."""
    asked.need(SCOPE_MEMBERSHIP)
    course = asked.course()
    if asked.here.config.is_canvas:
        return _canvas_page(asked, course)
    rlid = request.args.get("rlid")
    link = asked.here.store.link(rlid) if rlid else None
    if rlid and (link is None or link["course_id"] != course["id"]):
        raise ServiceRefused(404, f"Not Found: LTI link {rlid} doesn't exist")
    everyone = _active(asked, course)
    limit, start = request.args.get("limit", type=int), request.args.get("from", default=0, type=int)
    paged = limit is not None and limit > 0
    # As recorded, a page is cut after the role was looked at, and the next address forgets the role.
    wanted = _by_role(everyone, request.args.get("role", ""))
    shown = wanted[start : start + (limit or 0)] if paged else wanted
    where = asked.here.config.memberships_url(course["id"])
    context = {"id": course["id"], "label": course["label"], "title": course["title"]}
    answer = answer_json(
        {"id": where, "context": context, "members": [_member(person, rlid) for person in shown]}, MEMBERSHIPS
    )
    if paged and limit and start + limit < len(wanted):
        rest = f"&rlid={rlid}" if rlid else ""
        answer.headers["Link"] = f'<{where}?limit={limit}&from={start + limit}{rest}>; rel="next"'
    return answer


def _active(asked: Asked, course: Row) -> list[Row]:
    everyone = [
        person
        for person in asked.here.store.members(course["id"])
        if person["status"] == "active" and not person["test_user"]
    ]
    return sorted(
        everyone, key=lambda person: int(person["sub"]) * 7919 % 104729
    )  # by nothing one could name


def _canvas_page(asked: Asked, course: Row) -> Response:
    """Fifty a page; `role` takes the whole address, a short word finds nobody; the course's own id is a link's too."""
    config, role, rlid = asked.here.config, request.args.get("role"), request.args.get("rlid")
    context_id = context_of(config, course["id"])
    if rlid not in (None, context_id) and asked.here.link_said(course["id"], rlid or "") is None:
        raise ServiceRefused(400, "Invalid 'rlid' parameter")
    people = [
        person for person in _active(asked, course) if role is None or role in ROLES_IN_COURSE[person["role"]]
    ]
    size = min(max(request.args.get("limit", dress.PAGE, type=int), 1), dress.PAGE)
    size = min(max(request.args.get("per_page", size, type=int), 1), dress.PAGE)
    page = max(request.args.get("page", 1, type=int), 1)
    where = config.memberships_url(course["id"])
    context = {"id": context_id, "label": course["label"], "title": course["title"]}
    members = [
        dress.member(
            config,
            _member(person, None),
            ROLES_IN_COURSE[person["role"]][::-1],
            {name: person[name] for name in ("name", "given_name", "family_name")},
        )
        for person in people[(page - 1) * size : page * size]
    ]
    answer = answer_json({"id": where, "context": context, "members": members}, MEMBERSHIPS)
    kept = {name: value for name, value in (("role", role), ("rlid", rlid)) if value is not None}
    answer.headers["Link"] = dress.page_links(where, page, size, len(people), kept)
    return answer


def _by_role(people: list[Row], asked: str) -> list[Row]:
    """An unknown role gives everyone."""
    role = asked.rpartition("#")[2]
    if role not in ("Learner", "Instructor"):
        return people
    return [person for person in people if _role(person) == role]


def _role(person: Row) -> str:
    return person["roster_role"] or ROLE_IN_ROSTER[person["role"]]


def _member(person: Row, rlid: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "status": "Active",
        "roles": [_role(person)],
        "user_id": person["sub"],
        "lis_person_sourcedid": "",
        # The roster escapes names for HTML, launches do not.
        "name": escape(person["name"], quote=False),
        "given_name": escape(person["given_name"], quote=False),
        "family_name": escape(person["family_name"], quote=False),
        "ext_user_username": person["username"],
    }
    if person["email"]:
        said["email"] = person["email"]
    if rlid:
        name = "https://purl.imsglobal.org/spec/lti/claim/message_type"
        said["message"] = [{name: "LtiResourceLinkRequest"}]
    return said
