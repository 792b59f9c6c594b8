"""Row 8: the lesson page of a signed-in learner against a template with one raw query, in one gunicorn."""

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from statistics import median
from threading import Thread

from bench.measure import Row
from bench.place import counted, sqlite_world
from portal.core.db import db

WORKERS, CONNECTIONS, SECONDS, ROUNDS = 2, 8, 2.0, 5
SECTIONS = 40  # of the floor's page: as many rows as its one query reads
BOUND = 0.40


def rows() -> Iterator[Row]:
    with sqlite_world() as world:
        cohort = world.cohort()
        browser = world.browser(world.learner(cohort))
        path = f"/c/{cohort.slug}/lessons/1"
        browser.get(path)
        with counted(world) as sent:
            page = browser.get(path)
        assert page.status_code == 200
        cookie = browser.client.get_cookie("lectern_session")
        with world.app.app_context():
            database = db.engine.url.database
        lay_floor(database, len(page.data))
        with gunicorn(database) as port:
            headers = f"Host: localhost\r\nCookie: lectern_session={cookie.value}\r\nConnection: close\r\n"
            floors, subjects = rates(port, "/bench/floor", path, headers)
    ratio = median(s / f for s, f in zip(subjects, floors, strict=True))
    yield Row(
        number="8",
        what="lesson page, signed in, requests/s",
        floor="compiled template + one raw query, same gunicorn",
        ratio=ratio,
        bound=f">= {BOUND}",
        met=ratio >= BOUND and len(sent) <= 5,
        others={
            "per_second": round(median(subjects)),
            "floor_per_second": round(median(floors)),
            "kB": round(len(page.data) / 1000),
            "statements": len(sent),
            "at_most_5_statements": len(sent) <= 5,
        },
    )


def lay_floor(database: str, page_bytes: int) -> None:
    """A table whose rows make, with the floor's template, a page of `page_bytes`."""
    text = "x" * max(page_bytes // SECTIONS - 60, 1)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE bench_section (id integer PRIMARY KEY, title text, words text)")
        connection.executemany(
            "INSERT INTO bench_section VALUES (?, ?, ?)", [(n, f"Section {n}", text) for n in range(SECTIONS)]
        )
        connection.commit()


@contextlib.contextmanager
def gunicorn(database: str) -> Iterator[int]:
    """The portal and the floor, served by one gunicorn; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "bench.serving:app", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--no-control-socket", "--log-level", "warning"]
    environment = os.environ | {"PORTAL_ENV": "test", "BENCH_DATABASE": database}
    server = subprocess.Popen(command, env=environment)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def rates(port: int, floor: str, subject: str, headers: str) -> tuple[list[float], list[float]]:
    """Requests per second of each, round by round, after a warm-up."""
    floors: list[float] = []
    subjects: list[float] = []
    requests = {path: f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode() for path in (floor, subject)}
    # Two processes that send: one alone would be slower than the floor.
    with ProcessPoolExecutor(2) as senders:
        for path in (floor, subject):
            rate(senders, port, requests[path], 0.5)
        for turn in range(ROUNDS):
            both = [(floor, floors), (subject, subjects)]
            for path, into in both if turn % 2 == 0 else reversed(both):
                into.append(rate(senders, port, requests[path], SECONDS))
    return floors, subjects


def rate(senders: ProcessPoolExecutor, port: int, request: bytes, seconds: float) -> float:
    halves = [senders.submit(answered, port, request, seconds, CONNECTIONS // 2) for _ in range(2)]
    return sum(half.result() for half in halves) / seconds


def answered(port: int, request: bytes, seconds: float, connections: int) -> int:
    """How many answers came over so many connections at a time. Raises when one is not 200."""
    counts = [0] * connections
    until = time.perf_counter() + seconds

    def ask(place: int) -> None:
        while time.perf_counter() < until:
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(request)
                begin = connection.recv(1 << 16)
                if not begin.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(begin[:200])
                while connection.recv(1 << 16):
                    pass
            counts[place] += 1

    threads = [Thread(target=ask, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not all(counts):
        raise RuntimeError("a connection got no answer")
    return sum(counts)
