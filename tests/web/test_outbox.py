"""Promised effects: kept once, after a crash too, and never at another's expense."""

import contextlib
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from sqlalchemy import select

from portal.core.db import reading, transaction
from portal.outbox.delivery import MOST_ATTEMPTS, Handlers, Hopeless, Later, Silent, deliver_due, spare
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.policy import LEASE
from portal.outbox.process import PROCESS
from portal.outbox.services import post, release_of_the_dead, retry, take


@dataclass(frozen=True)
class Note:
    topic: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True)
class Call:
    topic: ClassVar[str] = "call"
    text: str


@pytest.fixture
def office(world):
    return Office(world)


class Office:
    def __init__(self, world):
        self.world = world
        self.heard = []
        self.trouble = None
        self.skipped = timedelta(0)

    def hear(self, *args):
        body = args[-1]
        if self.trouble and body["text"] == self.trouble[0]:
            raise self.trouble[1]
        self.heard.append(body["text"])

    def post(self, *messages):
        with self.world.app.app_context(), transaction() as session:
            for message in messages:
                post(session, message)

    def now(self):
        return datetime.now(UTC) + self.skipped

    def deliver(self):
        handlers = Handlers(inside={"note": (self.hear,)}, outside={"call": self.hear})
        with self.world.app.app_context():
            return deliver_due(transaction, handlers, self.now)

    def messages(self):
        with self.world.app.app_context(), reading() as session:
            return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def test_what_was_promised_is_kept_once_in_order(office):
    office.post(Note("one"), Call("two"), Note("three"))
    assert office.deliver() == 3
    assert office.deliver() == 0
    assert office.heard == ["one", "two", "three"]


def test_the_same_promise_twice_in_one_transaction_is_one_and_in_two_it_is_two(office):
    office.post(Note("one"), Note("one"), Note("two"))
    office.post(Note("one"))
    office.deliver()
    assert office.heard == ["one", "two", "one"]


def test_a_promise_of_a_savepoint_that_was_undone_can_be_made_again(office):
    with office.world.app.app_context(), transaction() as session:
        with contextlib.suppress(ZeroDivisionError), session.begin_nested():
            post(session, Note("one"))
            raise ZeroDivisionError
        post(session, Note("one"))
    office.deliver()
    assert office.heard == ["one"]


def test_no_commit_no_promise(office):
    with pytest.raises(ZeroDivisionError), office.world.app.app_context(), transaction() as session:
        post(session, Note("never"))
        session.flush()
        raise ZeroDivisionError
    assert office.deliver() == 0
    assert office.heard == []


def test_a_worker_that_dies_in_mid_job_leaves_the_job_to_the_next_one(office):
    office.post(Note("one"))
    with office.world.app.app_context(), transaction() as session:
        (message,) = session.scalars(select(OutboxMessage)).all()
        assert take(session, message.id, by="other/1/x", at=office.now()) is not None
    # The process is gone here: nothing was kept, and nobody else may take it while the lease holds.
    assert office.deliver() == 0
    office.skipped = LEASE + timedelta(seconds=1)
    assert office.deliver() == 1
    assert office.heard == ["one"]


@pytest.mark.parametrize(
    ("holder", "released"),
    [
        pytest.param("{host}/999999999/mark", 1, id="a process of this host that ended"),
        pytest.param("{host}/1/mark", 0, id="one that lives"),
        pytest.param("{host}/{pid}/earlier", 1, id="one with our number, before a restart"),
        pytest.param("elsewhere/999999999/mark", 0, id="of another host nothing is known"),
        pytest.param("nonsense", 0, id="an unreadable name"),
    ],
)
def test_after_a_restart_nobody_waits_for_the_lease_of_a_dead_worker(office, holder, released):
    office.post(Note("one"))
    by = holder.format(host=socket.gethostname(), pid=os.getpid())
    with office.world.app.app_context(), transaction() as session:
        (message,) = session.scalars(select(OutboxMessage)).all()
        take(session, message.id, by=by, at=office.now())
    with office.world.app.app_context(), transaction() as session:
        assert release_of_the_dead(session, PROCESS.is_gone, at=office.now()) == released
    assert office.deliver() == released


