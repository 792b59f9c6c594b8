"""A checked launch becomes a person in a cohort, or a page that says why not (yet). All in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.messages import ScoreDue
from lti.models import Context, ContextMember, LineItem
from lti.protocol.destinations import HOME, Destination, Kind
from lti.protocol.messages import Launch
from lti.protocol.roles import ContextRole
from lti.services.places import KnownPlace, known_place, learn_place
from portal.core.errors import NotFound
from portal.core.when import is_zone
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role
from portal.courses.queries import content_of
from portal.courses.services import enroll, withdraw
from portal.identity.models import Person
from portal.identity.services import person_for
from portal.outbox.services import post

_LONGEST_TITLE = 300


class Standstill(StrEnum):
    """Why nobody enters, as the page says it."""

    NOT_CONNECTED = "not_connected"
    NO_COURSE = "no_course"
    OBSERVER = "observer"
    DESIGNER = "designer"
    NO_ROLE = "no_role"


@dataclass(frozen=True)
class Entered:
    """Somebody is in: sign them in and open the page."""

    person_id: int
    path: str


@dataclass(frozen=True)
class MayConnect:
    """The first instructor from an LMS course that opens nothing yet."""

    person_id: int
    context_id: int  # of our own row


@dataclass(frozen=True)
class Stays:
    """Nobody is signed in; a plain page says why."""

    because: Standstill
    course_title: str | None


Outcome = Entered | MayConnect | Stays


def launch(
    session: Session, said: Launch, registration_id: int, *, at: datetime, course_time: datetime
) -> Outcome:
    """Let somebody in as their LMS course says they are.

    `at`: real time, of the launch. `course_time`: when they joined the course, as its dates run.
    """
    if said.place is None:
        return Stays(Standstill.NO_COURSE, None)
    known = known_place(session, said, said.place, registration_id)
    context = learn_place(session, known, said, said.place, registration_id, at=at)
    if context.cohort_id is None or known.cohort is None:
        return _not_connected(session, context, known, said, at)
    return _enter(session, context, known.cohort, known, said, at, course_time)


def _not_connected(
    session: Session, context: Context, known: KnownPlace, said: Launch, at: datetime
) -> Outcome:
    role = said.standing.role
    if role.may_connect:
        person = _person(session, said, context.registration_id, at)
        _note_member(session, context, known, person, role, at)
        return MayConnect(person.id, context.id)
    because = _WITHOUT_COHORT.get(role, Standstill.NOT_CONNECTED)
    return Stays(because, context.title)


_WITHOUT_COHORT = {
    ContextRole.MENTOR: Standstill.OBSERVER,
    ContextRole.CONTENT_DEVELOPER: Standstill.DESIGNER,
    ContextRole.NONE: Standstill.NO_ROLE,
}


def _enter(
    session: Session,
    context: Context,
    cohort: Cohort,
    known: KnownPlace,
    said: Launch,
    at: datetime,
    course_time: datetime,
) -> Outcome:
    role = said.standing.role
    if not role.is_staff and role is not ContextRole.LEARNER:
        return _neither(session, context, cohort, known, said, at, course_time)
    person = _person(session, said, context.registration_id, at)
    is_new = known.member is None or known.member.role != role
    _note_member(session, context, known, person, role, at)
    enrollment = enroll(
        session,
        cohort,
        person,
        Role.FACULTY if role.is_staff else Role.LEARNER,
        at=course_time,
        launched_at=at,
        is_test=said.standing.is_test,
    )
    if is_new and role is ContextRole.LEARNER and enrollment.enrolled_at != course_time:
        _promise_scores(session, context, enrollment)
    return Entered(person.id, _page(session, cohort, said.destination, is_staff=role.is_staff))


def _neither(
    session: Session,
    context: Context,
    cohort: Cohort,
    known: KnownPlace,
    said: Launch,
    at: datetime,
    course_time: datetime,
) -> Outcome:
    """An observer, a designer, or nobody here: no enrolment. What they had as staff ends with this launch."""
    role = said.standing.role
    enrollment = session.scalar(
        select(Enrollment)
        .join(Person, Person.id == Enrollment.person_id)
        .where(
            Enrollment.cohort_id == cohort.id,
            Person.platform_id == context.registration_id,
            Person.sub == said.sub,
        )
    )
    if known.member is not None:
        known.member.role, known.member.launched_at = role.value, at
    if (
        enrollment is not None
        and enrollment.role is Role.FACULTY
        and enrollment.state is EnrollmentState.ACTIVE
    ):
        withdraw(session, enrollment, at=course_time, reason="Launched without a role in the LMS course")
    if enrollment is not None and enrollment.role is Role.LEARNER and role is ContextRole.NONE:
        # Canvas sends no context role once a course is concluded: what a learner is still owed stays open.
        person = _person(session, said, context.registration_id, at)
        return Entered(person.id, _page(session, cohort, said.destination, is_staff=False))
    return Stays(_WITHOUT_COHORT[role], context.title)


def _person(session: Session, said: Launch, registration_id: int, at: datetime) -> Person:
    zone = said.time_zone if said.time_zone is not None and is_zone(said.time_zone) else None
    return person_for(
        session,
        registration_id,
        said.sub,
        at=at,
        name=said.names.name,
        given_name=said.names.given_name,
        family_name=said.names.family_name,
        email=said.names.email,
        locale=said.locale,
        time_zone=zone,
    )


def _note_member(
    session: Session, context: Context, known: KnownPlace, person: Person, role: ContextRole, at: datetime
) -> None:
    if known.member is None:
        session.add(
            ContextMember(context_id=context.id, person_id=person.id, role=role.value, launched_at=at)
        )
    else:
        known.member.role, known.member.launched_at = role.value, at
    session.flush()


def _promise_scores(session: Session, context: Context, enrollment: Enrollment) -> None:
    # They may have done things already, coming through another LMS course or before they were a learner.
    for line_item_id in session.scalars(
        select(LineItem.id).where(LineItem.context_id == context.id, LineItem.gone_at.is_(None))
    ):
        post(session, ScoreDue(line_item_id, enrollment.id))


def _page(session: Session, cohort: Cohort, destination: Destination, *, is_staff: bool) -> str:
    """The address of the page; home where the course has no such page for this person."""
    kind = destination.kind
    content = content_of(session, cohort.course_version_id)
    try:
        if kind is Kind.LESSON:
            content.lesson(int(destination.key))
        elif kind is Kind.WORK:
            content.assignment(destination.key)
        elif kind in (Kind.CALL, Kind.ATTENDANCE):
            content.call(int(destination.key))
    except NotFound:
        return HOME.path(cohort.slug)
    if kind is Kind.ATTENDANCE and not is_staff:
        return Destination(Kind.CALL, destination.key).path(cohort.slug)
    return destination.path(cohort.slug)
