"""A call as learners see it, and the page on which faculty edit it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from icalendar import Calendar
from sqlalchemy import select

from portal.attendance.models import AttendanceRecord
from portal.audit.models import AuditEntry
from portal.completion.policy import RequirementKind
from portal.completion.queries import progress_of_cohort
from portal.core.db import reading
from portal.courses.queries import cohort_of, cohort_schedule

CALL = "/c/fall/calls/3"  # Thursday, November 19, 12:00 to 1:00 PM ET: after the clocks went back
EDIT = f"{CALL}/edit"
STARTS = datetime(2026, 11, 19, 17, tzinfo=UTC)
JOIN = "https://meet.example.org/j/93817264"


@pytest.fixture
def fall(world):
    world.at(datetime(2026, 11, 1, 12, tzinfo=UTC))
    return world.cohort("fall")


def text_of(answer):
    return " ".join(answer.get_data(as_text=True).split())


def changes(world):
    """What the audit trail keeps of calls."""
    with world.app.app_context(), reading() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "call_edited")))


def edited(world, cohort, **fields):
    answer = world.browser(world.coach(cohort)).post(EDIT, fields)
    assert answer.status_code == 303, text_of(answer)


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(-16, False), (-14, True), (0, True), (59, True), (61, False)],
)
def test_the_link_to_join_is_shown_only_in_its_window(world, fall, minutes, shown):
    edited(world, fall, join_url=JOIN)
    world.at(STARTS + timedelta(minutes=minutes))

    page = text_of(world.browser(world.learner(fall)).get(CALL))

    assert (JOIN in page) is shown
    assert ("Join from" in page) is (minutes == -16)


def test_only_participants_see_a_call(world, fall):
    edited(world, fall, join_url=JOIN)
    world.at(STARTS)
    strangers = (world.learner(world.cohort("spring")), world.learner(fall, withdrawn=True))

    for stranger in strangers:
        answer = world.browser(stranger).get(CALL)
        assert answer.status_code == 404
        assert JOIN not in text_of(answer)
    assert world.browser().get(CALL).status_code == 401


def test_the_time_is_told_in_course_time_and_in_the_readers_own(world, fall):
    learner = world.learner(fall)
    browser = world.browser(learner)
    browser.client.set_cookie("timezone", "Europe/London")

    page = text_of(browser.get(CALL))

    assert "Thursday, November 19" in page
    assert "12:00 PM ET" in page
    assert "5:00 PM" in page
    assert "(London)" in page


def test_after_the_call_there_is_the_recording_with_its_transcript(world, fall):
    browser = world.browser(world.learner(fall))
    assert "<video" not in text_of(browser.get(CALL))

    world.at(STARTS + timedelta(hours=2))
    page = text_of(browser.get(CALL))

    assert 'data-progress="/c/fall/videos/call-3/progress"' in page
    assert "No mark yet" in page
    assert "It does not count yet." in page


def test_the_page_says_the_learners_mark_and_whether_it_counts(world, fall):
    learner = world.learner(fall)
    world.at(STARTS + timedelta(hours=2))
    coach = world.browser(world.coach(fall))

    coach.post(f"{CALL}/attendance", {"mark": f"{learner.id}-late"})
    assert "You came late" in (page := text_of(world.browser(learner).get(CALL)))
    assert "You took part, and it counts." in page
    coach.post(f"{CALL}/attendance", {"mark": f"{learner.id}-absent"})
    assert "You were absent" in (page := text_of(world.browser(learner).get(CALL)))
    assert "It does not count yet." in page


def test_a_call_page_takes_a_constant_number_of_statements(world, fall, queries):
    browser = world.browser(world.learner(fall))
    browser.get(CALL)

    with queries(at_most=9):
        browser.get(CALL)


def test_staff_read_it_as_a_learner_does_and_find_its_register(world, fall):
    page = text_of(world.browser(world.coach(fall)).get(CALL))

    assert "You see the course as a learner does" in page
    assert f"{CALL}/attendance" in page


def test_a_cancelled_call_says_why_and_counts_for_everyone(world, fall):
    learner, tester = world.learner(fall), world.learner(fall, is_test=True)
    world.drain()

    edited(world, fall, cancelled="1", reason="Storm in Boston")
    page = text_of(world.browser(learner).get(CALL))

    assert "This call was cancelled." in page
    assert "Storm in Boston." in page
    assert "Join from" not in page
    assert world.drain() >= 1
    with world.app.app_context(), reading() as session:
        lines = progress_of_cohort(session, fall)[learner.id].requirements
    assert {line.kind: line.done for line in lines}[RequirementKind.CALLS] == 1
    assert tester.id  # of the cohort too; nothing of theirs is counted


def test_a_word_that_says_neither_yes_nor_no_cancels_nothing(world, fall):
    coach = world.browser(world.coach(fall))

    answer = coach.post(EDIT, data={"cancelled": "maybe", "reason": "Snow"})

    assert answer.status_code == 422
    assert "Say 1 when the call does not take place" in answer.get_data(as_text=True)
    assert "Cancelled" not in coach.get(CALL).get_data(as_text=True)


def test_cancelling_can_be_taken_back(world, fall):
    edited(world, fall, cancelled="1", reason="Storm in Boston")
    edited(world, fall, cancelled="0")

    assert "This call was cancelled." not in text_of(world.browser(world.learner(fall)).get(CALL))


def test_a_moved_call_keeps_its_marks_and_tells_from_when(world, fall):
    learner, coach = world.learner(fall), world.browser(world.coach(fall))
    coach.post(f"{CALL}/attendance", {"mark": f"{learner.id}-excused"})

    edited(world, fall, starts_at="2026-11-20T13:30", reason="Room and faculty are free then")
    page = text_of(world.browser(learner).get(CALL))

    assert "Friday, November 20" in page
    assert "1:30 PM ET" in page
    assert "from Thursday, November 19 at 12:00 PM ET." in page
    assert "Room and faculty are free then" in page
    assert "You were excused." in page
    with world.app.app_context(), reading() as session:
        assert session.scalars(select(AttendanceRecord)).one().status == "excused"


def test_a_change_stands_in_the_audit_trail_with_before_and_after(world, fall):
    coach = world.coach(fall)
    world.browser(coach).post(
        EDIT, {"join_url": JOIN, "starts_at": "2026-11-19T13:00", "reason": "An hour later"}
    )

    [entry] = changes(world)
    assert (entry.action, entry.cohort_id, entry.by_id, entry.reason) == (
        "call_edited", fall.id, coach.person_id, "An hour later",
    )  # fmt: skip
    assert entry.before == {"call": 3, "starts_at": "2026-11-19T17:00:00+00:00", "join_url": None}
    assert entry.after == {"call": 3, "starts_at": "2026-11-19T18:00:00+00:00", "join_url": JOIN}


def test_saving_nothing_new_changes_nothing(world, fall):
    browser = world.browser(world.coach(fall))

    browser.post(
        EDIT, {"starts_at": "2026-11-19T12:00", "join_url": "", "recording_url": "", "cancelled": "0"}
    )

    assert changes(world) == []


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        pytest.param("join_url", "javascript:alert(1)", "Begin the address with https://", id="a script"),
        pytest.param("join_url", "meet.example.org/j/1", "Begin the address with https://", id="no scheme"),
        pytest.param("join_url", "https://[", "Begin the address with https://", id="half an address"),
        pytest.param("recording_url", "ftp://example.org/x", "Begin the address with https://", id="ftp"),
        pytest.param("join_url", "https://e.org/" + "x" * 600, "longer than 500", id="too long"),
        pytest.param("starts_at", "", "Say when the call starts.", id="no time"),
        pytest.param("starts_at", "next week", "Write day and time", id="words"),
        pytest.param("starts_at", "0001-01-01T00:00", "That year cannot be right", id="year 1"),
        pytest.param("starts_at", "2026-11-19T12:00+01:00", "without a zone", id="with a zone"),
        pytest.param("starts_at", "2027-03-14T02:30", "2:30 AM does not exist", id="skipped by the clocks"),
        pytest.param(
            "starts_at", "2026-11-20T12:00", "Give a reason when you move a call", id="moved silently"
        ),
        pytest.param("cancelled", "1", "Give a reason when you cancel a call", id="cancelled silently"),
        pytest.param("reason", "x" * 201, "at most 200", id="long reason"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_what_was_typed_is_kept(world, fall, field, typed, sentence):
    browser = world.browser(world.coach(fall))

    answer = browser.post(EDIT, {"join_url": "https://typed.example.org/", "reason": ""} | {field: typed})
    page = text_of(answer)

    assert answer.status_code == 422
    assert sentence in page
    if field != "cancelled":
        assert f'href="#{field}"' in page or "Give a reason" in page
    if field not in ("join_url",):
        assert "https://typed.example.org/" in page
    assert changes(world) == []


def test_an_hour_that_happens_twice_takes_the_first_and_keeps_what_it_was(world, fall):
    edited(world, fall, starts_at="2026-11-01T01:30", reason="Night shift")

    [entry] = changes(world)
    assert entry.after["starts_at"] == "2026-11-01T05:30:00+00:00"


def test_the_preview_says_what_would_change_and_changes_nothing(world, fall):
    browser = world.browser(world.coach(fall))

    page = text_of(browser.post(EDIT, {"action": "preview", "join_url": JOIN}, htmx=True))

    assert "<ins>meet.example.org</ins>" in page
    assert "<html" not in page
    assert changes(world) == []


def test_a_learner_may_not_edit_and_another_cohorts_coach_does_not_find_it(world, fall):
    assert world.browser(world.learner(fall)).post(EDIT, {"join_url": JOIN}).status_code == 403
    assert (
        world.browser(world.coach(world.cohort("spring"))).post(EDIT, {"join_url": JOIN}).status_code == 404
    )


def test_a_recording_elsewhere_takes_the_place_of_the_packages_own(world, fall):
    edited(world, fall, recording_url="https://video.example.org/call-3")
    world.at(STARTS + timedelta(hours=2))

    page = text_of(world.browser(world.learner(fall)).get(CALL))

    assert 'href="https://video.example.org/call-3"' in page
    assert "<video" not in page
    assert "I have watched it to the end" in page
    with world.app.app_context(), reading() as session:
        calls = cohort_schedule(session, cohort_of(session, "fall")).calls
        assert [number for number, call in calls.items() if call.is_recorded] == [3]


def test_with_the_lessons_the_recording_closes(world, fall):
    world.at(datetime(2027, 1, 9, 12, tzinfo=UTC))

    page = text_of(world.browser(world.learner(fall)).get(CALL))

    assert "The recording has closed" in page
    assert "<video" not in page


def test_a_call_the_course_does_not_have_is_not_found(world, fall):
    assert world.browser(world.learner(fall)).get("/c/fall/calls/7").status_code == 404


COURSE_MEDIA = Path(__file__).resolve().parents[2] / "courses" / "leadership-and-organizing" / "media"


def command(world, *words):
    """`portal call set` as the operator types it: exit code, JSON or None, stderr."""
    from portal.cli import portal

    with world.app.app_context():
        result = CliRunner().invoke(portal, ["call", "set", "--cohort", "fall", "--json", *words])
    return result.exit_code, json.loads(result.stdout) if result.exit_code == 0 else None, result.stderr


def test_the_command_sets_the_link_and_leaves_the_rest(world, fall):
    edited(world, fall, recording_url="https://video.example.org/3")

    code, said, _ = command(world, "--call", "3", "--join-url", JOIN)

    assert code == 0
    assert (said["join_url"], said["recording_url"], said["changed"]) == (
        JOIN,
        "https://video.example.org/3",
        True,
    )
    assert changes(world)[-1].by_id is None, "the operator"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--call", "9", "--join-url", JOIN], "This course has no call 9."),
        (["--call", "3", "--join-url", "javascript:1"], "--join-url must be a web address"),
        (["--call", "3", "--recording", "/nowhere.mp4"], "There is no file /nowhere.mp4"),
        (["--call", "3", "--recording", __file__], "not an MP4 video"),
        (["--call", "3", "--captions", __file__], "not WebVTT"),
    ],
)
def test_the_command_refuses_with_one_sentence_and_changes_nothing(world, fall, words, sentence):
    code, _, stderr = command(world, *words)

    assert code == 1
    assert sentence in stderr
    assert len(stderr.strip().splitlines()) == 1
    assert changes(world) == []


def test_a_recording_of_the_cohorts_own_is_played_measured_and_read(world, fall):
    film, captions = COURSE_MEDIA / "sample-call.mp4", COURSE_MEDIA / "sample-call.en.vtt"
    code, _, stderr = command(world, "--call", "3", "--recording", str(film), "--captions", str(captions))
    assert code == 0, stderr
    learner = world.learner(fall)
    browser = world.browser(learner)
    assert browser.get(f"{CALL}/recording.mp4").status_code == 409, "not before the call has ended"

    world.at(STARTS + timedelta(hours=2))
    page = text_of(browser.get(CALL))
    part = browser.get(f"{CALL}/recording.mp4", headers={"Range": "bytes=0-99"})

    assert f'src="{CALL}/recording.mp4' in page
    assert "This is a sample recording." in page
    assert (part.status_code, len(part.data)) == (206, 100)
    assert browser.get(f"{CALL}/captions.vtt").data == captions.read_bytes()
    report = {"intervals": [[0, 40]], "position": 40}
    assert browser.post("/c/fall/videos/call-3/progress", json=report).get_json()["share"] > 0.5
    assert (
        world.browser(world.learner(world.cohort("spring"))).get(f"{CALL}/recording.mp4").status_code == 404
    )


def test_calls_can_be_put_into_a_calendar_without_their_link(world, fall):
    edited(world, fall, join_url=JOIN)
    edited(world, fall, cancelled="1", reason="Storm")

    answer = world.browser(world.learner(fall)).get("/c/fall/calendar.ics")
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    events = [event for event in events if str(event["summary"]).startswith("Call ")]

    assert answer.mimetype == "text/calendar"
    assert [str(event["summary"]) for event in events][:1] == ["Call 1: Organizing sentences"]
    assert events[2].decoded("dtstart") == STARTS
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert JOIN.encode() not in answer.data
    assert world.browser(world.learner(world.cohort("spring"))).get("/c/fall/calendar.ics").status_code == 404
