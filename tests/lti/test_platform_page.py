"""The course team's page about their LMS: courses that ask, scores that are stuck."""

import pytest
from sqlalchemy import select

from lti.models import Context
from lti.services import register
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.models import Cohort
from tests.lti.scoring import tick, waiting


def asked(strangers):
    """A cohort with people, whom the LMS course "2" asks to open."""
    cohort = strangers.world.cohort("fall-2026")
    strangers.world.learner(cohort)
    team = strangers.world.browser(strangers.world.team(cohort))
    with strangers.world.app.app_context(), transaction() as session:
        register.offer(session, strangers.registration_id, cohort="fall-2026", at=real_now())
    from tests.builders.world import Browser

    client = strangers.browser()
    strangers.launch("tina", "home", browser=client)
    Browser(client).post("/lti/connect", {"cohort": "fall-2026"})
    with strangers.world.app.app_context(), reading() as session:
        row = session.scalar(select(Context.id).where(Context.context_id == "2"))
    return cohort, team, row


@pytest.mark.parametrize(
    ("answer", "opens", "again"), [("connect", "fall-2026", 303), ("decline", None, 404)]
)
def test_the_course_team_answers_an_lms_course_that_asks(strangers, answer, opens, again):
    _cohort, team, row = asked(strangers)
    page = team.get("/c/fall-2026/platform").get_data(as_text=True)
    assert "asks to open this cohort" in page
    assert "Tina Teacher" in page

    assert team.post("/c/fall-2026/platform", {answer: row}).status_code == 303

    with strangers.world.app.app_context(), reading() as session:
        slug = session.scalar(select(Cohort.slug).join(Context, Context.cohort_id == Cohort.id))
    assert slug == opens
    assert "asks to open" not in team.get("/c/fall-2026/platform").get_data(as_text=True)
    assert team.post("/c/fall-2026/platform", {answer: row}).status_code == again


def test_another_cohorts_team_cannot_answer(sqlite_world, lms):
    from tests.lti.conftest import make_school

    strangers = make_school(sqlite_world, lms)
    _cohort, _team, row = asked(strangers)
    other = sqlite_world.cohort("other")
    outsider = sqlite_world.browser(sqlite_world.team(other))

    assert outsider.post("/c/other/platform", {"connect": row}).status_code == 404
    assert outsider.post("/c/fall-2026/platform", {"connect": row}).status_code == 404
    assert outsider.get("/c/fall-2026/platform").status_code == 404


@pytest.mark.parametrize("form", [{}, {"connect": ""}, {"connect": "x"}, {"decline": "9" * 30}])
def test_nonsense_is_refused(sqlite_school, form):
    team = sqlite_school.world.browser(sqlite_school.world.team(sqlite_school.cohort))

    assert team.post(f"/c/{sqlite_school.cohort.slug}/platform", form).status_code == 422


def test_a_stuck_score_is_seen_and_sent_again(school):
    school.launch("sam", "lesson:1")
    school.world.drain()
    tick(school)
    school.lms.fail("scores", 404, body="The column is gone")
    school.world.drain()
    team = school.world.browser(school.world.team(school.cohort))
    address = f"/c/{school.cohort.slug}/platform"
    page = team.get(address).get_data(as_text=True)
    assert "Sam Student" in page
    assert "Lesson 1" in page
    assert "404: The column is gone" in page

    answer = team.post(address, {"retry": "all"}, htmx=True)
    school.world.drain()

    assert answer.status_code == 200
    assert waiting(school) == []
    assert school.lms.grade("sam", "lesson:1") == 25


def test_only_the_course_team_sees_the_page(sqlite_school):
    sqlite_school.launch("sam", "home")
    address = f"/c/{sqlite_school.cohort.slug}/platform"
    coach = sqlite_school.world.browser(sqlite_school.world.coach(sqlite_school.cohort))
    learner = sqlite_school.world.browser(sqlite_school.world.learner(sqlite_school.cohort))

    assert [b.get(address).status_code for b in (coach, learner, sqlite_school.world.browser())] == [
        403,
        403,
        401,
    ]
