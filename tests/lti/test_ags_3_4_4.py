"""AGS 2.0, 3.4.4, scoreGiven and scoreMaximum: each column its own share, in our own maximum."""

from sqlalchemy import select

from portal.core.db import transaction
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession
from portal.outbox.services import post
from tests.lti.scoring import enrolled, tick, waiting


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