def test_two_workers_never_take_the_same_promise(office):
    office.post(Note("one"))
    with office.world.app.app_context(), transaction() as session:
        (message,) = session.scalars(select(OutboxMessage)).all()
        assert take(session, message.id, by="other/1/x", at=office.now()) is not None
        assert take(session, message.id, by="other/1/x", at=office.now()) is None


def test_one_that_fails_waits_longer_each_time_and_does_not_hold_up_others(office):
    office.post(Call("bad"), Call("good"))
    office.trouble = ("bad", RuntimeError("secret words of a person"))
    assert office.deliver() == 1
    assert office.heard == ["good"]
    waits = []
    for _ in range(3):
        bad = office.messages()[0]
        waits.append(bad.due_at - office.now())
        assert bad.state is MessageState.WAITING
        assert bad.last_error == "RuntimeError", "an exception's text may hold names"
        office.skipped += waits[-1] + timedelta(seconds=1)
        office.deliver()
    assert waits == sorted(waits)
    assert waits[2] > 3 * waits[0]
    office.trouble = None
    office.skipped += timedelta(hours=7)
    assert office.deliver() == 1


def test_after_many_tries_it_is_parked_and_a_person_can_try_it_again(office):
    office.post(Call("bad"))
    office.trouble = ("bad", Later("The LMS answered 503.", timedelta(seconds=1)))
    for _ in range(MOST_ATTEMPTS + 3):
        office.deliver()
        office.skipped += timedelta(seconds=2)
    (bad,) = office.messages()
    assert bad.state is MessageState.PARKED
    assert bad.attempts == MOST_ATTEMPTS
    assert bad.last_error == "The LMS answered 503."
    office.trouble = None
    with office.world.app.app_context(), transaction() as session:
        assert retry(session, bad.id, at=office.now()) == 1
    assert office.deliver() == 1


def test_what_is_hopeless_is_parked_at_once_with_the_reason(office):
    office.post(Call("bad"))
    office.trouble = ("bad", Hopeless("The LMS says this person left the course."))
    office.deliver()
    (bad,) = office.messages()
    assert (bad.state, bad.last_error) == (MessageState.PARKED, "The LMS says this person left the course.")


def test_a_handler_that_fails_midway_undoes_what_it_wrote(office):
    def write_then_fail(session, body):
        post(session, Note("half"))
        session.flush()
        raise RuntimeError

    office.post(Note("one"))
    with office.world.app.app_context():
        deliver_due(transaction, Handlers(inside={"note": (write_then_fail,)}, outside={}), office.now)
    assert [message.body for message in office.messages()] == [{"text": "one"}]


def test_who_gave_no_answer_is_not_asked_again_in_the_same_pass(office):
    asked = []

    def ask(_transactions, body):
        who = body["text"].partition(" ")[0]
        spare(who)
        asked.append(body["text"])
        if who == "down":
            raise Silent("no answer", who)

    office.post(Call("down 1"), Call("down 2"), Call("up 1"), Call("down 3"))
    handlers = Handlers(inside={}, outside={"call": ask})
    with office.world.app.app_context():
        deliver_due(transaction, handlers, office.now)
        assert asked == ["down 1", "up 1"]
        # To be spared is no attempt: it parks nobody's message.
        assert [(m.attempts, m.state) for m in office.messages()] == [
            (1, MessageState.WAITING), (0, MessageState.WAITING), (1, MessageState.DONE), (0, MessageState.WAITING),
        ]  # fmt: skip
        office.skipped += timedelta(minutes=1)
        deliver_due(transaction, handlers, office.now)

    assert asked == ["down 1", "up 1", "down 1"]
