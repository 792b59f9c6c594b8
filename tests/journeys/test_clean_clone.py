"""A newcomer's first quarter of an hour: clone, `make demo`, a learner's launch, Ctrl-C."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.journeys.forms import forms_of, links_of, pass_through, send
from tests.journeys.serving import free_ports

ROOT = Path(__file__).parents[2]
SETUP_AND_START_SECONDS = 420  # a venv from the lock, then the sample data
STOP_SECONDS = 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout to clone"),
]


def processes_in(folder: Path) -> list[str]:
    """Commands of all processes that work in this folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve().is_relative_to(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # ended meanwhile, or not ours to look at
            continue
    return found


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "lectern"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


@pytest.fixture
def demo(clone: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, int, Path]]:
    """`make demo` in the clone, with an empty HOME and none of our settings, until it says that it runs."""
    home = tmp_path / "home"
    home.mkdir()
    port, lms_port = free_ports(2)
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PORTAL_", "PYTEST_", "VIRTUAL_ENV", "PYTHON", "MAKE", "MFLAGS"))
    }
    log = tmp_path / "demo.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            ["make", "demo", f"PORT={port}", f"LMS_PORT={lms_port}"],
            cwd=clone,
            env=environment | {"HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + SETUP_AND_START_SECONDS
        while "Ctrl-C ends" not in log.read_text(errors="replace"):
            assert running.poll() is None, f"`make demo` ended:\n{log.read_text(errors='replace')}"
            assert time.monotonic() < deadline, f"not there in time:\n{log.read_text(errors='replace')}"
            time.sleep(0.2)
        yield running, port, lms_port, log
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(STOP_SECONDS)


def test_a_clean_clone_shows_the_product_and_leaves_nothing_behind(demo, clone):
    running, port, lms_port, log = demo
    portal, lms = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{lms_port}"
    said = log.read_text()
    assert portal in said
    assert lms in said

    with requests.Session() as browser:
        people = browser.get(lms, timeout=30)
        learner = next(
            form for form in forms_of(people) if "Student" in form.words and form.fields.get("course")
        )
        course = send(browser, learner)
        link = next(url for url in links_of(course) if "/open/" in url)
        launch = link_in_a_new_tab(course, link)
        home = pass_through(browser, browser.get(launch, timeout=30), f"{portal}/c/")
    assert home.status_code == 200
    assert "Lesson" in home.text
    assert "/record" in " ".join(links_of(home))

    os.killpg(running.pid, signal.SIGINT)  # what a terminal sends for Ctrl-C
    running.wait(STOP_SECONDS)
    assert processes_in(clone) == []
    assert not listens(port)
    assert not listens(lms_port)
    assert "Traceback" not in log.read_text()
    changed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True
    )
    assert changed.stdout == ""


def link_in_a_new_tab(course: requests.Response, link: str) -> str:
    """The launch of `link` without the LMS's frame around it."""
    urls = list(links_of(course))
    after = urls[urls.index(link) + 1]
    assert "new tab" in links_of(course)[after]
    return after
