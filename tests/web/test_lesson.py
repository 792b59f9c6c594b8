"""A lesson: locked, open, closed; its checklist, ticked with htmx and without."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.assignments.models import ChecklistMark
from portal.core.db import reading
from portal.outbox.models import OutboxMessage
from tests.reading import heading, item, links, main_words, page_of, piece, ticks, words

LESSON_1, LESSON_3, LESSON_5, LESSON_8 = (f"/c/fall/lessons/{n}" for n in (1, 3, 5, 8))


def instant(month, day, hour=17, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def fall(world):
    return world.cohort("fall")


def marks(world, learner):
    with world.app.app_context(), reading() as session:
        rows = session.scalars(
            select(ChecklistMark).where(ChecklistMark.enrollment_id == learner.id).order_by(ChecklistMark.id)
        )
        return [(row.assignment, row.done, row.count) for row in rows]


def promised(world):
    with world.app.app_context(), reading() as session:
        return len(session.scalars(select(OutboxMessage)).all())


def test_before_its_release_a_lesson_says_when_it_opens_and_what_it_will_hold(world, fall):
    world.at(instant(10, 28))
    answer = world.browser(world.learner(fall)).get(LESSON_5)

    assert answer.status_code == 200
    assert heading(answer) == "Relational strategizing"
    assert "Opens Thursday, November 12" in main_words(answer)
    assert "Three videos, 2 minutes" in main_words(answer)
    assert page_of(answer).find(".//video") is None
    assert page_of(answer).xpath("//main//form") == []


def test_a_lesson_opens_with_its_day_in_the_courses_zone(world, fall):
    browser = world.browser(world.learner(fall))

    world.at(datetime(2026, 11, 12, 4, 59, 59, tzinfo=UTC))
    assert piece(browser.get(LESSON_5), "list") is None
    world.at(datetime(2026, 11, 12, 5, 0, 1, tzinfo=UTC))
    assert piece(browser.get(LESSON_5), "list") is not None


def test_an_open_lesson_holds_all_of_its_parts(world, fall):
    world.at(instant(11, 13))
    answer = world.browser(world.learner(fall)).get(LESSON_5)
    said = main_words(answer)

    assert "Relationships carry the work, so they are built with care." in said
    assert "Name what to look for in leaders you recruit" in said
    assert "Taught by Kate Hilton, JD, MTS" in said
    assert "Disclosure: not yet given." in said
    assert "Due Wednesday, November 18 at 11:59 PM ET in 5 days" in said
    assert "Hilton K, Wageman R. Leadership in Volunteer Multistakeholder Groups" in said
    assert links(answer)["Stakeholder and asset mapping; relational strategy"] == "/c/fall/calls/3"
    assert (
        links(answer)[
            "Reflect on the two or three one-to-one meetings you have held with stakeholders of your project"
        ]
        == "/c/fall/work/one-to-ones"
    )
    assert [words(one.find("a")) for one in page_of(answer).xpath("//ol[@id='reel']/li")] == [
        "Relationships as the foundation", "The one-to-one meeting", "Recruiting leaders",
    ]  # fmt: skip


def test_the_transcript_stands_beside_the_video_and_each_line_plays_from_there(world, fall):
    world.at(instant(11, 13))
    answer = world.browser(world.learner(fall)).get(f"{LESSON_5}?video=l5-one-to-one&t=20")
    lines = page_of(answer).xpath("//div[@id='said']/p")

    assert len(lines) >= 3
    assert "second sample film" in words(lines[0])
    assert lines[1].find("a").get("href").startswith(f"{LESSON_5}?video=l5-one-to-one&t=")
    assert [line.get("aria-current") for line in lines].count("true") == 1
    assert page_of(answer).find(".//source").get("src").endswith("#t=20.0")


@pytest.mark.parametrize("odd", ["?t=nan", "?t=-4", "?t=1e999", "?video=call-1", "?video=%00", "?t=x&video="])
def test_odd_addresses_show_the_lesson_as_it_is(world, fall, odd):
    world.at(instant(11, 13))
    answer = world.browser(world.learner(fall)).get(LESSON_5 + odd)

    assert answer.status_code == 200
    assert page_of(answer).xpath("//ol[@id='reel']/li[@class='on']/@id") == ["l5-foundation"]


def test_a_tick_without_script_comes_back_to_its_item(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)
    tick = ticks(browser.get(LESSON_1))["profile"]

    answer = browser.post(tick.url, {"done": "1"})

    assert (answer.status_code, answer.location) == (303, f"{LESSON_1}#item-profile")
    assert ticks(browser.get(LESSON_1))["profile"].pressed
    assert marks(world, learner) == [("profile", True, None)]


def test_a_tick_with_htmx_answers_the_item_and_out_of_band_what_else_changed(world, fall):
    browser = world.browser(world.learner(fall))

    answer = browser.post(f"{LESSON_1}/items/profile", {"done": "1"}, htmx=True)

    assert answer.status_code == 200
    assert ticks(answer)["profile"].pressed
    count = piece(answer, "lesson-count")
    assert count is not None
    assert count.get("hx-swap-oob") == "true"
    assert "1 of 2 required items done" in words(count)
    assert page_of(answer).find(".//main") is None


def test_each_form_carries_the_token_of_its_own_session(world, fall):
    first, second = world.browser(world.learner(fall)), world.browser(world.learner(fall))

    for browser in (first, second):
        page = page_of(browser.get(LESSON_1))
        assert set(page.xpath("//main//input[@name='csrf_token']/@value")) == {browser.token}
    assert first.token != second.token


def test_a_double_click_is_one_tick(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)

    for _ in range(2):
        browser.post(f"{LESSON_1}/items/profile", {"done": "1"}, htmx=True)

    assert marks(world, learner) == [("profile", True, None)]
    assert promised(world) == 1


def test_an_untick_takes_it_back_and_keeps_the_history(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)
    for done in "10":
        browser.post(f"{LESSON_1}/items/profile", {"done": done})

    assert not ticks(browser.get(LESSON_1))["profile"].pressed
    assert marks(world, learner) == [("profile", True, None), ("profile", False, None)]


def test_a_counted_item_counts_and_is_done_when_the_count_is_full(world, fall):
    world.at(instant(12, 24))
    browser = world.browser(world.learner(fall))

    part = browser.post(f"{LESSON_8}/items/ask-five", {"count": "2"}, htmx=True)
    full = browser.post(f"{LESSON_8}/items/ask-five", {"count": "5"}, htmx=True)

    assert "2 of 5" in item(part, "ask-five")
    assert "1 of 3 required items done" in words(piece(full, "lesson-count"))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        pytest.param({}, 422, id="nothing said"),
        pytest.param({"done": "yes"}, 422, id="neither 1 nor 0"),
        pytest.param({"count": "-1"}, 422, id="less than nothing"),
        pytest.param({"count": "²"}, 422, id="a digit that is no number"),
        pytest.param({"count": "9" * 40}, 422, id="more than anyone counts"),
    ],
)
def test_a_form_that_says_nothing_sound_changes_nothing(world, fall, form, status):
    learner = world.learner(fall)

    assert world.browser(learner).post(f"{LESSON_1}/items/profile", form).status_code == status
    assert marks(world, learner) == []


@pytest.mark.parametrize(
    ("url", "at", "status"),
    [
        pytest.param(f"{LESSON_1}/items/watch-1", instant(9, 25), 409, id="what ticks itself"),
        pytest.param(f"{LESSON_3}/items/share-narrative", instant(9, 25), 409, id="not open yet"),
        pytest.param(f"{LESSON_3}/items/share-narrative", instant(1, 9, year=2027), 409, id="closed"),
        pytest.param(f"{LESSON_1}/items/share-narrative", instant(10, 25), 404, id="another lesson's item"),
        pytest.param("/c/fall/lessons/77/items/profile", instant(10, 25), 404, id="no such lesson"),
    ],
)
def test_what_cannot_be_ticked_is_refused_with_the_reason(world, fall, url, at, status):
    learner = world.learner(fall)
    browser = world.browser(learner)
    world.at(at)

    answer = browser.post(url, {"done": "1"}, htmx=True)

    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert marks(world, learner) == []


def test_late_is_said_with_how_long_it_is_taken(world, fall):
    world.at(instant(10, 23))
    answer = world.browser(world.learner(fall)).get(LESSON_3)

    assert "Accepted for full credit until Thursday, January 7 at 11:59 PM ET 2 days late" in words(
        piece(answer, "list")
    )


def test_a_closed_lesson_says_so_and_shows_no_video(world, fall):
    world.at(instant(1, 9, year=2027))
    answer = world.browser(world.learner(fall)).get(LESSON_5)

    assert "This lesson has closed, Thursday, January 7 at 11:59 PM ET." in main_words(answer)
    assert page_of(answer).find(".//video") is None
    assert ticks(answer) == {}


def test_faculty_read_the_lesson_and_can_mark_nothing(world, fall):
    browser = world.browser(world.coach(fall))
    answer = browser.get(LESSON_1)

    assert "You see the course as a learner does." in main_words(answer)
    assert ticks(answer) == {}
    assert page_of(answer).find(".//video").get("data-progress") is None
    assert browser.post(f"{LESSON_1}/items/profile", {"done": "1"}).status_code == 403


def test_another_cohorts_lesson_is_not_there(world, fall):
    spring = world.cohort("spring", starts=date(2026, 10, 1))
    browser = world.browser(world.learner(spring))

    assert browser.get(LESSON_1).status_code == 404
    assert browser.post(f"{LESSON_1}/items/profile", {"done": "1"}).status_code == 404
    assert browser.get("/c/spring/lessons/99").status_code == 404


@pytest.mark.parametrize("others", [4, 499])
def test_a_lesson_costs_the_same_for_five_learners_and_for_five_hundred(world, fall, queries, others):
    world.at(instant(11, 13))
    learner = world.learner(fall)
    world.learners(fall, others)
    browser = world.browser(learner)
    browser.get(LESSON_5)

    with queries(at_most=5):
        assert browser.get(LESSON_5).status_code == 200
    with queries(at_most=9):
        browser.post("/c/fall/lessons/1/items/profile", {"done": "1"}, htmx=True)
