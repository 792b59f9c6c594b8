"""AGS 2.0, 3.4.4, scoreGiven and scoreMaximum: each column its own share, in our own maximum."""

import pytest
from sqlalchemy import select

from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Source, Status
from portal.core.db import transaction
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession
from portal.evaluation.models import EvaluationSent
from portal.outbox.services import post
from tests.lti.scoring import endpoint, enrolled, tick, waiting


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


def test_a_cancelled_call_counts_in_its_column(sqlite_school):
    sqlite_school.launch("sam", "call:1")
    enrollment = enrolled(sqlite_school)
    with sqlite_school.world.app.app_context(), transaction() as session:
        call = session.scalars(
            select(CallSession).where(
                CallSession.cohort_id == sqlite_school.cohort.id, CallSession.number == 1
            )
        ).one()
        call.cancelled_at = sqlite_school.world.now
        post(session, ProgressChanged([enrollment.id]))
    sqlite_school.world.drain()

    assert [
        (s.body["scoreGiven"], s.body["scoreMaximum"], s.body["activityProgress"])
        for s in sqlite_school.lms.scores
    ] == [(1, 1, "Completed")]


def attended(session, learner, at):
    call = session.scalars(
        select(CallSession).where(CallSession.cohort_id == learner.cohort_id, CallSession.number == 1)
    ).one()
    session.add(
        AttendanceRecord(
            call_id=call.id, enrollment_id=learner.id, status=Status.PRESENT, source=Source.FACULTY, marked_at=at
        )
    )  # fmt: skip


def evaluated(session, learner, at):
    session.add(EvaluationSent(enrollment_id=learner.id, sent_at=at))


@pytest.mark.parametrize(
    ("destination", "done", "share"),
    [
        pytest.param("home", [attended, evaluated], (2, 36), id="home: all that completion needs"),
        pytest.param("record", [attended, evaluated], (2, 36), id="record: the same"),
        pytest.param("call:1", [attended, evaluated], (1, 1), id="that call"),
        pytest.param("call:2", [attended, evaluated], None, id="another call"),
        pytest.param("evaluation", [evaluated], (1, 1), id="the evaluation"),
        pytest.param("lesson:1", [attended, evaluated], None, id="a lesson without either"),
        pytest.param("work:asset-map", [attended], None, id="work that is not done"),
        pytest.param("ce", [evaluated], None, id="a page without a share"),
        pytest.param("attendance:1", [attended], None, id="a page of faculty"),
    ],
)
def test_each_destination_has_its_own_share_and_nothing_else_counts_in_it(
    sqlite_school, destination, done, share
):
    link = {"lti:resource_link": {"id": "77"}, "lti:custom": {"destination": destination}}
    sqlite_school.launch("sam", "lesson:1", claims=link)
    learner = enrolled(sqlite_school)
    with sqlite_school.world.app.app_context(), transaction() as session:
        for fact in done:
            fact(session, learner, sqlite_school.world.now)
        post(session, ProgressChanged([learner.id]))
    sqlite_school.world.drain()

    said = [(score.body["scoreGiven"], score.body["scoreMaximum"]) for score in sqlite_school.lms.scores]
    assert said == ([share] if share else [])
    assert waiting(sqlite_school) == []


@pytest.mark.parametrize(("maximum", "grade"), [(100, 25), (10, 2.5), (7, 1.75), (0.5, 0.125)])
def test_a_maximum_that_a_teacher_changed_scales_our_share_and_does_not_change_it(graded, maximum, grade):
    column = endpoint(graded)["lineitem"]
    store = graded.lms._lms.store
    store.write(
        "update line_item set maximum = ? where link_id = ?", maximum, graded.lms.link("lesson:1")["id"]
    )
    tick(graded)
    graded.world.drain()

    [said] = [score.body for score in graded.lms.scores if score.link_id == graded.lms.link("lesson:1")["id"]]
    assert (said["scoreGiven"], said["scoreMaximum"]) == (1, 4)
    assert graded.lms.grade("sam", "lesson:1") == pytest.approx(grade)
    # What the platform rounds is its own: we never read it back to decide what to send.
    assert not [call for call in graded.lms.requests if call.url.startswith(column) and call.method == "GET"]
