"""Somebody at a browser: signing in at the sample LMS, and everything that went wrong on the way."""

import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Response, expect

from tests.journeys.serving import Site

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


class Visitor:
    """A browser context of one's own, at the sample LMS's door."""

    def __init__(self, browser: Browser, site: Site, **options: Any) -> None:
        self.site = site
        self.scripts = options.get("java_script_enabled", True)
        self.context = browser.new_context(
            **({"locale": "en-US", "timezone_id": "America/New_York"} | options)
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.troubles: list[str] = []
        self.expected: tuple[int, ...] = ()  # refusals this journey asks for
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.troubles.append(f"script error: {error.error}"))
        self.context.on("response", self._see)
        self.page: Page = self.context.new_page()

    def sign_in(self, name: str, course: str) -> None:
        """By a click on the LMS's first page; then its course page is open."""
        self.page.goto(self.site.lms)
        group = self.page.locator("section").filter(has=self.page.get_by_role("heading", name=course))
        button = group.get_by_role("button", name=name)
        if not button.is_visible():
            group.locator("summary").click()
        button.click()
        expect(self.page.get_by_role("heading", name=course, level=1)).to_be_visible()

    def open(self, link: str) -> Frame:
        """Open a link of the course page inside the LMS's frame; the frame, when the portal is in it."""
        self.page.get_by_role("link", name=link, exact=True).click()
        return self.framed()

    def framed(self) -> Frame:
        """The portal's frame in the LMS's page."""
        frame = self.page.locator("#contentframe").element_handle().content_frame()
        assert frame is not None
        if not self.scripts:
            # The pages in between send themselves by script: here somebody presses their buttons.
            for _page in ("the portal's login", "the LMS's answer"):
                with frame.expect_navigation():
                    frame.get_by_role("button", name="Continue").click()
        frame.wait_for_url(re.compile(re.escape(self.site.portal) + "/c/.*"))
        return frame

    def is_untroubled(self) -> None:
        """No script failed, nothing was refused by the content policy, no answer was an error."""
        assert self.troubles == []

    def taken_troubles(self) -> list[str]:
        """What went wrong since this was asked last."""
        taken, self.troubles = self.troubles, []
        return taken

    def keep(self, folder: Path) -> None:
        """A picture and the words of each open page, and what went wrong."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(self.context.pages):
            page.screenshot(path=folder / f"page-{number}.png", full_page=True)
            words = [f"{frame.url}\n{frame.locator('body').inner_text()}\n" for frame in page.frames]
            (folder / f"page-{number}.txt").write_text("\n".join(words), encoding="utf-8")
        (folder / "troubles.txt").write_text("\n".join(self.troubles), encoding="utf-8")
        sys.stderr.write(f"\nThe pages as they were: {folder}\n")

    def leave(self) -> None:
        """Close the browser context."""
        self.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not self._is_expected(message.text):
            self.troubles.append(f"console, {message.type}: {message.text} ({message.location.get('url')})")

    def _is_expected(self, words: str) -> bool:
        return any(re.search(rf"(status of|Status Error Code) {status}\b", words) for status in self.expected)

    def _see(self, answer: Response) -> None:
        if answer.status >= 400 and answer.status not in self.expected:
            self.troubles.append(f"{answer.status} {answer.request.method} {answer.url}")
