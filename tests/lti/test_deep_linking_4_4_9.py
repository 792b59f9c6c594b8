"""Deep Linking 2.0, 4.4.9, roles: faculty choose, a designer only chooses, nobody else does."""

import pytest

from portal.courses.models import Role
from tests.builders.world import Browser
from tests.lti.choosing import DL, answer_of, chooser, read, told

FACULTY_ELSEWHERE = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"


@pytest.mark.parametrize("person", ["tina", "nora"])
def test_faculty_choose_and_are_signed_in_as_such(school, person):
    browser, page = chooser(school, person)

    assert "Choose pages to add" in page
    assert school.enrollment(school.lms.person(person)["sub"]).role is Role.FACULTY
    assert browser.get(f"/c/{school.cohort.slug}/attendance").status_code == 200


def test_a_designer_chooses_and_may_do_nothing_else(school):
    school.lms.set_role("sam", "designer")
    browser, page = chooser(school, "sam")

    assert "Choose pages to add" in page
    assert school.enrollment(school.lms.person("sam")["sub"]) is None
    for path in ("", "attendance", "record", "participants", "lessons/1"):
        assert browser.get(f"/c/{school.cohort.slug}/{path}").status_code == 404
    assert told(school, answer_of(browser, page, choose="lesson:1"), "sam") == ["Lesson 1"]


def test_who_became_a_designer_is_no_teacher_any_more(school):
    open_before = Browser(school.browser())
    school.launch("tina", "home", browser=open_before.client)
    school.lms.set_role("tina", "designer")
    chooser(school, "tina")

    assert open_before.get(f"/c/{school.cohort.slug}/attendance").status_code == 404


@pytest.mark.parametrize(
    ("person", "role"),
    [
        pytest.param("sam", None, id="a learner"),
        pytest.param("olga", None, id="an observer"),
        pytest.param("tina", [], id="nobody in the course"),
        pytest.param("tina", [FACULTY_ELSEWHERE], id="faculty of the school"),
    ],
)
def test_others_place_nothing_and_leave_nothing(school, person, role):
    before, browser = school.kept(), school.browser()

    answer = school.choose(person, browser=browser, claims={} if role is None else {"lti:roles": role})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "This is for those who teach the course" in page
    assert school.kept() == before
    assert browser.get("/").status_code == 401
    jwt = read(page, browser.get("/lti/jwks.json").json)
    assert jwt.items == []
    assert jwt.claims[DL + "errormsg"] == "This is for those who teach the course."
