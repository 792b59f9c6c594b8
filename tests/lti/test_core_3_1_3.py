"""LTI Core 1.3, 3.1.3, deployments, with 3.1.2: a registration speaks for its own people, courses and cohorts."""

import pytest

from lti.demo_platform import DemoPlatform
from lti.errors import Reason
from lti.services import register
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.core.errors import Conflict
from portal.courses.models import Role
from tests.lti.choosing import LTI, answer_of, chooser
from tests.lti.conftest import School, make_school


def second(school: School, **about) -> School:
    """Another platform, registered with the same portal; both answer."""
    lms = DemoPlatform(**{"base_url": "https://other-lms.example", "client_id": "other-client"} | about)
    other = make_school(school.world, lms)
    http = school.lms.http()
    http.mount(lms.config.base_url + "/", lms.adapter())
    school.world.app.extensions["http"] = http
    school.world.app.extensions.pop("lti", None)
    return other


def deploy(school: School, deployment_id: str) -> None:
    given = school.lms.registration
    names = ("issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url")
    form = register.PlatformForm(*[given[name] for name in names])
    with school.world.app.app_context(), transaction() as session:
        register.register(session, form, deployment_id, allow_private=False, at=real_now())


def test_a_registration_may_have_several_deployments_and_courses(sqlite_school):
    deploy(sqlite_school, "123:abc")
    spring = sqlite_school.world.cohort("spring")
    sqlite_school.connected(spring, context="another")

    in_fall = sqlite_school.launch("sam", "home")
    in_spring = sqlite_school.launch(
        "sam",
        "home",
        claims={
            "lti:deployment_id": "123:abc",
            "lti:context": {"id": "another"},
            "lti:resource_link": {"id": "9"},
        },
    )

    assert in_fall.location.startswith("/c/cohort-")
    assert in_spring.location == "/c/spring/"
    assert sqlite_school.kept()["person"] == 1  # one person, in two cohorts
    assert sqlite_school.kept()["enrollment"] == 2


def test_the_deployment_of_another_platform_is_not_ours(school):
    second(school)
    deploy(school, "only-here")
    other = second(school, base_url="https://third.example", client_id="third")

    assert other.launch("sam", "home", claims={"lti:deployment_id": "only-here"}).status_code == 403
    assert school.refused() == {"deployment": 1}


def test_the_same_course_number_elsewhere_opens_nothing(school):
    other = second(school)

    answer = other.launch("sam", "home")

    assert "This course is not open here yet" in answer.get_data(as_text=True)
    assert school.kept()["enrollment"] == 0


def test_a_teacher_there_is_nobody_here(school):
    other = second(school)
    other.connected(school.world.cohort("elsewhere"))
    teacher = other.browser()
    assert other.launch("tina", "home", browser=teacher).status_code == 303

    for page in ("", "attendance", "participants", "record", "platform"):
        assert teacher.get(f"/c/{school.cohort.slug}/{page}").status_code == 404


def test_the_same_number_there_is_another_person(school):
    school.launch("tina", "home")
    other = second(school)
    other.connected(school.cohort)  # even where both open one cohort
    person = other.lms.person("tina")["sub"]
    assert person == school.lms.person("tina")["sub"]

    # A learner there: the teacher here stays what she is.
    learner = other.browser()
    other.lms.set_role("tina", "learner")
    other.launch("tina", "home", browser=learner)

    assert learner.get(f"/c/{school.cohort.slug}/attendance").status_code == 403
    assert school.kept()["person"] == 2
    teacher = school.browser()
    school.launch("tina", "home", browser=teacher)
    assert teacher.get(f"/c/{school.cohort.slug}/attendance").status_code == 200


def test_two_schools_of_one_issuer_differ_by_client(school):
    # Hosted Canvas: one issuer and one key set for all schools.
    twin = second(school, base_url="https://lms.example", client_id="second-school")

    assert "not open here yet" in twin.launch("sam", "home").get_data(as_text=True)
    school.world.app.extensions["http"] = school.lms.http()
    school.world.app.extensions.pop("lti")
    # A token for the one is none for the other, though issuer, key and deployment are the same.
    browser = school.browser()
    location = browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location
    fields = school.lms.authorize(location, claims={"aud": "second-school"})
    assert browser.post("/lti/launch", data=fields).status_code == 403
    assert school.refused() == {"audience": 1}


def test_a_login_of_one_platform_takes_no_token_of_another(school):
    other = second(school)
    other.connected(school.world.cohort("elsewhere"))
    browser = school.browser()
    location = browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location
    ours = school.lms.authorize(location)
    theirs = other.lms.authorize(
        browser.post("/lti/login", data=other.lms.initiation("sam", "home")).location
    )

    answer = browser.post("/lti/launch", data={"state": ours["state"], "id_token": theirs["id_token"]})

    assert answer.status_code == 403
    assert school.kept()["person"] == 0


@pytest.mark.parametrize("field", ["auth_login_url", "auth_token_url", "jwks_url", "auth_audience"])
def test_no_address_of_a_known_platform_changes_by_registering_it_again(school, field):
    given = school.lms.registration
    names = ("issuer", "client_id", "auth_login_url", "auth_token_url", "jwks_url")
    values = {name: given[name] for name in names} | {field: "https://evil.example/x"}

    with school.world.app.app_context():
        with pytest.raises(Conflict), transaction() as session:
            register.register(
                session, register.PlatformForm(**values), "1", allow_private=False, at=real_now()
            )
        with reading() as session:
            said = register.registrations(session)
    assert "evil.example" not in str(said)
    assert school.launch("sam", "home").status_code == 303


def test_who_launched_with_a_role_there_has_it_there_alone(school):
    other = second(school)
    other.connected(school.world.cohort("elsewhere"))
    other.launch("nora", "home")
    school.launch("nora", "home", claims={"lti:roles": ["Learner"]})

    assert {school.lms.person("nora")["sub"]} == {other.lms.person("nora")["sub"]}
    with school.world.app.app_context(), reading() as session:
        from sqlalchemy import select

        from portal.courses.models import Cohort, Enrollment

        roles = dict(
            session.execute(
                select(Cohort.slug, Enrollment.role).join(Enrollment, Enrollment.cohort_id == Cohort.id)
            ).all()
        )
    assert roles == {school.cohort.slug: Role.LEARNER, "elsewhere": Role.FACULTY}


@pytest.fixture
def further(school) -> str:
    """Another deployment of the same registration."""
    deploy(school, "37:ab")
    return "37:ab"


def test_both_deployments_open_the_course_for_the_same_person(school, further):
    here = f"/c/{school.cohort.slug}/"
    assert school.launch("sam", "home").location == here
    people = school.kept()["person"]

    assert school.launch("sam", "home", claims={"lti:deployment_id": further}).location == here
    assert school.kept()["person"] == people


def test_an_answer_names_the_deployment_that_asked(school, further):
    for deployment in ("1", further):
        browser, page = chooser(school, claims={"lti:deployment_id": deployment})
        assert answer_of(browser, page, choose="home").claims[LTI + "deployment_id"] == deployment


@pytest.mark.parametrize("deployment", ["37:AB", "37:ab ", "37", "2"])
def test_a_deployment_is_compared_to_the_letter(school, further, deployment):
    answer = school.launch("sam", "home", claims={"lti:deployment_id": deployment})

    assert answer.status_code == 403
    assert school.refused() == {Reason.DEPLOYMENT: 1}
