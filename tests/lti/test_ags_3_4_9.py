"""AGS 2.0, 3.4.9, timestamp: the real time of stating it, always later than the one before."""

import itertools
from datetime import datetime, timedelta

from portal.outbox.models import MessageState
from tests.lti.scoring import tick, waiting


def test_a_change_within_the_same_second_arrives_with_a_later_time(graded):
    tick(graded)
    graded.world.drain()
    tick(graded, done=False)
    graded.world.drain(later=timedelta(seconds=5))
    tick(graded)
    graded.world.drain(later=timedelta(seconds=10))
    import time

    time.sleep(0) if waiting(graded) == [] else time.sleep(1.1)
    graded.world.drain(later=timedelta(seconds=15))

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
    for seconds in range(0, 40, 2):
        graded.world.drain(later=timedelta(seconds=seconds))
        if {state for state, _ in waiting(graded)} == {MessageState.PARKED}:
            break
        import time

        time.sleep(1)

    assert {state for state, _ in waiting(graded)} == {MessageState.PARKED}
    assert len(graded.lms.refused_scores) <= 10
