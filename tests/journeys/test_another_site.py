"""The LMS on another site than the portal, as in real life: cookies live in the frame alone, or not at all."""

import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import late_course, steps
from tests.journeys.serving import ROOT, Site, environment_of, free_ports, stopped

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

PORTAL = [sys.executable, "-c", "from portal.cli import main; main()"]


@pytest.fixture(scope="module")
def far_site(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A second web process on the same data, at portal.localhost, and an LMS of its own on 127.0.0.1."""
    port, lms_port = free_ports(2)
    far = Site(f"http://portal.localhost:{port}", f"http://127.0.0.1:{lms_port}", site.data)
    folder = tmp_path_factory.mktemp("far")
    seed = folder / "seed.json"
    seed.write_text(json.dumps(late_course.lms_course()), encoding="utf-8")
    environment = environment_of(far)
    register = [
        *PORTAL, "lti", "register", "--issuer", far.lms, "--client-id", "sample-lms-lectern",
        "--auth-login-url", f"{far.lms}/lti/auth", "--auth-token-url", f"{far.lms}/lti/token",
        "--jwks-url", f"{far.lms}/lti/certs", "--deployment-id", "1", "--json",
    ]  # fmt: skip
    said = subprocess.run(register, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    registration = json.loads(said.stdout)["registration_id"]
    connect = [*PORTAL, "lti", "connect", "--registration", str(registration)]
    connect += ["--context-id", late_course.COURSE_ID, "--cohort", late_course.SLUG]
    subprocess.run(connect, cwd=ROOT, env=environment, capture_output=True, check=True)
    lms = [sys.executable, "-m", "lti.demo_platform", "--port", str(lms_port), "--seed", str(seed)]
    commands = [
        [*PORTAL, "run", "--port", str(port)],
        [*lms, "--database", str(folder / "lms.db"), "--portal-url", far.portal],
    ]
    with contextlib.ExitStack() as running:
        for command in commands:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            running.callback(stopped, process)
        for url in (f"http://127.0.0.1:{port}/healthz", f"{far.lms}/"):
            wait_for(url)
        yield far


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.1)
        else:
            return


def test_a_learner_in_the_frame_of_another_site(far_site, visitor):
    learner = visitor(at=far_site)
    learner.sign_in("Rosa Ibarra-Nuñez", late_course.TITLE)
    frame = learner.open("Course home")
    frame.get_by_role("link", name="Lesson 1. Orientation").click()
    steps.tick(frame, "Introduce yourself")
    frame.get_by_role("link", name="My record").click()
    expect(frame.get_by_role("heading", name="My record")).to_be_visible()
    learner.is_untroubled()

    # What the frame may keep is kept for it alone: outside of it nobody is signed in.
    learner.expected = (401,)
    answer = learner.page.goto(f"{far_site.portal}/c/{late_course.SLUG}/")
    assert answer.status == 401
