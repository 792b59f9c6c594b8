"""Somebody comes into a cohort as their launch says, or loses what an earlier one gave them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti.messages import ScoreDue
from lti.models import Context, ContextMember, LineItem
from lti.protocol.messages import Launch
from lti.protocol.roles import ContextRole
from lti.services.places import KnownPlace
from portal.core.when import is_zone
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role
from portal.courses.services import enroll, withdraw
from portal.identity.models import Person
from portal.identity.services import person_for
from portal.outbox.services import post


@dataclass(frozen=True)
class Arrival:
    """A checked launch at our door: what it says, where it comes from, what is known of both, and when.

    `at`: real time, of the launch. `course_time`: when they join the course, as its dates run.
    """

    said: Launch
    context: Context
    known: KnownPlace
    at: datetime
    course_time: datetime

    @property
    def role(self) -> ContextRole:
        """What its LMS course says they are."""
        return self.said.standing.role


def come_in(session: Session, arrival: Arrival, cohort: Cohort) -> Person:
    """A learner or faculty, as this launch says."""
    role, was, course_time = arrival.role, arrival.known.member, arrival.course_time
    is_new = was is None or was.role != role or was.left_at is not None or was.launched_at is None
    person = noted(session, arrival)
    enrollment = enroll(
        session,
        cohort,
        person,
        Role.FACULTY if role.is_staff else Role.LEARNER,
        at=course_time,
        launched_at=arrival.at,
        is_test=arrival.said.standing.is_test,
    )
    if is_new and role is ContextRole.LEARNER and enrollment.enrolled_at != course_time:
        _promise_scores(session, arrival.context, enrollment)
    return person


def end_rights(session: Session, arrival: Arrival, cohort: Cohort) -> Enrollment | None:
    """Withdraw whom this launch gives no place as what they were. Returns what they have in the cohort."""
    enrollment = session.scalar(enrollment_of(cohort, arrival.context, arrival.said.sub))
    member = arrival.known.member
    if member is not None:
        member.role, member.launched_at = arrival.role.value, arrival.at
    if enrollment is None or enrollment.state is not EnrollmentState.ACTIVE:
        return enrollment
    if enrollment.role is Role.FACULTY or arrival.role.ends_a_learner:
        reason = f"Launched as {arrival.role.value.replace('_', ' ')} from the LMS course"
        if arrival.role is ContextRole.NONE:
            reason = "Launched without a role in the LMS course"
        withdraw(session, enrollment, at=arrival.course_time, reason=reason)
    return enrollment


def person_of(session: Session, arrival: Arrival) -> Person:
    """Who this launch is about, with what it says of them."""
    said = arrival.said
    zone = said.time_zone if said.time_zone is not None and is_zone(said.time_zone) else None
    return person_for(
        session,
        arrival.context.registration_id,
        said.sub,
        at=arrival.at,
        name=said.names.name,
        given_name=said.names.given_name,
        family_name=said.names.family_name,
        email=said.names.email,
        locale=said.locale,
        time_zone=zone,
    )


def noted(session: Session, arrival: Arrival) -> Person:
    """The person, kept as what they came last from this LMS course: which columns are theirs."""
    person, member = person_of(session, arrival), arrival.known.member
    role = arrival.role.value
    if member is None:
        session.add(
            ContextMember(
                context_id=arrival.context.id, person_id=person.id, role=role, launched_at=arrival.at
            )
        )
    else:
        member.role, member.launched_at, member.left_at = role, arrival.at, None
    session.flush()
    return person


def _promise_scores(session: Session, context: Context, enrollment: Enrollment) -> None:
    # They may have done things already, coming through another LMS course or before they were a learner.
    for line_item_id in session.scalars(
        select(LineItem.id).where(
            LineItem.context_id == context.id, LineItem.gone_at.is_(None), LineItem.url != ""
        )
    ):
        post(session, ScoreDue(line_item_id, enrollment.id))


def enrollment_of(cohort: Cohort, context: Context, sub: str) -> Select[Enrollment]:
    """The enrollment of the platform's person `sub` in the cohort."""
    return (
        select(Enrollment)
        .join(Person, Person.id == Enrollment.person_id)
        .where(
            Enrollment.cohort_id == cohort.id,
            Person.platform_id == context.registration_id,
            Person.sub == sub,
        )
    )
