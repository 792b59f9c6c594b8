"""The pages of the sample LMS, through HTTP."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from lti.demo_platform import DemoPlatform, sample_seed
from lti.demo_platform.__main__ import main

BASE = {"base_url": "https://lms.example/"}
ROOT = Path(__file__).resolve().parents[3]


def signed_in(lms, sub, course="2"):
    client = lms.app.test_client()
    answer = client.post("/sign-in", data={"sub": sub, "course": course}, **BASE)
    assert answer.status_code == 303
    return client


def test_everyone_can_be_chosen_by_a_click(lms):
    page = lms.app.test_client().get("/", **BASE).text

    for name in ("Tina Teacher", "Nora Assistant", "Hana Quiet", "Admin User", "Olga Observer"):
        assert name in page
    assert "Sean &lt;Jr&gt; O&#39;Brien &amp; Co" in page


def test_localhost_leads_to_the_address_whose_cookies_count(lms):
    answer = lms.app.test_client().get("/", base_url="http://localhost:8001/")

    assert (answer.status_code, answer.location) == (302, "https://lms.example")


def test_the_course_page_links_into_a_frame_and_a_new_tab(lms):
    browser = signed_in(lms, "5")
    page = browser.get("/course/2", **BASE).text

    assert 'href="/course/2/open/1"' in page
    assert 'href="/launch/4?in=window"' in page
    frame = browser.get("/course/2/open/1", **BASE)
    assert 'src="/launch/1?in=iframe"' in frame.text
    assert "frame-src 'self' https://tool.example" in frame.headers["Content-Security-Policy"]
    assert browser.get("/course/2/open/21", **BASE).status_code == 404


def test_a_link_for_faculty_is_not_there_for_learners():
    lms = DemoPlatform(seed=sample_seed(), portal_url="https://tool.example")
    link = lms.link("attendance:1")["id"]
    learner, teacher = signed_in(lms, "21"), signed_in(lms, "3")

    assert "Attendance of call 1" in teacher.get("/course/2", **BASE).text
    assert "Attendance of call 1" not in learner.get("/course/2", **BASE).text
    assert teacher.get(f"/launch/{link}", **BASE).status_code == 200
    assert learner.get(f"/launch/{link}", **BASE).status_code == 404
    assert learner.get(f"/course/2/open/{link}", **BASE).status_code == 404


def test_a_score_shows_in_the_gradebook_and_its_history(tool, lms):
    item = lms._lms.store.line_item_of("1")["id"]
    url = lms.config.lineitem_url("2", item).replace("/lineitem?", "/lineitem/scores?")
    score = {
        "userId": "5",
        "scoreGiven": 3,
        "scoreMaximum": 8,
        "timestamp": "2026-11-24T12:00:00Z",
        "activityProgress": "InProgress",
        "gradingProgress": "FullyGraded",
        "comment": "<b>3 of 8</b>",
        "submission": {"submittedAt": "2026-11-20T12:00:00Z"},
    }
    for _ in range(2):
        tool.call("POST", url, json=score, Content_Type="application/vnd.ims.lis.v1.score+json")
    teacher = signed_in(lms, "3")

    assert "<td>37.5</td>" in teacher.get("/course/2/gradebook", **BASE).text
    history = teacher.get("/course/2/gradebook/5", **BASE).text
    assert "3 of 8" in history
    assert "&lt;b&gt;3 of 8" in history
    assert "Refused, 409 Refusing score with an earlier timestamp" in history
    assert "2026-11-20T12:00:00Z" in history


def test_a_learner_sees_their_own_grades_only(lms):
    browser = signed_in(lms, "5")

    page = browser.get("/course/2/gradebook", **BASE).text
    assert "Sam Student" in page
    assert "Hana Quiet" not in page
    assert browser.get("/course/2/gradebook/6", **BASE).status_code == 404
    assert "sam@school.example" not in browser.get("/course/2/people", **BASE).text


def test_pages_want_a_person(lms):
    stranger = lms.app.test_client()

    for path in ("/courses", "/course/2", "/course/2/gradebook", "/course/2/people", "/return?course=2"):
        assert stranger.get(path, **BASE).status_code == 401
    assert stranger.post("/sign-in", data={"sub": "999"}, **BASE).status_code == 404


def test_the_tool_sends_people_back_with_a_message(lms):
    browser = signed_in(lms, "5")
    where = "/return?course=2&link=1&in=window"

    assert browser.get(where, **BASE).location == "/course/2"
    page = browser.get(where + "&lti_errormsg=No+cohort+<b>x</b>.", **BASE).text
    assert "No cohort x." in page


def test_nothing_in_the_pages_needs_script_or_style_inside(lms):
    browser = signed_in(lms, "3")
    for path in ("/", "/courses", "/course/2", "/course/2/open/1", "/course/2/gradebook", "/course/2/people"):
        page = browser.get(path, **BASE).text
        assert "style=" not in page
        assert "onclick" not in page
        assert page.count("<script") == page.count("<script src=")


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_program_prints_its_address_serves_and_ends_when_told(tmp_path, free_port):
    command = [
        sys.executable,
        "-m",
        "lti.demo_platform",
        "--port",
        str(free_port),
        "--portal-url",
        "http://127.0.0.1:9",
    ]
    command += ["--database", str(tmp_path / "lms" / "lms.db")]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    program = subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert program.stdout
        address = program.stdout.readline().strip()
        assert address == f"http://127.0.0.1:{free_port}"
        assert "Fall cohort" in requests.get(address, timeout=5).text
        assert len(requests.get(address + "/lti/certs", timeout=5).json()["keys"]) == 1
        program.send_signal(signal.SIGTERM)
        rest, errors = program.communicate(timeout=10)
    finally:
        program.kill()
    assert (program.returncode, rest, errors) == (0, "", "")


def test_the_program_says_why_it_cannot_start(tmp_path, capsys):
    seed = tmp_path / "seed.json"
    seed.write_text("[]")
    database = str(tmp_path / "lms.db")

    assert main(["--database", database, "--portal-url", "http://127.0.0.1:9", "--seed", str(seed)]) == 1
    assert main(["--database", database, "--portal-url", "not an address"]) == 1
    assert capsys.readouterr().err.count("cannot start") == 2


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_door_serves_on_a_real_port(free_port):
    lms = DemoPlatform(base_url=f"http://127.0.0.1:{free_port}")
    with lms.serving() as address:
        assert requests.get(address + "/lti/certs", timeout=5).json() == lms.jwks()
        lms.fail("jwks", "lost")
        begun = time.monotonic()
        with pytest.raises(requests.ConnectionError):
            requests.get(address + "/lti/certs", timeout=5)
        assert time.monotonic() - begun < 4


def test_grades_stay_when_the_lms_starts_again(tmp_path):
    database = str(tmp_path / "lms.db")
    first = DemoPlatform(database=database)
    first._lms.store.insert(
        "grade", line_item_id=1, sub="5", score=50, progress="Completed", grading="FullyGraded", stated_at=1
    )
    keys = first.jwks()
    first._lms.store.close()

    again = DemoPlatform(database=database)
    assert again.grade("sam", "home") == 50
    assert again.jwks() == keys
    again._lms.store.close()


def test_it_knows_the_portal_by_http_alone():
    code = (
        "import sys, lti.demo_platform, lti.demo_platform.__main__; "
        "print([m for m in sys.modules if m.split('.')[0] == 'portal' or "
        "m.startswith('lti.') and not m.startswith('lti.demo_platform')])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_an_installed_copy_finds_its_templates_without_importing_the_portal(tmp_path):
    (tmp_path / "portal" / "_templates" / "demo_platform").mkdir(parents=True)
    (tmp_path / "portal" / "__init__.py").write_text("raise RuntimeError('the portal was imported')")
    code = "from lti.demo_platform.state import template_folder; print(template_folder())"
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}

    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == str(tmp_path / "portal" / "_templates")
