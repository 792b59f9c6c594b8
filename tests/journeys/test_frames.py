"""Framed without cookies (checklist, section 7): an LMS and the portal on two sites, in a real Chromium."""

import json
import re
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.journeys.serving import ROOT
from tests.journeys.two_sites import Sites, content_frame, pressed

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

STORAGE_SCRIPT = ROOT / "lti/demo_platform/static/storage.js"
CAPTURES = ROOT / "tests/lti/captures/canvas"
TAB = "Open the course in its own tab"
BUTTON = "Open Lectern in its own tab"


def open_home(page: Page, sites: Sites) -> Frame:
    """Sam signs in at the LMS and opens the course home in its frame."""
    page.goto(sites.lms)
    page.get_by_role("button", name="Sam Student").first.click()
    page.get_by_role("link", name="Course home", exact=True).click()
    return content_frame(page)


def is_sams_home(tab: Page, sites: Sites) -> None:
    """Sam is signed in there, and stays so on the next page."""
    expect(tab).to_have_url(sites.home())
    tab.get_by_role("link", name="My record").first.click()
    expect(tab.get_by_role("heading", name="My record", level=1)).to_be_visible()
    expect(tab.get_by_role("link", name="Sam Student")).to_be_visible()


def test_cookies_of_the_frame_alone_keep_the_session(serve, browse):
    sites = serve()
    page = browse("partitioned")
    posted: list[dict[str, str]] = []
    page.on(
        "request",
        lambda r: posted.append(dict(parse_qsl(r.post_data or ""))) if "/lti/launch" in r.url else 0,
    )

    frame = open_home(page, sites)
    frame.wait_for_url(sites.home())
    frame.get_by_role("link", name="My record").first.click()
    expect(frame.get_by_role("heading", name="My record", level=1)).to_be_visible()

    # The tab has another jar: the session is handed over, and the page is the same.
    tab = pressed(page, frame.get_by_role("button", name="Open in its own tab"))
    expect(tab).to_have_url(f"{sites.home()}record")
    expect(tab.get_by_role("link", name="Sam Student")).to_be_visible()

    # The LMS posts the old launch again into its frame, as a reload of its page does.
    page.evaluate(
        """([url, fields]) => {
          const form = Object.assign(document.createElement("form"), {method: "post", action: url});
          form.target = "contentframe";
          for (const [name, value] of Object.entries(fields))
            form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
          document.body.append(form);
          form.submit();
        }""",
        [f"{sites.portal}/lti/launch", posted[0]],
    )
    expect(frame.get_by_role("heading", name="This link could not open the course")).to_be_visible()
    frame.get_by_role("link", name="Go on to your courses").click()
    expect(frame.get_by_role("link", name=re.compile("Leadership"))).to_be_visible()
    assert sites.school.refused() == {"state": 1}


HEARD = """
  window.heights = [];
  window.addEventListener("message", ({origin, data}) => {
    if (data?.subject !== "lti.frameResize") return;
    window.heights.push(data.height);
    Object.assign(document.documentElement.dataset, {height: data.height, origin});
  });
"""


def home_heard(page: Page, sites: Sites) -> Frame:
    """Sam's home in the frame of an LMS that keeps the heights it is told."""
    page.add_init_script(HEARD)
    frame = open_home(page, sites)
    frame.wait_for_url(sites.home())
    return frame


def test_the_lms_is_told_how_high_the_page_is(serve, browse):
    sites, page = serve(), browse("partitioned")
    frame = home_heard(page, sites)

    around = page.locator("html")
    height = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
    expect(around).to_have_attribute("data-height", re.compile(r"^\d{3,4}$"))
    expect(around).to_have_attribute("data-origin", sites.portal)
    frame.evaluate("document.getElementById('main').style.paddingBottom = '900px'")
    grown = frame.evaluate(height)
    expect(around).to_have_attribute("data-height", str(grown))

    # The LMS does as it is told: the page does not grow by that, and nothing is said without end.
    box = page.locator("#contentframe").bounding_box()
    assert box is not None
    assert abs(box["height"] - grown) <= 2
    assert abs(frame.evaluate(height) - grown) <= 2
    assert page.evaluate("window.heights.length") <= 5


def test_a_page_whose_buttons_stay_in_sight_scrolls_in_its_frame(serve, browse):
    sites, page = serve(), browse("partitioned")
    frame = home_heard(page, sites)
    frame.goto(f"{sites.home()}work/asset-map")

    high = max(600, round(page.evaluate("screen.availHeight") * 0.75))
    expect(page.locator("html")).to_have_attribute("data-height", str(high))
    assert frame.evaluate("document.documentElement.scrollHeight > window.innerHeight")
    page.locator("#contentframe").evaluate("frame => frame.scrollIntoView({block: 'end'})")
    expect(frame.get_by_role("button", name="Submit")).to_be_in_viewport()


