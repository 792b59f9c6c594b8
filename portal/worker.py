"""Background work on Huey. The outbox table is the truth: Huey only wakes, so a lost job is a late one."""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from huey import PostgresHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer

from lti.services.rosters import post_due_rosters
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.operations.services import beat
from portal.outbox.delivery import deliver_due
from portal.outbox.process import PROCESS
from portal.outbox.services import next_due_at, release_of_the_dead
from portal.settings import Settings

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=60)  # a lost wake-up is late by this much at most


@lru_cache(maxsize=4)
def _queue(url: str, secret: str) -> Any:
    # Huey's payloads are pickles: signed, so that who can write the queue cannot run code here.
    serializer = SignedSerializer(secret=secret, salt="lectern queue")
    if url.startswith("postgresql"):
        return PostgresHuey("lectern", dsn=url, serializer=serializer, results=False)
    return SqliteHuey(
        "lectern", filename=urlsplit(url).path, fsync=False, serializer=serializer, results=False
    )


@lru_cache(maxsize=4)
def _deliver_task(url: str, secret: str) -> Any:
    """The one task, `deliver`. What it does is given by the worker process (`work`)."""
    return _queue(url, secret).task(name="deliver")(_run)


class _Consumer(Consumer):  # type: ignore[misc]  # Huey ships no types
    def start(self) -> None:
        # Huey starts its workers first: a SIGTERM in between would end them in mid-job.
        self._set_signal_handlers()
        super().start()


_job: Callable[[], None] | None = None


def _run() -> None:
    if _job is not None:
        _job()


def wake_of(settings: Settings) -> Callable[[], None]:
    """What tells the worker of these settings that something is due."""

    def wake() -> None:
        try:
            _deliver_task(settings.queue, settings.secret_keys[0])()
        except Exception:
            # The promise is committed; the worker's sweep finds it.
            log.warning(
                "The queue could not be reached; the worker's sweep will find what is due.", exc_info=True
            )

    return wake


def deliver_now(app: Flask) -> int:
    """Deliver what is due, in this process. Returns how many promises were kept."""
    with app.app_context():
        return deliver_due(transaction, app.extensions["handlers"], real_now)


def work(app: Flask, workers: int) -> None:
    """Run the worker until SIGTERM or SIGINT; the job in hand is finished first."""
    settings: Settings = app.extensions["settings"]
    huey = _queue(settings.queue, settings.secret_keys[0])
    task = _deliver_task(settings.queue, settings.secret_keys[0])
    soonest: list[float] = []  # when the next delivery is scheduled already, as a real timestamp

    def job() -> None:
        deliver_now(app)
        with app.app_context(), reading() as session:
            due = next_due_at(session)
        if due is None or due - real_now() > SWEEP:
            return
        if soonest and soonest[0] <= due.timestamp() and soonest[0] > real_now().timestamp():
            return
        soonest[:] = [due.timestamp()]
        task.schedule(delay=max((due - real_now()).total_seconds(), 0.2))

    def sweep() -> None:
        with app.app_context(), transaction() as session:
            beat(session, at=real_now())
            release_of_the_dead(session, PROCESS.is_gone, at=real_now())
            post_due_rosters(session, at=real_now(), course_time=course_now())
        job()

    global _job
    _job = job
    huey.periodic_task(crontab(minute="*"), name="sweep")(sweep)
    huey.task(name="first_sweep")(sweep)()  # at once: what was due while no worker ran
    _warm_up()
    _Consumer(huey, workers=workers, initial_delay=0.05, max_delay=0.5, graceful_signal="TERM").run()


def _warm_up() -> None:
    # Imported here: only the worker draws, and WeasyPrint takes half a second.
    from portal.certificates.pdf.drawing import CannotDraw, warm_up

    try:
        warm_up()
    except CannotDraw:
        log.warning("Certificates cannot be drawn here.", exc_info=True)
