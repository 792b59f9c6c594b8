"""The whole product running for journeys: `portal demo` with one more LMS course beside the sample's two."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lti.demo_platform.seed import load
from lti.demo_platform.store import Store
from tests.journeys.late_course import lms_course

ROOT = Path(__file__).parents[2]
NOW = "2026-11-04T17:30:00Z"  # a Wednesday: journeys see the same days whenever they run
START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """Where things are. Addresses without a slash at the end."""

    portal: str
    lms: str
    data: Path


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


@contextlib.contextmanager
def demo(data: Path) -> Iterator[Site]:
    """`portal demo` in this data folder until it answers; ended as Ctrl-C does."""
    port, lms_port = free_ports(2)
    site = Site(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{lms_port}", data)
    _add_the_late_course(data)
    environment = environment_of(site)
    log = data / "demo.log"
    command = [sys.executable, "-c", "from portal.cli import main; main()", "demo"]
    with log.open("wb") as output:
        running = subprocess.Popen(
            [*command, "--port", str(port), "--lms-port", str(lms_port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_it_says("Ctrl-C ends", log, running)
        late = [sys.executable, "-m", "tests.journeys.late_course", site.lms]
        done = subprocess.run(late, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        yield site
    finally:
        stopped(running)


def environment_of(site: Site) -> dict[str, str]:
    """What processes of this site are started with: none of the settings of who runs the tests."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return ours | {
        "PORTAL_ENV": "demo",
        "PORTAL_BASE_URL": site.portal,
        "PORTAL_ALLOW_LOOPBACK_PLATFORMS": "1",
        "PORTAL_DATA_DIR": str(site.data),
        "PORTAL_NOW": NOW,
    }


def _add_the_late_course(data: Path) -> None:
    store = Store(str(data / "lms.db"))
    load(store, lms_course())
    store.close()


def _wait_until_it_says(words: str, log: Path, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while words not in log.read_text(errors="replace"):
        assert running.poll() is None, f"`portal demo` ended:\n{log.read_text(errors='replace')}"
        assert time.monotonic() < deadline, f"not there in time:\n{log.read_text(errors='replace')}"
        time.sleep(0.1)


def stopped(running: subprocess.Popen[Any]) -> None:
    """End a process as Ctrl-C does, and wait for it."""
    if running.poll() is None:
        running.send_signal(signal.SIGINT)
    try:
        running.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        raise
