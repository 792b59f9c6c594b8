"""Every date of a cohort, from the first package and one start."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.core.errors import NotFound
from portal.courses.dates import CallDates, Schedule, instant
from portal.courses.package.check import check_package

ET = "America/New_York"
PACKAGE = Path(__file__).resolve().parents[3] / "courses" / "leadership-and-organizing"


def et(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ET)).astimezone(UTC)


@pytest.fixture(scope="module")
def content():
    checked = check_package(PACKAGE)
    assert checked.content is not None, checked.problems
    return checked.content


@pytest.fixture(scope="module")
def fall(content):
    return Schedule(content, date(2020, 9, 24), ET)


@pytest.mark.parametrize(
    ("number", "opens", "window_ends"),
    [
        (1, "2020-09-24T00:00", "2020-09-30"),
        (2, "2020-10-01T00:00", "2020-10-07"),
        (3, "2020-10-15T00:00", "2020-10-21"),
        (4, "2020-10-29T00:00", "2020-11-04"),
        (5, "2020-11-12T00:00", "2020-11-18"),
        (6, "2020-11-25T00:00", "2020-12-02"),
        (7, "2020-12-10T00:00", "2020-12-16"),
        (8, "2020-12-23T00:00", "2020-12-30"),
        (9, "2020-12-30T00:00", "2021-01-07"),
    ],
)
def test_the_first_cohorts_lessons_fall_on_the_days_of_the_source(fall, number, opens, window_ends):
    dates = fall.lesson(number)
    assert dates.opens_at == et(opens)
    assert fall.window(number)[1] == date.fromisoformat(window_ends)
    assert dates.closes_at == et("2021-01-07T23:59")


@pytest.mark.parametrize(
    ("assignment", "due"),
    [
        ("profile", "2020-09-30T23:59"),
        ("project-design", "2020-10-07T23:59"),
        ("narrative", "2020-10-21T23:59"),
        ("asset-map", "2020-11-04T23:59"),
        ("one-to-ones", "2020-11-18T23:59"),
        ("team-diagnostic", "2020-12-02T23:59"),
        ("leadership-structure", "2020-12-16T23:59"),
        ("storyboard", "2020-12-30T23:59"),
        ("evaluation", "2021-01-07T23:59"),
    ],
)
def test_due_times_stay_on_the_wall_clock_across_the_change_of_clocks(fall, assignment, due):
    assert fall.assignment(assignment).due_at == et(due)


def test_an_item_without_a_due_day_has_no_due_time(fall):
    assert fall.assignment("introduce").due_at is None


def test_late_work_is_taken_until_access_ends(fall):
    assert fall.assignment("project-design").closes_at == et("2021-01-07T23:59")


@pytest.mark.parametrize(
    ("number", "starts"),
    [(1, "2020-10-08T12:00"), (2, "2020-10-22T12:00"), (3, "2020-11-19T12:00"), (4, "2020-12-17T12:00")],
)
def test_calls_are_at_noon_for_an_hour(fall, number, starts):
    call = fall.call(number)
    assert (call.starts_at, call.ends_at) == (et(starts), et(starts.replace("12:", "13:")))


def test_evaluation_and_claims_end_thirty_days_after_the_activity(fall):
    evaluation = fall.evaluation()
    assert evaluation.opens_at == et("2020-12-30T00:00")
    assert evaluation.due_at == et("2021-01-07T23:59")
    assert evaluation.closes_at == et("2021-02-06T23:59")
    assert fall.activity_ends_at() == et("2021-01-07T23:59")
    assert fall.claim_deadline() == et("2021-02-06T23:59")


def test_a_moved_call_stands_where_it_was_moved_and_its_recording_opens_after_it(content):
    moved = CallDates(et("2020-10-09T15:00"), et("2020-10-09T16:00"))
    schedule = Schedule(content, date(2020, 9, 24), ET, calls={1: moved})
    assert schedule.call(1) == moved
    assert schedule.video("call-1").opens_at == moved.ends_at
    assert schedule.call(2).starts_at == et("2020-10-22T12:00")


def test_a_call_has_a_recording_by_the_package_or_by_the_cohort_itself(content, fall):
    stated = content.model_dump()
    stated["calls"] = [call | {"recording": None} for call in stated["calls"]]
    without = type(content).model_validate(stated)
    own = CallDates(et("2020-10-08T12:00"), et("2020-10-08T13:00"), is_recorded=True)
    schedule = Schedule(without, date(2020, 9, 24), ET, calls={1: own})
    assert [schedule.has_recording(number) for number in (1, 2)] == [True, False]
    assert fall.has_recording(2)


def test_a_lecture_has_its_lessons_dates(fall):
    assert fall.video("l4-people") == fall.lesson(4)


class TestOverrides:
    LATER = et("2020-11-11T17:00")
    LATEST = et("2021-01-20T23:59")

    def test_the_cohorts_move_comes_over_the_package_and_the_learners_over_both(self, fall):
        item = ("work:asset-map", "due")
        cohort = Schedule(fall.content, fall.starts_on, ET, cohort_moves={item: self.LATER})
        assert cohort.assignment("asset-map").due_at == self.LATER
        assert cohort.for_learner({item: self.LATEST}).assignment("asset-map").due_at == self.LATEST
        assert cohort.assignment("one-to-ones") == fall.assignment("one-to-ones")

    def test_an_extension_past_the_end_of_access_keeps_that_one_lesson_open(self, fall):
        learner = fall.for_learner({("lesson:4", "closes"): self.LATEST})
        assert learner.lesson(4).closes_at == self.LATEST
        assert learner.assignment("asset-map").closes_at == self.LATEST
        assert learner.video("l4-people").closes_at == self.LATEST
        assert learner.lesson(5).closes_at == et("2021-01-07T23:59")
        assert learner.access_ends_at() == et("2021-01-07T23:59")

    def test_a_due_time_past_the_end_of_access_keeps_the_work_and_its_lesson_open(self, fall):
        learner = fall.for_learner({("work:one-to-ones", "due"): self.LATEST})
        assert learner.assignment("one-to-ones").closes_at == self.LATEST
        assert learner.lesson(5).closes_at == self.LATEST
        assert learner.video("call-3").closes_at == self.LATEST
        assert learner.assignment("watch-5").closes_at == et("2021-01-07T23:59")

    def test_a_closing_moved_as_well_is_kept(self, fall):
        early = et("2020-11-20T12:00")
        learner = fall.for_learner(
            {("work:one-to-ones", "due"): self.LATEST, ("work:one-to-ones", "closes"): early}
        )
        assert learner.assignment("one-to-ones").closes_at == early

    def test_a_lesson_opened_earlier_opens_its_work(self, fall):
        early = et("2020-10-20T08:00")
        cohort = Schedule(fall.content, fall.starts_on, ET, cohort_moves={("lesson:4", "opens"): early})
        assert cohort.lesson(4).opens_at == cohort.assignment("asset-map").opens_at == early

    def test_access_of_the_cohort_moves_the_activitys_end_but_a_learners_does_not(self, fall):
        moves = {("access", "closes"): et("2021-01-14T23:59")}
        cohort = Schedule(fall.content, fall.starts_on, ET, cohort_moves=moves)
        assert cohort.claim_deadline() == et("2021-02-13T23:59")
        assert cohort.evaluation().due_at == et("2021-01-14T23:59")
        learner = fall.for_learner(moves)
        assert learner.lesson(1).closes_at == et("2021-01-14T23:59")
        assert learner.claim_deadline() == fall.claim_deadline()

    def test_a_reopened_claim_moves_alone(self, fall):
        learner = fall.for_learner({("ce", "closes"): et("2021-03-01T23:59")})
        assert learner.claim_deadline() == et("2021-03-01T23:59")
        assert learner.evaluation() == fall.evaluation()


@pytest.mark.parametrize(
    ("clock", "day", "first", "last"),
    [
        pytest.param(
            "02:30", date(2021, 3, 14), "2021-03-14T07:30", "2021-03-14T07:30", id="skipped: 3:30 EDT"
        ),
        pytest.param("01:30", date(2020, 11, 1), "2020-11-01T05:30", "2020-11-01T06:30", id="twice"),
        pytest.param(
            "23:59", date(2020, 11, 1), "2020-11-02T04:59", "2020-11-02T04:59", id="the evening of it"
        ),
        pytest.param(
            "23:59", date(2020, 10, 31), "2020-11-01T03:59", "2020-11-01T03:59", id="the evening before"
        ),
    ],
)
def test_times_of_day_that_do_not_exist_or_come_twice(clock, day, first, last):
    assert instant(day, 0, clock, ET) == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert instant(day, 0, clock, ET, last=True) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_a_day_whose_midnight_is_skipped_begins_at_one():
    # Clocks in Cairo went from 00:00 to 01:00 on 28 April 2023.
    opens_at = instant(date(2023, 4, 28), 0, "00:00", "Africa/Cairo")
    assert opens_at.astimezone(ZoneInfo("Africa/Cairo")).isoformat() == "2023-04-28T01:00:00+03:00"


@pytest.mark.parametrize("address", ["lesson:4", "work:asset-map", "evaluation", "access", "ce", "call:2"])
def test_every_item_has_an_address(fall, address):
    assert fall.item(address).closes_at is not None


@pytest.mark.parametrize(
    "address", ["", "lesson:", "lesson:99", "lesson:x", "work:nothing", "call:9", "course"]
)
def test_no_other_address_is_an_item(fall, address):
    with pytest.raises(NotFound):
        fall.item(address)


def test_the_cohorts_years_go_without_saying(fall):
    assert list(fall.years) == [2020, 2021]
    assert (
        fall.when(fall.access_ends_at(), et("2021-01-04T12:00")).course_words
        == "Thursday, January 7 at 11:59 PM ET"
    )
