"""What a column says about a person: the state now, told once, with a time that always grows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from lti.messages import ScoreDue
from lti.models import Context, ContextMember, LineItem, Registration, ScoreSent
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.roles import ContextRole
from lti.protocol.score import Score
from lti.services.logins import as_platform
from portal.completion.policy import Facts, share_for
from portal.completion.queries import calls_of_cohort, facts_of, share_of
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role
from portal.courses.queries import content_of
from portal.courses.services import take_turn
from portal.identity.models import Person, Platform
from portal.outbox.services import keep_parked, post

_A_SECOND = timedelta(seconds=1)
_AHEAD = timedelta(milliseconds=1500)  # how far a statement's time may run ahead; beyond that it waits
_CLOCK_WAS_WRONG = timedelta(minutes=1)  # further ahead than changes within a second ever lead
MOST_REFUSALS = 5  # of "a later score is known", in a row
# Begins the reason of who is parked for that.
NO_LEARNER_THERE = "The LMS does not have them as a learner of its course"


@dataclass(frozen=True)
class Statement:
    """A score to send, and where."""

    platform: RegisteredPlatform
    family: str | None
    line_item_id: int
    enrollment_id: int
    person_id: int
    line_item_url: str
    score: Score


class TooSoon(Exception):
    """The last statement about this was made less than a second ago. `wait`: until the next may be."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("The last statement was made less than a second ago.")
        self.wait = wait


def post_due(session: Session, enrollment_ids: list[int], *, line_item_id: int | None = None) -> None:
    """Promise a statement for each column of these learners that says something else than what is true now.

    `line_item_id`: for this column alone. A constant number of statements for each cohort among them.
    """
    asked = (
        columns_of_learners().where(Enrollment.id.in_(enrollment_ids)).order_by(Enrollment.id, LineItem.id)
    )
    if line_item_id is not None:
        asked = asked.where(LineItem.id == line_item_id)
    rows = session.execute(asked)
    found = list(rows)
    facts = facts_of(session, enrollment_ids=sorted({enrollment.id for enrollment, _, _, _ in found}))
    calls = {}
    for enrollment, cohort, item, sent in found:
        content = content_of(session, cohort.course_version_id)
        if cohort.id not in calls:
            calls[cohort.id] = calls_of_cohort(session, cohort.id, content)
        share = share_for(item.destination, content, calls[cohort.id], facts.get(enrollment.id, Facts()))
        if share is None or (sent is None and not share.done):
            continue
        if sent is None or sent.arrived != f"{share.done}/{share.needed}":
            post(session, ScoreDue(item.id, enrollment.id))


def learners_of_column(session: Session, line_item_id: int) -> list[int]:
    """Enrollments of every learner of the column's LMS course."""
    return list(
        session.scalars(
            columns_of_learners().with_only_columns(Enrollment.id).where(LineItem.id == line_item_id)
        )
    )


def begin(session: Session, due: ScoreDue, *, at: datetime) -> Statement | None:
    """The statement to send now, its time taken; None where there is nothing to say. `at`: real time.

    Raises TooSoon. Two workers with the same to say take turns: a later time never goes with an earlier state.
    """
    take_turn(session, due.enrollment_id)
    row = session.execute(
        columns_of_learners()
        .add_columns(Person, Context, Registration, Platform)
        .join(Registration, Registration.platform_id == Context.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .join(Person, Person.id == Enrollment.person_id)
        .where(LineItem.id == due.line_item_id, Enrollment.id == due.enrollment_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:  # the column is gone, or they are no learner (any more)
        return None
    enrollment, _cohort, item, sent, person, context, registration, platform = row
    share = share_of(session, enrollment, item.destination)
    if share is None or not share.needed or (sent is None and not share.done):  # nothing to say (yet)
        return None
    stated_at = at if sent is None else max(at, sent.stated_at + _A_SECOND)
    score = Score(person.sub, share.done, share.needed, share.done_at, stated_at)
    if sent is not None and sent.arrived == score.mark:
        return None
    # Stated while our clock stood far ahead: platforms refuse what is earlier, so the times grow on from there.
    if _AHEAD < stated_at - at <= _CLOCK_WAS_WRONG:
        raise TooSoon(stated_at - at - _A_SECOND)
    if sent is None:
        sent = ScoreSent(line_item_id=item.id, person_id=person.id, stated_at=stated_at, refusals=0)
        session.add(sent)
    # Until the platform has answered nobody knows what it has.
    sent.stated_at, sent.arrived = stated_at, None
    session.flush()
    return Statement(
        as_platform(registration, platform),
        context.family,
        item.id,
        enrollment.id,
        person.id,
        item.url,
        score,
    )


def arrived(session: Session, statement: Statement, *, at: datetime) -> None:
    """The platform has it. Unless another statement was begun meanwhile: then that one will say."""
    sent = _sent(session, statement)
    sent.refusals = 0
    if sent.stated_at == statement.score.stated_at:
        sent.arrived, sent.arrived_at = statement.score.mark, at
        # What was parked about it said less than the platform has now.
        about = {"line_item_id": statement.line_item_id, "enrollment_id": statement.enrollment_id}
        keep_parked(session, ScoreDue.topic, about, at=at)


def refused_as_older(session: Session, statement: Statement) -> int:
    """The platform says it knows a later one. Returns how often it has said so in a row."""
    sent = _sent(session, statement)
    sent.refusals += 1
    times = sent.refusals
    if times >= MOST_REFUSALS:
        sent.refusals = 0
    return times


def _sent(session: Session, statement: Statement) -> ScoreSent:
    return session.get_one(
        ScoreSent, (statement.line_item_id, statement.person_id), populate_existing=True, with_for_update=True
    )


def _named_before() -> ColumnElement[bool]:
    """Several links may name one column: it gets the share of the first of them, and each state once."""
    twin = aliased(LineItem)
    return exists().where(
        twin.context_id == LineItem.context_id,
        twin.url == LineItem.url,
        twin.gone_at.is_(None),
        twin.id < LineItem.id,
    )


def columns_of_learners() -> Any:
    """Learners beside the columns that are theirs: those of LMS courses they came through as learners."""
    return (
        select(Enrollment, Cohort, LineItem, ScoreSent)
        .join(Cohort, Cohort.id == Enrollment.cohort_id)
        .join(
            ContextMember,
            and_(
                ContextMember.person_id == Enrollment.person_id,
                ContextMember.role == ContextRole.LEARNER.value,
                ContextMember.left_at.is_(None),
            ),
        )
        .join(
            Context, and_(Context.id == ContextMember.context_id, Context.cohort_id == Enrollment.cohort_id)
        )
        .join(
            LineItem,
            and_(LineItem.context_id == Context.id, LineItem.gone_at.is_(None), LineItem.url != ""),
        )
        .outerjoin(
            ScoreSent,
            and_(ScoreSent.line_item_id == LineItem.id, ScoreSent.person_id == Enrollment.person_id),
        )
        .where(
            Enrollment.role == Role.LEARNER,
            Enrollment.state == EnrollmentState.ACTIVE,
            Enrollment.is_test.is_(False),
            ~_named_before(),
        )
    )
