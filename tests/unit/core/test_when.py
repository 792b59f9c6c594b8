"""Instants in words, as the design reference has them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.core.when import (
    Reader,
    calendar_days,
    day_range,
    end_of_minute,
    is_zone,
    local_and_utc,
    short_day,
    when,
    zone_long,
)

ET = "America/New_York"


def local(text: str, zone: str = ET) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


DUE = local("2020-10-07T23:59")


def test_a_deadline_in_course_time():
    seen = when(DUE, ET, local("2020-10-04T12:00"))
    assert seen.course_words == "Wednesday, October 7 at 11:59 PM ET"
    assert seen.iso == "2020-10-07T23:59-04:00"
    assert (seen.distance, seen.left, seen.late) == ("in 3 days", "3 days left", "")
    assert seen.short == "Wed, Oct 7"
    assert seen.reader_words is None


def test_the_readers_own_time_stands_beside_it_when_it_differs():
    seen = when(DUE, ET, local("2020-10-04T12:00"), Reader("Europe/London"))
    assert seen.reader_words == "Thursday, October 8 at 4:59 AM your time (London)"
    assert seen.reader_iso == "2020-10-08T04:59+01:00"


def test_the_readers_day_is_left_out_when_it_is_the_same():
    seen = when(local("2020-11-19T12:00"), ET, local("2020-11-15T12:00"), Reader("Europe/London"))
    assert (seen.reader_words, seen.reader_day) == ("5:00 PM your time (London)", None)


def test_the_readers_own_time_is_written_as_their_region_writes_it_and_the_courses_stays():
    seen = when(DUE, ET, local("2020-10-04T12:00"), Reader("Europe/London", has_24_hours=True))
    assert seen.reader_words == "Thursday, October 8 at 04:59 your time (London)"
    assert seen.course_words == "Wednesday, October 7 at 11:59 PM ET"


@pytest.mark.parametrize(
    "zone", [ET, "America/Toronto", None, "", "Nowhere/Atlantis", "../../etc/passwd", "America"]
)
def test_the_same_clock_or_no_known_zone_shows_course_time_alone(zone):
    assert when(DUE, ET, DUE, Reader(zone)).reader_words is None


@pytest.mark.parametrize(
    ("now", "distance", "soon"),
    [
        pytest.param("2020-10-03T23:59", "in 4 days", False, id="four days"),
        pytest.param("2020-10-04T00:00", "in 3 days", True, id="amber from three days"),
        pytest.param("2020-10-06T00:01", "tomorrow", True, id="almost two days, yet tomorrow"),
        pytest.param("2020-10-07T18:30", "today, in 5 hours", True, id="hours"),
        pytest.param("2020-10-07T23:30", "today, in 29 minutes", True, id="minutes"),
        pytest.param("2020-10-07T23:58:40", "now", True, id="now"),
        pytest.param("2020-10-08T00:30", "yesterday", False, id="half an hour ago, yet yesterday"),
        pytest.param("2020-10-09T12:00", "2 days ago", False, id="days ago"),
    ],
)
def test_distances_go_by_calendar_days_of_the_course(now, distance, soon):
    seen = when(DUE, ET, local(now))
    assert (seen.distance, seen.soon) == (distance, soon)


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ("2020-10-07T23:59:59", ""),
        ("2020-10-08T00:00", "1 day late"),
        ("2020-10-09T23:00", "2 days late"),
    ],
)
def test_a_deadline_holds_through_its_whole_minute(now, late):
    assert when(DUE, ET, local(now), deadline=True).late == late


def test_late_on_the_same_day_is_said_in_hours():
    assert (
        when(local("2020-10-07T17:00"), ET, local("2020-10-07T20:30"), deadline=True).late == "3 hours late"
    )


def test_a_day_is_a_calendar_day_when_the_clocks_change():
    assert calendar_days(local("2020-10-31T23:59"), local("2020-11-01T23:59"), ET) == 1
    assert calendar_days(local("2020-11-01T00:00"), local("2020-11-01T23:59"), ET) == 0


def test_the_year_is_said_only_when_it_is_not_the_cohorts():
    years = range(2020, 2022)
    now = local("2020-10-04T12:00")
    assert (
        when(local("2021-01-07T23:59"), ET, now, None, years).course_words
        == "Thursday, January 7 at 11:59 PM ET"
    )
    assert when(local("2019-01-07T23:59"), ET, now, None, years).day == "Monday, January 7, 2019"


def test_midnight_and_noon():
    now = local("2020-11-15T12:00")
    assert when(local("2020-11-25T00:00"), ET, now).time == "12:00 AM ET"
    assert when(local("2020-11-19T12:00"), ET, now).time == "12:00 PM ET"


def test_zones_without_a_common_name():
    now = local("2026-07-01T12:00")
    assert when(now, "Europe/Berlin", now).time == "6:00 PM CEST"
    assert when(now, "America/Sao_Paulo", now).time == "1:00 PM Sao Paulo time"
    assert zone_long(ET) == "Eastern Time"


def test_short_forms():
    assert short_day(date(2020, 11, 19)) == "Thu, Nov 19"
    assert day_range(date(2020, 10, 1), date(2020, 10, 7)) == "Oct 1 – 7"
    assert day_range(date(2020, 10, 29), date(2020, 11, 4)) == "Oct 29 – Nov 4"
    assert day_range(date(2020, 12, 30), date(2021, 1, 7)) == "Dec 30 – Jan 7"
    assert day_range(date(2020, 12, 30), date(2020, 12, 30)) == "Dec 30"


def test_the_minute_that_counts():
    assert end_of_minute(local("2020-10-07T23:59")) == local("2020-10-08T00:00")
    assert end_of_minute(local("2020-10-07T23:59:59")) == local("2020-10-08T00:00")


def test_what_commands_print():
    assert local_and_utc(DUE, ET) == {"utc": "2020-10-08T03:59:00Z", "local": "2020-10-07T23:59:00-04:00"}


@pytest.mark.parametrize(
    ("name", "known"),
    [(ET, True), ("UTC", True), ("", False), ("America", False), ("a\0b", False), ("/etc", False)],
)
def test_known_zones(name, known):
    assert is_zone(name) is known
