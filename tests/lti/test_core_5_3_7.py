"""LTI Core 1.3, 5.3.7, roles claim: it alone says what somebody may. Its vocabularies: test_core_a_2.py."""

import pytest

from portal.courses.models import Role

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@pytest.mark.parametrize(
    ("person", "role"),
    [("tina", Role.FACULTY), ("nora", Role.FACULTY), ("sam", Role.LEARNER), ("zoe", Role.LEARNER)],
)
def test_everyone_is_what_the_lms_course_says(sqlite_school, person, role):
    sqlite_school.launch(person, "home")

    assert sqlite_school.enrollment(sqlite_school.lms.person(person)["sub"]).role is role


def test_a_role_changes_both_ways_in_open_sessions_too(school):
    open_since = school.browser()
    school.launch("sam", "home", browser=open_since)
    register = f"/c/{school.cohort.slug}/attendance"
    assert open_since.get(register).status_code == 403

    school.lms.set_role("sam", "teacher")
    school.launch("sam", "home")
    assert open_since.get(register).status_code == 200

    school.lms.set_role("sam", "learner")
    school.launch("sam", "home")
    assert open_since.get(register).status_code == 403


def test_a_teacher_who_becomes_an_observer_is_staff_no_more(school):
    open_since = school.browser()
    school.launch("tina", "home", browser=open_since)

    school.lms.set_role("tina", "observer")
    answer = school.launch("tina", "home")

    assert "Observers have no page here" in answer.get_data(as_text=True)
    assert open_since.get(f"/c/{school.cohort.slug}/attendance").status_code == 404


def test_an_observer_gets_a_plain_page_and_leaves_nothing(school):
    browser = school.browser()
    answer = school.launch("olga", "home", browser=browser)

    assert answer.status_code == 200
    assert "Observers have no page here" in answer.get_data(as_text=True)
    assert browser.get_cookie("lectern_session") is None
    assert school.kept()["person"] == 0


def test_a_designer_gets_a_plain_page(sqlite_school):
    answer = sqlite_school.launch("sam", "home", claims={"lti:roles": [MEMBERSHIP + "#ContentDeveloper"]})

    assert "This link works for those who teach or take the course" in answer.get_data(as_text=True)
    assert sqlite_school.kept()["person"] == 0


def test_an_administrator_of_the_site_who_is_not_in_the_course_has_no_right_in_it(sqlite_school):
    roles = [
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#SysAdmin",
    ]
    answer = sqlite_school.launch("ada", "home", claims={"lti:roles": roles})

    assert "You are not in this course" in answer.get_data(as_text=True)
    assert sqlite_school.kept()["person"] == 0


def test_a_learner_whose_course_is_concluded_keeps_what_is_theirs(sqlite_school):
    # Canvas: institution roles alone once the enrolment is concluded.
    sqlite_school.launch("sam", "home")
    roles = ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"]
    answer = sqlite_school.launch("sam", "record", claims={"lti:roles": roles})

    assert answer.location.endswith("/record")
    assert sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).role is Role.LEARNER


def test_a_test_student_is_marked_as_one(sqlite_school):
    roles = [MEMBERSHIP + "#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    sqlite_school.launch("sam", "home", claims={"lti:roles": roles})

    assert sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).is_test


def test_nothing_outside_the_roles_claim_gives_a_right(sqlite_school):
    answer = sqlite_school.launch(
        "sam",
        "home",
        claims={
            "lti:custom": {"roles": MEMBERSHIP + "#Instructor", "destination": "home"},
            "https://purl.imsglobal.org/spec/lti/claim/ext": {"roles": [MEMBERSHIP + "#Instructor"]},
        },
        form={"roles": "Instructor"},
    )

    assert answer.status_code == 303
    assert sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).role is Role.LEARNER
