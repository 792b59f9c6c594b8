"""LTI Core 1.3, 5.4.1, context claim: the LMS course, and the cohort it opens."""

import pytest

from lti.demo_platform import DemoPlatform
from tests.lti.conftest import make_school


def test_a_launch_without_a_course_lets_nobody_in(sqlite_school):
    answer = sqlite_school.launch("sam", "home", drop=["lti:context"])

    assert "Open this link from a course" in answer.get_data(as_text=True)
    assert sqlite_school.kept()["person"] == 0


def test_learners_wait_until_the_course_is_connected(strangers):
    browser = strangers.browser()
    answer = strangers.launch("sam", "home", browser=browser)

    assert answer.status_code == 200
    assert "This course is not open here yet" in answer.get_data(as_text=True)
    assert browser.get_cookie("lectern_session") is None
    assert strangers.kept() == {"person": 0, "enrollment": 0, "lti_context": 1, "lti_login_state": 0}


def test_each_lms_course_opens_its_own_cohort(school):
    fall, spring = school.cohort, school.world.cohort("spring-2027")
    school.connected(spring, "3")

    assert school.launch("tina", "home").location == f"/c/{fall.slug}/"
    assert school.launch("tina", "21").location == f"/c/{spring.slug}/"


def test_two_lms_courses_may_open_one_cohort(school):
    school.connected(school.cohort, "3")

    assert school.launch("sam", "home").location == school.launch("eve", "21").location


@pytest.mark.parametrize("same", ["the deployment", "the issuer"])
def test_the_same_ids_on_another_registration_are_others(school, same):
    other = DemoPlatform(
        base_url="https://lms.example" if same == "the issuer" else "https://other.example", client_id="other"
    )
    theirs = make_school(school.world, other)

    answer = theirs.launch("sam", "home")

    assert answer.status_code == 200
    assert "not open here yet" in answer.get_data(as_text=True)
    assert theirs.launch("tina", "home").location == "/lti/connect"
