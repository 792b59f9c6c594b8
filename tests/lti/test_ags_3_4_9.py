"""AGS 2.0, 3.4.9, timestamp: the real time of stating it, always later than the one before."""

import itertools
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lti.protocol.score import Score
from portal.outbox.models import MessageState
from tests.lti.scoring import DONE, drain, statements, tick, wait, waiting


@pytest.mark.parametrize(
    ("stated_at", "said"),
    [
        (datetime(2027, 1, 23, 17, 3, 11, 482999, tzinfo=UTC), "2027-01-23T17:03:11.482Z"),
        (datetime(2027, 1, 23, 17, 3, 11, tzinfo=UTC), "2027-01-23T17:03:11.000Z"),
        (
            datetime(2027, 1, 23, 12, 3, 11, 5000, tzinfo=timezone(-timedelta(hours=5))),
            "2027-01-23T17:03:11.005Z",
        ),
    ],
)
def test_it_has_a_zone_and_fractions_of_a_second(stated_at, said):
    assert json.loads(Score("5", 1, 4, DONE, stated_at).body(None))["timestamp"] == said


@pytest.mark.parametrize("ahead", [{"minutes": 5}, {"days": 400}])
def test_after_a_clock_that_stood_far_ahead_was_put_right_scores_go_on(graded, ahead):
    wait(graded, **ahead)
    tick(graded)
    drain(graded)
    stated = max(datetime.fromisoformat(body["timestamp"]) for body in statements(graded))

    wait(graded, **{unit: -much for unit, much in ahead.items()})
    tick(graded, done=False)
    drain(graded)

    # Platforms refuse what is earlier than what they have: nothing waits for a time a year away.
    assert waiting(graded) == []
    assert graded.lms.refused_scores == []
    assert [body["scoreGiven"] for body in statements(graded)][-2:] == [0, 0]
    last = max(datetime.fromisoformat(body["timestamp"]) for body in statements(graded))
    assert timedelta(seconds=1) <= last - stated <= timedelta(seconds=2)


def test_a_change_within_the_same_second_arrives_with_a_later_time(graded):
    tick(graded)
    graded.world.drain()
    tick(graded, done=False)
    graded.world.drain(later=timedelta(seconds=5))
    tick(graded)
    graded.world.drain(later=timedelta(seconds=10))
    assert {reason for _, reason in waiting(graded)} == {None}  # too soon is no trouble: nobody is shown it
    wait(graded, seconds=15)
    drain(graded)

    said = [score.body for score in graded.lms.scores if score.link_id == graded.lms.link("lesson:1")["id"]]
    assert [body["scoreGiven"] for body in said] == [1, 0, 1]
    times = [datetime.fromisoformat(body["timestamp"]) for body in said]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(times))
    assert graded.lms.refused_scores == []


def test_a_later_score_known_there_gets_the_newest_state_again_a_second_later(graded):
    tick(graded)
    graded.lms.fail("scores", 409, times=2)
    graded.world.drain()
    assert {state for state, _ in waiting(graded)} == {MessageState.WAITING}

    graded.world.drain(later=timedelta(seconds=2))

    assert waiting(graded) == []
    assert len(graded.lms.scores) == 2


def test_five_such_refusals_park_it(graded):
    tick(graded)
    graded.lms.fail("scores", 409, times=None)
    for _ in range(20):
        drain(graded)
        if {state for state, _ in waiting(graded)} == {MessageState.PARKED}:
            break
        wait(graded, seconds=2)

    assert {state for state, _ in waiting(graded)} == {MessageState.PARKED}
    assert len(graded.lms.refused_scores) <= 10
