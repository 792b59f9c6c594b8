"""LMS courses of a cohort: those that open it, and those whose instructors ask to."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.models import Context, Offer
from lti.services.connect import join, take_offer
from portal.audit.services import record
from portal.core.errors import NotFound
from portal.courses.models import Cohort


def wishes_of(session: Session, cohort_id: int) -> list[Context]:
    """LMS courses whose instructors ask to open this cohort."""
    return list(
        session.scalars(
            select(Context)
            .where(Context.wanted_cohort_id == cohort_id, Context.cohort_id.is_(None))
            .order_by(Context.id)
        )
    )


def courses_of(session: Session, cohort_id: int) -> list[Context]:
    """LMS courses that open this cohort."""
    return list(session.scalars(select(Context).where(Context.cohort_id == cohort_id).order_by(Context.id)))


def answer_wish(
    session: Session,
    cohort: Cohort,
    context_row: int,
    *,
    yes: bool,
    by: int,
    at: datetime,
    course_time: datetime,
) -> None:
    """The course team's yes or no to a further LMS course; a second yes finds it done.

    Raises NotFound where it was not asked.
    """
    context = session.scalar(select(Context).where(Context.id == context_row).with_for_update())
    if context is not None and yes and context.cohort_id == cohort.id:
        return
    if context is None or context.cohort_id is not None or context.wanted_cohort_id != cohort.id:
        raise NotFound("This was answered already, or never asked.")
    if not yes:
        context.wanted_cohort_id = context.wanted_by_id = None
        record(
            session, action="lms_course_refused", cohort_id=cohort.id, by=by, at=course_time,
            before={"context": context.id, "title": context.title},
        )  # fmt: skip
        session.flush()
        return
    offer_id = session.scalar(
        select(Offer.id)
        .where(
            Offer.registration_id == context.registration_id,
            Offer.cohort_id == cohort.id,
            Offer.used_at.is_(None),
        )
        .order_by(Offer.id)
        .limit(1)
    )
    if offer_id is not None:
        take_offer(session, offer_id, context, at)
    join(session, context, cohort, by=by, at=at)
