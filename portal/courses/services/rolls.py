"""Many people of a cohort at once, as a list of its LMS course names them. A constant number of statements each."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.audit.services import record_each
from portal.core.upsert import insert_or_leave
from portal.courses.models import Enrollment, EnrollmentState, Role


def enroll_many(session: Session, cohort_id: int, roles: Mapping[int, Role], *, at: datetime) -> None:
    """People by their id, in the cohort with these roles; who is in it already stays as they are."""
    if roles:
        insert_or_leave(
            session,
            Enrollment,
            [
                {
                    "cohort_id": cohort_id,
                    "person_id": person_id,
                    "role": role,
                    "state": EnrollmentState.ACTIVE,
                    "is_test": False,
                    "enrolled_at": at,
                }
                for person_id, role in roles.items()
            ],
        )


def bring_back(session: Session, enrollment_ids: Collection[int]) -> None:
    """They take part again, as they were."""
    if enrollment_ids:
        session.execute(
            update(Enrollment)
            .where(Enrollment.id.in_(list(enrollment_ids)))
            .values(state=EnrollmentState.ACTIVE, withdrawn_at=None)
            .execution_options(synchronize_session=False)
        )


def give_role(session: Session, enrollment_ids: Collection[int], role: Role) -> None:
    """They have this role from now on."""
    if enrollment_ids:
        session.execute(
            update(Enrollment)
            .where(Enrollment.id.in_(list(enrollment_ids)))
            .values(role=role)
            .execution_options(synchronize_session=False)
        )


def withdraw_many(
    session: Session,
    cohort_id: int,
    enrollment_ids: Collection[int],
    *,
    at: datetime,
    reason: str,
    by: int | None = None,
) -> None:
    """They no longer take part. Nothing of theirs is deleted; each stands in the audit trail."""
    if not enrollment_ids:
        return
    session.execute(
        update(Enrollment)
        .where(Enrollment.id.in_(list(enrollment_ids)))
        .values(state=EnrollmentState.WITHDRAWN, withdrawn_at=at)
        .execution_options(synchronize_session=False)
    )
    record_each(session, enrollment_ids, action="withdrawn", cohort_id=cohort_id, by=by, at=at, reason=reason)
