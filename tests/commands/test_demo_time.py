"""The demo's course time: begun where it is asked to, and never going back on a later start."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.clock import OFFSET_VARIABLE
from portal.demo import _fix_course_time, _keep_course_time
from portal.settings import Settings

WINTER = datetime(2027, 2, 9, 12, tzinfo=UTC)
CLOSE = timedelta(minutes=1)


@pytest.fixture
def start(tmp_path, monkeypatch):
    """`start(now)`: one start of the demo with this PORTAL_NOW; the course time it begins at."""
    monkeypatch.setenv(OFFSET_VARIABLE, "0")

    def begin(now=None):
        settings = Settings(env="demo", data_dir=tmp_path, now=now)
        began = _fix_course_time(settings)
        _keep_course_time(settings)
        return began

    return begin


def test_without_a_wish_it_is_now(start):
    assert abs(start() - datetime.now(UTC)) < CLOSE
    assert float(os.environ[OFFSET_VARIABLE]) == 0


def test_it_begins_where_it_is_asked_to(start):
    assert abs(start(WINTER) - WINTER) < CLOSE


@pytest.mark.parametrize("wish", [None, WINTER - timedelta(days=90)], ids=["no wish", "an earlier day"])
def test_a_second_start_never_goes_back(start, wish):
    start(WINTER)
    assert WINTER <= start(wish) < WINTER + CLOSE


def test_a_second_start_may_go_on_to_a_later_day(start):
    start(WINTER)
    assert start(WINTER + timedelta(days=3)) >= WINTER + timedelta(days=3)
