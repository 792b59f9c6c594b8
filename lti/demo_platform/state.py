"""What one running sample LMS holds, reachable from a request."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from flask import current_app

from lti.demo_platform.canvas_ids import link_of, sub_of
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.store import Row, Store
from lti.demo_platform.trouble import ServiceCall, Trouble

EXTENSION = "sample_lms"


@dataclass
class Lms:
    config: PlatformConfig
    store: Store
    trouble: Trouble = field(default_factory=Trouble)
    calls: list[ServiceCall] = field(default_factory=list)
    keep_calls: bool = False  # only a test reads them
    tool_keys: object = None  # the tool's key set as last fetched

    @property
    def school(self) -> str:
        row = self.store.one("select value from setting where name = 'school'")
        return row["value"] if row else "Sample School"

    def person_said(self, sub: str) -> str | None:
        """The number of whom a tool calls by this `sub`."""
        if not self.config.is_canvas:
            return sub
        people = (person["sub"] for person in self.store.people())
        return next((number for number in people if sub_of(self.config, number) == sub), None)

    def link_said(self, course_id: str, link_id: str) -> Row | None:
        """The course's link that a tool calls by this resource link id."""
        links = self.store.links(course_id)
        return next((link for link in links if link_of(self.config, link["id"]) == link_id), None)

    def linked(self, link_id: str) -> Row | None:
        """A link of a course; "course_navigation:2": the one in the course's navigation, which is not stored."""
        kind, _, course_id = link_id.partition(":")
        placement = self.config.placement(kind) if course_id else None
        if placement is None or placement.chooses or self.store.course(course_id) is None:
            return self.store.link(link_id)
        return {
            "id": link_id,
            "course_id": course_id,
            "title": placement.text,
            "description": "",
            "custom": dict(placement.custom),
            "target_link_uri": placement.target_link_uri or None,
            "opens_in": "iframe",
            "staff_only": 0,
            "placement": placement.name,
        }

    def may_see(self, person: Row, course_id: str) -> bool:
        """Members of a course, and site administrators everywhere."""
        return is_administrator(person) or self.store.membership(course_id, person["sub"]) is not None

    def may_open(self, person: Row, link: Row) -> bool:
        course_id = link["course_id"]
        return self.is_staff(person, course_id) if link["staff_only"] else self.may_see(person, course_id)

    def is_staff(self, person: Row, course_id: str) -> bool:
        membership = self.store.membership(course_id, person["sub"])
        return is_administrator(person) or bool(
            membership and membership["role"] in ("teacher", "teaching_assistant")
        )

    def may_place(self, person: Row, course_id: str) -> bool:
        """Whoever edits the course: its teachers, its designers."""
        membership = self.store.membership(course_id, person["sub"])
        return self.is_staff(person, course_id) or bool(membership and membership["role"] == "designer")


def is_administrator(person: Row) -> bool:
    return "Administrator" in person["system_roles"]


def lms() -> Lms:
    return cast(Lms, current_app.extensions[EXTENSION])


def template_folder() -> Path:
    """The templates packed beside `portal` in an installed copy, else those of the source tree.

    `portal` is looked for by its file, never imported: this program knows it by HTTP alone.
    """
    found = find_spec("portal")
    for place in found.submodule_search_locations or [] if found else []:
        packed = Path(place) / "_templates"
        if (packed / "demo_platform").is_dir():
            return packed
    return Path(__file__).resolve().parents[2] / "templates"
