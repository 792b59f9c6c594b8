"""AGS 2.0, 3.4.10, submission: when the work was done, so that a score delivered late does not make it late."""

import re
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Source, Status
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession
from portal.outbox.services import post
from tests.lti.scoring import NOW, body, enrolled, statements, tick


def test_a_score_days_late_says_when_the_work_was_done():
    said = body(None)

    assert said["submission"] == {"submittedAt": "2027-01-20T09:00:00.000Z"}
    assert said["timestamp"] == "2027-01-23T17:03:11.482Z"


def test_work_is_never_handed_in_after_the_score_was_stated():
    # Course time may run ahead of real time; Canvas refuses a submitted_at in the future.
    assert (
        body(None, submitted_at=NOW + timedelta(days=60))["submission"]["submittedAt"]
        == "2027-01-23T17:03:11.482Z"
    )


def test_course_time_ahead_of_real_time_never_dates_work_in_the_future(graded):
    graded.world.at(graded.world.now + timedelta(days=1000))
    graded.world.at(datetime.fromisoformat("2026-12-01T12:00:00+00:00"))
    tick(graded)
    graded.world.drain()

    for said in statements(graded):
        assert said["submission"]["submittedAt"] <= said["timestamp"]


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


def test_a_call_was_attended_when_it_took_place_however_late_faculty_mark_it(sqlite_school):
    sqlite_school.launch("sam", "call:1")
    learner = enrolled(sqlite_school)
    with sqlite_school.world.app.app_context(), transaction() as session:
        call = session.scalars(
            select(CallSession).where(CallSession.cohort_id == learner.cohort_id, CallSession.number == 1)
        ).one()
        call.starts_at = real_now() - timedelta(days=9)
        marked = AttendanceRecord(
            call_id=call.id, enrollment_id=learner.id, status=Status.PRESENT, source=Source.FACULTY,
            marked_at=real_now() - timedelta(days=1),
        )  # fmt: skip
        session.add(marked)
        post(session, ProgressChanged([learner.id]))
        held = call.starts_at
    sqlite_school.world.drain()

    [said] = statements(sqlite_school)
    handed_in = datetime.fromisoformat(said["submission"]["submittedAt"])
    assert abs(handed_in - held) < timedelta(seconds=1)


def test_what_was_taken_back_was_not_handed_in(graded):
    tick(graded)
    graded.world.drain()
    tick(graded, done=False)
    graded.world.drain(later=timedelta(seconds=5))

    taken_back = [said for said in statements(graded) if said["scoreGiven"] == 0]
    assert taken_back
    assert not any("submission" in said for said in taken_back)
