"""A teacher adds three lessons in the LMS, where they want them; a learner opens one of them."""

import re

import pytest
from playwright.sync_api import Frame, expect

from tests.journeys.browsing import Visitor
from tests.journeys.looking import mistakes_of
from tests.journeys.two_sites import content_frame

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

FALL = "Leadership and Organizing: Fall cohort, mid-course"
LESSONS = (
    "Lesson 2: Organizing as a leadership practice",
    "Lesson 3: Public narrative",
    "Lesson 5: Relational",
)


def dialog(teacher: Visitor) -> Frame:
    """The page of choices inside the LMS's dialog."""
    teacher.page.get_by_role("link", name="Add Lectern pages").click()
    frame = content_frame(teacher.page)
    if not teacher.scripts:
        for _page in ("the portal's login", "the LMS's answer"):
            with frame.expect_navigation():
                frame.get_by_role("button", name="Continue").click()
    frame.wait_for_url(re.compile(r".*/lti/deep-linking\?.*"))
    return frame


def row(frame: Frame, title: str):
    return frame.locator("#list tr").filter(has_text=title)


def placed(page):
    return page.locator("section").filter(has=page.get_by_role("heading", name="Added from Lectern"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_teacher_adds_three_lessons_and_a_learner_opens_one(visitor, scripts):
    teacher = visitor(java_script_enabled=scripts, viewport={"width": 1280, "height": 1000})
    teacher.sign_in("Tina Marlowe", FALL)
    teacher.page.wait_for_load_state()  # all of the list is there to be counted
    before = placed(teacher.page).get_by_role("listitem").count()
    frame = dialog(teacher)
    frame.get_by_label("Find a page").fill("lesson")
    if not scripts:
        with frame.expect_navigation():
            frame.get_by_role("button", name="Find").click()
    expect(row(frame, "My record")).to_be_hidden()
    for title in LESSONS:
        row(frame, title).get_by_role("checkbox").first.check()
    row(frame, LESSONS[1]).get_by_role("checkbox", name="Column").check()
    row(frame, LESSONS[1]).get_by_role("spinbutton").fill("25")
    if scripts:
        row(frame, LESSONS[1]).get_by_role("spinbutton").blur()
        expect(frame.locator("#chosen")).to_contain_text("3 chosen, 1 column, 25 points")
    frame.get_by_role("button", name="Add 3 links" if scripts else "Add links").click()
    if scripts:  # the dialog closes itself: the course is there with its new links
        expect(placed(teacher.page).get_by_role("listitem")).to_have_count(before + 3)
    else:
        frame.get_by_role("button", name="Back to your LMS").click()
        expect(frame.get_by_role("heading", name="3 activities added")).to_be_visible()
        frame.get_by_role("link", name="To the course").click()
    links = placed(teacher.page).get_by_role("listitem")
    for number, title in enumerate(LESSONS):
        expect(links.nth(before + number)).to_contain_text(title)
    teacher.is_untroubled()

    learner = visitor()
    learner.sign_in("Sam Rivera", FALL)
    placed(learner.page).get_by_role("link", name=re.compile(f"^{LESSONS[1]}.*action$")).last.click()
    frame = learner.framed()
    frame.wait_for_url(re.compile(r".*/lessons/3$"))
    expect(frame.get_by_role("heading", level=1)).to_contain_text("Public narrative")
    learner.is_untroubled()


def test_the_page_of_choices_as_axe_and_a_phone_see_it(visitor):
    teacher = visitor()
    teacher.sign_in("Tina Marlowe", FALL)
    course = teacher.page.url
    teacher.page.goto(dialog(teacher).url)
    teacher.page.locator("[name=choose][value='lesson:1']").check()
    assert mistakes_of(teacher.page) == []

    teacher.page.get_by_label("Find a page").fill("no such page")
    expect(teacher.page.locator("#shown-rows")).to_have_text(
        re.compile(r"^1 of \d+$")
    )  # what is ticked stays
    teacher.page.goto(course)
    frame = dialog(teacher)
    frame.get_by_role("button", name="Cancel").click()
    expect(frame.get_by_role("heading", name="Nothing was added")).to_be_visible()
    teacher.is_untroubled()
