"""The part of the fake's door that changes a course under the tool's feet."""

from collections.abc import Mapping
from typing import Any

from lti.demo_platform.seed import add_member, add_person
from lti.demo_platform.service_door import ServiceDoor


class CourseDoor(ServiceDoor):
    """What DemoPlatform inherits; see the package's docstring."""

    def add_person(self, person: Mapping[str, Any], *, course: str = "2", role: str = "learner") -> None:
        add_person(self._lms.store, person)
        self.set_role(str(person["sub"]), role, course=course)

    def set_role(self, who: str, role: str, *, course: str = "2", roster_role: str | None = None) -> None:
        member = {"sub": self.person(who)["sub"], "role": role, "roster_role": roster_role}
        add_member(self._lms.store, course, member, int(member["sub"] or 0))

    def suspend(self, who: str, *, course: str = "2") -> None:
        """Still a member, missing in the roster."""
        sql = "update member set status = 'suspended' where course_id = ? and sub = ?"
        self._lms.store.write(sql, course, self.person(who)["sub"])

    def remove(self, who: str, *, course: str = "2") -> None:
        sql = "delete from member where course_id = ? and sub = ?"
        self._lms.store.write(sql, course, self.person(who)["sub"])
