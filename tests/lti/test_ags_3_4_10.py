"""AGS 2.0, 3.4.10, submission: when the work was done, so that a score delivered late does not make it late."""

import re
from datetime import datetime, timedelta

from portal.core.clock import real_now
from tests.lti.scoring import NOW, body, statements, tick


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
