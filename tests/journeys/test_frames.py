"""Framed without cookies (checklist, section 7): an LMS and the portal on two sites, in a real Chromium.

`lms.localhost` and `portal.localhost` are two sites for the browser, and it keeps Secure cookies on both over http.
What the servers say to each other stays in this process. Two browsers: one blocks third-party cookies as browsers
will, so that only `Partitioned` ones live in the frame; in the other no cookie of the portal lives in it at all.
"""

import contextlib
import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from lti.demo_platform import DemoPlatform
from lti.demo_platform.serving import serve_in_thread
from tests.builders.world import World, make_app
from tests.journeys.browsing import FLAGS, PATIENCE_MS
from tests.journeys.conftest import CHROMIUM
from tests.journeys.serving import ROOT, free_ports
from tests.lti.conftest import School, make_school

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

STORAGE_SCRIPT = ROOT / "lti/demo_platform/static/storage.js"
CAPTURES = ROOT / "tests/lti/captures/canvas"
TAB = "Open the course in its own tab"
BUTTON = "Open Lectern in its own tab"


@dataclass
class Sites:
    """Both programs, served."""

    school: School
    portal: str
    lms: str

    def home(self) -> str:
        assert self.school.cohort is not None
        return f"{self.portal}/c/{self.school.cohort.slug}/"


@pytest.fixture
def serve(sqlite_url, tmp_path):
    """`serve(storage_target)`: the two sites, the LMS keeping data for tools there ("": nowhere)."""
    with contextlib.ExitStack() as running:

        def start(storage_target: str = "") -> Sites:
            port, lms_port = free_ports(2)
            portal, lms_url = f"http://portal.localhost:{port}", f"http://lms.localhost:{lms_port}"
            app = make_app(sqlite_url, tmp_path, base_url=portal)
            running.callback(app.extensions["stop_waking"])
            lms = DemoPlatform(portal, base_url=lms_url, storage_target=storage_target)
            school = make_school(World(app), lms)
            school.connected()
            running.enter_context(serve_in_thread(app, "127.0.0.1", port))
            running.enter_context(serve_in_thread(lms.app, "127.0.0.1", lms_port))
            return Sites(school, portal, lms_url)

        yield start


@pytest.fixture
def browse(chromium: Browser, tmp_path):
    """`browse(sites, cookies)`: a browser whose frames keep `partitioned` cookies alone, or `none` of the portal."""
    with contextlib.ExitStack() as running:

        def start(sites: Sites, cookies: str, *, script: bool = True) -> Page:
            folder = tmp_path / "profile"
            (folder / "Default").mkdir(parents=True)
            flags = [*FLAGS, "--test-third-party-cookie-phaseout"]
            if cookies == "none":
                flags.pop()
                blocked = {f"{sites.portal},{sites.lms}": {"setting": 2}}
                kept = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
                (folder / "Default" / "Preferences").write_text(json.dumps(kept))
            context: BrowserContext = chromium.browser_type.launch_persistent_context(
                folder, executable_path=str(CHROMIUM), args=flags, java_script_enabled=script, locale="en-US"
            )
            running.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            return context.pages[0]

        yield start


def open_home(page: Page, sites: Sites) -> Frame:
    """Sam signs in at the LMS and opens the course home in its frame."""
    page.goto(sites.lms)
    page.get_by_role("button", name="Sam Student").first.click()
    page.get_by_role("link", name="Course home", exact=True).click()
    frame = page.locator("#contentframe").element_handle().content_frame()
    assert frame is not None
    return frame


def pressed(page: Page, button) -> Page:
    """The tab that a button opens."""
    with page.context.expect_page() as opened:
        button.click()
    return opened.value


def is_sams_home(tab: Page, sites: Sites) -> None:
    """Sam is signed in there, and stays so on the next page."""
    expect(tab).to_have_url(sites.home())
    tab.get_by_role("link", name="My record").first.click()
    expect(tab.get_by_role("heading", name="My record", level=1)).to_be_visible()
    expect(tab.get_by_role("link", name="Sam Student")).to_be_visible()


def test_cookies_of_the_frame_alone_keep_the_session(serve, browse):
    sites = serve()
    page = browse(sites, "partitioned")
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


def test_without_cookies_and_storage_the_login_begins_again_in_a_tab(serve, browse):
    sites = serve()
    page = browse(sites, "none")
    frame = open_home(page, sites)
    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()

    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)
    # The frame stands still: no loop.
    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()
    assert sites.school.refused() == {}


def test_without_script_too(serve, browse):
    sites = serve()
    page = browse(sites, "none", script=False)
    frame = open_home(page, sites)
    frame.get_by_role("button", name="Continue").click()  # the LMS's page, which its script would send
    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()

    tab = pressed(page, frame.get_by_role("button", name=BUTTON))
    tab.get_by_role("button", name="Continue").click()
    is_sams_home(tab, sites)


def test_without_script_and_with_storage_that_needs_one(serve, browse):
    sites = serve("_parent")
    page = browse(sites, "none", script=False)
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
    page = browse(sites, "none")
    frame = open_home(page, sites)

    # The launch was let in; where the session's cookie cannot live, the tab goes on with it.
    expect(frame.get_by_role("button", name=BUTTON)).to_be_visible()
    assert sites.school.kept()["enrollment"] == 1
    assert sites.school.refused() == {}
    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)
    is_used_up(page)


def test_with_storage_and_cookies_of_the_frame_the_page_opens_in_it(serve, browse):
    sites = serve("_parent")
    frame = open_home(browse(sites, "partitioned"), sites)

    frame.wait_for_url(sites.home())
    assert len(frame.page.evaluate("Object.values(localStorage)")) == 1  # it was asked, and not needed
    answers_as_canvas_does(frame)


def test_where_the_logins_cookie_alone_was_lost_the_frame_goes_on(serve, browse):
    sites = serve("post_message_forwarding")
    page = browse(sites, "partitioned")

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
    return frame.evaluate(
        """message => new Promise(resolve => {
          window.addEventListener("message", event => resolve(event.data), {once: true});
          window.parent.postMessage(message, "*");
        })""",
        message,
    )


def test_a_platform_that_promises_storage_and_is_silent(serve, browse):
    sites = serve("_parent")
    page = browse(sites, "none")
    page.route("**/storage.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    frame = open_home(page, sites)

    expect(frame.get_by_role("heading", name=TAB)).to_be_visible()
    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)


def test_a_platform_that_forgets_what_it_kept(serve, browse):
    sites = serve("_parent")
    page = browse(sites, "none")
    script = STORAGE_SCRIPT.read_text(encoding="utf-8").replace("localStorage.setItem", "String")
    page.route("**/storage.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    frame = open_home(page, sites)

    # The launch was checked, its state is spent, nobody is in: the person says who they are by a click.
    expect(frame.get_by_text("You go on as Sam Student.")).to_be_visible()
    assert sites.school.kept()["person"] == 0
    is_sams_home(pressed(page, frame.get_by_role("button", name=BUTTON)), sites)
    assert sites.school.refused() == {"browser": 1}
