"""Scores the LMS does not take: whose trouble it is, said plainly, and gone from the page once it is none."""

from datetime import timedelta

import pytest

from lti.demo_platform import DemoPlatform
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.outbox.models import MessageState
from portal.outbox.services import retry
from tests.builders.world import Browser
from tests.lti.conftest import make_school
from tests.lti.scoring import drain, tick, wait, waiting
from tests.reading import main_words, page_of, piece, words

THEIRS = "Learners whose scores the LMS does not take"


@pytest.fixture
def left(school):
    """Sam has left the course in the LMS, which refuses his scores; Zoe's arrive."""
    for who in ("sam", "zoe"):
        school.launch(who, "lesson:1")
    school.world.drain()
    school.lms.remove("sam")
    for who in ("sam", "zoe"):
        tick(school, who=who)
    school.world.drain()
    assert [state for state, _ in waiting(school)] == [MessageState.PARKED]
    return school


def platform_page(school):
    """What the course team sees."""
    team = school.world.browser(school.world.team(school.cohort))
    return team.get(f"/c/{school.cohort.slug}/platform")


def rows(page, table: str) -> list[str]:
    """The rows of a table of scores, as read."""
    found = piece(page, table)
    return [words(row) for row in found.findall(".//tbody/tr")] if found is not None else []


def test_who_left_the_lms_course_is_no_trouble_of_the_whole(left):
    page = platform_page(left)

    assert rows(page, "scores") == []
    [row] = rows(page, "their-scores")
    assert "Sam Student" in row
    assert THEIRS in main_words(page)
    assert "1 stuck" not in main_words(page)
    states = [words(row) for row in page_of(page).findall(".//table")[0].findall(".//tbody/tr")]
    assert [row.split()[1] for row in states if row.startswith(("Scores", "Keys"))] == ["Works", "Works"]


def test_once_the_list_of_people_has_withdrawn_them_they_are_gone_from_it(left):
    left.launch("tina", "home", browser=(client := left.browser()))
    Browser(client).post(f"/c/{left.cohort.slug}/participants/sync")
    left.world.drain()

    page = platform_page(left)
    assert THEIRS not in main_words(page)
    assert "Sam Student" not in main_words(page)


def test_who_is_back_gets_the_newest_state_and_the_old_promise_is_kept_by_it(left):
    left.lms.add_person(left.lms.person("sam"), course="2", role="learner")
    tick(left, done=False)
    left.world.drain(later=timedelta(seconds=5))
    tick(left)
    wait(left, seconds=15)
    drain(left)

    assert left.lms.grade("sam", "lesson:1") == 25
    assert waiting(left) == []
    assert THEIRS not in main_words(platform_page(left))


def test_what_a_platform_says_of_one_learner_alone_is_theirs_where_others_scores_arrive(school):
    for who in ("sam", "zoe"):
        school.launch(who, "lesson:1")
    school.world.drain()
    tick(school)
    school.lms.fail("scores", 404, body="no such person")
    school.world.drain()
    assert len(rows(platform_page(school), "scores")) == 1  # it may be the column

    tick(school, who="zoe")
    school.world.drain()

    page = platform_page(school)
    assert rows(page, "scores") == []
    assert len(rows(page, "their-scores")) == 1


def test_trouble_of_the_column_is_everybodys(school):
    for who in ("sam", "zoe"):
        school.launch(who, "lesson:1")
    school.world.drain()
    school.lms.fail("scores", 404, body="no such column", times=None)
    for who in ("sam", "zoe"):
        tick(school, who=who)
    school.world.drain()

    page = platform_page(school)
    assert len(rows(page, "scores")) == 2
    assert THEIRS not in main_words(page)
    assert "2 stuck" in main_words(page)


def test_all_tried_again_are_those_that_are_everybodys(left):
    left.lms.fail("scores", 404, body="no such column")
    tick(left, who="zoe", done=False)
    left.world.drain(later=timedelta(seconds=5))
    left.lms.forget_requests()
    team = left.world.browser(left.world.team(left.cohort))
    team.post(f"/c/{left.cohort.slug}/platform", {"retry": "all"})
    wait(left, seconds=15)
    drain(left)

    assert sum(call.service == "scores" for call in left.lms.requests) == 1
    assert left.lms.grade("zoe", "lesson:1") == 0
    assert len(rows(platform_page(left), "their-scores")) == 1


@pytest.mark.parametrize(
    ("dress", "claims"),
    [
        ("moodle", {"lti:tool_platform": {"guid": "x", "product_family_code": "moodle"}}),
        ("canvas", {}),
    ],
)
def test_canvas_and_moodle_say_so_before_anybody_elses_score_arrives(sqlite_world, dress, claims):
    lms = DemoPlatform(dress=dress) if dress == "canvas" else DemoPlatform()
    school = make_school(sqlite_world, lms)
    school.connected()
    school.launch("sam", "lesson:1", claims=claims)
    school.world.drain()
    school.lms.remove("sam")
    tick(school)
    school.world.drain()

    [row] = rows(platform_page(school), "their-scores")
    assert "does not have them as a learner of its course" in row


def test_a_withdrawn_learners_promise_is_closed_when_it_is_tried_again(left):
    left.launch("tina", "home", browser=(client := left.browser()))
    Browser(client).post(f"/c/{left.cohort.slug}/participants/sync")
    left.world.drain()
    left.lms.forget_requests()
    with left.world.app.app_context(), transaction() as session:
        retry(session, None, at=real_now())
    left.world.drain()

    assert [call for call in left.lms.requests if call.service == "scores"] == []
    assert waiting(left) == []


def test_work_done_while_scores_are_stuck_is_said_once_and_gone_when_the_newest_state_arrives(school):
    school.launch("sam", "lesson:1")
    school.world.drain()
    school.lms.fail("scores", 503, times=None)
    for done in (True, False, True):
        tick(school, done=done)
        school.world.drain()
    assert len(waiting(school)) == 3
    page = platform_page(school)
    assert len(rows(page, "scores")) == 1
    assert "1 stuck" in main_words(page)

    school.lms.recover()
    team = school.world.browser(school.world.team(school.cohort))
    team.post(f"/c/{school.cohort.slug}/platform", {"retry": "all"})
    wait(school, seconds=4)
    school.world.drain(later=timedelta(seconds=4))

    # The other promises are not due yet, but have nothing more to say.
    assert waiting(school)
    assert school.lms.grade("sam", "lesson:1") == 25
    assert rows(platform_page(school), "scores") == []
    assert "1 stuck" not in main_words(platform_page(school))
