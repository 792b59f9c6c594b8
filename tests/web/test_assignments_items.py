"""Ticking the lines of a checklist: one effect each, refused when closed, told to completion."""

from datetime import UTC, datetime

import pytest

from portal.assignments.models import ChecklistMark
from portal.core.db import reading
from tests.web.filling import page_of

IN_LESSON_1 = datetime(2026, 9, 25, 15, 0, tzinfo=UTC)
IN_LESSON_8 = datetime(2026, 12, 26, 15, 0, tzinfo=UTC)
AFTER_ACCESS = datetime(2027, 1, 20, 15, 0, tzinfo=UTC)
PROFILE = "/c/fall/lessons/1/items/profile"
ASK_FIVE = "/c/fall/lessons/8/items/ask-five"


@pytest.fixture
def fall(world):
    world.at(IN_LESSON_1)
    return world.cohort("fall")


@pytest.fixture
def browser(world, fall):
    return world.browser(world.learner(fall))


def marks(world):
    with world.app.app_context(), reading() as session:
        return [(mark.assignment, mark.done, mark.count) for mark in session.query(ChecklistMark)]


def pressed(browser, lesson, item):
    (button,) = page_of(browser.get(f"/c/fall/lessons/{lesson}")).xpath(f"//button[@id='mark-{item}']")
    return button.get("aria-pressed"), button.get("value")


def test_a_tick_is_taken_back_with_the_same_button(world, browser):
    assert pressed(browser, 1, "profile") == ("false", "1")
    assert browser.post(PROFILE, {"done": "1"}).status_code == 303
    assert pressed(browser, 1, "profile") == ("true", "0")
    browser.post(PROFILE, {"done": "0"})
    assert pressed(browser, 1, "profile") == ("false", "1")
    assert marks(world) == [("profile", True, None), ("profile", False, None)]


def test_a_double_click_is_one_mark(world, browser):
    browser.post(PROFILE, {"done": "1"})
    browser.post(PROFILE, {"done": "1"})
    assert marks(world) == [("profile", True, None)]


def test_htmx_gets_the_line_alone(browser):
    answer = browser.post(PROFILE, {"done": "1"}, htmx=True)

    assert answer.status_code == 200
    assert page_of(answer).xpath("//li[@id='item-profile']//button/@aria-pressed") == ["true"]
    assert "<html" not in answer.get_data(as_text=True)


def test_a_counted_task_is_done_when_all_are_counted(world, browser):
    world.at(IN_LESSON_8)
    for count in ("1", "2", "99"):
        browser.post(ASK_FIVE, {"count": count})

    page = page_of(browser.get("/c/fall/lessons/8"))
    assert marks(world) == [("ask-five", False, 1), ("ask-five", False, 2), ("ask-five", True, 5)]
    assert page.xpath("//li[@id='item-ask-five']/@class") == ["done"]
    assert "5 of 5" in page.xpath("//li[@id='item-ask-five']")[0].text_content()


@pytest.mark.parametrize(
    ("lesson", "item", "said"),
    [
        (1, "watch-1", "ticks itself when you have watched"),
        (2, "project-design", "ticks itself when you submit"),
        (9, "evaluation", "ticks itself when you send"),
        (8, "ask-five", "not open yet"),
    ],
)
def test_what_cannot_be_ticked_now_says_why(world, browser, lesson, item, said):
    answer = browser.post(f"/c/fall/lessons/{lesson}/items/{item}", {"done": "1"})

    assert answer.status_code == 409
    assert said in answer.get_data(as_text=True)
    assert marks(world) == []


def test_after_access_has_ended_a_mark_is_refused_with_the_reason(world, browser):
    world.at(AFTER_ACCESS)
    answer = browser.post(PROFILE, {"done": "1"})

    assert answer.status_code == 409
    assert "closed" in answer.get_data(as_text=True)
    assert marks(world) == []


def test_nobody_marks_in_another_cohort_or_for_staff(world, fall, browser):
    stranger = world.browser(world.learner(world.cohort("spring")))

    assert stranger.post(PROFILE, {"done": "1"}).status_code == 404
    assert world.browser(world.coach(fall)).post(PROFILE, {"done": "1"}).status_code == 403
    assert browser.post("/c/fall/lessons/2/items/profile", {"done": "1"}).status_code == 404
    assert browser.post("/c/fall/lessons/1/items/nothing", {"done": "1"}).status_code == 404
    assert marks(world) == []
