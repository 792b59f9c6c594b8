"""Running what is due: each message in its own transaction, by the handler of its topic."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.outbox.models import OutboxMessage
from portal.outbox.process import PROCESS
from portal.outbox.services import due_ids, keep, park, postpone, take

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 12  # about a day and a half of growing waits; then a person looks


class Later(Exception):
    """Not now: the handler asks for another try. `wait`: how long, or by the growing waits.

    `reason`: what went wrong; empty where nothing did.
    """

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Silent(Later):
    """Not now: `who` gave no answer. In this pass nobody asks them again, each would wait out the limits."""

    def __init__(self, reason: str, who: str) -> None:
        super().__init__(reason)
        self.who = who


class _Spared(Later):
    """Not asked at all, because somebody else's message was not answered a moment ago: that is no attempt."""


class Hopeless(Exception):
    """Trying again will not help; park it with the reason."""


Transactions = Callable[[], AbstractContextManager[Session]]
InTransaction = Callable[[Session, Mapping[str, Any]], None]
Outside = Callable[[Transactions, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Handlers:
    """Who takes which topic.

    `inside`: database effects alone, in the transaction that marks the message kept, so exactly once.
    `outside`: talks to others; opens short transactions itself, with none open while it waits for an answer.
    """

    inside: Mapping[str, tuple[InTransaction, ...]]
    outside: Mapping[str, Outside]


_silent: ContextVar[set[str]] = ContextVar("outbox_silent")  # who gave no answer in this pass


def spare(who: str) -> None:
    """For a handler, before it asks `who` anything: raises Later where they gave no answer in this pass."""
    if who in _silent.get(set()):
        raise _Spared("The platform gave no answer a moment ago.")


def deliver_due(transactions: Transactions, handlers: Handlers, now: Callable[[], datetime]) -> int:
    """Work on what is due until nothing is, or nothing more can be done now. Returns how many were kept."""
    kept = 0
    while True:
        with transactions() as session:
            ids = due_ids(session, at=now())
        if not ids:
            return kept
        _silent.set(set())
        kept += sum(_deliver(transactions, handlers, id_, now) for id_ in ids)


def _deliver(
    transactions: Transactions, handlers: Handlers, message_id: int, now: Callable[[], datetime]
) -> bool:
    with transactions() as session:
        message = take(session, message_id, by=PROCESS.name, at=now())
        if message is None:
            return False
        topic, body = message.topic, dict(message.body)
    try:
        if topic in handlers.outside:
            handlers.outside[topic](transactions, body)
            with transactions() as session:
                keep(_again(session, message_id), at=now())
        elif topic in handlers.inside:
            with transactions() as session:
                for handler in handlers.inside[topic]:
                    handler(session, body)
                keep(_again(session, message_id), at=now())
        else:
            raise Hopeless(f"No handler takes {topic}.")
    except Hopeless as problem:
        with transactions() as session:
            park(_again(session, message_id), str(problem))
        return False
    except Later as problem:
        if isinstance(problem, Silent):
            _silent.get().add(problem.who)
        with transactions() as session:
            message = _again(session, message_id)
            message.attempts -= isinstance(problem, _Spared)
            _postpone_or_park(message, str(problem), now(), problem.wait)
        return False
    except Exception as problem:  # a handler's mistake must not stop the others' messages
        log.exception("Delivering %s %s failed", topic, message_id)
        with transactions() as session:
            _postpone_or_park(_again(session, message_id), type(problem).__name__, now(), None)
        return False
    return True


def _postpone_or_park(message: OutboxMessage, reason: str, at: datetime, wait: timedelta | None) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        park(message, reason)
    else:
        postpone(message, reason, at=at, wait=wait)


def _again(session: Session, message_id: int) -> OutboxMessage:
    return session.get_one(OutboxMessage, message_id, populate_existing=True)
