"""Submission Review 1.0, LtiSubmissionReviewRequest: a learner's work, for faculty, and of this cohort alone."""

import pytest

from lti.demo_platform import DemoPlatform
from lti.errors import Reason
from tests.builders.world import Browser
from tests.lti.conftest import make_school

REVIEW = "LtiSubmissionReviewRequest"


def review(school, person: str, of: object, link: str = "work:asset-map", **how):
    claims = {"lti:message_type": REVIEW, "lti:for_user": {"user_id": of}} | how.pop("claims", {})
    browser = Browser(school.browser())
    return browser, school.launch(person, link, browser=browser.client, claims=claims, **how)


@pytest.fixture
def learner(school):
    """The sub of a learner who takes part."""
    school.launch("sam", "home")
    return school.lms.person("sam")["sub"]


@pytest.mark.parametrize(
    ("link", "part"), [("work:asset-map", "#work"), ("call:1", "#att"), ("lesson:1", ""), ("home", "")]
)
def test_faculty_see_the_learners_work(school, learner, link, part):
    browser, answer = review(school, "tina", learner, link)

    assert answer.status_code == 303
    enrollment = school.enrollment(learner)
    assert answer.location == f"/c/{school.cohort.slug}/participants/{enrollment.id}{part}"
    assert "Sam Student" in browser.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize("person", ["sam", "zoe", "olga"])
def test_others_see_nobodys_work(school, learner, person):
    before = school.kept()
    browser, answer = review(school, person, learner)

    assert answer.status_code == 403
    assert "This is for those who teach the course" in answer.get_data(as_text=True)
    assert browser.get("/").status_code == 401
    assert school.kept() == before


@pytest.mark.parametrize(
    "of",
    [
        pytest.param("999", id="nobody"),
        pytest.param("3", id="the teacher"),
        pytest.param("eve", id="a learner of another cohort"),
        pytest.param("5 ", id="almost a learner's id"),
    ],
)
def test_only_a_learner_of_this_cohort(school, learner, of):
    if of == "eve":
        ours, other = school.cohort, school.world.cohort("elsewhere")
        school.connected(other, "3")
        school.cohort = ours
        school.launch("eve", "21")
        of = school.lms.person("eve")["sub"]
        assert school.enrollment(of) is not None
    browser, answer = review(school, "tina", of)

    assert answer.status_code == 404
    assert "takes no part in this cohort" in answer.get_data(as_text=True)
    assert browser.get("/").status_code == 401


def test_the_same_sub_of_another_platform_is_somebody_else(school, learner):
    other = make_school(school.world, DemoPlatform(base_url="https://other.example", client_id="other"))
    other.connected(school.world.cohort("elsewhere"))
    answer = review(other, "tina", learner)[1]

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"claims": {"lti:for_user": None}}, id="of nobody"),
        pytest.param({"claims": {"lti:for_user": {}}}, id="of somebody unnamed"),
        pytest.param({"claims": {"lti:for_user": {"user_id": 5}}}, id="user_id as a number"),
        pytest.param({"claims": {"lti:for_user": "5"}}, id="for_user as text"),
        pytest.param({"claims": {"lti:for_user": {"user_id": ""}}}, id="an empty id"),
        pytest.param({"drop": ["ags:endpoint"]}, id="no grade service"),
        pytest.param({"claims": {"ags:endpoint": {"lineitems": "https://lms.example"}}}, id="no line item"),
        pytest.param({"claims": {"ags:endpoint": {"lineitem": "javascript:x"}}}, id="a line item that is none"),
        pytest.param({"drop": ["lti:resource_link"]}, id="no link"),
    ],
)  # fmt: skip
def test_a_review_that_cannot_be_read_is_refused(sqlite_school, how):
    answer = review(sqlite_school, "tina", "5", **how)[1]

    assert answer.status_code == 400
    assert sqlite_school.refused() == {Reason.CLAIM: 1}


def test_an_unconnected_course_leads_to_connecting_it(strangers):
    assert review(strangers, "tina", "5")[1].location == "/lti/connect"
