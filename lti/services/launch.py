"""A checked launch becomes a person in a cohort, or a page that says why not (yet). All in one transaction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from lti.protocol.destinations import HOME, Destination, Kind
from lti.protocol.messages import Launch, Message
from lti.protocol.roles import ContextRole
from lti.services.deep_linking import begin_choosing
from lti.services.enter import Arrival, come_in, end_rights, enrollment_of, noted, person_of
from lti.services.outcomes import Chooses, Entered, MayConnect, Outcome, Standstill, Stays
from lti.services.places import known_place, learn_place
from portal.core.errors import NotFound
from portal.courses.models import Cohort, Enrollment, Role
from portal.courses.queries import content_of

__all__ = ["Chooses", "Entered", "MayConnect", "Outcome", "Standstill", "Stays", "launch"]


def launch(
    session: Session, said: Launch, registration_id: int, *, at: datetime, course_time: datetime
) -> Outcome:
    """Let somebody in as their LMS course says they are.

    `at`: real time, of the launch. `course_time`: when they joined the course, as its dates run.
    """
    if said.place is None:
        return Stays(Standstill.NO_COURSE, None)
    known = known_place(session, said, said.place, registration_id)
    if said.message in _WHO_MAY and not _WHO_MAY[said.message](said.standing.role):
        if known.context is not None and known.cohort is not None:
            _turn_away(session, Arrival(said, known.context, known, at, course_time), known.cohort)
        return Stays(Standstill.ONLY_STAFF, said.place.context_title, 403)
    context = learn_place(session, known, said, said.place, registration_id, at=at)
    arrival = Arrival(said, context, known, at, course_time)
    if said.message is Message.DEEP_LINKING:
        return _choose(session, arrival)
    if context.cohort_id is None or known.cohort is None:
        return _not_connected(session, arrival)
    if said.message is Message.SUBMISSION_REVIEW:
        return _review(session, arrival, known.cohort)
    return _enter(session, arrival, known.cohort)


# Faculty alone; a designer may place links and nothing else.
_WHO_MAY: dict[Message, Callable[[ContextRole], bool]] = {
    Message.DEEP_LINKING: lambda role: role.may_place,
    Message.SUBMISSION_REVIEW: lambda role: role.is_staff,
}


def _turn_away(session: Session, arrival: Arrival, cohort: Cohort) -> None:
    """Who may not leaves nothing behind, and keeps no right that this launch does not give."""
    if arrival.role is not ContextRole.LEARNER:
        end_rights(session, arrival, cohort)
        return
    enrollment = session.scalar(enrollment_of(cohort, arrival.context, arrival.said.sub))
    if enrollment is not None and enrollment.role is Role.FACULTY:
        come_in(session, arrival, cohort)


def _choose(session: Session, arrival: Arrival) -> Outcome:
    """Faculty come in as by any link. A designer is a person with a request, and of no cohort."""
    said, context, cohort, role = arrival.said, arrival.context, arrival.known.cohort, arrival.role
    assert said.settings is not None  # the claims' own check
    if cohort is not None and role.is_staff:
        person = come_in(session, arrival, cohort)
    else:
        if cohort is not None:
            end_rights(session, arrival, cohort)
        person = noted(session, arrival)
    code = begin_choosing(
        session,
        context,
        said.settings,
        deployment_id=said.deployment_id,
        person_id=person.id,
        at=arrival.at,
    )
    if cohort is None and role.may_connect:
        return MayConnect(person.id, context.id, code)
    return Chooses(person.id, code)


def _review(session: Session, arrival: Arrival, cohort: Cohort) -> Outcome:
    """The work of one learner, for faculty; of a learner of this cohort alone."""
    said, context = arrival.said, arrival.context
    learner_id = session.scalar(
        enrollment_of(cohort, context, said.for_sub or "")
        .where(Enrollment.role == Role.LEARNER)
        .with_only_columns(Enrollment.id)
    )
    if learner_id is None:
        return Stays(Standstill.NOT_A_LEARNER_HERE, context.title, 404)
    person = come_in(session, arrival, cohort)
    part = _PARTS_OF_RECORD.get(said.destination.kind, "")
    return Entered(person.id, f"/c/{cohort.slug}/participants/{learner_id}{part}")


_PARTS_OF_RECORD = {Kind.WORK: "#work", Kind.CALL: "#att", Kind.ATTENDANCE: "#att"}


def _not_connected(session: Session, arrival: Arrival) -> Outcome:
    if arrival.role.may_connect:
        return MayConnect(noted(session, arrival).id, arrival.context.id)
    because = _WITHOUT_COHORT.get(arrival.role, Standstill.NOT_CONNECTED)
    return Stays(because, arrival.context.title)


_WITHOUT_COHORT = {
    ContextRole.MENTOR: Standstill.OBSERVER,
    ContextRole.CONTENT_DEVELOPER: Standstill.DESIGNER,
    ContextRole.NONE: Standstill.NO_ROLE,
}


def _enter(session: Session, arrival: Arrival, cohort: Cohort) -> Outcome:
    role = arrival.role
    if not role.is_staff and role is not ContextRole.LEARNER:
        return _neither(session, arrival, cohort)
    person = come_in(session, arrival, cohort)
    return Entered(person.id, _page(session, cohort, arrival.said.destination, is_staff=role.is_staff))


def _neither(session: Session, arrival: Arrival, cohort: Cohort) -> Outcome:
    """An observer, a designer, or nobody here: no enrolment. What they had ends with this launch."""
    enrollment = end_rights(session, arrival, cohort)
    was_learner = enrollment is not None and enrollment.role is Role.LEARNER
    if was_learner and arrival.role is ContextRole.NONE:
        # Canvas sends no context role once a course is concluded: what a learner is still owed stays open.
        person = person_of(session, arrival)
        return Entered(person.id, _page(session, cohort, arrival.said.destination, is_staff=False))
    return Stays(_WITHOUT_COHORT[arrival.role], arrival.context.title)


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
