"""Who may frame a page (checklist 7, `frame-ancestors`): in every process, from the moment a platform is known."""

import pytest
from lxml import html
from sqlalchemy import text

from lti.demo_platform import DemoPlatform
from portal.core.db import transaction
from tests.lti.conftest import School, make_school
from tests.lti.framed import FRAMED, TAB

OURS, THEIRS = "https://lms.example", "https://new-lms.example"


@pytest.fixture
def newcomer(school: School, both) -> School:
    """A platform that one web process registers, after the other has said who may frame it."""
    assert both[1].test_client().get("/lti/launch").status_code == 405
    made = make_school(school.world, DemoPlatform(base_url=THEIRS, client_id="new"))
    both[1].extensions["http"] = made.lms.http()
    both[1].extensions.pop("lti", None)
    return made


def framers(answer) -> list[str]:
    """Whom the answer lets frame it, but us."""
    policy = answer.headers["Content-Security-Policy"]
    return sorted(policy.split("frame-ancestors 'self'")[1].split())


def test_another_process_shows_the_newcomers_waiting_page(newcomer, both):
    answer = newcomer.lms.launch(both[1].test_client(), "sam", "home")

    assert "This course is not open here yet" in answer.get_data(as_text=True)
    assert framers(answer) == [THEIRS]  # theirs, and nobody else's


@pytest.mark.parametrize(
    "refuse",
    [
        pytest.param(lambda b, lms: b.get("/c/cohort-1/record"), id="signed out"),
        pytest.param(lambda b, lms: b.get("/"), id="signed out, at the root"),
        pytest.param(lambda b, lms: b.post("/lti/launch", data={"state": "x", "id_token": "y"}), id="no login"),
        pytest.param(lambda b, lms: b.post("/lti/login", data={}), id="no login request"),
    ],
)  # fmt: skip
def test_where_no_platform_is_known_every_registered_one_may(newcomer, both, refuse):
    assert framers(refuse(both[1].test_client(), newcomer.lms)) == [OURS, THEIRS]


def test_a_refused_launch_shows_in_the_frame_of_its_platform_alone(newcomer, both):
    answer = newcomer.lms.launch(both[1].test_client(), "sam", "home", claims={"aud": "other"})

    assert (answer.status_code, framers(answer)) == (403, [THEIRS])


def test_a_page_that_waits_shows_on_the_host_it_returns_to(school):
    # Hosted Canvas: a school's own host is in no address that was registered.
    returns = {"return_url": "https://its.example/c"}
    there = {"lti:context": {"id": "unknown"}, "lti:launch_presentation": returns}
    assert framers(school.launch("sam", "home", claims=there)) == ["https://its.example", OURS]
    # So does the refusal of a token that held.
    refused = school.launch("sam", "home", claims=there | {"lti:roles": None})
    assert (refused.status_code, framers(refused)) == (400, ["https://its.example", OURS])


@pytest.mark.parametrize(
    "claims", [{"lti:deployment_id": "new"}, {"exp": 1}, {"lti:context": {"id": "other"}}]
)
def test_what_follows_a_login_shows_on_the_page_that_began_it(school, claims):
    # Before anything that a token of the school says can be believed.
    browser = school.browser()
    login = browser.post(
        "/lti/login", data=school.lms.initiation("sam", "home"), headers={"Origin": "https://its.example"}
    )
    answer = browser.post("/lti/launch", data=school.lms.authorize(login.location, claims=claims))

    assert answer.status_code in (200, 403)
    assert "https://its.example" in framers(answer)


@pytest.mark.parametrize(
    "origin", ["null", "https://a;b", "javascript:x", "https://its.example, https://b.example"]
)
def test_an_origin_that_is_none_frames_nothing(school, origin):
    browser = school.browser()
    login = browser.post("/lti/login", data=school.lms.initiation("sam", "home"), headers={"Origin": origin})
    answer = browser.post("/lti/launch", data=school.lms.authorize(login.location, claims={"exp": 1}))

    assert framers(answer) == [OURS]


def test_a_login_that_is_refused_shows_on_the_page_that_sent_it(school):
    answer = school.browser().post(
        "/lti/login", data={"iss": OURS}, headers={"Origin": "https://its.example"}
    )

    assert (answer.status_code, framers(answer)) == (400, ["https://its.example", OURS])


@pytest.mark.parametrize("path", ["/verify/XXXX", "/healthz", "/no-such-page"])
def test_what_is_outside_lti_stays_unframeable(school, path):
    assert framers(school.browser().get(path)) == []


def test_a_signed_in_page_asks_nobody_who_may_frame_it(school, queries):
    browser = school.browser()
    school.launch("sam", "home", browser=browser)

    with queries() as sent:
        page = browser.get(f"/c/{school.cohort.slug}/record")
    assert framers(page) == [OURS]
    assert not any("auth_login_url" in statement for statement in sent.statements)


def test_a_page_does_not_fail_over_its_header(sqlite_school):
    with sqlite_school.world.app.app_context(), transaction() as session:
        session.execute(text("ALTER TABLE lti_registration RENAME TO away"))

    answer = sqlite_school.browser().get("/c/cohort-1/record")
    assert (answer.status_code, framers(answer)) == (401, [])


def told(answer) -> list[str]:
    """The origins that the page's script tells its height to."""
    found = html.fromstring(answer.get_data(as_text=True)).xpath("//meta[@name='lms-origins']/@content")
    assert len(found) <= 1
    return found[0].split() if found else []


def test_a_framed_page_knows_whom_to_tell_its_height(school):
    second = make_school(school.world, DemoPlatform(base_url=THEIRS, client_id="new"))
    school.world.app.extensions["http"] = school.lms.http()
    school.world.app.extensions.pop("lti", None)
    browser, record = school.browser(), f"/c/{school.cohort.slug}/record"
    returns = {"lti:launch_presentation": {"return_url": "https://its.example/c"}}
    school.launch("sam", "home", browser=browser, claims=returns)

    assert told(browser.get(record, headers=FRAMED)) == [OURS, "https://its.example"]
    assert told(browser.get(record, headers=TAB)) == []  # in a tab there is nobody to tell
    assert told(school.browser().get(record, headers=FRAMED)) == []  # nor where nobody's platform is known
    assert second.registration_id != school.registration_id


def test_who_was_here_before_is_signed_out_at_the_right_height(school):
    browser, record = school.browser(), f"/c/{school.cohort.slug}/record"
    returns = {"lti:launch_presentation": {"return_url": "https://its.example/c"}}
    school.launch("sam", "home", browser=browser, claims=returns)
    browser.delete_cookie("lectern_session")

    assert told(browser.get(record, headers=FRAMED)) == ["https://its.example"]


def test_a_waiting_page_knows_it_too(strangers):
    browser = strangers.browser()
    fields = strangers.lms.authorize(
        browser.post("/lti/login", data=strangers.lms.initiation("sam", "home")).location
    )

    assert told(browser.post("/lti/launch", data=fields, headers=FRAMED)) == [OURS]


def test_the_page_may_be_framed_by_the_lms_it_was_opened_from_alone(school):
    browser = school.browser()
    answer = school.launch("sam", "record", browser=browser)
    page = browser.get(answer.location)

    assert "frame-ancestors 'self' https://lms.example" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers


def test_a_page_for_nobody_may_be_framed_by_any_registered_lms(school):
    answer = school.browser().get("/lti/launch")

    assert "https://lms.example" in answer.headers["Content-Security-Policy"]
