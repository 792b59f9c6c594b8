"""Pages are added from a dialog of the LMS in whose frame no cookie lives: what a teacher chooses lands in the course."""

import re

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.journeys.two_sites import Sites, content_frame, pressed

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

LESSONS = (
    "Lesson 2: Organizing as a leadership practice",
    "Lesson 3: Public narrative",
    "Lesson 5: Relational",
)
BUTTON = "Open Lectern in its own tab"
CHOOSING = re.compile(r".*/lti/deep-linking\?.*")


def open_dialog(page: Page, sites: Sites) -> Frame:
    """Tina signs in at the LMS and opens its dialog for adding pages."""
    page.goto(sites.lms)
    page.get_by_role("button", name="Tina Teacher").first.click()
    page.get_by_role("link", name="Add Lectern pages").click()
    return content_frame(page)


def choose_three(where: Page | Frame) -> None:
    """Tick three lessons, and add them."""
    where.wait_for_url(CHOOSING)
    # By the keyboard: Chromium drops clicks into another site's frame that was scrolled a moment ago.
    for title in LESSONS:
        box = where.get_by_role("row", name=title).get_by_role("checkbox").first
        box.press("Space")
        expect(box).to_be_checked()
    where.get_by_role("button", name="Add 3 links").press("Enter")


def are_in_the_course(page: Page, sites: Sites) -> None:
    """The LMS's own page, where the dialog was, is the course with its new links."""
    expect(page).to_have_url(f"{sites.lms}/course/2")
    added = page.locator("section").filter(has=page.get_by_role("heading", name="Added from Lectern"))
    expect(added.get_by_role("listitem")).to_have_count(3)
    for number, title in enumerate(LESSONS):
        expect(added.get_by_role("listitem").nth(number)).to_contain_text(title)


def is_done_with(tab: Page) -> None:
    """The tab says where to go on."""
    expect(tab.get_by_role("heading", name="Your LMS has it now")).to_be_visible()
    expect(tab.get_by_text("Close this tab and go on in your LMS")).to_be_visible()


@pytest.mark.parametrize("target", ["", "_parent"], ids=["no storage", "with storage"])
def test_where_cookies_of_the_frame_live_all_is_done_in_it(serve, browse, target):
    sites = serve(target)
    page = browse("partitioned")

    choose_three(open_dialog(page, sites))
    are_in_the_course(page, sites)


@pytest.mark.parametrize("target", ["", "_parent", "post_message_forwarding"])
def test_where_none_lives_the_choice_of_the_tab_is_taken_back_by_the_frame(serve, browse, target):
    sites = serve(target)
    page = browse("none")
    frame = open_dialog(page, sites)

    tab = pressed(page, frame.get_by_role("button", name=BUTTON))
    choose_three(tab)
    is_done_with(tab)
    are_in_the_course(page, sites)
    assert sites.school.refused() == {}


def test_a_choice_given_up_in_the_tab_ends_the_dialog_too(serve, browse):
    sites = serve()
    page = browse("none")
    frame = open_dialog(page, sites)

    tab = pressed(page, frame.get_by_role("button", name=BUTTON))
    tab.get_by_role("button", name="Cancel").click()
    is_done_with(tab)
    expect(frame.get_by_role("heading", name="Nothing was added")).to_be_visible()


def test_where_the_dialog_was_closed_meanwhile_the_lms_says_so(serve, browse):
    sites = serve()
    page = browse("none")
    frame = open_dialog(page, sites)
    tab = pressed(page, frame.get_by_role("button", name=BUTTON))
    tab.wait_for_url(CHOOSING)
    page.get_by_role("link", name="Back to the course").click()
    expect(page).to_have_url(f"{sites.lms}/course/2")

    choose_three(tab)
    expect(tab.get_by_text("This page belongs inside the course's dialog")).to_be_visible()
    tab.get_by_role("link", name="To the course").click()
    expect(tab.get_by_role("link", name="Add Lectern pages")).to_be_visible()
