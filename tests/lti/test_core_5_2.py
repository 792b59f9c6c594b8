"""LTI Core 1.3, 5.2, launch from a resource link: from the click to the page, and what a whole launch costs."""

from sqlalchemy import select

from lti.models import LineItem
from portal.core.db import reading
from portal.courses.models import EnrollmentState, Role


def test_a_learner_comes_in_and_lands_on_the_page_of_the_link(school):
    answer = school.launch("sam", "lesson:1")

    assert (answer.status_code, answer.location) == (303, f"/c/{school.cohort.slug}/lessons/1")
    assert answer.headers["Cache-Control"] == "no-store"
    sam = school.enrollment(school.lms.person("sam")["sub"])
    assert (sam.role, sam.state, sam.person.name) == (Role.LEARNER, EnrollmentState.ACTIVE, "Sam Student")


def test_the_session_is_theirs(school):
    browser = school.browser()
    school.launch("sam", "home", browser=browser)

    assert browser.get(f"/c/{school.cohort.slug}/record").status_code == 200


def test_a_new_launch_ends_the_session_of_whoever_was_there(school):
    browser = school.browser()
    school.launch("tina", "home", browser=browser)
    school.launch("sam", "home", browser=browser)

    assert browser.get(f"/c/{school.cohort.slug}/attendance").status_code == 403


def test_a_whole_launch_takes_at_most_twelve_statements(school, queries):
    browser = school.browser()
    fields = school.lms.authorize(
        browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location
    )
    with queries(at_most=12):
        assert browser.post("/lti/launch", data=fields).status_code == 303

    again = school.lms.authorize(
        browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location
    )
    with queries(at_most=9):
        assert browser.post("/lti/launch", data=again).status_code == 303


def test_a_column_is_learned_and_forgotten_with_its_link(sqlite_school):
    def columns() -> list[tuple[str, bool]]:
        with sqlite_school.world.app.app_context(), reading() as session:
            return [
                (item.destination, item.gone_at is not None) for item in session.scalars(select(LineItem))
            ]

    sqlite_school.launch("tina", "home")
    assert columns() == [("home", False)]
    sqlite_school.launch("tina", "home", drop=["ags:endpoint"])
    assert columns() == [("home", True)]
    sqlite_school.launch("tina", "home")
    assert columns() == [("home", False)]
