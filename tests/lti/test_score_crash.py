"""Scores and workers that are killed: nothing is lost, and nothing goes again once it is known to have arrived.

The workers are the program itself; between them and the LMS stands a gate that shows what is asked, and holds it.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import func, select

from lti.models import LineItem, Registration, ScoreSent
from portal.core.db import reading, transaction
from portal.courses.messages import ProgressChanged
from portal.outbox.services import post
from portal.worker import wake_of
from tests.lti.conftest import School
from tests.lti.scoring import enrolled, statements, tick, waiting

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

LIMIT_SECONDS = 90
LMS = "https://lms.example"
WORKER = [sys.executable, "-c", "from portal.cli import main; main()", "worker"]


class Gate:
    """Passes on what workers ask of the LMS. `hold`: what is held, before it is passed on or after the LMS took it."""

    def __init__(self, school: School) -> None:
        self.asked: list[str] = []
        self.hold = ""  # "token", "scores": before; "answer": a score's answer
        self.held = threading.Event()
        self.meeting: threading.Barrier | None = None  # where so many scores at once wait for each other
        self._session = school.lms.http()

    def pass_on(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        service = "scores" if "/scores" in path else "token"
        self.asked.append(service)
        self._hold_if(service)
        if self.meeting is not None and service == "scores":
            self.meeting.wait(LIMIT_SECONDS)
        answer = self._session.post(LMS + path, data=body, headers=headers)
        if service == "scores":
            self._hold_if("answer")
        return answer.status_code, answer.content

    def _hold_if(self, what: str) -> None:
        if self.hold == what:
            self.held.set()
            threading.Event().wait(LIMIT_SECONDS)  # the caller is killed meanwhile


@contextmanager
def gate_before(school: School) -> Iterator[Gate]:
    """All that scores need of the LMS is asked at the gate from now on."""
    gate = Gate(school)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept = {
                name: self.headers[name]
                for name in ("Authorization", "Content-Type", "Accept")
                if self.headers[name]
            }
            status, said = gate.pass_on(self.path, kept, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here = f"http://127.0.0.1:{server.server_address[1]}"
    with school.world.app.app_context(), transaction() as session:
        registration = session.get_one(Registration, school.registration_id)
        registration.auth_audience = registration.auth_token_url
        registration.auth_token_url = registration.auth_token_url.replace(LMS, here)
        for item in session.scalars(select(LineItem)):
            item.url = item.url.replace(LMS, here)
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def worker(school: School) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of this portal, killed at the end."""
    settings = school.world.app.extensions["settings"]
    told = {
        "PORTAL_ENV": "test",
        "PORTAL_DATA_DIR": str(settings.data_dir),
        "PORTAL_DATABASE_URL": settings.database_url,
        "PORTAL_BASE_URL": settings.base_url,
        "PORTAL_ALLOW_LOOPBACK_PLATFORMS": "1",
    }
    process = subprocess.Popen(WORKER, env=os.environ | told, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(said: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not said():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)  # another process works: there is nothing else to wait on


def known(school: School) -> int:
    """How many scores are known to have arrived."""
    with school.world.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).where(ScoreSent.arrived.is_not(None))) or 0


def test_a_score_survives_its_worker_before_and_after_the_lms_took_it(school, socket_enabled):
    school.launch("sam", "lesson:1")
    school.world.drain()
    tick(school)
    with gate_before(school) as gate:
        gate.hold = "token"
        with worker(school):  # killed after it took the promise and stated the score, before anything is sent
            assert gate.held.wait(LIMIT_SECONDS)
        assert statements(school) == []
        assert known(school) == 0

        gate.hold, gate.held = "answer", threading.Event()
        with worker(school):  # killed after the LMS took the score, before it could know
            assert gate.held.wait(LIMIT_SECONDS)
        assert school.lms.grade("sam", "lesson:1") == 25
        assert known(school) == 0

        gate.hold = ""
        with worker(school):
            until(lambda: waiting(school) == [])
            times = [said["timestamp"] for said in statements(school)]
            assert len(times) == 2  # nobody knew of the first: the state now is said again, later
            assert times[0] < times[1]
            assert school.lms.refused_scores == []
            assert known(school) == 1

            asked, learner = list(gate.asked), enrolled(school)
            with school.world.app.app_context(), transaction() as session:
                post(session, ProgressChanged([learner.id]))
            wake_of(school.world.app.extensions["settings"])()
            until(lambda: waiting(school) == [])
        assert gate.asked == asked  # known to have arrived: never again


def test_two_workers_at_once_send_each_score_once(school, socket_enabled):
    people, links = ("sam", "zoe", "quiet", "obrien"), ("home", "lesson:1")
    for who in people:
        for link in links:
            school.launch(who, link)
    school.world.drain()
    for who in people:
        tick(school, who=who)
    with gate_before(school) as gate:
        # Scores wait in pairs: they only get through if two workers send at the same time.
        gate.meeting = threading.Barrier(2)
        with worker(school), worker(school):
            until(lambda: len(statements(school)) >= 8 and waiting(school) == [])

    sent = [(score.link_id, score.sub) for score in school.lms.scores]
    assert len(sent) == len(set(sent)) == len(people) * len(links)
    assert school.lms.refused_scores == []
    assert known(school) == len(sent)
