"""Posting promises, and delivering them: at least once, so every handler must be harmless twice."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import random
from typing import Any, ClassVar, Protocol, cast

from sqlalchemy import Table, event, insert, select, update
from sqlalchemy.orm import Session

from portal.core.clock import real_now
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.policy import LEASE, next_wait

_POSTED, _PROMISED = "outbox_posted", "outbox_promised"
_NEW = insert(cast(Table, OutboxMessage.__table__))  # of the table: half of what an entity costs


class Message(Protocol):
    """A frozen dataclass whose fields are plain JSON, with the topic it goes to."""

    topic: ClassVar[str]


def post(session: Session, message: Message) -> None:
    """Promise an effect. It rides in the caller's transaction: no commit, no promise.

    Promises run on real time, read here: callers live in course time, which may be months away from it,
    and an effect must not wait for that.
    """
    body = dict(vars(message))  # shallow, unlike asdict: five hundred ids need no copying one by one
    if _is_promised(session, message.topic, body):
        return
    now = real_now()
    waiting = {"state": MessageState.WAITING, "posted_at": now, "due_at": now, "attempts": 0}
    session.execute(_NEW, {"topic": message.topic, "body": body} | waiting)
    session.info[_POSTED] = True


def _is_promised(session: Session, topic: str, body: Mapping[str, Any]) -> bool:
    """Whether this transaction has promised the very same already: twice in one transaction is once."""
    # Of a savepoint by itself: what it promised goes when it is rolled back.
    around = session.get_nested_transaction() or session.get_transaction()
    promised: tuple[object, set[str]] = session.info.get(_PROMISED, (None, set()))
    if around is None or promised[0] is not around:
        promised = (around, set())
        session.info[_PROMISED] = promised
    said = json.dumps([topic, body], sort_keys=True)
    known = said in promised[1]
    promised[1].add(said)
    return known


def wake_after_commit(wake: Callable[[], None]) -> Callable[[], None]:
    """Call `wake` after each commit that carried a promise. Returns what takes it off again."""

    def committed(session: Session) -> None:
        if session.info.pop(_POSTED, False):
            wake()

    def rolled_back(session: Session) -> None:
        session.info.pop(_POSTED, None)

    event.listen(Session, "after_commit", committed)
    event.listen(Session, "after_rollback", rolled_back)

    def remove() -> None:
        event.remove(Session, "after_commit", committed)
        event.remove(Session, "after_rollback", rolled_back)

    return remove


def due_ids(session: Session, *, at: datetime, most: int = 50) -> list[int]:
    """The promises that are due, oldest first."""
    return list(
        session.scalars(
            select(OutboxMessage.id)
            .where(OutboxMessage.state == MessageState.WAITING, OutboxMessage.due_at <= at)
            .order_by(OutboxMessage.id)
            .limit(most)
        )
    )


def next_due_at(session: Session) -> datetime | None:
    """When the next promise is due, if one waits."""
    return session.scalar(
        select(OutboxMessage.due_at)
        .where(OutboxMessage.state == MessageState.WAITING)
        .order_by(OutboxMessage.due_at)
        .limit(1)
    )


def take(session: Session, message_id: int, *, by: str, at: datetime) -> OutboxMessage | None:
    """Take one promise for `LEASE`; None where another worker has it. A worker that dies loses it then."""
    taken = session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.state == MessageState.WAITING,
            OutboxMessage.due_at <= at,
        )
        .values(due_at=at + LEASE, attempts=OutboxMessage.attempts + 1, taken_by=by)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]  # Result of an UPDATE is a CursorResult
        return None
    return session.get(OutboxMessage, message_id, populate_existing=True)


def keep(message: OutboxMessage, *, at: datetime) -> None:
    """The promise was kept."""
    message.state = MessageState.DONE
    message.done_at = at
    message.taken_by = None
    message.last_error = None


def postpone(message: OutboxMessage, reason: str, *, at: datetime, wait: timedelta | None = None) -> None:
    """It could not be kept now; again after `wait`, or after a wait that grows with the attempts.

    `reason`: what went wrong; empty where nothing did, and it only was too soon.
    """
    message.taken_by = None
    chance = random()  # noqa: S311  # to spread, not to keep secret
    message.due_at = at + (wait if wait is not None else next_wait(message.attempts, chance))
    message.last_error = reason or None


def park(message: OutboxMessage, reason: str) -> None:
    """It will not be kept by trying again; a person looks at it (`portal outbox list`)."""
    message.state = MessageState.PARKED
    message.taken_by = None
    message.last_error = reason


def keep_parked(session: Session, topic: str, about: Mapping[str, int], *, at: datetime) -> None:
    """Parked promises with these in their body were kept by a later one. One statement."""
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.state == MessageState.PARKED,
            OutboxMessage.topic == topic,
            *(OutboxMessage.body[name].as_integer() == value for name, value in about.items()),
        )
        .values(state=MessageState.DONE, done_at=at, last_error=None)
        .execution_options(synchronize_session=False)
    )


def release_of_the_dead(session: Session, is_gone: Callable[[str], bool], *, at: datetime) -> int:
    """Make due now what gone processes hold: a restart need not wait for the lease. Returns how many."""
    held = session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.state == MessageState.WAITING, OutboxMessage.taken_by.is_not(None)
        )
    )
    released = 0
    for message in held:
        if message.taken_by is not None and is_gone(message.taken_by):
            message.taken_by = None
            message.due_at = at
            released += 1
    return released


def retry(session: Session, message_id: int | None, *, at: datetime) -> int:
    """Make one parked or waiting promise due now, or all of them. Returns how many."""
    which = update(OutboxMessage).where(OutboxMessage.state != MessageState.DONE)
    if message_id is not None:
        which = which.where(OutboxMessage.id == message_id)
    done: Any = session.execute(
        which.values(state=MessageState.WAITING, due_at=at, attempts=0, taken_by=None).execution_options(
            synchronize_session=False
        )
    )
    session.info[_POSTED] = True
    return int(done.rowcount)
