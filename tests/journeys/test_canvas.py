"""A school of a hosted Canvas: a key by the tool's JSON, the course's navigation, an assignment, a score.

Three sites for the browser: the school's own host around the frame, the host that all schools share (logins, keys,
the frame that keeps data for tools), and the portal. The issuer serves nothing. Third-party cookies are blocked.
"""

import json
import re

import pytest
from playwright.sync_api import Frame, Page, expect

from lti.demo_platform import DemoPlatform
from lti.demo_platform.serving import serve_in_thread
from tests.builders.world import World, make_app
from tests.journeys.serving import free_ports
from tests.journeys.two_sites import LMS_HOSTS, PORTAL, Sites, content_frame, pressed
from tests.lti.conftest import School
from tests.lti.registering import only, run

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

ISSUER = "https://canvas.instructure.com"
STORAGE = "post_message_forwarding"
LESSON = "Lesson 1: Orientation to the course"


@pytest.fixture
def canvas(sqlite_url, tmp_path):
    """The portal and a Canvas that do not know of each other."""
    port, lms_port = free_ports(2)
    portal, school_url = f"http://{PORTAL}:{port}", f"http://{LMS_HOSTS[1]}:{lms_port}"
    app = make_app(sqlite_url, tmp_path, base_url=portal)
    lms = DemoPlatform(
        portal,
        base_url=school_url,
        shared_url=f"http://sso.localhost:{lms_port}",
        issuer_url=ISSUER,
        dress="canvas",
        client_id="",
        storage_target=STORAGE,
    )
    lms.trust(app.test_client())
    app.extensions["http"] = lms.http()
    with serve_in_thread(app, "127.0.0.1", port), serve_in_thread(lms.app, "127.0.0.1", lms_port):
        yield Sites(School(World(app), lms, 0), portal, school_url)
    app.extensions["stop_waking"]()


def arrive(page: Page, sites: Sites, name: str) -> None:
    """Somebody signs in at the school, at a browser of their own."""
    page.context.clear_cookies()
    page.goto(sites.lms)
    page.get_by_role("button", name=name).first.click()


def make_a_key(page: Page, sites: Sites) -> dict[str, str]:
    """The administrator gives the address of the JSON; what the operator needs is then on the page."""
    arrive(page, sites, "Admin User")
    page.get_by_role("link", name="Tools").click()
    page.get_by_label("Address of the tool’s configuration").fill(f"{sites.portal}/lti/config/canvas.json")
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_role("heading", name="Lectern")).to_be_visible()
    expect(page.get_by_text("Active: its links open.")).to_be_visible()
    names = page.locator("#registration dt").all_inner_texts()
    return dict(zip(names, page.locator("#registration dd").all_inner_texts(), strict=True))


def register(sites: Sites, given: dict[str, str]) -> None:
    """The operator types what the administrator sent, and offers a cohort."""
    words = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    world = sites.school.world
    answer = run(world, "register", *words, "--json")
    assert answer.exit_code == 0, answer.output
    sites.school.registration_id = json.loads(answer.stdout)["registration_id"]
    sites.school.cohort = world.cohort()
    answer = run(
        world, "offer", "--registration", sites.school.registration_id, "--cohort", sites.school.cohort.slug
    )
    assert answer.exit_code == 0, answer.output


def open_navigation(page: Page) -> Frame:
    """The tool's place in the course's navigation."""
    page.get_by_role("navigation", name="Course").get_by_role("link", name="Lectern").click()
    return content_frame(page)


def add_the_lesson(page: Page) -> None:
    """A new assignment is a page of the tool, with a column of 20 points."""
    page.get_by_role("link", name="Add an assignment").click()
    frame = content_frame(page)
    expect(frame.get_by_role("heading", name="Choose a page to add")).to_be_visible()
    row = frame.get_by_role("row", name=LESSON)
    row.get_by_role("radio").check()
    row.get_by_role("checkbox", name="Column").check()
    row.get_by_role("spinbutton").fill("20")
    frame.get_by_role("button", name="Add this link").press("Enter")


def test_from_the_developer_key_to_a_score_in_the_gradebook(canvas, browse):
    page = browse("partitioned")
    given = make_a_key(page, canvas)
    assert given["issuer"] == ISSUER
    assert re.fullmatch(r"\d{18}", given["client_id"])
    register(canvas, given)
    assert only(canvas.school.world)["client_id"] == given["client_id"]

    arrive(page, canvas, "Tina Teacher")
    frame = open_navigation(page)
    frame.get_by_role("radio", name=re.compile("Leadership")).first.check()
    frame.get_by_role("button", name=re.compile("^Connect")).press("Enter")
    frame.wait_for_url(canvas.home())
    page.get_by_role("navigation", name="Course").get_by_role("link", name="Course", exact=True).click()
    add_the_lesson(page)
    assignment = page.locator("section").filter(has=page.get_by_role("heading", name="Added from Lectern"))
    expect(assignment.get_by_role("listitem")).to_have_text(re.compile(LESSON))

    arrive(page, canvas, "Sam Student")
    page.get_by_role("link", name=re.compile(f"^{LESSON}")).first.click()
    frame = content_frame(page)
    item = frame.get_by_role("button", name="Create or update your profile")
    item.press("Enter")
    expect(item).to_have_attribute("aria-pressed", "true")
    canvas.school.world.drain()

    page.get_by_role("link", name="Grades").click()
    cells = page.get_by_role("row", name="Sam Student").get_by_role("cell")
    expect(cells.last).to_have_text("5")  # one of the lesson's four things, of 20 points
    page.get_by_role("link", name="Sam Student").click()
    expect(page.get_by_text("No new attempt").first).to_be_visible()
    assert canvas.school.refused() == {}


def test_without_cookies_the_shared_hosts_frame_vouches(canvas, browse):
    page = browse("none")
    register(canvas, make_a_key(page, canvas))
    world = canvas.school.world
    connected = run(
        world, "connect", "--registration", canvas.school.registration_id,
        "--context-id", canvas.school.lms.context_id("2"), "--cohort", canvas.school.cohort.slug,
    )  # fmt: skip
    assert connected.exit_code == 0, connected.output

    arrive(page, canvas, "Sam Student")
    frame = open_navigation(page)
    button = frame.get_by_role("button", name="Open Lectern in its own tab")
    expect(button).to_be_visible()
    assert canvas.school.kept()["enrollment"] == 1  # let in already: the storage vouched
    stored = page.evaluate("Object.entries(localStorage)")
    assert [(key, json.loads(value)["data"]) for key, value in stored] == [(f"tool {canvas.portal}", {})]
    tab = pressed(page, button)
    expect(tab).to_have_url(canvas.home())
    expect(tab.get_by_role("link", name="Sam Student")).to_be_visible()
    assert canvas.school.refused() == {}
