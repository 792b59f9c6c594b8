"""Scores to the LMS (AGS 2.0): the state now, once, soon, and through every trouble."""

import base64
import itertools
import json
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from portal.assignments.services import mark_item
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession, Enrollment
from portal.courses.queries import content_of, schedule_of
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.services import post, retry

ROLES = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.fixture
def graded(sqlite_school):
    """A school whose learner Sam came by the links to home and lesson 1, each with a column."""
    sqlite_school.launch("sam", "home")
    sqlite_school.launch("sam", "lesson:1")
    sqlite_school.world.drain()
    sqlite_school.lms.forget_requests()
    return sqlite_school


def tick(school, item: str = "profile", *, done: bool = True, who: str = "sam") -> None:
    """The learner ticks an item, as the lesson page does."""
    enrollment = school.enrollment(school.lms.person(who)["sub"])
    with school.world.app.app_context(), transaction() as session:
        learner = session.get_one(Enrollment, enrollment.id)
        content = content_of(session, school.cohort.course_version_id)
        dates = schedule_of(session, learner).assignment(item)
        mark_item(
            session, learner, content.assignment(item).assignment, dates, done=done, at=school.world.now
        )


def waiting(school) -> list[tuple[MessageState, str | None]]:
    """What is not done, with the last error."""
    with school.world.app.app_context(), reading() as session:
        return [
            (message.state, message.last_error)
            for message in session.scalars(
                select(OutboxMessage).where(OutboxMessage.state != MessageState.DONE)
            )
        ]


def statements(school) -> list[dict]:
    """The scores the LMS took, as posted."""
    return [score.body for score in school.lms.scores]


def test_a_tick_shows_in_each_column_as_its_own_share(graded):
    tick(graded)
    graded.world.drain()

    shares = {
        score.link_id: (score.body["scoreGiven"], score.body["scoreMaximum"]) for score in graded.lms.scores
    }
    assert shares[graded.lms.link("lesson:1")["id"]] == (1, 4)
    given, maximum = shares[graded.lms.link("home")["id"]]
    assert given == 1
    assert maximum > 30
    assert len(graded.lms.scores) == 2
    assert waiting(graded) == []


def test_a_score_is_written_as_the_specification_says(graded):
    tick(graded)
    graded.world.drain()

    body = statements(graded)[0]
    assert body["userId"] == graded.lms.person("sam")["sub"]
    assert (body["activityProgress"], body["gradingProgress"]) == ("InProgress", "FullyGraded")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["submission"]["submittedAt"])
    assert body["submission"]["submittedAt"] <= body["timestamp"]
    assert abs(datetime.fromisoformat(body["timestamp"]) - real_now()) < timedelta(minutes=1)
    assert graded.lms.refused_scores == []


def test_the_same_state_is_never_sent_twice(graded):
    tick(graded)
    graded.world.drain()
    enrollment = graded.enrollment(graded.lms.person("sam")["sub"])
    with graded.world.app.app_context(), transaction() as session:
        post(session, ProgressChanged([enrollment.id]))
    graded.world.drain()

    assert len(graded.lms.scores) == 2


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


def test_nothing_is_sent_for_who_has_done_nothing(graded):
    enrollment = graded.enrollment(graded.lms.person("sam")["sub"])
    with graded.world.app.app_context(), transaction() as session:
        post(session, ProgressChanged([enrollment.id]))
    graded.world.drain()

    assert graded.lms.scores == []


def test_nothing_is_sent_for_staff_or_test_students(sqlite_school):
    sqlite_school.launch("zoe", "lesson:1", claims={"lti:roles": [ROLES + "Learner", TEST_USER]})
    sqlite_school.launch("sam", "lesson:1")
    tick(sqlite_school, who="zoe")
    tick(sqlite_school, who="sam")
    sqlite_school.launch("sam", "lesson:1", claims={"lti:roles": [ROLES + "Instructor"]})
    sqlite_school.world.drain()

    assert sqlite_school.lms.scores == []
    assert waiting(sqlite_school) == []


def test_what_was_done_before_the_column_was_there_belongs_in_it(sqlite_school):
    sqlite_school.launch("sam", "record", claims={"ags:endpoint": {}})  # a link without a column
    tick(sqlite_school)
    sqlite_school.world.drain()
    assert sqlite_school.lms.scores == []

    sqlite_school.launch("tina", "lesson:1")
    sqlite_school.world.drain()

    assert sqlite_school.lms.grade("sam", "lesson:1") == 25


