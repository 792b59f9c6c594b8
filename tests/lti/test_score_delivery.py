"""Scores on their way: the state now, once, soon, and through every trouble."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lti.adapter.http import HttpClient, Limits
from lti.handlers import send_score
from lti.messages import ScoreDue
from lti.runtime import runtime
from lti.services import scores
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.courses.messages import ProgressChanged
from portal.outbox.models import MessageState
from portal.outbox.services import post, retry
from tests.lti.platforms import together
from tests.lti.scoring import drain, endpoint, enrolled, kept, set_done, tick, until_blocked, wait, waiting


def test_scores_flow_on_postgresql_too(school):
    school.launch("sam", "lesson:1")
    tick(school)
    school.world.drain()

    assert school.lms.grade("sam", "lesson:1") == 25


def test_the_same_state_is_never_sent_twice(graded):
    tick(graded)
    graded.world.drain()
    enrollment = enrolled(graded)
    with graded.world.app.app_context(), transaction() as session:
        post(session, ProgressChanged([enrollment.id]))
    graded.world.drain()

    assert len(graded.lms.scores) == 2


def test_a_column_that_several_links_name_gets_each_state_once(graded):
    column = endpoint(graded, "lesson:1")
    for link in ("again", "once more"):
        graded.launch(
            "sam", "home", claims={"lti:resource_link": {"id": link, "title": "Home"}, "ags:endpoint": column}
        )
    tick(graded)
    graded.world.drain()

    columns = [score.line_item_id for score in graded.lms.scores]
    assert len(columns) == len(set(columns)) == 2  # lesson 1 and home


@pytest.mark.parametrize(
    ("service", "trouble"),
    [(service, trouble) for service in ("scores", "token") for trouble in (500, 502, 429, "timeout")]
    + [("scores", "lost")],  # a lost token is a token never used
)
def test_trouble_delays_a_score_and_loses_none(graded, service, trouble):
    tick(graded)
    graded.lms.fail(service, trouble, times=2)
    graded.world.drain()
    graded.world.drain(later=timedelta(hours=1))
    graded.world.drain(later=timedelta(hours=2))

    assert waiting(graded) == []
    assert graded.lms.grade("sam", "lesson:1") == 25


@pytest.mark.parametrize("service", ["scores", "token"])
def test_a_platform_says_when_to_come_back(graded, service):
    tick(graded)
    graded.lms.fail(service, 429, headers={"Retry-After": "700"}, times=2)
    graded.world.drain()

    graded.world.drain(later=timedelta(seconds=600))
    assert graded.lms.scores == []
    graded.world.drain(later=timedelta(seconds=800))
    assert len(graded.lms.scores) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 422, 302])
def test_a_refusal_parks_with_its_reason_and_can_be_tried_again(graded, status):
    tick(graded)
    graded.lms.fail("scores", status, body="no such column", times=2)
    graded.world.drain()

    assert [state for state, _ in waiting(graded)] == [MessageState.PARKED] * 2
    assert all(f"{status}: no such column" in (reason or "") for _, reason in waiting(graded))

    with graded.world.app.app_context(), transaction() as session:
        retry(session, None, at=real_now())
    graded.world.drain()
    assert waiting(graded) == []
    assert len(graded.lms.scores) == 2


def test_one_persons_refusal_holds_up_nobody_else(graded):
    graded.launch("zoe", "lesson:1")
    graded.lms.remove("sam")
    tick(graded)
    tick(graded, who="zoe")
    graded.world.drain()

    assert graded.lms.grade("zoe", "lesson:1") == 25
    assert {state for state, _ in waiting(graded)} == {MessageState.PARKED}


def test_throttling_as_canvas_words_it_is_no_refusal(graded):
    tick(graded)
    graded.lms.fail("scores", 403, body="403 Forbidden (Rate Limit Exceeded)", times=2)
    graded.world.drain()

    assert {state for state, _ in waiting(graded)} == {MessageState.WAITING}


def test_a_score_goes_with_its_media_type_and_the_token_of_its_scope(graded):
    tick(graded)
    graded.world.drain()
    posted_scores = [call for call in graded.lms.requests if call.service == "scores"]

    assert len(posted_scores) == 2
    for call in posted_scores:
        # Moodle finds no handler for another type, and none for one with parameters in some versions.
        assert call.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
        assert call.headers["Authorization"].startswith("Bearer ")


def test_what_was_sent_once_is_not_sent_by_a_promise_that_is_delivered_again(graded):
    tick(graded)
    graded.world.drain()
    with graded.world.app.app_context():
        for item in kept(graded):
            send_score(transaction, {"line_item_id": item.id, "enrollment_id": enrolled(graded).id})

    assert len(graded.lms.scores) == 2


def test_two_workers_at_one_learner_take_turns_and_the_later_time_has_the_later_state(school):
    school.launch("sam", "lesson:1")
    tick(school)
    school.world.drain()
    wait(school, seconds=10)
    learner, [item] = enrolled(school), kept(school)
    app, due = school.world.app, ScoreDue(item.id, learner.id)

    def state_it():
        with app.app_context(), transaction() as session:
            return scores.begin(session, due, at=real_now())

    with app.app_context(), transaction() as session:
        set_done(session, school, learner, done=False)
        first = scores.begin(session, due, at=real_now())
        other = together(state_it, 1)
        until_blocked(session)
        set_done(session, school, learner, done=True)
    [second] = other()

    assert isinstance(first, scores.Statement)
    assert isinstance(second, scores.Statement)
    assert (first.score.given, second.score.given) == (0, 1)
    assert second.score.stated_at - first.score.stated_at >= timedelta(seconds=1)


def test_a_platform_that_hangs_is_asked_once_in_a_pass_and_all_arrives_after_it(graded):
    app = graded.world.app
    with app.app_context():
        doors = runtime()
    hanging = HttpClient(graded.lms.http(), limits=Limits(slow=-1.0))  # each failure took long
    app.extensions["lti"] = replace(doors, http=hanging)
    tick(graded)
    graded.lms.fail("scores", "timeout", times=None)
    graded.world.drain()

    assert sum(call.service == "scores" for call in graded.lms.requests) == 1
    assert len(waiting(graded)) == 2

    graded.lms.recover()
    wait(graded, seconds=30)
    drain(graded)
    assert waiting(graded) == []
    assert len(graded.lms.scores) == 2
