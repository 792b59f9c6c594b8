"""The worker as the program it is: it wakes, works, survives being killed, and ends when told to."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from portal.completion.models import CompletionRecord
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.messages import ProgressChanged
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.services import post, take
from portal.worker import wake_of

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 60
PORTAL = [sys.executable, "-c", "from portal.cli import main; main()"]


@contextmanager
def worker(world, *more):
    settings = world.app.extensions["settings"]
    told = {
        "PORTAL_ENV": "test",
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_BASE_URL": settings.base_url,
    }
    process = subprocess.Popen([*PORTAL, "worker", *more], env=os.environ | told, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(said):
    deadline = time.monotonic() + LIMIT_SECONDS
    while not said():
        assert time.monotonic() < deadline, "it did not happen in a minute"
        time.sleep(0.05)  # another process works: there is nothing else to wait on


def promise(world, who):
    with world.app.app_context(), transaction() as session:
        post(session, ProgressChanged([who.id]))


def records(world, who):
    with world.app.app_context(), reading() as session:
        return session.scalar(
            select(func.count(CompletionRecord.id)).where(CompletionRecord.enrollment_id == who.id)
        )


def waiting(world):
    with world.app.app_context(), reading() as session:
        return session.scalar(
            select(func.count(OutboxMessage.id)).where(OutboxMessage.state == MessageState.WAITING)
        )


def test_it_does_what_waited_and_what_comes_and_ends_when_told(world):
    cohort = world.cohort()
    early, late = world.learner(cohort), world.learner(cohort)
    promise(world, early)
    with worker(world) as process:
        until(lambda: records(world, early) == 1)
        promise(world, late)
        wake_of(world.app.extensions["settings"])()
        until(lambda: records(world, late) == 1 and waiting(world) == 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT_SECONDS) == 0, process.stderr.read().decode()


def test_a_job_whose_worker_was_killed_is_done_once_after_the_restart(world):
    who = world.learner(world.cohort())
    promise(world, who)
    with worker(world) as first:
        until(lambda: records(world, who) == 1 and waiting(world) == 0)
        first.kill()
        first.wait(LIMIT_SECONDS)
    promise(world, who := world.learner(world.cohort()))
    with world.app.app_context(), transaction() as session:
        message = session.scalars(
            select(OutboxMessage).where(OutboxMessage.state == MessageState.WAITING)
        ).one()
        # As the killed one would have left it: taken, for as long as the lease lasts.
        gone = f"{os.uname().nodename[:80]}/{first.pid}/mark"
        assert take(session, message.id, by=gone, at=real_now()) is not None
    with worker(world):
        until(lambda: waiting(world) == 0)
    assert records(world, who) == 1
