"""From the click to the page: who gets in, as what, and where."""

import pytest
from sqlalchemy import func, select

from lti.models import LineItem
from portal.core.db import reading
from portal.courses.models import EnrollmentState, Role
from portal.identity.models import Person

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"


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


@pytest.mark.parametrize(
    ("person", "role"),
    [("tina", Role.FACULTY), ("nora", Role.FACULTY), ("sam", Role.LEARNER), ("zoe", Role.LEARNER)],
)
def test_everyone_is_what_the_lms_course_says(sqlite_school, person, role):
    sqlite_school.launch(person, "home")

    assert sqlite_school.enrollment(sqlite_school.lms.person(person)["sub"]).role is role


def test_names_may_be_missing(sqlite_school):
    answer = sqlite_school.launch("sam", "home", drop=["name", "given_name", "family_name", "email"])

    assert answer.status_code == 303
    assert sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).person.name is None


def test_a_name_that_is_absent_erases_nothing(sqlite_school):
    sqlite_school.launch("sam", "home")
    sqlite_school.launch("sam", "home", drop=["name", "given_name", "family_name", "email"])

    person = sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).person
    assert (person.name, person.email) == ("Sam Student", "sam@school.example")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"name": 5, "email": ["x"]}, id="of another type"),
        pytest.param({"name": "x" * 5000}, id="endless"),
        pytest.param({"name": "\ud800", "given_name": "a\x00b"}, id="not storable"),
        pytest.param({"name": "‮Sam", "family_name": "<script>"}, id="markup and direction"),
        pytest.param(
            {"lti:launch_presentation": "x", "lti:lis": 5, "lti:tool_platform": None}, id="odd claims"
        ),
        pytest.param({"ags:endpoint": "x", "nrps:namesroleservice": 7}, id="odd services"),
        pytest.param({"ags:endpoint": {"scope": "x", "lineitem": 5}}, id="odd endpoint"),
        pytest.param({"lti:custom": {"destination": None, "timezone": True}}, id="custom null and true"),
        pytest.param(
            {"lti:custom": {"destination": "$Destination", "timezone": "99"}}, id="custom not filled in"
        ),
        pytest.param({"lti:custom": None}, id="custom null"),
        pytest.param({"lti:roles": ["x", "\x00", "\ud800", MEMBERSHIP + "#Learner"]}, id="odd roles beside"),
        pytest.param(
            {"errors": {"errors": {}}, "lti:context": {"id": "2", "title": None, "errors": 1}}, id="leftovers"
        ),
        pytest.param(
            {"lti:resource_link": {"id": "1", "title": "\ud800", "description": None}}, id="odd link title"
        ),
        pytest.param({"aud": ["sample-lms-lectern"]}, id="audience as a list of one"),
        pytest.param(
            {"lti:tool_platform": {"guid": "\ud800", "product_family_code": "\ud800\x00"}}, id="odd platform"
        ),
    ],
)
def test_odd_optional_claims_keep_nobody_out(school, odd):
    assert school.launch("sam", "home", claims=odd).status_code == 303


def test_clocks_may_differ_by_a_minute(sqlite_school):
    import time

    ahead = {"iat": time.time() + 45, "nbf": time.time() + 45}
    behind = {"exp": time.time() - 45, "iat": time.time() - 100}

    assert sqlite_school.launch("sam", "home", claims=ahead).status_code == 303
    assert sqlite_school.launch("sam", "home", claims=behind).status_code == 303


@pytest.mark.parametrize(
    ("destination", "path"),
    [
        ("home", ""),
        ("lesson:3", "lessons/3"),
        ("work:asset-map", "work/asset-map"),
        ("call:2", "calls/2"),
        ("attendance:2", "calls/2"),  # a learner sees the call itself
        ("record", "record"),
        ("evaluation", "evaluation"),
        ("ce", "ce"),
        ("Lesson:3", "lessons/3"),
        ("lesson:99", ""),
        ("work:no-such", ""),
        ("lesson:../../admin", ""),
        ("https://evil.example/", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_the_destination_opens_its_page(sqlite_school, destination, path):
    answer = sqlite_school.launch("sam", "home", claims={"lti:custom": {"destination": destination}})

    assert answer.location == f"/c/{sqlite_school.cohort.slug}/{path}"


def test_faculty_land_on_the_attendance_of_a_call(sqlite_school):
    answer = sqlite_school.launch("tina", "home", claims={"lti:custom": {"Destination": "attendance:2"}})

    assert answer.location == f"/c/{sqlite_school.cohort.slug}/calls/2/attendance"


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


def test_a_custom_claim_never_opens_a_cohort(strangers):
    cohort = strangers.world.cohort("fall-2026")
    answer = strangers.launch(
        "sam", "home", claims={"lti:custom": {"cohort": cohort.slug, "destination": "home"}}
    )

    assert "not open here yet" in answer.get_data(as_text=True)


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


def test_the_key_set_is_fetched_once_for_many_launches_and_once_after_a_rotation(sqlite_school):
    fetched = lambda: sum(call.service == "jwks" for call in sqlite_school.lms.requests)  # noqa: E731
    for _ in range(20):
        assert sqlite_school.launch("sam", "home").status_code == 303
    assert fetched() == 1

    sqlite_school.lms.rotate_key(keep_old=False)
    for _ in range(20):
        assert sqlite_school.launch("sam", "home").status_code == 303
    assert fetched() == 2


def test_strangers_cannot_make_us_fetch_for_each_request(sqlite_school):
    for number in range(10):
        assert sqlite_school.launch("sam", "home", header={"kid": f"made-up-{number}"}).status_code == 403

    assert sum(call.service == "jwks" for call in sqlite_school.lms.requests) <= 2
    assert sqlite_school.refused() == {"key": 10}


@pytest.mark.parametrize("trouble", [500, 404, "timeout"])
def test_a_key_set_that_cannot_be_read_refuses_until_it_can(sqlite_school, trouble):
    sqlite_school.lms.fail("jwks", trouble)
    assert sqlite_school.launch("sam", "home").status_code == 403
    assert sqlite_school.refused() == {"key_set": 1}

    sqlite_school.lms.recover()
    assert sqlite_school.launch("sam", "home").status_code == 303


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


def test_two_people_with_one_sub_on_two_platforms_are_two(sqlite_school):
    from lti.demo_platform import DemoPlatform
    from tests.lti.conftest import make_school

    sqlite_school.launch("sam", "home")
    other = make_school(sqlite_school.world, DemoPlatform(base_url="https://other.example", client_id="c2"))
    other.connected(sqlite_school.world.cohort("spring"))
    other.launch("sam", "home")

    with sqlite_school.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_the_page_may_be_framed_by_the_lms_it_was_opened_from_alone(school):
    browser = school.browser()
    answer = school.launch("sam", "record", browser=browser)
    page = browser.get(answer.location)

    assert "frame-ancestors 'self' https://lms.example" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers


def test_a_page_for_nobody_may_be_framed_by_any_registered_lms(school):
    answer = school.browser().get("/lti/launch")

    assert "https://lms.example" in answer.headers["Content-Security-Policy"]
