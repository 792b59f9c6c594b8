"""The demo's course, cohorts, people and LMS. Dates count from the day of the first start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.demo_platform import PlatformConfig, sample_seed
from lti.runtime import runtime
from lti.services.connect import connect
from lti.services.keys import ensure_key
from lti.services.register import PlatformForm, register
from portal.app import shipped
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.core.errors import PortalError
from portal.core.files import store
from portal.courses.models import Cohort, Enrollment, Role
from portal.courses.package.check import check_package
from portal.courses.package.schema import CourseContent
from portal.courses.queries import schedules_of
from portal.courses.services import add_team_member, enroll, keep_files, load_course, open_cohort
from portal.demo_data.acting import Actor, mark_calls
from portal.demo_data.profiles import ENDED, MID_COURSE, Profile
from portal.identity.models import Person
from portal.identity.services import person_for

COURSE = "leadership-and-organizing"


@dataclass(frozen=True)
class DemoCohort:
    """One of the two: the LMS course that opens it, and how many days ago it started."""

    slug: str
    name: str
    context_id: str
    day: int
    profiles: tuple[Profile, ...]


COHORTS = (
    DemoCohort("fall", "Fall cohort", "2", 42, MID_COURSE),
    DemoCohort("ended", "Ended cohort", "3", 110, ENDED),
)


def demo_seed() -> dict[str, Any]:
    """The sample LMS's people and courses, each person with a word on where they stand in the portal."""
    seed = sample_seed()
    notes: dict[str, str] = {}
    for demo in COHORTS:
        course = next(course for course in seed["courses"] if course["id"] == demo.context_id)
        learners = _learners(course, {person["sub"]: person for person in seed["people"]})
        notes |= {sub: profile.note for sub, profile in zip(learners, demo.profiles, strict=True)}
    seed["people"] = [
        person | {"note": notes[person["sub"]]} if person["sub"] in notes else person
        for person in seed["people"]
    ]
    return seed


def _learners(course: Mapping[str, Any], people: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The subs of the real learners: the LMS's test student comes by itself, if somebody opens that view."""
    return [
        member["sub"]
        for member in course["members"]
        if member["role"] == "learner" and not people[member["sub"]].get("test_user")
    ]


def prepare(lms_url: str, portal_url: str) -> None:
    """Make what is missing. What a visitor did stays: a cohort that is there is left alone."""
    with reading() as session:
        there = set(session.scalars(select(Cohort.slug)))
    if {demo.slug for demo in COHORTS} <= there:
        return
    checked = check_package(shipped("courses") / COURSE)
    if checked.content is None:
        raise PortalError("The first course that ships with Lectern has mistakes.")
    keep_files(checked, store())
    now, seed = course_now(), demo_seed()
    people = {person["sub"]: person for person in seed["people"]}
    with transaction() as session:
        load_course(session, checked.content, at=now)
        platform_id = _register(session, lms_url, portal_url)
        for demo in COHORTS:
            course = next(course for course in seed["courses"] if course["id"] == demo.context_id)
            _make(session, demo, course, people, platform_id, checked.content, now)


def _register(session: Session, lms_url: str, portal_url: str) -> int:
    said = PlatformConfig(base_url=lms_url, portal_url=portal_url).registration()
    deployment_id = said.pop("deployment_id")
    form = PlatformForm(**said, name="Northvalley University (sample LMS)")
    made = register(session, form, deployment_id, allow_private=True, at=real_now())
    ensure_key(session, runtime().seal, at=real_now())
    return made.platform_id


def _make(
    session: Session,
    demo: DemoCohort,
    course: Mapping[str, Any],
    people: Mapping[str, Mapping[str, Any]],
    platform_id: int,
    content: CourseContent,
    now: datetime,
) -> None:
    starts = now.astimezone(ZoneInfo(content.time_zone)).date() - timedelta(days=demo.day)
    before = now - timedelta(days=demo.day + 9)
    cohort = open_cohort(session, course=COURSE, slug=demo.slug, name=demo.name, starts=starts, at=before)
    connect(session, platform_id, demo.context_id, demo.slug, at=real_now())

    def person(sub: str) -> Person:
        said = people[sub]
        return person_for(
            session,
            platform_id,
            sub,
            at=before,
            name=f"{said['given_name']} {said['family_name']}",
            given_name=said["given_name"],
            family_name=said["family_name"],
            email=said.get("email"),
            time_zone=said.get("timezone"),
        )

    roles = {member["sub"]: member["role"] for member in course["members"]}
    teacher = next(sub for sub, role in roles.items() if role == "teacher")
    for sub, role in roles.items():
        if role in ("teacher", "teaching_assistant"):
            enroll(session, cohort, person(sub), Role.FACULTY, at=before)
    coach = person(teacher)
    add_team_member(session, cohort, coach, at=before)
    learners: list[tuple[Enrollment, Profile]] = []
    for sub, profile in zip(_learners(course, people), demo.profiles, strict=True):
        came = before + timedelta(days=2) if profile.came else None
        learner = enroll(session, cohort, person(sub), Role.LEARNER, at=before, launched_at=came)
        learners.append((learner, profile))
    session.flush()
    schedule = schedules_of(session, cohort, [])[None]
    mark_calls(session, learners, schedule, by=coach.id, now=now)
    for number, (learner, profile) in enumerate(learners):
        Actor(session, learner, schedule, profile, now, number).act(by=coach.id)
    session.flush()
