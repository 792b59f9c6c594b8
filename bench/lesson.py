"""Row 8: the lesson page of a signed-in learner against a template with one raw query, in one gunicorn.

Counted are requests per second of processor that gunicorn and the senders use together: what a machine left to
them gives. By the wall clock neighbours favour the floor, which keeps four processes busy and so gets more of
their cores; that count stands beside it.
"""

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
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
        with gunicorn(database) as (port, master):
            headers = f"Host: localhost\r\nCookie: lectern_session={cookie.value}\r\nConnection: close\r\n"
            floors, subjects = rates(port, master, "/bench/floor", path, headers)
    ratio = median(s.by_processor / f.by_processor for s, f in zip(subjects, floors, strict=True))
    yield Row(
        number="8",
        what="lesson page, signed in, requests per second of processor",
        floor="compiled template + one raw query, same gunicorn",
        ratio=ratio,
        bound=f">= {BOUND}",
        met=ratio >= BOUND and len(sent) <= 5,
        others={
            "per_processor_second": round(median(one.by_processor for one in subjects)),
            "floor_per_processor_second": round(median(one.by_processor for one in floors)),
            "per_second": round(median(one.by_clock for one in subjects)),
            "floor_per_second": round(median(one.by_clock for one in floors)),
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
def gunicorn(database: str) -> Iterator[tuple[int, int]]:
    """The portal and the floor, served by one gunicorn; gives its port and its process id."""
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
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


@dataclass(frozen=True)
class Rate:
    """Requests per second: of the wall clock, and of processor used by server and senders."""

    by_clock: float
    by_processor: float


def rates(port: int, master: int, floor: str, subject: str, headers: str) -> tuple[list[Rate], list[Rate]]:
    """The rates of each, round by round, after a warm-up."""
    floors: list[Rate] = []
    subjects: list[Rate] = []
    requests = {path: f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode() for path in (floor, subject)}
    # Two processes that send: one alone would be slower than the floor.
    with ProcessPoolExecutor(2) as senders:
        for path in (floor, subject):
            rate(senders, port, master, requests[path], 0.5)
        for turn in range(ROUNDS):
            both = [(floor, floors), (subject, subjects)]
            for path, into in both if turn % 2 == 0 else reversed(both):
                into.append(rate(senders, port, master, requests[path], SECONDS))
    return floors, subjects


def rate(senders: ProcessPoolExecutor, port: int, master: int, request: bytes, seconds: float) -> Rate:
    served = processor_seconds(master)
    halves = [senders.submit(answered, port, request, seconds, CONNECTIONS // 2) for _ in range(2)]
    counts, sent = zip(*(half.result() for half in halves), strict=True)
    used = processor_seconds(master) - served + sum(sent)
    return Rate(sum(counts) / seconds, sum(counts) / used)


def processor_seconds(master: int) -> float:
    """What the workers of this gunicorn have used so far, by Linux's /proc (proc(5): stat, fields 14 and 15)."""
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    fields = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers]
    return sum(int(user) + int(system) for *_, user, system in (one[:13] for one in fields)) / os.sysconf(
        "SC_CLK_TCK"
    )


def answered(port: int, request: bytes, seconds: float, connections: int) -> tuple[int, float]:
    """How many answers came over so many connections at a time, and the processor time that asking took.

    Raises when one is not 200.
    """
    begun = time.process_time()
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
    return sum(counts), time.process_time() - begun
