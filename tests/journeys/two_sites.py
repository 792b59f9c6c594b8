"""An LMS and the portal on two sites, in Chromiums whose frames keep less than one would like.

`lms.localhost` and `portal.localhost` are two sites for the browser, and it keeps Secure cookies on both over http.
What the servers say to each other stays in the test's process.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType, Frame, Locator, Page

from tests.journeys.browsing import FLAGS, PATIENCE_MS
from tests.lti.conftest import School

PORTAL = "portal.localhost"
LMS_HOSTS = ("lms.localhost", "school.localhost")  # an LMS of one host, and a Canvas's school


@dataclass
class Sites:
    """Both programs, served. Addresses without a slash at the end."""

    school: School
    portal: str
    lms: str

    def home(self) -> str:
        """The cohort's first page."""
        assert self.school.cohort is not None
        return f"{self.portal}/c/{self.school.cohort.slug}/"


Serve = Callable[..., Sites]
Browse = Callable[..., Page]


class Chromiums:
    """One Chromium for each kind of frame that is asked for, kept for all tests; each test gets a page of its own.

    `partitioned`: third-party cookies are blocked as browsers will, so that only `Partitioned` ones live in a frame.
    `none`: no cookie of the portal lives in an LMS's frame at all.
    """

    def __init__(self, chromium: BrowserType, program: Path, folder: Path) -> None:
        self._chromium, self._program, self._folder = chromium, program, folder
        self._running: dict[tuple[str, bool, str], BrowserContext] = {}

    def page(self, cookies: str, *, script: bool = True, language: str = "en-US") -> Page:
        """A page in a browser that remembers nothing."""
        key = (cookies, script, language)
        if key not in self._running:
            self._running[key] = self._started(*key)
        context = self._running[key]
        context.clear_cookies()  # what pages keep goes by origin: the next test's ports are others
        return context.new_page()

    def tidy(self) -> None:
        """Close what the test opened."""
        for context in self._running.values():
            context.unroute_all()
            for page in context.pages[1:]:
                page.close()

    def close(self) -> None:
        """End them all."""
        for context in self._running.values():
            context.close()

    def _started(self, cookies: str, script: bool, language: str) -> BrowserContext:
        profile = self._folder / f"{cookies}-{script}-{language}"
        (profile / "Default").mkdir(parents=True)
        flags = FLAGS if cookies == "none" else [*FLAGS, "--test-third-party-cookie-phaseout"]
        if cookies == "none":
            blocked = {f"http://{PORTAL}:*,http://{lms}:*": {"setting": 2} for lms in LMS_HOSTS}
            kept = {"profile": {"content_settings": {"exceptions": {"cookies": blocked}}}}
            (profile / "Default" / "Preferences").write_text(json.dumps(kept))
        context = self._chromium.launch_persistent_context(
            profile,
            executable_path=str(self._program),
            args=flags,
            java_script_enabled=script,
            locale=language,
        )
        context.set_default_timeout(PATIENCE_MS)
        return context


def content_frame(page: Page) -> Frame:
    """The tool's frame in the LMS's page."""
    frame = page.locator("#contentframe").element_handle().content_frame()
    assert frame is not None
    return frame


def pressed(page: Page, button: Locator) -> Page:
    """The tab that a button opens."""
    with page.context.expect_page() as opened:
        button.click()
    return opened.value
