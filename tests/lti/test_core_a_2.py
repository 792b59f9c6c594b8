"""LTI Core 1.3, A.2, role vocabularies, by launches: what each form of a role opens, and what none opens.

The table of all forms is in tests/unit/lti/test_roles.py.
"""

import pytest
from sqlalchemy import select

from portal.core.db import transaction
from portal.courses.models import Cohort, Role
from portal.courses.services import add_team_member
from portal.identity.models import Person
from tests.builders.world import Browser
from tests.lti.framed import later

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


@pytest.mark.parametrize(
    ("roles", "enters_as"),
    [
        pytest.param([f"{MEMBERSHIP}#Learner"], Role.LEARNER, id="learner"),
        pytest.param(["Learner"], Role.LEARNER, id="short learner"),
        pytest.param([f"{MEMBERSHIP}#Instructor"], Role.FACULTY, id="instructor"),
        pytest.param([f"{MEMBERSHIP}/Instructor#TeachingAssistant"], Role.FACULTY, id="assistant, by itself"),
        pytest.param([f"{MEMBERSHIP}#Administrator"], Role.FACULTY, id="administrator of the course"),
        pytest.param(["urn:lti:role:ims/lis/Instructor"], Role.FACULTY, id="old instructor"),
        pytest.param(
            [f"{MEMBERSHIP}#Learner", f"{INSTITUTION}#Faculty"], Role.LEARNER, id="a professor learns"
        ),
        pytest.param(
            [f"{MEMBERSHIP}#Learner", f"{SYSTEM}#Administrator"], Role.LEARNER, id="an administrator learns"
        ),
        pytest.param([f"{INSTITUTION}#Instructor"], None, id="a professor elsewhere"),
        pytest.param([f"{SYSTEM}#SysAdmin"], None, id="of the system"),
        pytest.param(["Administrator "], None, id="with a blank"),
        pytest.param(["instructor"], None, id="in small letters"),
        pytest.param(["http://evil.example/membership#Instructor"], None, id="another host's"),
        pytest.param([f"{MEMBERSHIP}/x/y#Instructor"], None, id="an unknown path"),
        pytest.param([f"{MEMBERSHIP}#Mentor"], None, id="observer"),
        pytest.param([f"{MEMBERSHIP}#ContentDeveloper"], None, id="designer"),
        pytest.param([], None, id="no role"),
    ],
)
def test_who_enters_and_as_what(sqlite_school, roles, enters_as):
    answer = sqlite_school.launch("sam", "home", claims={"lti:roles": roles})
    enrollment = sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"])

    assert answer.status_code == (200 if enters_as is None else 303)
    assert (enrollment and enrollment.role) == enters_as


def test_each_launch_says_what_somebody_is_now(school):
    """Up, down and out again, each seen at once in a session that was open all the while."""
    since = school.browser()
    school.launch("sam", "home", browser=since)
    register, record = (f"/c/{school.cohort.slug}/{page}" for page in ("attendance", "record"))

    for roles, staff_page, learner_page in (
        (["Instructor"], 200, 200),
        (["Learner"], 403, 200),
        (["TeachingAssistant"], 200, 200),
        (["Mentor"], 404, 404),
        (["Learner"], 403, 200),
        (["Mentor"], 404, 404),
        (["Learner"], 403, 200),
        (["ContentDeveloper"], 404, 404),
        (["Learner"], 403, 200),
        ([], 403, 200),  # Canvas, once its course is concluded: nobody is taken out by silence
    ):
        school.launch("sam", "home", claims={"lti:roles": roles})
        assert (roles, since.get(register).status_code) == (roles, staff_page)
        assert (roles, since.get(record).status_code) == (roles, learner_page)


@pytest.mark.parametrize(
    ("role", "staff_page", "learner_page"),
    [("learner", 403, 200), ("observer", 404, 404), ("designer", 404, 404)],
)
@pytest.mark.parametrize("message", ["LtiDeepLinkingRequest", "LtiSubmissionReviewRequest"])
def test_any_message_takes_the_right_that_its_role_does_not_give(
    school, message, role, staff_page, learner_page
):
    """Though nobody is let in by it: the LMS says that they teach no more."""
    since = school.browser()
    school.launch("tina", "home", browser=since)
    school.lms.set_role("tina", role)

    if message == "LtiDeepLinkingRequest":
        answer = school.choose("tina")
    else:
        review = {"lti:message_type": message, "lti:for_user": {"user_id": "5"}}
        answer = school.launch("tina", "home", claims=review)

    assert answer.status_code == (303 if (role, message) == ("designer", "LtiDeepLinkingRequest") else 403)
    assert since.get(f"/c/{school.cohort.slug}/attendance").status_code == staff_page
    assert since.get(f"/c/{school.cohort.slug}/record").status_code == learner_page


def test_the_right_of_faculty_lapses_a_week_after_the_last_launch_with_it(school):
    """Who left the LMS course sends no launch that says so."""
    since, home = school.browser(), f"/c/{school.cohort.slug}/"
    school.launch("tina", "home", browser=since)

    later(school, minutes=7 * 24 * 60 - 5)
    assert since.get(f"{home}attendance").status_code == 200
    later(school, minutes=7 * 24 * 60 + 5)
    lapsed = since.get(f"{home}attendance")
    assert lapsed.status_code == 403
    assert "Your right as faculty has lapsed" in lapsed.get_data(as_text=True)

    school.lms.wait(seconds=(7 * 24 * 60 + 5) * 60)
    school.launch("tina", "home")  # in another browser
    assert since.get(f"{home}attendance").status_code == 200


def test_what_a_learner_has_does_not_lapse(school):
    since = school.browser()
    school.launch("sam", "home", browser=since)

    later(school, minutes=60 * 24 * 60)
    assert since.get(f"/c/{school.cohort.slug}/record").status_code == 200


def test_the_course_teams_right_is_given_here_and_does_not_lapse(school):
    since, home = school.browser(), f"/c/{school.cohort.slug}/"
    school.launch("tina", "home", browser=since)
    with school.world.app.app_context(), transaction() as session:
        tina = session.scalars(select(Person).where(Person.sub == school.lms.person("tina")["sub"])).one()
        add_team_member(session, session.get_one(Cohort, school.cohort.id), tina, at=school.world.now)

    later(school, minutes=8 * 24 * 60)
    assert since.get(f"{home}attendance").status_code == 200


def test_a_test_student_is_let_in_and_counts_nowhere(school):
    tester, teacher = school.browser(), school.browser()
    as_tester = {"lti:roles": [f"{MEMBERSHIP}#Learner", TEST_USER], "name": "Test Student"}
    home = f"/c/{school.cohort.slug}/"
    assert school.launch("test", "home", claims=as_tester, browser=tester).location == home
    school.launch("sam", "home")
    school.launch("tina", "home", browser=teacher)

    # They see and do what a learner does.
    assert tester.get(f"{home}lessons/1").status_code == 200
    assert Browser(tester).post(f"{home}lessons/1/items/profile", {"done": "1"}).status_code == 303
    school.world.drain()

    # Nobody counts them.
    for page in (
        "participants",
        "participants.csv",
        "attendance",
        "calls/1/attendance",
        "calls/1/attendance.csv",
    ):
        words = teacher.get(home + page).get_data(as_text=True)
        assert "Sam Student" in words or page == "attendance"
        assert "Test Student" not in words
    assert Browser(tester).post(f"{home}certificates/completion", {"name": "Test Student"}).status_code == 409
    assert school.lms.scores == []
