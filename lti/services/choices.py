"""What may be chosen for an LMS course, and what it opens already: reads alone."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti.models import Context, ContextMember, Offer
from lti.protocol.roles import ContextRole
from portal.core.errors import Conflict, NotFound, Refused
from portal.core.languages import N_
from portal.courses.models import Cohort, Course, Enrollment, EnrollmentState


@dataclass(frozen=True)
class CohortOffered:
    """A cohort an instructor may choose."""

    offer_id: int
    cohort: Cohort
    people: int  # who take part already
    own_courses: tuple[str, ...]  # titles of the same LMS's courses that open it already
    is_opened_elsewhere: bool  # by a course of another LMS, of which nothing more is said here

    @property
    def needs_a_yes(self) -> bool:
        """Whether its course team is asked first (CONTRACT: Which cohort)."""
        return bool(self.people or self.own_courses or self.is_opened_elsewhere)


@dataclass(frozen=True)
class Choices:
    """What is offered to one LMS course. `courses`: (offer id, course) for opening a new cohort."""

    context: Context
    copied_from: tuple[str, str | None] | None  # title of that LMS course, name of the cohort it opens
    cohorts: tuple[CohortOffered, ...]
    courses: tuple[tuple[int, Course], ...]
    asked_for: str | None  # name of the cohort whose course team was asked, and has not answered yet


def choices_of(session: Session, context_row: int, person_id: int) -> Choices:
    """What this person may choose for an LMS course. Raises NotFound, or Refused where they may not.

    At most six statements, whatever is offered.
    """
    context = _connectable(session, context_row, person_id)
    offers = session.execute(
        select(Offer, Cohort, Course)
        .outerjoin(Cohort, Cohort.id == Offer.cohort_id)
        .outerjoin(Course, Course.id == Offer.course_id)
        .where(Offer.registration_id == context.registration_id, Offer.used_at.is_(None))
        .order_by(Offer.id)
    ).all()
    offered = {cohort.id: (offer.id, cohort) for offer, cohort, _ in offers if cohort is not None}
    people = _people_in(session, list(offered))
    courses = _courses_of(session, list(offered))
    return Choices(
        context=context,
        copied_from=_original(session, context),
        cohorts=tuple(
            CohortOffered(
                offer_id,
                cohort,
                people.get(id_, 0),
                tuple(title for whose, title in courses.get(id_, ()) if whose == context.registration_id),
                any(whose != context.registration_id for whose, _ in courses.get(id_, ())),
            )
            for id_, (offer_id, cohort) in offered.items()
        ),
        courses=tuple((offer.id, course) for offer, _, course in offers if course is not None),
        asked_for=session.scalar(select(Cohort.name).where(Cohort.id == context.wanted_cohort_id)),
    )


def _original(session: Session, context: Context) -> tuple[str, str | None] | None:
    if context.copied_from_id is None:
        return None
    title, cohort = session.execute(
        select(Context.title, Cohort.name)
        .outerjoin(Cohort, Cohort.id == Context.cohort_id)
        .where(Context.id == context.copied_from_id)
    ).one()
    return title or "an LMS course", cohort


def opened_for(session: Session, context_row: int, person_id: int) -> Cohort | None:
    """The cohort that the LMS course opens already, for who takes part in it."""
    return session.scalar(
        select(Cohort)
        .join(Context, Context.cohort_id == Cohort.id)
        .join(Enrollment, Enrollment.cohort_id == Cohort.id)
        .where(
            Context.id == context_row,
            Enrollment.person_id == person_id,
            Enrollment.state == EnrollmentState.ACTIVE,
        )
    )


def asked_of(session: Session, context_row: int) -> tuple[str | None, str] | None:
    """(title of the LMS course, name of the cohort) while that cohort's course team has not answered."""
    row = session.execute(
        select(Context.title, Cohort.name)
        .join(Cohort, Cohort.id == Context.wanted_cohort_id)
        .where(Context.id == context_row)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _connectable(session: Session, context_row: int, person_id: int) -> Context:
    found = session.execute(
        select(Context, ContextMember.role)
        .join(ContextMember, ContextMember.context_id == Context.id)
        .where(Context.id == context_row, ContextMember.person_id == person_id)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("Open this page from your LMS course."))
    context, role = found
    if not ContextRole(role).may_connect:
        raise Refused(N_("Only an instructor of the LMS course can connect it."))
    if context.cohort_id is not None:
        raise Conflict(N_("This LMS course is connected already. Open it again from your LMS."))
    return context


def _people_in(session: Session, cohort_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Enrollment.cohort_id, func.count())
        .where(Enrollment.cohort_id.in_(cohort_ids), Enrollment.state == EnrollmentState.ACTIVE)
        .group_by(Enrollment.cohort_id)
    )
    return {row[0]: row[1] for row in rows}


def _courses_of(session: Session, cohort_ids: list[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """(registration, title) of each LMS course that opens a cohort, by cohort."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for cohort_id, registration_id, title in session.execute(
        select(Context.cohort_id, Context.registration_id, Context.title)
        .where(Context.cohort_id.in_(cohort_ids))
        .order_by(Context.id)
    ):
        if cohort_id is not None:
            found[cohort_id] = (*found.get(cohort_id, ()), (registration_id, title or "an LMS course"))
    return found
