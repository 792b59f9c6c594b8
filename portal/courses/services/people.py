"""Who is in a cohort, and who is of its course team."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.core.errors import NotFound
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role, TeamMember
from portal.identity.models import Person


def enroll(
    session: Session,
    cohort: Cohort,
    person: Person,
    role: Role,
    *,
    at: datetime,
    launched_at: datetime | None = None,
    is_test: bool = False,
) -> Enrollment:
    """The person in the cohort with this role, new, back again or changed.

    `launched_at`: real time of the launch that said so; None when it was no launch.
    """
    found = session.scalar(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.person_id == person.id)
    )
    if found is None:
        found = Enrollment(cohort=cohort, person=person, role=role, enrolled_at=at, is_test=is_test)
        session.add(found)
    found.role = role
    found.state = EnrollmentState.ACTIVE
    found.withdrawn_at = None
    found.is_test = is_test
    if launched_at is not None:
        found.launched_at = launched_at
        found.faculty_launched_at = launched_at if role is Role.FACULTY else None
    session.flush()
    return found


def withdraw(
    session: Session,
    enrollment: Enrollment,
    *,
    at: datetime,
    by: int | None = None,
    reason: str | None = None,
) -> None:
    """The person no longer takes part. Nothing of theirs is deleted; withdrawn twice is withdrawn once."""
    if enrollment.state is EnrollmentState.WITHDRAWN:
        return
    enrollment.state = EnrollmentState.WITHDRAWN
    enrollment.withdrawn_at = at
    record(
        session,
        action="withdrawn",
        cohort_id=enrollment.cohort_id,
        about=enrollment.id,
        by=by,
        at=at,
        reason=reason,
    )
    session.flush()


def add_team_member(
    session: Session, cohort: Cohort, person: Person, *, at: datetime, by: int | None = None
) -> TeamMember:
    """Give somebody the course team's right in a cohort. Who is not in it yet joins as faculty."""
    member = _team_member(session, cohort.id, person.id)
    if member is not None and member.removed_at is None:
        return member
    if member is None:
        member = TeamMember(cohort_id=cohort.id, person_id=person.id, added_by_id=by, added_at=at)
        session.add(member)
    member.removed_at = None
    member.added_by_id = by
    member.added_at = at
    _let_in(session, cohort, person, at=at)
    record(session, action="team_added", cohort_id=cohort.id, by=by, at=at, after={"person_id": person.id})
    session.flush()
    return member


def remove_team_member(
    session: Session, cohort: Cohort, person_id: int, *, at: datetime, by: int | None = None
) -> None:
    """Take the course team's right back. Who came in by it alone leaves the cohort too."""
    member = _team_member(session, cohort.id, person_id)
    if member is None or member.removed_at is not None:
        raise NotFound("This person is not of the cohort's course team.")
    member.removed_at = at
    record(session, action="team_removed", cohort_id=cohort.id, by=by, at=at, before={"person_id": person_id})
    enrollment = session.scalar(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.person_id == person_id)
    )
    if enrollment is not None and enrollment.role is Role.FACULTY and enrollment.launched_at is None:
        withdraw(session, enrollment, at=at, by=by, reason="Left the course team")
    session.flush()


def _let_in(session: Session, cohort: Cohort, person: Person, *, at: datetime) -> None:
    enrollment = session.scalar(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.person_id == person.id)
    )
    if enrollment is None:
        enroll(session, cohort, person, Role.FACULTY, at=at)
    elif enrollment.state is EnrollmentState.WITHDRAWN:
        enroll(session, cohort, person, enrollment.role, at=at, is_test=enrollment.is_test)


def _team_member(session: Session, cohort_id: int, person_id: int) -> TeamMember | None:
    return session.scalar(
        select(TeamMember).where(TeamMember.cohort_id == cohort_id, TeamMember.person_id == person_id)
    )
