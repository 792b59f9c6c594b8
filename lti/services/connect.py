"""Which cohort an LMS course opens: by command, or by its first instructor from what the operator offered."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lti.models import Context, ContextMember, Offer
from lti.protocol.roles import ContextRole
from lti.services.register import registration_of
from portal.audit.services import record
from portal.core.errors import Conflict, Invalid, NotFound, Refused
from portal.courses.models import Cohort, Course, Enrollment, EnrollmentState, Role
from portal.courses.queries import cohort_of
from portal.courses.services import add_team_member, enroll, open_cohort
from portal.identity.models import Person


@dataclass(frozen=True)
class CohortOffered:
    """A cohort an instructor may choose."""

    offer_id: int
    cohort: Cohort
    people: int  # who take part already
    other_courses: tuple[str, ...]  # titles of LMS courses that open it already


@dataclass(frozen=True)
class Choices:
    """What is offered to one LMS course. `courses`: (offer id, course) for opening a new cohort."""

    context: Context
    copied_from: tuple[str, str | None] | None  # title of that LMS course, name of the cohort it opens
    cohorts: tuple[CohortOffered, ...]
    courses: tuple[tuple[int, Course], ...]


def connect(session: Session, registration_id: int, context_id: str, cohort: str, *, at: datetime) -> Context:
    """The operator's word: the LMS course opens this cohort. Seen before or not.

    Raises Conflict where it opens another that learners have come to already.
    """
    registration = registration_of(session, registration_id)
    if not 0 < len(context_id) <= 255 or not context_id.isprintable():
        raise Invalid("The context id must be 1 to 255 characters, exactly as the LMS sends it.")
    chosen = cohort_of(session, cohort)
    context = session.scalar(
        select(Context)
        .where(Context.registration_id == registration.platform_id, Context.context_id == context_id)
        .with_for_update()
    )
    if context is None:
        context = Context(registration_id=registration.platform_id, context_id=context_id, first_seen_at=at)
        session.add(context)
        session.flush()
    if context.cohort_id not in (None, chosen.id) and _has_learners(session, context):
        raise Conflict("This LMS course opens another cohort, and learners have come to it already.")
    if context.cohort_id != chosen.id:
        join(session, context, chosen, by=None, at=at)
    return context


def choices_of(session: Session, context_row: int, person_id: int) -> Choices:
    """What this person may choose for an LMS course. Raises NotFound, or Refused where they may not.

    At most five statements, whatever is offered.
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
    others = _courses_of(session, list(offered))
    return Choices(
        context=context,
        copied_from=_original(session, context),
        cohorts=tuple(
            CohortOffered(offer_id, cohort, people.get(id_, 0), others.get(id_, ()))
            for id_, (offer_id, cohort) in offered.items()
        ),
        courses=tuple((offer.id, course) for offer, _, course in offers if course is not None),
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


def choose_cohort(
    session: Session, context_row: int, person_id: int, slug: str, *, at: datetime, course_time: datetime
) -> tuple[Cohort, bool]:
    """Connect to an offered cohort. False beside it: it has people, so its course team is asked first."""
    choices = choices_of(session, context_row, person_id)
    chosen = next((one for one in choices.cohorts if one.cohort.slug == slug), None)
    if chosen is None:
        raise Invalid("This cohort is not offered to your LMS (any more). Choose another.")
    context = choices.context
    if chosen.people or chosen.other_courses:
        context.wanted_cohort_id, context.wanted_by_id = chosen.cohort.id, person_id
        record(
            session, action="lms_course_asks", cohort_id=chosen.cohort.id, by=person_id, at=course_time,
            after={"context": context.id, "title": context.title},
        )  # fmt: skip
        session.flush()
        return chosen.cohort, False
    take_offer(session, chosen.offer_id, context, at)
    join(session, context, chosen.cohort, by=person_id, at=at)
    _let_in(session, chosen.cohort, person_id, at=at, course_time=course_time)
    return chosen.cohort, True


def open_new(
    session: Session,
    context_row: int,
    person_id: int,
    *,
    course: str,
    name: str,
    starts: date,
    at: datetime,
    course_time: datetime,
) -> Cohort:
    """Open a cohort of an offered course and connect to it. Who opens it is of its course team."""
    choices = choices_of(session, context_row, person_id)
    offer_id = next((id_ for id_, offered in choices.courses if offered.slug == course), None)
    if offer_id is None:
        raise Invalid("This course is not offered to your LMS (any more). Choose another.")
    take_offer(session, offer_id, choices.context, at)
    cohort = open_cohort(
        session,
        course=course,
        slug=_free_slug(session, name),
        starts=starts,
        name=name,
        at=course_time,
        by=person_id,
    )
    join(session, choices.context, cohort, by=person_id, at=at)
    _let_in(session, cohort, person_id, at=at, course_time=course_time)
    add_team_member(session, cohort, session.get_one(Person, person_id), by=person_id, at=course_time)
    return cohort


def _connectable(session: Session, context_row: int, person_id: int) -> Context:
    found = session.execute(
        select(Context, ContextMember.role)
        .join(ContextMember, ContextMember.context_id == Context.id)
        .where(Context.id == context_row, ContextMember.person_id == person_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Open this page from your LMS course.")
    context, role = found
    if not ContextRole(role).may_connect:
        raise Refused("Only an instructor of the LMS course can connect it.")
    if context.cohort_id is not None:
        raise Conflict("This LMS course is connected already. Open it again from your LMS.")
    return context


def take_offer(session: Session, offer_id: int, context: Context, at: datetime) -> None:
    """One offer, one connection: whoever comes second finds it gone."""
    taken: Any = session.execute(
        update(Offer)
        .where(Offer.id == offer_id, Offer.used_at.is_(None))
        .values(used_at=at, used_by_context_id=context.id)
    )
    if taken.rowcount != 1:
        raise Conflict("Somebody else took this offer a moment ago. Choose another.")


def join(session: Session, context: Context, cohort: Cohort, *, by: int | None, at: datetime) -> None:
    before = context.cohort_id
    context.cohort_id, context.connected_at, context.connected_by_id = cohort.id, at, by
    context.wanted_cohort_id = context.wanted_by_id = None
    record(
        session,
        action="lms_course_connected",
        cohort_id=cohort.id,
        by=by,
        at=at,
        before={"cohort_id": before} if before is not None else None,
        after={"context": context.id, "title": context.title, "registration": context.registration_id},
    )
    session.flush()


def _let_in(session: Session, cohort: Cohort, person_id: int, *, at: datetime, course_time: datetime) -> None:
    enroll(session, cohort, session.get_one(Person, person_id), Role.FACULTY, at=course_time, launched_at=at)


def _has_learners(session: Session, context: Context) -> bool:
    return (
        session.scalar(
            select(ContextMember.person_id)
            .where(ContextMember.context_id == context.id, ContextMember.role == ContextRole.LEARNER.value)
            .limit(1)
        )
        is not None
    )


def _people_in(session: Session, cohort_ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Enrollment.cohort_id, func.count())
        .where(Enrollment.cohort_id.in_(cohort_ids), Enrollment.state == EnrollmentState.ACTIVE)
        .group_by(Enrollment.cohort_id)
    )
    return {row[0]: row[1] for row in rows}


def _courses_of(session: Session, cohort_ids: list[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for cohort_id, title in session.execute(
        select(Context.cohort_id, Context.title).where(Context.cohort_id.in_(cohort_ids)).order_by(Context.id)
    ):
        if cohort_id is not None:
            found[cohort_id] = (*found.get(cohort_id, ()), title or "an LMS course")
    return found


def _free_slug(session: Session, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "cohort"
    taken = set(session.scalars(select(Cohort.slug).where(Cohort.slug.like(f"{base}%"))))
    if base not in taken:
        return base
    return f"{base}-{secrets.token_hex(2)}"
