"""Reading who has answered, and one's own draft. What was answered is read by the report alone."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.courses.models import Enrollment, EnrollmentState, Role
from portal.evaluation.models import EvaluationDraft, EvaluationSent


def sent_at_of(session: Session, enrollment_id: int) -> datetime | None:
    """When this learner sent the evaluation; None: not yet."""
    return session.scalar(select(EvaluationSent.sent_at).where(EvaluationSent.enrollment_id == enrollment_id))


def draft_of(session: Session, enrollment_id: int) -> EvaluationDraft | None:
    """What this learner has typed and not sent."""
    return session.get(EvaluationDraft, enrollment_id)


def answered_count(session: Session, cohort_id: int) -> tuple[int, int]:
    """How many of the cohort's learners have answered, of how many. One statement.

    The same people on both sides: who withdrew or is an LMS's test student is in neither.
    """
    answered, learners = session.execute(
        select(func.count(EvaluationSent.enrollment_id), func.count(Enrollment.id))
        .select_from(Enrollment)
        .outerjoin(EvaluationSent, EvaluationSent.enrollment_id == Enrollment.id)
        .where(
            Enrollment.cohort_id == cohort_id,
            Enrollment.role == Role.LEARNER,
            Enrollment.state == EnrollmentState.ACTIVE,
            Enrollment.is_test.is_(False),
        )
    ).one()
    return answered, learners