def test_who_is_signed_out_in_the_frame_goes_on_by_its_links(serve, browse):
    sites = serve()
    page = browse("partitioned")
    frame = open_home(page, sites)
    frame.wait_for_url(sites.home())
    page.context.clear_cookies(name="lectern_session")
    frame.get_by_role("link", name="My record").first.click()
    expect(frame.get_by_role("heading", name="Please open Lectern from your course")).to_be_visible()

    tab = pressed(page, frame.get_by_role("link", name=BUTTON))
    expect(tab.get_by_role("heading", name="Please open Lectern from your course")).to_be_visible()
    expect(tab.get_by_role("link", name=BUTTON)).to_have_count(0)  # no door that leads to itself
    frame.get_by_role("link", name="Back to the course in your LMS").click()
    expect(page.locator("body")).to_contain_text("Course home")


def test_without_cookies_and_storage_the_login_begins_again_in_a_tab(serve, browse):
    sites = serve()
    page = browse("none")
    frame = open_home(page, sites)
    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()

    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)
    # The frame stands still: no loop.
    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()
    assert sites.school.refused() == {}


def test_without_script_too(serve, browse):
    sites = serve()
    page = browse("none", script=False)
    frame = open_home(page, sites)
    frame.get_by_role("button", name="Continue").click()  # the LMS's page, which its script would send
    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()

    tab = pressed(page, frame.get_by_role("button", name=BUTTON))
    tab.get_by_role("button", name="Continue").click()
    is_sams_home(tab, sites)


def test_without_script_and_with_storage_that_needs_one(serve, browse):
    sites = serve("_parent")
    page = browse("none", script=False)
    frame = open_home(page, sites)
    # The LMS's login; its page for a cookie that came late; its answer; our question for the storage.
    for _page in range(4):
        with frame.expect_navigation(url=re.compile("/lti/(auth|launch)")):
            frame.get_by_role("button", name="Continue").click()
    expect(frame.get_by_text("You go on as Sam Student.")).to_be_visible()

    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)


@pytest.mark.parametrize("target", ["_parent", "post_message_forwarding"])
def test_without_cookies_the_platforms_page_vouches_for_the_browser(serve, browse, target):
    sites = serve(target)
    page = browse("none")
    frame = open_home(page, sites)

    # The launch was let in; where the session's cookie cannot live, the tab goes on with it.
    expect(frame.get_by_role("button", name=BUTTON)).to_be_visible()
    assert sites.school.kept()["enrollment"] == 1
    assert sites.school.refused() == {}
    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)
    is_used_up(page)


def test_with_storage_and_cookies_of_the_frame_the_page_opens_in_it(serve, browse):
    sites = serve("_parent")
    frame = open_home(browse("partitioned"), sites)

    frame.wait_for_url(sites.home())
    assert len(frame.page.evaluate("Object.values(localStorage)")) == 1  # it was asked, and not needed
    answers_as_canvas_does(frame)


def test_where_the_logins_cookie_alone_was_lost_the_frame_goes_on(serve, browse):
    sites = serve("post_message_forwarding")
    page = browse("partitioned")

    def lose(route) -> None:
        page.context.clear_cookies(name=re.compile("lti-"))
        route.continue_()

    page.route("**/lti/auth*", lose)
    frame = open_home(page, sites)

    # The storage vouched, and the session's cookie came back with the next request.
    frame.wait_for_url(sites.home())
    expect(frame.get_by_role("button", name="Open in its own tab")).to_be_visible()
    is_used_up(page)


def is_used_up(page: Page) -> None:
    """The LMS kept something for the portal, and was asked for it."""
    stored = page.evaluate("Object.values(localStorage)")
    assert [json.loads(one)["data"] for one in stored] == [{}]


def answers_as_canvas_does(frame: Frame) -> None:
    """Which frame asks and who answers is the sample LMS's; what is said is the capture's."""
    capture = json.loads((CAPTURES / "platform-storage.json").read_text(encoding="utf-8"))
    exchange = [step for step in capture["exchange"] if step["tool"]["subject"] != "lti.capabilities"]
    said = [step for step in exchange + capture["errors"] if "tool" in step]
    for step in said:
        assert answered(frame, step["tool"]) == step["answer"]
    too_much = {"subject": "lti.put_data", "message_id": "m-7", "key": "k", "value": "x" * 4096}
    assert answered(frame, too_much) == capture["errors"][2]["answer"]


def answered(frame: Frame, message: dict[str, str]) -> dict[str, object]:
    """What the page around a frame answers to a message of the frame."""
    said: dict[str, object] = frame.evaluate(
        """message => new Promise(resolve => {
          window.addEventListener("message", event => resolve(event.data), {once: true});
          window.parent.postMessage(message, "*");
        })""",
        message,
    )
    return said


def test_a_platform_that_promises_storage_and_is_silent(serve, browse):
    sites = serve("_parent")
    page = browse("none")
    page.route("**/storage.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    frame = open_home(page, sites)

    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()
    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)


def test_a_platform_that_forgets_what_it_kept(serve, browse):
    sites = serve("_parent")
    page = browse("none")
    script = STORAGE_SCRIPT.read_text(encoding="utf-8").replace("localStorage.setItem", "String")
    page.route("**/storage.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    frame = open_home(page, sites)

    # The launch was checked, its state is spent, nobody is in: the person says who they are by a click.
    expect(frame.get_by_text("You go on as Sam Student.")).to_be_visible()
    assert sites.school.kept()["person"] == 0
    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)
    assert sites.school.refused() == {"browser": 1}
