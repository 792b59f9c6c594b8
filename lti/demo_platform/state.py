"""What one running sample LMS holds, reachable from a request."""

from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from flask import current_app

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
