"""The LMS goes down while a learner works. When it is back the scores arrive by themselves, each once."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.serving import ROOT, Site, environment_of, free_ports, stopped

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

COURSE, LEARNER, COHORT = "Leading through Outages", "Ines Okonkwo", "outages"
SEED = {
    "school": "Hillside College",
    "people": [{"sub": "21", "username": "ines", "given_name": "Ines", "family_name": "Okonkwo", "featured": True}],
    "courses": [
        {
            "id": "9", "label": "LTO", "title": COURSE, "members": [{"sub": "21", "role": "learner"}],
            "links": [
                {"id": "901", "title": "Lesson 1", "custom": {"destination": "lesson:1"}, "graded": True,
                 "maximum": 4},
            ],
        }
    ],
}  # fmt: skip


@dataclass
class Lms:
    """The LMS as a program that can be ended and started again, with its data kept."""

    site: Site
    command: list[str]
    running: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.running.stdout is not None
        assert self.running.stdout.readline().strip() == self.site.lms

    def stop(self) -> None:
        if self.running is not None:
            stopped(self.running)
            assert self.running.stdout is not None
            self.running.stdout.close()
        self.running = None


@pytest.fixture
def hillside(site: Site, tmp_path: Path) -> Iterator[Lms]:
    """An LMS beside the product, registered, its course connected to a cohort of its own."""
    (tmp_path / "seed.json").write_text(json.dumps(SEED), encoding="utf-8")
    [port] = free_ports(1)
    at = replace(site, lms=f"http://127.0.0.1:{port}")
    registration = portal(
        at, "lti", "register", "--issuer", at.lms, "--client-id", "sample-lms-lectern",
        "--auth-login-url", f"{at.lms}/lti/auth", "--auth-token-url", f"{at.lms}/lti/token",
        "--jwks-url", f"{at.lms}/lti/certs", "--deployment-id", "1",
    )["registration_id"]  # fmt: skip
    course = "leadership-and-organizing"
    portal(at, "cohort", "create", "--course", course, "--slug", COHORT, "--starts", "2026-10-01")
    portal(at, "lti", "connect", "--registration", str(registration), "--context-id", "9", "--cohort", COHORT)
    lms = Lms(
        at,
        [
            sys.executable, "-m", "lti.demo_platform", "--port", str(port), "--seed", str(tmp_path / "seed.json"),
            "--database", str(tmp_path / "lms.db"), "--portal-url", site.portal,
        ],
    )  # fmt: skip
    lms.start()
    with contextlib.closing(contextlib.ExitStack()) as ending:
        ending.callback(lms.stop)
        yield lms


def portal(site: Site, *words: str) -> Any:
    """What a command answers the operator."""
    command = [sys.executable, "-c", "from portal.cli import main; main()", *words, "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment_of(site), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def wait_until_it_failed(site: Site) -> None:
    """Until the worker has tried in vain."""
    deadline = time.monotonic() + 60
    while "could not be reached" not in json.dumps(portal(site, "outbox", "list")):
        assert time.monotonic() < deadline, "the worker did not try"
        time.sleep(0.5)


def test_scores_of_an_outage_arrive_once_when_the_lms_is_back(hillside, visitor):
    learner = visitor(at=hillside.site)
    learner.sign_in(LEARNER, COURSE)
    frame = learner.open("Lesson 1")
    expect(frame.get_by_role("heading", name="Checklist")).to_be_visible()

    hillside.stop()
    steps.tick(frame, "Create or update your profile")  # the portal goes on as if nothing were
    expect(frame.get_by_text("1 of 2 required items done")).to_be_visible()
    wait_until_it_failed(hillside.site)
    hillside.start()

    grades = f"{hillside.site.lms}/course/9/gradebook"
    learner.page.goto(grades)
    row = learner.page.get_by_role("row").filter(has_text=LEARNER)
    steps.reload_until(learner.page, grades, row.get_by_text("1", exact=True).is_visible, "the grade")
    row.get_by_role("link", name=LEARNER).click()
    expect(learner.page.get_by_role("heading", level=1)).to_be_visible()
    expect(learner.page.locator(".scores .score")).to_have_count(1)  # arrived once
    assert "could not be reached" not in json.dumps(portal(hillside.site, "outbox", "list"))
    learner.is_untroubled()
