"""Security Framework 1.0, 5.1.1.1, third-party initiated login: what begins a login, and where it goes on."""

from urllib.parse import parse_qs, urlsplit

import pytest

from lti.demo_platform import DemoPlatform
from lti.errors import Reason
from tests.lti.conftest import make_school, refused


def test_two_tabs_at_once_are_two_logins(sqlite_school):
    browser = sqlite_school.browser()
    lms = sqlite_school.lms
    first = browser.post("/lti/login", data=lms.initiation("sam", "home")).location
    second = browser.post("/lti/login", data=lms.initiation("sam", "lesson:1")).location

    assert browser.post("/lti/launch", data=lms.authorize(second)).location.endswith("/lessons/1")
    assert browser.post("/lti/launch", data=lms.authorize(first)).location.endswith(
        f"/c/{sqlite_school.cohort.slug}/"
    )


def test_the_login_may_be_a_link_too(sqlite_school):
    browser = sqlite_school.browser()
    asked = sqlite_school.lms.initiation("sam", "home")
    answer = browser.get("/lti/login", query_string=asked)

    assert browser.post("/lti/launch", data=sqlite_school.lms.authorize(answer.location)).status_code == 303


def test_hints_go_on_character_for_character(sqlite_school):
    hint = '{"cmid":3,"a":"x&y=z+1 %20 ü"}'
    asked = sqlite_school.lms.initiation("sam", "home") | {"lti_message_hint": hint, "login_hint": "a b&c=d"}
    said = parse_qs(urlsplit(sqlite_school.browser().post("/lti/login", data=asked).location).query)

    assert (said["lti_message_hint"], said["login_hint"]) == ([hint], ["a b&c=d"])
    assert said["scope"] == ["openid"]
    assert said["response_type"] == ["id_token"]
    assert said["response_mode"] == ["form_post"]
    assert said["prompt"] == ["none"]
    assert said["client_id"] == ["sample-lms-lectern"]
    assert "iss" not in said
    assert said["redirect_uri"] == ["http://localhost/lti/launch"]
    assert min(len(said["state"][0]), len(said["nonce"][0])) >= 43  # 256 bits, base64url
    assert said["state"] != said["nonce"]


def test_without_a_client_id_only_a_single_registration_of_the_issuer_will_do(sqlite_school):
    asked = sqlite_school.lms.initiation("sam", "home")
    asked.pop("client_id")
    assert sqlite_school.browser().post("/lti/login", data=asked).status_code == 303

    make_school(sqlite_school.world, DemoPlatform(client_id="second-client"))
    assert sqlite_school.browser().post("/lti/login", data=asked).status_code == 403


def test_an_address_with_a_query_of_its_own_is_extended(sqlite_world, lms):
    from lti.models import Registration
    from portal.core.db import transaction

    school = make_school(sqlite_world, lms)
    with sqlite_world.app.app_context(), transaction() as session:
        session.get_one(Registration, school.registration_id).auth_login_url += "?tenant=7"

    location = school.browser().post("/lti/login", data=lms.initiation("sam", "home")).location
    assert location.startswith("https://lms.example/lti/auth?tenant=7&")
    assert parse_qs(urlsplit(location).query)["tenant"] == ["7"]


def test_what_else_platforms_send_is_ignored(sqlite_school):
    more = {
        "canvas_region": "us-east-1",
        "canvas_environment": "prod",
        "redirect_uri": "https://evil.example/",
    }
    asked = sqlite_school.lms.initiation("sam", "home") | more
    said = parse_qs(urlsplit(sqlite_school.browser().post("/lti/login", data=asked).location).query)

    assert said["redirect_uri"] == ["http://localhost/lti/launch"]


def test_the_target_may_be_missing(sqlite_school):
    # Canvas calls it optional.
    asked = sqlite_school.lms.initiation("sam", "home")
    asked.pop("target_link_uri")
    browser = sqlite_school.browser()
    location = browser.post("/lti/login", data=asked).location

    assert browser.post("/lti/launch", data=sqlite_school.lms.authorize(location)).status_code == 303


