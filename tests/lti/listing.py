"""An LMS's lists of people: given by a test, fetched by the button, and what became of them."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lti.models import Roster
from lti.services.rosters import post_due_rosters
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.models import Enrollment, EnrollmentState, Role
from portal.identity.models import Person

NRPS = "nrps:namesroleservice"
CAPTURES = Path(__file__).parent / "captures"


def cases(platform: str, name: str = "nrps") -> dict[str, Any]:
    """What a platform said to requests for lists, by case."""
    found = json.loads((CAPTURES / platform / f"{name}.json").read_text())["cases"]
    return {case["case"]: case for case in found if "response" in case}


CANVAS, MOODLE = cases("canvas"), cases("moodle")


def body(*members, **more) -> str:
    return json.dumps({"id": "x", "context": {"id": "2"}, "members": list(members)} | more)


def learner(sub: str, **said) -> dict[str, Any]:
    return {"user_id": sub, "roles": ["Learner"]} | said


def sync(school, **form):
    """The button."""
    return school.tina.post(f"/c/{school.cohort.slug}/participants/sync", form)


def people(school) -> dict[str, tuple[Role, EnrollmentState]]:
    """Everyone of the cohort, by the name the LMS logs them in by where it has one."""
    with school.world.app.app_context(), reading() as session:
        rows = session.execute(
            select(Person.sub, Enrollment.role, Enrollment.state)
            .join(Enrollment, Enrollment.person_id == Person.id)
            .where(Enrollment.cohort_id == school.cohort.id)
        ).all()
        return {sub: (role, state) for sub, role, state in rows}


def sub(school, who: str) -> str:
    return str(school.lms.person(who)["sub"])


def is_in(school, who: str) -> bool:
    return people(school).get(sub(school, who), (None, None))[1] is EnrollmentState.ACTIVE


def shown(school) -> str:
    page = school.tina.get(f"/c/{school.cohort.slug}/participants/sync")
    assert page.status_code == 200
    return str(page.get_data(as_text=True))


def roster(school) -> Roster:
    with school.world.app.app_context(), reading() as session:
        return session.scalars(select(Roster)).one()


def nightly(school, at: datetime | None = None) -> int:
    with school.world.app.app_context(), transaction() as session:
        return post_due_rosters(session, at=at or real_now(), course_time=school.world.now)
