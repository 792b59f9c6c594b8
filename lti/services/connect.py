"""Which cohort an LMS course opens: by command, or by its first instructor from what the operator offered."""

import re
import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti.models import Context, ContextMember, Offer
from lti.protocol.roles import ContextRole
from lti.services.choices import choices_of, opened_for
from lti.services.register import registration_of
from portal.audit.services import record
from portal.core.errors import Conflict, Invalid
from portal.core.languages import N_
from portal.courses.models import Cohort, Role
from portal.courses.queries import cohort_of
from portal.courses.services import add_team_member, enroll, open_cohort
from portal.identity.models import Person


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


def choose_cohort(
    session: Session, context_row: int, person_id: int, slug: str, *, at: datetime, course_time: datetime
) -> tuple[Cohort, bool]:
    """Connect to an offered cohort. False beside it: it has people, so its course team is asked first.

    Whoever clicked twice gets what their first click connected.
    """
    if (opened := _first(session, context_row, person_id)) is not None:
        return opened, True
    choices = choices_of(session, context_row, person_id)
    chosen = next((one for one in choices.cohorts if one.cohort.slug == slug), None)
    if chosen is None:
        raise Invalid(N_("This cohort is not offered to your LMS (any more). Choose another."))
    context = choices.context
    if chosen.needs_a_yes:
        _ask_team(session, context, chosen.cohort, person_id, course_time)
        return chosen.cohort, False
    take_offer(session, chosen.offer_id, context, at)
    join(session, context, chosen.cohort, by=person_id, at=at)
    _let_in(session, chosen.cohort, person_id, at=at, course_time=course_time)
    return chosen.cohort, True


def _ask_team(
    session: Session, context: Context, cohort: Cohort, person_id: int, course_time: datetime
) -> None:
    if (context.wanted_cohort_id, context.wanted_by_id) == (cohort.id, person_id):
        return
    context.wanted_cohort_id, context.wanted_by_id = cohort.id, person_id
    record(
        session, action="lms_course_asks", cohort_id=cohort.id, by=person_id, at=course_time,
        after={"context": context.id, "title": context.title},
    )  # fmt: skip
    session.flush()


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
    """Open a cohort of an offered course and connect to it. Who opens it is of its course team.

    Whoever clicked twice gets what their first click opened.
    """
    if (opened := _first(session, context_row, person_id)) is not None:
        return opened
    choices = choices_of(session, context_row, person_id)
    offer_id = next((id_ for id_, offered in choices.courses if offered.slug == course), None)
    if offer_id is None:
        raise Invalid(N_("This course is not offered to your LMS (any more). Choose another."))
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


def _first(session: Session, context_row: int, person_id: int) -> Cohort | None:
    """Hold the LMS course until this transaction ends. What it opens already is read after that, not before."""
    session.execute(select(Context.id).where(Context.id == context_row).with_for_update())
    return opened_for(session, context_row, person_id)


def take_offer(session: Session, offer_id: int, context: Context, at: datetime) -> None:
    """One offer, one connection: whoever comes second finds it gone."""
    taken: Any = session.execute(
        update(Offer)
        .where(Offer.id == offer_id, Offer.used_at.is_(None))
        .values(used_at=at, used_by_context_id=context.id)
    )
    if taken.rowcount != 1:
        raise Conflict(N_("Somebody else took this offer a moment ago. Choose another."))


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


def _free_slug(session: Session, name: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-") or "cohort"
    taken = set(session.scalars(select(Cohort.slug).where(Cohort.slug.like(f"{base}%"))))
    if base not in taken:
        return base
    return f"{base}-{secrets.token_hex(2)}"
