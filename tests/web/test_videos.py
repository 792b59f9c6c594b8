"""Watching: what was really played is united; reading the transcript is equal; the rest is refused."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.core.db import reading
from portal.outbox.models import OutboxMessage
from portal.videos.models import VideoProgress
from tests.reading import item, page_of, piece, words

VIDEO = "/c/fall/videos/l1-welcome/progress"
LESSON_1 = "/c/fall/lessons/1"
RECORDING = "/c/fall/videos/call-1/progress"


def instant(month, day, hour=17, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def fall(world):
    return world.cohort("fall")


@pytest.fixture
def length(world, fall):
    """Seconds of the video."""
    browser = world.browser(world.learner(fall))
    return float(page_of(browser.get(f"{LESSON_1}?video=l1-welcome")).find(".//video").get("data-length"))


def report(browser, *intervals, position=None, url=VIDEO, **options):
    body = {"intervals": list(intervals)} | ({} if position is None else {"position": position})
    return browser.post(url, json=body, **options)


def kept(world, learner):
    with world.app.app_context(), reading() as session:
        rows = session.scalars(select(VideoProgress).where(VideoProgress.enrollment_id == learner.id))
        return {row.video_id: row for row in rows}


def promises(world):
    with world.app.app_context(), reading() as session:
        return [
            row.body
            for row in session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "progress_changed"))
        ]


def test_reports_are_united_and_the_ninth_tenth_makes_it_watched_once(world, fall, length):
    learner = world.learner(fall)
    browser = world.browser(learner)

    half = report(browser, [0, length / 2]).json
    again = report(browser, [0, length / 2]).json
    whole = report(browser, [length / 2, length]).json
    report(browser, [0, length])

    assert (half["watched"], half["words"]) == (False, "50 % watched")
    assert again["share"] == half["share"]
    assert (whole["watched"], whole["share"]) == (True, 1.0)
    assert promises(world) == [{"enrollment_ids": [learner.id]}]
    assert kept(world, learner)["l1-welcome"].watched_how == "played"


def test_jumping_to_the_end_does_not_count(world, fall, length):
    browser = world.browser(world.learner(fall))

    assert report(browser, [length - 2, length], position=length).json["watched"] is False


def test_playing_goes_on_where_it_stopped_on_another_device_too(world, fall, length):
    learner = world.learner(fall)
    report(world.browser(learner), [0, 20], position=20)

    page = page_of(world.browser(learner).get(f"{LESSON_1}?video=l1-welcome"))

    assert page.find(".//source").get("src").endswith("#t=20.0")
    assert "Resume at 0:20" in page.text_content()


def test_the_watch_item_ticks_itself_when_all_videos_are_watched(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)
    for video in ("l1-welcome", "l1-how"):
        browser.post(f"/c/fall/videos/{video}/progress", {"read": "1"})
    assert "2 of 3 watched" in item(browser.get(LESSON_1), "watch-1")

    browser.post("/c/fall/videos/l1-organizing-mobilizing/progress", {"read": "1"})

    assert "All 3 watched" in item(browser.get(LESSON_1), "watch-1")


def test_reading_the_transcript_counts_the_same_and_is_kept_as_what_it_was(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)

    answer = browser.post(VIDEO, {"read": "1"})

    assert (answer.status_code, answer.location) == (303, f"{LESSON_1}?video=l1-welcome#videos")
    assert kept(world, learner)["l1-welcome"].watched_how == "transcript"
    assert "Transcript read" in words(piece(browser.get(LESSON_1), "l1-welcome"))
    assert len(promises(world)) == 1


def test_with_htmx_the_confirmation_is_answered_and_the_page_is_told(world, fall):
    browser = world.browser(world.learner(fall))

    first = browser.post(VIDEO, {"read": "1"}, htmx=True)
    second = browser.post(VIDEO, {"read": "1"}, htmx=True)

    assert words(piece(first, "confirm")) == "Transcript read"
    assert first.headers["HX-Trigger"] == "watched"
    assert "HX-Trigger" not in second.headers


@pytest.mark.parametrize(
    "body",
    [
        b'{"intervals": [[0, 5], [9, 4]], "position": 1}',
        b'{"intervals": [[0, 99999]], "position": 1}',
        b'{"intervals": [[0, NaN]], "position": 1}',
        b'{"intervals": [[0, 1e999]], "position": 1}',
        b"[[[[",
        b"\x00",
        b"",
    ],
)
def test_a_report_with_anything_wrong_is_refused_and_nothing_of_it_is_kept(world, fall, body):
    learner = world.learner(fall)

    answer = world.browser(learner).post(VIDEO, body, content_type="application/json")

    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert kept(world, learner) == {}


@pytest.mark.parametrize(
    ("url", "at", "status"),
    [
        pytest.param("/c/fall/videos/l5-recruit/progress", instant(10, 1), 409, id="lesson not open"),
        pytest.param(VIDEO, instant(1, 9, year=2027), 409, id="access has ended"),
        pytest.param(RECORDING, instant(10, 8, 16, 30), 409, id="the call is still on"),
        pytest.param("/c/fall/videos/nothing/progress", instant(10, 1), 404, id="no such video"),
        pytest.param("/c/fall/videos/call-99/progress", instant(10, 1), 404, id="no such call"),
        pytest.param("/c/fall/videos/call-01/progress", instant(12, 1), 404, id="a call by another spelling"),
        pytest.param(
            "/c/fall/videos/call-" + "9" * 30 + "/progress", instant(12, 1), 404, id="a huge number"
        ),
        pytest.param("/c/spring/videos/l1-welcome/progress", instant(10, 9), 404, id="another cohort"),
    ],
)
def test_what_is_not_open_or_not_ours_takes_no_report(world, fall, url, at, status):
    world.cohort("spring", starts=date(2026, 10, 1))
    learner = world.learner(fall)
    browser = world.browser(learner)
    assert browser.token
    world.at(at)

    assert report(browser, [0, 5], url=url).status_code == status
    assert kept(world, learner) == {}


def test_a_calls_recording_counts_once_the_call_is_over(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)
    world.at(instant(10, 9))

    answer = browser.post(RECORDING, {"read": "1"})

    assert (answer.status_code, answer.location) == (303, "/c/fall/calls/1")
    assert kept(world, learner)["call-1"].watched_at is not None


def test_faculty_are_not_counted_and_nobody_reports_signed_out(world, fall):
    assert report(world.browser(world.coach(fall)), [0, 5]).status_code == 403
    assert world.app.test_client().post(VIDEO, json={"intervals": []}).status_code == 401


def test_a_report_costs_few_statements(world, fall, queries):
    browser = world.browser(world.learner(fall))
    report(browser, [0, 5])

    with queries(at_most=5):
        assert report(browser, [5, 9]).status_code == 200