def test_no_line_break_reaches_a_header(sqlite_school):
    asked = sqlite_school.lms.initiation("sam", "home") | {"login_hint": "5\r\nSet-Cookie: a=b"}
    answer = sqlite_school.browser().post("/lti/login", data=asked)

    assert "%0D%0ASet-Cookie" in answer.location
    assert all("a=b" not in cookie for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"iss": ""}, Reason.FORM, id="no issuer"),
        pytest.param({"login_hint": ""}, Reason.FORM, id="no hint"),
        pytest.param({"iss": "https://other.example"}, Reason.PLATFORM, id="unknown issuer"),
        pytest.param({"iss": "https://lms.example/"}, Reason.PLATFORM, id="issuer with a slash more"),
        pytest.param({"client_id": "another"}, Reason.PLATFORM, id="unknown client"),
        pytest.param({"target_link_uri": "https://evil.example/"}, Reason.TARGET, id="target elsewhere"),
        pytest.param({"target_link_uri": "//evil.example/"}, Reason.TARGET, id="target without scheme"),
        pytest.param({"login_hint": "x" * 9000}, Reason.FORM, id="oversized hint"),
        pytest.param({"iss": ["https://lms.example", "https://lms.example"]}, Reason.FORM, id="issuer twice"),
        pytest.param({"client_id": "a\x00b"}, Reason.FORM, id="client with a NUL"),
        pytest.param({"client_id": ["a", "b"]}, Reason.FORM, id="client twice"),
        pytest.param({"login_hint": ["1", "2"]}, Reason.FORM, id="hint twice"),
        pytest.param({"lti_message_hint": "x" * 17_000}, Reason.FORM, id="oversized message hint"),
        pytest.param(
            {"target_link_uri": "http://localhost@evil.example/"}, Reason.TARGET, id="our name as a user"
        ),
        pytest.param(
            {"target_link_uri": "http://localhost.evil.example/"}, Reason.TARGET, id="our name as a prefix"
        ),
        pytest.param({"target_link_uri": "http://localhost:81/"}, Reason.TARGET, id="another port"),
        pytest.param({"target_link_uri": "javascript:alert(1)"}, Reason.TARGET, id="script as a target"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_logins_that_are_refused(sqlite_school, refuses, fields, reason, method):
    asked = sqlite_school.lms.initiation("sam", "home") | fields
    browser = sqlite_school.browser()

    answer = (
        browser.get("/lti/login", query_string=asked)
        if method == "get"
        else browser.post("/lti/login", data=asked)
    )

    refuses(answer, reason)
    assert not answer.headers.getlist("Set-Cookie")


def test_nothing_of_a_refused_login_is_echoed(sqlite_school):
    odd = '"><script>alert(1)</script>'
    for name in ("iss", "client_id", "login_hint", "target_link_uri", "lti_storage_target"):
        asked = sqlite_school.lms.initiation("sam", "home") | {"client_id": "nobody", name: odd}
        page = sqlite_school.browser().post("/lti/login", data=asked).get_data(as_text=True)
        assert "alert(1)" not in page


def test_of_a_post_the_form_counts_and_of_a_link_the_address(sqlite_school):
    asked, browser = sqlite_school.lms.initiation("sam", "home"), sqlite_school.browser()

    refused(browser.post("/lti/login", query_string=asked))
    refused(browser.get("/lti/login", data=asked))
    refused(browser.post("/lti/login", query_string=asked, data=asked | {"iss": "https://other.example"}))
    assert sqlite_school.refused() == {Reason.FORM: 2, Reason.PLATFORM: 1}


def test_a_page_with_three_frames_begins_three_logins(sqlite_school):
    browser, lms = sqlite_school.browser(), sqlite_school.lms
    links = ["home", "lesson:1", "record"]
    begun = [browser.post("/lti/login", data=lms.initiation("sam", link)).location for link in links]
    assert len({parse_qs(urlsplit(one).query)[name][0] for one in begun for name in ("state", "nonce")}) == 6

    opened = [browser.post("/lti/launch", data=lms.authorize(one)).location for one in reversed(begun)]
    home = f"/c/{sqlite_school.cohort.slug}/"
    assert opened == [f"{home}record", f"{home}lessons/1", home]
