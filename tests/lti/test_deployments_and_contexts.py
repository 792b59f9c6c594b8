"""Several deployments and LMS courses of one registration, and the same ids on another (Core 1.3, 3.1.3 and 5.4.1)."""

import pytest

from lti.demo_platform import DemoPlatform
from lti.errors import Reason
from lti.services import register
from portal.core.clock import real_now
from portal.core.db import transaction
from tests.lti.choosing import LTI, answer_of, chooser
from tests.lti.conftest import make_school


@pytest.fixture
def second(school) -> str:
    """Another deployment of the same registration."""
    given = school.lms.registration
    form = register.PlatformForm(
        given["issuer"],
        given["client_id"],
        given["auth_login_url"],
        given["auth_token_url"],
        given["jwks_url"],
    )
    with school.world.app.app_context(), transaction() as session:
        register.register(session, form, "37:ab", allow_private=False, at=real_now())
    return "37:ab"


def test_both_deployments_open_the_course_for_the_same_person(school, second):
    here = f"/c/{school.cohort.slug}/"
    assert school.launch("sam", "home").location == here
    people = school.kept()["person"]

    assert school.launch("sam", "home", claims={"lti:deployment_id": second}).location == here
    assert school.kept()["person"] == people


def test_an_answer_names_the_deployment_that_asked(school, second):
    for deployment in ("1", second):
        browser, page = chooser(school, claims={"lti:deployment_id": deployment})
        assert answer_of(browser, page, choose="home").claims[LTI + "deployment_id"] == deployment


@pytest.mark.parametrize("deployment", ["37:AB", "37:ab ", "37", "2"])
def test_a_deployment_is_compared_to_the_letter(school, second, deployment):
    answer = school.launch("sam", "home", claims={"lti:deployment_id": deployment})

    assert answer.status_code == 403
    assert school.refused() == {Reason.DEPLOYMENT: 1}


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
