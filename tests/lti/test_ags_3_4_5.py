"""AGS 2.0, 3.4.5, userId: scores are about learners, by the `sub` of their launch, and about nobody else."""

from portal.core.db import transaction
from portal.courses.messages import ProgressChanged
from portal.outbox.services import post
from tests.builders.world import Browser
from tests.lti.scoring import ROLES, TEST_USER, enrolled, tick, waiting


def test_nothing_is_sent_for_staff_or_test_students(sqlite_school):
    sqlite_school.launch("zoe", "lesson:1", claims={"lti:roles": [ROLES + "Learner", TEST_USER]})
    sqlite_school.launch("sam", "lesson:1")
    tick(sqlite_school, who="zoe")
    tick(sqlite_school, who="sam")
    sqlite_school.launch("sam", "lesson:1", claims={"lti:roles": [ROLES + "Instructor"]})
    sqlite_school.world.drain()

    assert sqlite_school.lms.scores == []
    assert waiting(sqlite_school) == []


def test_nothing_is_sent_for_who_has_done_nothing(graded):
    enrollment = enrolled(graded)
    with graded.world.app.app_context(), transaction() as session:
        post(session, ProgressChanged([enrollment.id]))
    graded.world.drain()

    assert graded.lms.scores == []


def test_people_of_the_roster_who_did_nothing_get_no_statement(sqlite_school):
    client = sqlite_school.browser()
    sqlite_school.launch("tina", "home", browser=client)
    Browser(client).post(f"/c/{sqlite_school.cohort.slug}/participants/sync")
    sqlite_school.launch("sam", "lesson:1")
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert {score.sub for score in sqlite_school.lms.scores} == {sqlite_school.lms.person("sam")["sub"]}
