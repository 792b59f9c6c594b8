"""An LMS nobody here knows: its administrator registers by one address, its teacher connects, its learner opens."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browsing import Visitor
from tests.journeys.looking import mistakes_of
from tests.journeys.serving import ROOT, Site, environment_of, free_ports, stopped

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

COURSE = "Leading in Hard Times"
SEED = {
    "school": "Lakeside College",
    "people": [
        {
            "sub": "9", "username": "root", "given_name": "Aroha", "family_name": "Ngata",
            "institution_roles": ["Administrator"], "system_roles": ["Administrator"], "featured": True,
        },
        {"sub": "10", "username": "tova", "given_name": "Tova", "family_name": "Lindgren", "featured": True},
        {"sub": "11", "username": "li", "given_name": "Li", "family_name": "Wei", "featured": True},
    ],
    "courses": [
        {
            "id": "5", "label": "LHT", "title": COURSE,
            "members": [{"sub": "10", "role": "teacher"}, {"sub": "11", "role": "learner"}],
            "links": [{"id": "501", "title": "Open Lectern", "custom": {"destination": "home"}, "graded": True}],
        }
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def lakeside(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A second LMS beside the product: it knows no tool yet, and the portal does not know it."""
    folder: Path = tmp_path_factory.mktemp("lakeside")
    (folder / "seed.json").write_text(json.dumps(SEED), encoding="utf-8")
    [port] = free_ports(1)
    command = [
        sys.executable, "-m", "lti.demo_platform", "--port", str(port), "--database", str(folder / "lms.db"),
        "--portal-url", site.portal, "--seed", str(folder / "seed.json"), "--client-id", "",
    ]  # fmt: skip
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        assert running.stdout.readline().strip() == f"http://127.0.0.1:{port}"
        yield replace(site, lms=f"http://127.0.0.1:{port}")
    finally:
        stopped(running)
        running.stdout.close()


def operator(site: Site, *words: str) -> Any:
    """What `portal lti …` answers the operator."""
    command = [sys.executable, "-c", "from portal.cli import main; main()", "lti", *words, "--json"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment_of(site), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def portal_frame(someone: Visitor):
    return someone.page.frame_locator("#contentframe")


def test_registered_by_one_address_connected_and_opened(chromium: Browser, lakeside: Site):
    address = operator(lakeside, "invite", "--name", "Lakeside College")["url"]
    administrator = Visitor(chromium, lakeside)
    administrator.page.goto(lakeside.lms)
    administrator.page.get_by_role("button", name="Aroha Ngata").click()
    administrator.page.get_by_role("link", name="Tools").click()
    assert mistakes_of(administrator.page) == []
    administrator.page.get_by_label("Registration address").fill(address)
    administrator.page.get_by_role("button", name="Add LTI Advantage").click()
    # The portal's page registers and asks the LMS to close it: the list of tools is back by itself.
    expect(administrator.page.get_by_role("heading", name="Lectern")).to_be_visible()
    expect(administrator.page.get_by_text("Pending")).to_be_visible()
    administrator.page.get_by_role("button", name="Activate").click()
    expect(administrator.page.get_by_text("Active: its links open")).to_be_visible()
    administrator.is_untroubled()

    teacher = Visitor(chromium, lakeside)
    teacher.expected = (403,)
    teacher.sign_in("Tova Lindgren", COURSE)
    teacher.page.get_by_role("link", name="Open Lectern", exact=True).click()
    expect(portal_frame(teacher).get_by_role("heading", level=1)).to_have_text(
        "Lectern is not switched on for your LMS yet"
    )

    [registration] = [one for one in operator(lakeside, "list") if one["name"] == "Lakeside College"]
    id_ = str(registration["registration_id"])
    operator(lakeside, "activate", id_)
    operator(lakeside, "offer", "--registration", id_, "--course", "leadership-and-organizing")

    teacher.page.reload()
    connecting = portal_frame(teacher)
    connecting.get_by_role("radio", name="A new cohort").check()
    connecting.get_by_label("Name of the cohort").fill("Lakeside")
    connecting.get_by_role("textbox", name="First day").fill("2026-10-01")
    connecting.get_by_role("button", name="Connect").click()
    home = teacher.framed()
    expect(home.get_by_role("heading", level=1)).to_be_visible()

    learner = Visitor(chromium, lakeside)
    learner.sign_in("Li Wei", COURSE)
    frame = learner.open("Open Lectern")
    assert frame.url == home.url
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    learner.is_untroubled()

    teacher.page.goto(home.url + "platform")
    teacher.page.get_by_role("button", name="Check now").click()
    expect(teacher.page.get_by_text("The list of people can be read.")).to_be_visible()
    expect(teacher.page.get_by_text("the gradebook column is there")).to_be_visible()
    assert mistakes_of(teacher.page) == []
    teacher.is_untroubled()
    for someone in (administrator, teacher, learner):
        someone.leave()


def test_an_address_used_before_says_so_and_stays_to_be_read(chromium: Browser, lakeside: Site):
    administrator = Visitor(chromium, lakeside)
    administrator.expected = (404,)
    administrator.page.goto(lakeside.lms)
    administrator.page.get_by_role("button", name="Aroha Ngata").click()
    administrator.page.get_by_role("link", name="Tools").click()
    administrator.page.get_by_label("Registration address").fill(f"{lakeside.portal}/lti/register/{'x' * 43}")
    administrator.page.get_by_role("button", name="Add LTI Advantage").click()

    said = administrator.page.frame_locator("#registration").get_by_role("heading", level=1)
    expect(said).to_have_text("Lectern was not registered")
    expect(administrator.page).to_have_url(re.compile("/admin/tools$"))
    administrator.is_untroubled()
    administrator.leave()


def test_an_address_opened_by_hand_says_where_it_belongs_and_stays_good(chromium: Browser, lakeside: Site):
    address = operator(lakeside, "invite")["url"]
    curious = Visitor(chromium, lakeside)
    curious.expected = (400,)
    for _ in range(2):
        curious.page.goto(address)
        expect(curious.page.get_by_role("heading", level=1)).to_have_text("This address is for your LMS")
    assert mistakes_of(curious.page) == []
    curious.leave()
