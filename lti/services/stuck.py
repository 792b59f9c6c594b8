"""Scores of a cohort that have not arrived: waiting after a failure, parked, or of people the LMS does not have.

What is no longer to be sent is none of them: of who left the LMS course or the cohort, to a column that is gone.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lti.messages import ScoreDue
from lti.models import Context, LineItem, ScoreSent
from lti.services.scores import NO_LEARNER_THERE, columns_of_learners
from portal.core.errors import NotFound
from portal.courses.models import Enrollment
from portal.identity.models import Person
from portal.identity.services import shown_name
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.services import retry

_MOST = 500


@dataclass(frozen=True)
class StuckScore:
    """One score, and what its platform said. `next_at`: None where it waits for a person.

    `is_theirs`: the trouble is this learner's alone; others' scores to the same column go through.
    """

    message_id: int
    learner: str
    destination: str
    said: str
    attempts: int
    next_at: datetime | None
    is_theirs: bool


def stuck_scores(session: Session, cohort_id: int) -> list[StuckScore]:
    """The cohort's scores that failed at least once, oldest first. One statement.

    Work done while a score is stuck promises it anew; it stands here once, as last promised.
    """
    rows = session.execute(
        _stuck(OutboxMessage, Person, LineItem.id, LineItem.destination, _is_theirs())
        .join(Person, Person.id == Enrollment.person_id)
        .where(Enrollment.cohort_id == cohort_id)
        .order_by(OutboxMessage.id)
        .limit(_MOST)
    )
    found = {
        (person.id, line_item_id): StuckScore(
            message_id=message.id,
            learner=shown_name(person),
            destination=destination,
            said=message.last_error or "",
            attempts=message.attempts,
            next_at=message.due_at if message.state is MessageState.WAITING else None,
            is_theirs=bool(theirs),
        )
        for message, person, line_item_id, destination, theirs in rows
    }
    return list(found.values())


def count_stuck(session: Session, registration_id: int) -> int:
    """How many scores for columns of this platform are stuck, those of single learners left out. One statement."""
    asked = _stuck(Enrollment.id, LineItem.id.label("line_item_id"))
    pairs = asked.where(Context.registration_id == registration_id, ~_is_theirs()).distinct().subquery()
    return session.scalar(select(func.count()).select_from(pairs)) or 0


def try_again(session: Session, cohort_id: int, chosen: str, *, at: datetime) -> int:
    """Send one stuck score of the cohort now, by its message's id. Raises NotFound. Returns how many.

    `all`: those whose trouble is not one learner's alone.
    """
    stuck = stuck_scores(session, cohort_id)
    if chosen == "all":
        ids = [score.message_id for score in stuck if not score.is_theirs]
    else:
        ids = [score.message_id for score in stuck if str(score.message_id) == chosen]
        if not ids:
            raise NotFound("This score is not stuck any more.")
    return sum(retry(session, id_, at=at) for id_ in ids)


def _stuck(*what: Any) -> Any:
    """Promises of scores that failed, beside the learner and the column they are about.

    Not those since which the platform has taken the learner's score: they have nothing more to say.
    """
    return (
        columns_of_learners()
        .join(
            OutboxMessage,
            and_(
                OutboxMessage.topic == ScoreDue.topic,
                OutboxMessage.body["enrollment_id"].as_integer() == Enrollment.id,
                OutboxMessage.body["line_item_id"].as_integer() == LineItem.id,
            ),
        )
        .where(
            OutboxMessage.state != MessageState.DONE,
            or_(OutboxMessage.state == MessageState.PARKED, OutboxMessage.last_error.is_not(None)),
            or_(
                ScoreSent.arrived.is_(None),
                ScoreSent.arrived_at.is_(None),
                ScoreSent.arrived_at < OutboxMessage.posted_at,
            ),
        )
        .with_only_columns(*what, maintain_column_froms=True)
    )


def _is_theirs() -> ColumnElement[bool]:
    """The LMS says so, or has taken another learner's score to the same column since."""
    other = aliased(ScoreSent)
    taken = exists(
        select(other.person_id).where(
            other.line_item_id == LineItem.id,
            other.person_id != Enrollment.person_id,
            other.arrived_at > OutboxMessage.posted_at,
        )
    )
    return and_(
        OutboxMessage.state == MessageState.PARKED,
        or_(OutboxMessage.last_error.startswith(NO_LEARNER_THERE, autoescape=True), taken),
    )
