"""Who and what a sample LMS begins with: a dict, or a JSON file of it; the package's docstring shows one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lti.demo_platform.sample_people import ENDED, FALL, STAFF
from lti.demo_platform.store import Store

ROLES = ("teacher", "teaching_assistant", "learner", "observer", "designer")

Seed = Mapping[str, Any]


def read_seed(path: Path) -> dict[str, Any]:
    """Raises ValueError with a sentence when the file is not a seed."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ValueError(f"{path} could not be read as JSON: {problem}") from None
    if not isinstance(said, dict):
        raise ValueError(f"{path} must hold one JSON object")
    return said


def load(store: Store, seed: Seed) -> None:
    """People, courses and links are as the seed says; grades, scores and line items that are there stay.

    Raises ValueError, with nothing loaded, when the seed makes no sense.
    """
    try:
        with store.transaction():
            store.upsert("setting", ["name"], name="school", value=str(seed.get("school", "Sample School")))
            for person in seed["people"]:
                add_person(store, person)
            for position, course in enumerate(seed["courses"]):
                _load_course(store, course, position)
    except KeyError as missing:
        raise ValueError(f"the seed says nothing about {missing}") from None


def add_person(store: Store, person: Mapping[str, Any]) -> None:
    if not str(person["sub"]).isdecimal():
        raise ValueError(f"sub must be a number as text, as Moodle's: {person['sub']!r}")
    store.upsert(
        "person",
        ["sub"],
        sub=str(person["sub"]),
        username=str(person.get("username") or f"user{person['sub']}"),
        given_name=str(person["given_name"]),
        family_name=str(person.get("family_name", "")),
        email=person.get("email"),
        timezone=str(person.get("timezone", "America/New_York")),
        locale=str(person.get("locale", "en")),
        institution_roles=json.dumps(person.get("institution_roles", [])),
        system_roles=json.dumps(person.get("system_roles", [])),
        test_user=int(bool(person.get("test_user"))),
        featured=int(bool(person.get("featured"))),
        note=str(person.get("note", "")),
    )


def add_member(store: Store, course_id: str, member: Mapping[str, Any], position: int) -> None:
    role = str(member["role"])
    if role not in ROLES:
        raise ValueError(f"{role} is not a role; it may be {', '.join(ROLES)}")
    store.upsert(
        "member",
        ["course_id", "sub"],
        course_id=course_id,
        sub=str(member["sub"]),
        role=role,
        roster_role=member.get("roster_role"),
        status=str(member.get("status", "active")),
        position=position,
    )


def _load_course(store: Store, course: Mapping[str, Any], position: int) -> None:
    course_id = str(course["id"])
    store.upsert(
        "course",
        ["id"],
        id=course_id,
        label=str(course["label"]),
        title=str(course["title"]),
        description=str(course.get("description", "")),
        position=position,
    )
    store.write("delete from member where course_id = ?", course_id)
    for place, member in enumerate(course["members"]):
        add_member(store, course_id, member, place)
    for place, link in enumerate(course["links"]):
        _load_link(store, course_id, link, place)


def _load_link(store: Store, course_id: str, link: Mapping[str, Any], position: int) -> None:
    link_id = str(link["id"])
    opens_in = str(link.get("opens_in", "iframe"))
    if opens_in not in ("iframe", "window"):
        raise ValueError(f"a link opens in an iframe or a window, not in {opens_in!r}")
    is_new = store.link(link_id) is None
    store.upsert(
        "link",
        ["id"],
        id=link_id,
        course_id=course_id,
        title=str(link["title"]),
        description=str(link.get("description", "")),
        target_link_uri=link.get("target_link_uri"),
        custom=json.dumps(link.get("custom", {})),
        opens_in=opens_in,
        section=str(link.get("section", "")),
        staff_only=int(bool(link.get("staff_only"))),
        position=position,
    )
    if is_new and link.get("graded"):
        store.insert(
            "line_item",
            course_id=course_id,
            label=str(link["title"]),
            maximum=float(link.get("maximum", 100)),
            resource_id=str(link.get("resource_id", "")),
            tag=str(link.get("tag", "")),
            link_id=link_id,
            of_activity=1,
        )


_LESSONS = (
    "Orientation to the course",
    "Organizing as a leadership practice",
    "Public narrative: how to craft a call to action",
    "Stakeholder and asset mapping",
    "Relational strategizing",
    "Creating the conditions for effective leadership teams",
    "Distributing leadership to co-produce sustainable efforts",
    "Mobilizing measurable collective action",
)
_CALLS = (
    "Organizing sentences",
    "Public narrative",
    "Stakeholder and asset mapping; relational strategy",
    "Collective action",
)


def _links(course_id: str) -> list[dict[str, Any]]:
    """The links an instructor would set: (section, destination, title, has a grade column, opens in)."""
    wanted = [
        ("Start here", "home", "Course home", True, "iframe"),
        ("Start here", "record", "My record and certificates", False, "iframe"),
        ("Start here", "home", "Course home in its own tab", False, "window"),
        *(
            ("Lessons", f"lesson:{n}", f"Lesson {n}: {title}", True, "iframe")
            for n, title in enumerate(_LESSONS, start=1)
        ),
        *(
            ("Live calls", f"call:{n}", f"Call {n}: {title}", True, "window")
            for n, title in enumerate(_CALLS, start=1)
        ),
        *(
            ("For faculty", f"attendance:{n}", f"Attendance of call {n}", False, "iframe")
            for n in range(1, 5)
        ),
        ("At the end", "evaluation", "Course evaluation", True, "iframe"),
        ("At the end", "ce", "Claim CE credit", False, "window"),
    ]
    return [
        {
            "id": f"{course_id}{number:02}",
            "section": section,
            "title": title,
            "custom": {"destination": destination},
            "opens_in": opens_in,
            "graded": graded,
            "staff_only": section == "For faculty",
        }
        for number, (section, destination, title, graded, opens_in) in enumerate(wanted, start=1)
    ]


def sample_seed() -> dict[str, Any]:
    """The demo's: two courses of forty learners each, the same teacher and assistant in both."""
    first = [{"sub": "3", "role": "teacher"}, {"sub": "4", "role": "teaching_assistant"}]
    last = [{"sub": "8", "role": "observer"}, {"sub": "9", "role": "learner"}]
    courses = [
        ("2", "LO-FALL", "Leadership and Organizing: Fall cohort, mid-course", FALL),
        ("3", "LO-ENDED", "Leadership and Organizing: ended cohort", ENDED),
    ]
    return {
        "school": "Northvalley University (sample)",
        "people": [*STAFF, *FALL, *ENDED],
        "courses": [
            {
                "id": course_id,
                "label": label,
                "title": title,
                "members": [*first, *({"sub": person["sub"], "role": "learner"} for person in people), *last],
                "links": _links(course_id),
            }
            for course_id, label, title, people in courses
        ],
    }
