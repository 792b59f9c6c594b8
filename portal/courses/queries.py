"""Reads of courses, cohorts, who is in them, and their dates."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.orm import Session, joinedload

from portal.core.errors import NotFound
from portal.core.kept import Same
from portal.courses.date_rows import date_rows
from portal.courses.dates import CallDates, Schedule
from portal.courses.models import (
    CallSession,
    Cohort,
    Course,
    CourseVersion,
    Enrollment,
    EnrollmentState,
    Role,
    TeamMember,
)
from portal.courses.package.schema import CourseContent
from portal.courses.plain import PlainCohort
from portal.identity.models import Person

# Versions never change, so a parsed one is good for the life of the process.
# By engine: ids are a database's own.
_contents: WeakKeyDictionary[Engine | Connection, dict[int, CourseContent]] = WeakKeyDictionary()

# Built once: building it anew costs more than running it.
_CALLS = (
    select(CallSession).where(CallSession.cohort_id == bindparam("cohort_id")).order_by(CallSession.number)
)


class Participant(Protocol):
    """An enrollment, as a row or as `access.Member`."""

    @property
    def id(self) -> int:
        """The enrollment's id."""

    @property
    def cohort(self) -> Cohort | PlainCohort:
        """Its cohort."""


def content_of(session: Session, course_version_id: int) -> CourseContent:
    """The parsed package of a version. Read once per process; after that without a statement."""
    known = _contents.setdefault(session.get_bind(), {})
    if course_version_id not in known:
        stored = session.scalar(select(CourseVersion.content).where(CourseVersion.id == course_version_id))
        if stored is None:
            raise NotFound("This course is not there any more.")
        known[course_version_id] = CourseContent.model_validate(stored)
    return known[course_version_id]


def forget_contents(session: Session) -> None:
    """Drop what was parsed: a version was written, or a test's database emptied."""
    _contents.pop(session.get_bind(), None)


def latest_version(session: Session, slug: str) -> CourseVersion:
    """The newest loaded version of a course."""
    found = session.scalar(
        select(CourseVersion)
        .join(CourseVersion.course)
        .where(Course.slug == slug)
        .order_by(CourseVersion.number.desc())
        .limit(1)
        .options(joinedload(CourseVersion.course))
    )
    if found is None:
        raise NotFound(f"No course “{slug}” is loaded. Load its package with: portal course load PATH")
    return found


def courses(session: Session) -> list[Course]:
    """All loaded courses by slug."""
    return list(session.scalars(select(Course).order_by(Course.slug)))


def cohort_of(session: Session, slug: str) -> Cohort:
    """The cohort of that slug, whoever asks: for commands. Pages look it up through `courses.access`."""
    found = session.scalar(
        select(Cohort)
        .where(Cohort.slug == slug)
        .options(joinedload(Cohort.course_version).defer(CourseVersion.content))
    )
    if found is None:
        raise NotFound(f"There is no cohort “{slug}”.")
    return found


def cohorts(session: Session) -> list[Cohort]:
    """All cohorts, the one that starts last first, with version and course."""
    return list(
        session.scalars(
            select(Cohort)
            .order_by(Cohort.starts_on.desc(), Cohort.slug)
            .options(
                joinedload(Cohort.course_version).defer(CourseVersion.content),
                joinedload(Cohort.course_version).joinedload(CourseVersion.course),
            )
        )
    )


def cohort_schedule(session: Session, cohort: Cohort | PlainCohort) -> Schedule:
    """The cohort's dates, without any learner's own. One statement."""
    return schedules_of(session, cohort, [])[None]


def schedule_of(session: Session, enrollment: Participant) -> Schedule:
    """All dates as they hold for one participant (an enrollment, a member). One statement."""
    return schedules_of(session, enrollment.cohort, [enrollment.id])[enrollment.id]


def schedules_of(
    session: Session, cohort: Cohort | PlainCohort, enrollment_ids: Collection[int]
) -> dict[int | None, Schedule]:
    """The dates of several participants, and under None the cohort's own. One statement however many."""
    shared: list[tuple[Any, ...]] = []
    own: dict[int, dict[tuple[str, str], datetime]] = {}
    for row in date_rows(session, cohort.id, enrollment_ids):
        whose, item, date_field, moved_to_at = row[:4]
        if whose is None:
            shared.append(tuple(row))
        else:
            _move(own.setdefault(whose, {}), item, date_field, moved_to_at)
    content = content_of(session, cohort.course_version_id)
    of_cohort = _schedule_by(Same(content), cohort.starts_on, cohort.time_zone, tuple(shared))
    schedules: dict[int | None, Schedule] = {None: of_cohort}
    for id_ in enrollment_ids:
        schedules[id_] = of_cohort.for_learner(own[id_]) if id_ in own else of_cohort
    return schedules


@lru_cache(maxsize=256)
def _schedule_by(
    content: Same[CourseContent], starts_on: date, zone: str, rows: tuple[tuple[Any, ...], ...]
) -> Schedule:
    """A cohort's dates, by its rows of `date_rows`. The same rows give the same object, with all it worked out."""
    calls: dict[int, CallDates] = {}
    moves: dict[tuple[str, str], datetime] = {}
    for _, item, date_field, moved_to_at, number, starts_at, minutes, cancelled_at, recording in rows:
        if number is None:
            _move(moves, item, date_field, moved_to_at)
        else:
            ends_at = starts_at + timedelta(minutes=minutes)
            calls[number] = CallDates(
                starts_at, ends_at, cancelled=cancelled_at is not None, is_recorded=recording is not None
            )
    return Schedule(content.it, starts_on, zone, cohort_moves=moves, calls=calls)


def _move(
    moves: dict[tuple[str, str], datetime], item: str, date_field: str, moved_to_at: datetime | None
) -> None:
    """Take a row over the earlier ones: the latest holds, and None takes the move back."""
    if moved_to_at is None:
        moves.pop((item, date_field), None)
    else:
        moves[item, date_field] = moved_to_at


def calls_of(session: Session, cohort_id: int) -> list[CallSession]:
    """The cohort's calls by number, with where and when they take place."""
    return list(session.scalars(_CALLS, {"cohort_id": cohort_id}))


def participants_of(
    session: Session, cohort_id: int, *, role: Role = Role.LEARNER, withdrawn_too: bool = False
) -> list[Enrollment]:
    """The cohort's learners (or faculty) by name, with their person. One statement."""
    query = select(Enrollment).where(Enrollment.cohort_id == cohort_id, Enrollment.role == role)
    if not withdrawn_too:
        query = query.where(Enrollment.state == EnrollmentState.ACTIVE)
    found = session.scalars(query.options(joinedload(Enrollment.person)))
    return sorted(found, key=lambda one: ((one.person.name or "\uffff").casefold(), one.id))


def team_of_cohort(session: Session, cohort_id: int) -> list[tuple[TeamMember, Person]]:
    """Who is of the cohort's course team now, in the order they were added. One statement."""
    rows = session.execute(
        select(TeamMember, Person)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.cohort_id == cohort_id, TeamMember.removed_at.is_(None))
        .order_by(TeamMember.added_at, TeamMember.id)
    )
    return [(member, person) for member, person in rows]
