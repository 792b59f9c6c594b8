"""The course page, and the course's files."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.db import transaction
from portal.courses.models import CallSession, Cohort, DateField
from portal.courses.services import move_date

FILM = "media/sample-a.mp4"  # first shown by lesson 1
RECORDING = "media/sample-call.mp4"
CAPTIONS = "media/sample-a.en.vtt"
AGENDA = "downloads/team-relaunch-agenda.md"  # lesson 6
BEFORE = datetime(2026, 9, 23, 15, 0, tzinfo=UTC)
AFTER = datetime(2027, 1, 8, 5, 0, tzinfo=UTC)  # 12:00 AM of the day after access ended


def files(cohort: Cohort, path: str) -> str:
    return f"/c/{cohort.slug}/files/{path}"


def test_the_course_page_says_what_the_course_is(world):
    fall = world.cohort("fall-2026", name="Fall 2026")
    answer = world.browser(world.learner(fall)).get("/c/fall-2026/course")
    text = " ".join(answer.get_data(as_text=True).split())

    assert answer.status_code == 200
    for words in (
        "Leadership and Organizing for Change",
        "Tell the story of your own leadership so that others want to act",
        "Kate Hilton, JD, MTS",
        "Disclosure: not yet given.",
        "Project-based learning",
        "Eight lessons, four live calls. Late work has full credit until the end.",
        "8. Mobilizing measurable collective action",
        "3. Stakeholder and asset mapping; relational strategy",
        "Thu, Oct 8 at 12:00 PM ET",
        "60 minutes each. Missed one? Its recording counts as well.",
        "Up to 9 credits for physicians, pharmacists, CPPS recertification and healthcare executives.",
        '<i class="serif">AMA PRA Category 1 Credit</i>™',
        "Healthcare executives: ACHE Qualifying Education hours, which you report yourself",
        "$549",
        "Students, residents",
        'Thursday, January 7 <span class="nowrap">at 11:59 PM ET</span>',
        'Saturday, February 6 <span class="nowrap">at 11:59 PM ET</span>',
    ):
        assert words in text
    assert "Applications for" not in text  # a date of the first cohort alone


def test_the_first_cohort_says_when_applications_were_due(world):
    world.at(datetime(2020, 11, 15, 15, 0, tzinfo=UTC))
    first = world.cohort("fall-2020", starts=date(2020, 9, 24))
    text = world.browser(world.learner(first)).get("/c/fall-2020/course").get_data(as_text=True)
    assert '<time datetime="2020-02-27">February 27, 2020</time>' in text
    assert "Applications for scholarships and discounts were due" in text


def test_a_moved_call_is_shown_where_it_is_now(world):
    fall = world.cohort("fall-2026")
    with world.app.app_context(), transaction() as session:
        call = session.scalars(select(CallSession).where(CallSession.number == 3)).one()
        call.starts_at += timedelta(days=1, hours=2)
    text = world.browser(world.learner(fall)).get("/c/fall-2026/course").get_data(as_text=True)
    assert "Fri, Nov 20 at 2:00 PM ET" in text
    assert "Thu, Oct 8 at 12:00 PM ET" in text


def test_the_course_page_costs_the_same_for_any_cohort(world, queries):
    fall = world.cohort("fall-2026")
    learner = world.learner(fall)
    world.learners(fall, 50)
    browser = world.browser(learner)
    browser.get("/c/fall-2026/course")
    with queries(at_most=4):
        browser.get("/c/fall-2026/course")


@pytest.mark.parametrize("address", ["course", f"files/{FILM}"])
def test_people_of_another_cohort_and_of_none_get_nothing(world, address):
    fall, spring = world.cohort("fall-2026"), world.cohort("spring-2027")
    assert world.browser(world.learner(spring)).get(f"/c/{fall.slug}/{address}").status_code == 404
    assert (
        world.browser(world.learner(fall, withdrawn=True)).get(f"/c/{fall.slug}/{address}").status_code == 404
    )
    assert world.browser().get(f"/c/{fall.slug}/{address}").status_code == 401


def test_a_film_is_sent_whole_and_in_pieces(world):
    fall = world.cohort()
    browser = world.browser(world.learner(fall))
    whole = browser.get(files(fall, FILM))
    assert (whole.status_code, whole.mimetype) == (200, "video/mp4")
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in whole.headers["Cache-Control"]
    assert "Content-Disposition" not in whole.headers

    piece = browser.get(files(fall, FILM), headers={"Range": "bytes=1000-1999"})
    assert piece.status_code == 206
    assert piece.headers["Content-Range"] == f"bytes 1000-1999/{len(whole.data)}"
    assert piece.data == whole.data[1000:2000]

    tail = browser.get(files(fall, FILM), headers={"Range": "bytes=-10"})
    assert tail.data == whole.data[-10:]

    same = browser.get(files(fall, FILM), headers={"If-None-Match": whole.headers["ETag"]})
    assert (same.status_code, same.data) == (304, b"")


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=5-1", "bytes=x-y", "lines=1-2"])
def test_a_range_that_is_not_there_is_no_error_of_ours(world, asked):
    fall = world.cohort()
    answer = world.browser(world.learner(fall)).get(files(fall, FILM), headers={"Range": asked})
    assert answer.status_code in (200, 416)


def test_captions_are_text_for_the_player_and_downloads_are_attachments(world):
    fall = world.cohort()
    browser = world.browser(world.coach(fall))
    assert browser.get(files(fall, CAPTIONS)).mimetype == "text/vtt"
    agenda = browser.get(files(fall, AGENDA))
    assert agenda.headers["Content-Disposition"] == "attachment; filename=team-relaunch-agenda.md"
    assert "sandbox" in agenda.headers["Content-Security-Policy"]


def test_a_file_opens_with_its_lesson_and_closes_with_access(world):
    fall = world.cohort()
    learner, coach = world.browser(world.learner(fall)), world.browser(world.coach(fall))
    assert learner.get(files(fall, AGENDA)).status_code == 409  # lesson 6 opens on November 25
    assert coach.get(files(fall, AGENDA)).status_code == 200
    assert learner.get(files(fall, FILM)).status_code == 200
    world.at(BEFORE)
    assert learner.get(files(fall, FILM)).status_code == 409
    world.at(AFTER)
    closed = learner.get(files(fall, FILM))
    assert closed.status_code == 409
    assert "This lesson has closed." in closed.get_data(as_text=True)


def test_an_extended_lesson_keeps_its_files_for_that_learner(world):
    fall = world.cohort()
    extended, other = world.learner(fall), world.learner(fall)
    with world.app.app_context(), transaction() as session:
        move_date(
            session, fall, "lesson:6", DateField.CLOSES, AFTER + timedelta(days=7),
            reason="Was ill", at=world.now, enrollment=extended,
        )  # fmt: skip
    world.at(AFTER)
    assert world.browser(extended).get(files(fall, AGENDA)).status_code == 200
    assert world.browser(other).get(files(fall, AGENDA)).status_code == 409


def test_a_recording_is_there_once_its_call_has_ended(world):
    fall = world.cohort()
    learner = world.browser(world.learner(fall))
    world.at(datetime(2026, 10, 8, 16, 59, tzinfo=UTC))  # in the last minute of call 1
    assert learner.get(files(fall, RECORDING)).status_code == 409
    world.at(datetime(2026, 10, 8, 17, 0, tzinfo=UTC))
    assert learner.get(files(fall, RECORDING)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "media/none.mp4",
        "course.yaml",
        "../course.yaml",
        "%2e%2e/course.yaml",
        "worksheets/asset-map.yaml",
        "media/",
    ],
)
def test_only_what_the_package_shows_is_a_file(world, path):
    fall = world.cohort()
    assert world.browser(world.coach(fall)).get(files(fall, path)).status_code == 404
