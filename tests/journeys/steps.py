"""What a learner does on the portal's pages, with JavaScript and without, as a person would."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Frame, Page, expect

from tests.journeys.browsing import PATIENCE_MS, Visitor

FASTEST = 16  # a browser plays up to sixteen times as fast; played is played (PRODUCT: Watching)


def choose_video(frame: Frame, title: str) -> None:
    """The lesson's page with this video in its player."""
    link = frame.locator("#reel").get_by_role("link", name=title)
    if link.get_attribute("aria-current") is None:
        link.click()
        expect(link).to_have_attribute("aria-current", "true")


def state_of_video(frame: Frame, title: str):
    """The words beside the video in the list of the lesson's videos."""
    return frame.locator("#reel").get_by_role("listitem").filter(has_text=title)


def play_to_the_end(frame: Frame, title: str) -> None:
    """Really play the whole video, quickly."""
    choose_video(frame, title)
    frame.locator("video").evaluate(
        "(video, speed) => { video.muted = true; video.playbackRate = speed; return video.play(); }", FASTEST
    )
    expect(state_of_video(frame, title)).to_contain_text("Watched")


def read_the_transcript(frame: Frame, title: str) -> None:
    """The equal way."""
    choose_video(frame, title)
    frame.get_by_role("button", name="I have read it to the end").click()
    expect(state_of_video(frame, title)).to_contain_text("Transcript read")


def tick(frame: Frame, title: str) -> None:
    """Tick an item of the checklist; it is said to be done."""
    frame.get_by_role("button", name=title).click()
    expect(frame.get_by_role("button", name=title)).to_have_attribute("aria-pressed", "true")


def hand_in_the_narrative(frame: Frame) -> None:
    """Write the worksheet of Lesson 3 and submit it."""
    for question in ("What called you to this work?", "What do we share?", "What is urgent"):
        frame.get_by_label(question).fill("Ich erzähle: we shared a night shift – and chose to stay.")
    frame.get_by_label("The one action you ask for").fill("Come to the huddle on Monday")
    frame.get_by_role("button", name=re.compile("^Submit")).click()
    expect(frame.get_by_text(re.compile("Version 1 is in"))).to_be_visible()


def send_the_evaluation(frame: Frame) -> None:
    """Answer what is needed, by its first possible answer, and send it."""
    expect(frame.get_by_role("button", name="Send evaluation")).to_be_visible()
    names = frame.locator("form input[type=radio][required]").evaluate_all(
        "radios => [...new Set(radios.map(radio => radio.name))]"
    )
    assert names
    for name in names:
        frame.locator(f"input[type=radio][name='{name}']").first.check()
    frame.get_by_role("button", name="Send evaluation").click()
    expect(frame.get_by_text("Thank you. You sent it")).to_be_visible()


def reload_until(page: Page | Frame, url: str, ready: Callable[[], bool], what: str) -> None:
    """Ask again for a page until the worker has done its part."""
    deadline = time.monotonic() + 2 * PATIENCE_MS / 1000
    while not ready():
        assert time.monotonic() < deadline, f"{what}: not on {url}"
        page.goto(url)


def download(visitor: Visitor, link) -> bytes:
    """The bytes of the file behind a link."""
    with visitor.page.expect_download() as caught:
        link.click()
    return caught.value.path().read_bytes()