def test_a_platform_without_the_score_scope_gets_none(sqlite_school):
    endpoint = sqlite_school.lms.launch_claims("sam", "lesson:1", nonce="n")[
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
    ]
    sqlite_school.launch("sam", "lesson:1", claims={"ags:endpoint": endpoint | {"scope": []}})
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert sqlite_school.lms.requests[-1].service == "jwks"


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


@pytest.mark.parametrize("trouble", [500, 502, 429, "timeout", "lost"])
@pytest.mark.parametrize("service", ["scores", "token"])
def test_trouble_delays_a_score_and_loses_none(graded, service, trouble):
    if (service, trouble) == ("token", "lost"):
        pytest.skip("a lost token is a token never used")
    tick(graded)
    graded.lms.fail(service, trouble, times=2)
    graded.world.drain()
    graded.world.drain(later=timedelta(hours=1))
    graded.world.drain(later=timedelta(hours=2))

    assert waiting(graded) == []
    assert graded.lms.grade("sam", "lesson:1") == 25


def test_a_platform_says_when_to_come_back(graded):
    tick(graded)
    graded.lms.fail("scores", 429, headers={"Retry-After": "700"}, times=2)
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
    assert all(f"{status}: no such column" in reason for _, reason in waiting(graded))

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


def test_a_column_that_moved_gets_the_state_at_its_new_address(graded):
    tick(graded)
    graded.world.drain()
    claims = graded.lms.launch_claims("sam", "lesson:1", nonce="n")
    endpoint = claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]
    moved = endpoint | {"lineitem": endpoint["lineitem"] + "&moved=yes"}
    graded.launch("sam", "lesson:1", claims={"ags:endpoint": moved})
    tick(graded, done=False)
    graded.world.drain()

    posted = [call.url for call in graded.lms.requests if "moved" in call.url]
    path, _, query = endpoint["lineitem"].partition("?")
    assert set(posted) == {f"{path}/scores?{query}&moved=yes"}


def test_a_cancelled_call_counts_in_its_column(sqlite_school):
    sqlite_school.launch("sam", "call:1")
    enrollment = sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"])
    with sqlite_school.world.app.app_context(), transaction() as session:
        call = session.scalar(
            select(CallSession).where(
                CallSession.cohort_id == sqlite_school.cohort.id, CallSession.number == 1
            )
        )
        call.cancelled_at = sqlite_school.world.now
        post(session, ProgressChanged([enrollment.id]))
    sqlite_school.world.drain()

    assert [
        (s.body["scoreGiven"], s.body["scoreMaximum"], s.body["activityProgress"])
        for s in sqlite_school.lms.scores
    ] == [(1, 1, "Completed")]


def test_course_time_ahead_of_real_time_never_dates_work_in_the_future(graded):
    graded.world.at(graded.world.now + timedelta(days=1000))
    graded.world.at(datetime.fromisoformat("2026-12-01T12:00:00+00:00"))
    tick(graded)
    graded.world.drain()

    for body in statements(graded):
        assert body["submission"]["submittedAt"] <= body["timestamp"]


def test_the_assertion_is_ours_fresh_and_for_the_token_address(graded):
    seen = {}
    session = graded.lms.http()
    send = session.send

    def spy(request, **how):
        if b"client_assertion" in (
            request.body or b"" if isinstance(request.body, bytes) else (request.body or "").encode()
        ):
            seen["body"] = request.body
        return send(request, **how)

    session.send = spy
    graded.world.app.extensions["http"] = session
    graded.world.app.extensions.pop("lti", None)
    tick(graded)
    graded.world.drain()

    from urllib.parse import parse_qs

    form = parse_qs(seen["body"] if isinstance(seen["body"], str) else seen["body"].decode())
    head, body, _ = form["client_assertion"][0].split(".")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body))
    assert form["scope"] == ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    assert header["alg"] == "RS256"
    assert header["kid"]
    assert claims["iss"] == claims["sub"] == "sample-lms-lectern"
    assert claims["aud"] == graded.lms.registration["auth_token_url"]
    assert claims["exp"] - claims["iat"] <= 310
    assert len(claims["jti"]) >= 22


def test_scores_flow_on_postgresql_too(school):
    school.launch("sam", "lesson:1")
    tick(school)
    school.world.drain()

    assert school.lms.grade("sam", "lesson:1") == 25
