"""Security Framework 1.0, 4.1, client credentials: one access token serves until it ends, or is refused."""

from portal.outbox.models import MessageState
from tests.lti.scoring import tick, waiting


def test_one_token_serves_many_scores(graded):
    for done in (True, False, True):
        tick(graded, done=done)
        graded.world.drain()

    assert sum(call.service == "token" for call in graded.lms.requests) == 1


def test_a_refused_token_is_replaced_once(graded):
    tick(graded)
    graded.lms.fail("scores", 401)
    graded.world.drain()

    assert len(graded.lms.scores) == 2
    assert sum(call.service == "token" for call in graded.lms.requests) == 2


def test_tokens_refused_again_and_again_park_the_score(graded):
    tick(graded)
    graded.lms.fail("scores", 401, times=None)
    graded.world.drain()

    assert {state for state, _ in waiting(graded)} == {MessageState.PARKED}
    assert sum(call.service == "token" for call in graded.lms.requests) <= 3
