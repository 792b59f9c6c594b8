"""Somebody comes into a cohort as their launch says, or loses what an earlier one gave them."""

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


def come_in(
    session: Session,
    context: Context,
    cohort: Cohort,
    known: KnownPlace,
    said: Launch,
    at: datetime,
    course_time: datetime,
) -> Person:
    """A learner or faculty, as this launch says."""
    role = said.standing.role
    person = person_of(session, said, context.registration_id, at)
    was = known.member
    is_new = was is None or was.role != role or was.left_at is not None or was.launched_at is None
    note_member(session, context, known, person.id, role, at)
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
    return person


def end_staff_right(
    session: Session,
    context: Context,
    cohort: Cohort,
    known: KnownPlace,
    said: Launch,
    at: datetime,
    course_time: datetime,
) -> Enrollment | None:
    """Withdraw the faculty enrollment of who came without a role for it. Returns what they have in the cohort."""
    enrollment = session.scalar(enrollment_of(cohort, context, said.sub))
    if known.member is not None:
        known.member.role, known.member.launched_at = said.standing.role.value, at
    if (
        enrollment is not None
        and enrollment.role is Role.FACULTY
        and enrollment.state is EnrollmentState.ACTIVE
    ):
        withdraw(session, enrollment, at=course_time, reason="Launched without a role in the LMS course")
    return enrollment


def person_of(session: Session, said: Launch, registration_id: int, at: datetime) -> Person:
    """Who this launch is about, with what it says of them."""
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


def note_member(
    session: Session, context: Context, known: KnownPlace, person_id: int, role: ContextRole, at: datetime
) -> None:
    """Keep as what somebody came last from this LMS course: which columns are theirs."""
    if known.member is None:
        session.add(
            ContextMember(context_id=context.id, person_id=person_id, role=role.value, launched_at=at)
        )
    else:
        known.member.role, known.member.launched_at, known.member.left_at = role.value, at, None
    session.flush()


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
