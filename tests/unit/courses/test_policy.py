"""What dates mean at a given time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.courses.dates import ItemDates
from portal.courses.policy import ItemState, is_closed, is_late, state_of, weekday_warning

OPENS = datetime(2020, 10, 1, 4, 0, tzinfo=UTC)
DUE = datetime(2020, 10, 8, 3, 59, tzinfo=UTC)
CLOSES = datetime(2021, 1, 8, 4, 59, tzinfo=UTC)
DATES = ItemDates(OPENS, DUE, CLOSES)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "state"),
    [
        pytest.param(OPENS - INSTANT, ItemState.NOT_YET, id="a moment before it opens"),
        pytest.param(OPENS, ItemState.OPEN, id="opening"),
        pytest.param(DUE, ItemState.OPEN, id="11:59:00 PM"),
        pytest.param(DUE + timedelta(minutes=1) - INSTANT, ItemState.OPEN, id="the last moment of 11:59 PM"),
        pytest.param(DUE + timedelta(minutes=1), ItemState.LATE, id="midnight"),
        pytest.param(CLOSES + timedelta(minutes=1) - INSTANT, ItemState.LATE, id="the last moment"),
        pytest.param(CLOSES + timedelta(minutes=1), ItemState.CLOSED, id="closed"),
    ],
)
def test_the_states_of_an_item(at, state):
    assert state_of(DATES, at) is state


def test_without_dates_nothing_is_late_or_closed():
    never = ItemDates(None, None, None)
    assert not is_late(never, CLOSES)
    assert not is_closed(never, CLOSES)
    assert state_of(never, OPENS) is ItemState.OPEN


def test_another_weekday_is_warned_of():
    thursday, wednesday = date(2020, 9, 24), date(2027, 1, 13)
    assert weekday_warning(date(2026, 9, 24), thursday) is None
    assert "2027-01-13 is a Wednesday" in (weekday_warning(wednesday, thursday) or "")
