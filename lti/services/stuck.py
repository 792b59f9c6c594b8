"""Scores of a cohort that have not arrived: waiting after a failure, or parked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti.messages import ScoreDue
from lti.models import LineItem
from portal.core.errors import NotFound
from portal.courses.models import Enrollment
from portal.identity.models import Person
from portal.identity.services import shown_name
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.services import retry


@dataclass(frozen=True)
class StuckScore:
    """One score, and what its platform said. `next_at`: None where it waits for a person."""

    message_id: int
    learner: str
    destination: str
    said: str
    attempts: int
    next_at: datetime | None


def stuck_scores(session: Session, cohort_id: int) -> list[StuckScore]:
    """The cohort's scores that failed at least once, oldest first. One statement."""
    rows = session.execute(
        select(OutboxMessage, Person, LineItem.destination)
        .join(Enrollment, Enrollment.id == OutboxMessage.body["enrollment_id"].as_integer())
        .join(Person, Person.id == Enrollment.person_id)
        .join(LineItem, LineItem.id == OutboxMessage.body["line_item_id"].as_integer())
        .where(
            OutboxMessage.topic == ScoreDue.topic,
            OutboxMessage.state != MessageState.DONE,
            or_(OutboxMessage.state == MessageState.PARKED, OutboxMessage.last_error.is_not(None)),
            Enrollment.cohort_id == cohort_id,
        )
        .order_by(OutboxMessage.id)
        .limit(500)
    )
    return [
        StuckScore(
            message_id=message.id,
            learner=shown_name(person),
            destination=destination,
            said=message.last_error or "",
            attempts=message.attempts,
            next_at=message.due_at if message.state is MessageState.WAITING else None,
        )
        for message, person, destination in rows
    ]


def try_again(session: Session, cohort_id: int, chosen: str, *, at: datetime) -> int:
    """Send one stuck score of the cohort now, by its message's id, or `all`. Raises NotFound. Returns how many."""
    ids: Sequence[int] = [score.message_id for score in stuck_scores(session, cohort_id)]
    if chosen != "all":
        ids = [id_ for id_ in ids if str(id_) == chosen]
        if not ids:
            raise NotFound("This score is not stuck any more.")
    return sum(retry(session, id_, at=at) for id_ in ids)
