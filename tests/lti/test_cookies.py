"""Cookies of login and session (checklist 7): what a frame of another site needs, and no more."""

import re

import pytest

from lti.demo_platform import DemoPlatform
from lti.services import framing
from portal.core.db import transaction
from portal.core.errors import Invalid
from tests.builders.world import World, make_app
from tests.lti.conftest import make_school


@pytest.fixture
def framed(sqlite_url, tmp_path):
    """A portal on https, as a browser reaches it from another site's frame."""
    app = make_app(sqlite_url, tmp_path, base_url="https://portal.example")
    made = make_school(World(app), DemoPlatform(portal_url="https://portal.example"))
    made.connected()
    yield made
    app.extensions["stop_waking"]()


def test_over_https_cookies_live_in_a_frame_of_another_site(framed):
    browser = framed.browser()
    login = browser.post(
        "/lti/login", data=framed.lms.initiation("sam", "home"), base_url="https://portal.example/"
    )
    said = login.headers["Set-Cookie"]
    assert said.startswith("__Host-lti-")
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/", "Max-Age=600"):
        assert attribute in said
    assert "Domain" not in said

    answer = browser.post(
        "/lti/launch", data=framed.lms.authorize(login.location), base_url="https://portal.example/"
    )
    cookies = answer.headers.getlist("Set-Cookie")
    session = next(cookie for cookie in cookies if cookie.startswith("lectern_session="))
    gone = next(cookie for cookie in cookies if cookie.startswith("__Host-lti-"))
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned"):
        assert attribute in session
    assert "Max-Age=0" in gone


def test_the_cookie_that_tries_a_frame_is_one_of_them(framed):
    asked = framed.lms.initiation("sam", "home")
    there = {"base_url": "https://portal.example/", "headers": {"Sec-Fetch-Dest": "iframe"}}
    tried = framed.browser().post("/lti/login", data=asked, **there)

    assert tried.status_code == 307
    said = tried.headers["Set-Cookie"]
    assert said.startswith("__Host-lti-try=1;")
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert attribute in said


def test_on_a_bare_loopback_address_plain_http_clients_can_follow(sqlite_school):
    browser = sqlite_school.browser()
    said = browser.post("/lti/login", data=sqlite_school.lms.initiation("sam", "home")).headers["Set-Cookie"]

    assert said.startswith("lti-")
    assert "SameSite=Lax" in said
    assert "HttpOnly" in said
    assert "Secure" not in said


def test_logins_that_were_given_up_do_not_pile_up(sqlite_school):
    browser = sqlite_school.browser()
    for _ in range(30):
        browser.post("/lti/login", data=sqlite_school.lms.initiation("sam", "home"))

    kept = [key for key in browser._cookies if any("lti-" in str(part) for part in key)]
    assert len(kept) <= 9


def test_a_schools_own_host_is_learned_from_its_launches(sqlite_school):
    # Hosted Canvas: no registered address has it.
    browser = sqlite_school.browser()
    there = {"lti:launch_presentation": {"return_url": "https://school.example/courses/1"}}
    answer = sqlite_school.launch("sam", "home", browser=browser, claims=there)
    assert "https://school.example" in browser.get(answer.location).headers["Content-Security-Policy"]

    # The page of somebody without a session may be framed there too.
    refused = sqlite_school.browser().post("/lti/launch")
    assert "https://school.example" in refused.headers["Content-Security-Policy"]


def test_the_operator_may_name_it_before(sqlite_school):
    with sqlite_school.world.app.app_context(), transaction() as session:
        framing.allow_framing(session, sqlite_school.registration_id, "https://school.example/login")
        with pytest.raises(Invalid):
            framing.allow_framing(session, sqlite_school.registration_id, "school.example; script-src *")
    browser = sqlite_school.browser()
    page = browser.get(sqlite_school.launch("sam", "home", browser=browser).location)

    assert "https://school.example " in page.headers["Content-Security-Policy"] + " "
    assert "script-src" not in page.headers["Content-Security-Policy"]


FORWARDED = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "portal.example",
    "X-Forwarded-For": "192.0.2.7",
}


@pytest.mark.parametrize(
    ("referer", "status"), [("https://portal.example/", 303), ("http://portal.example/", 400), (None, 400)]
)
def test_behind_a_trusted_proxy_a_plain_request_is_one_of_https(sqlite_url, tmp_path, referer, status):
    """Forms of https pages want a Referer of their own origin; the portal itself is reached by plain http."""
    app = make_app(sqlite_url, tmp_path, base_url="https://portal.example", proxies=1)
    school = make_school(World(app), DemoPlatform(portal_url="https://portal.example"))
    school.connected()
    browser = app.test_client()
    login = browser.post("/lti/login", data=school.lms.initiation("sam", "home"), headers=FORWARDED)
    launch = browser.post("/lti/launch", data=school.lms.authorize(login.location), headers=FORWARDED)
    assert all("Secure" in cookie for cookie in launch.headers.getlist("Set-Cookie"))

    page = browser.get(f"{launch.location}lessons/1", headers=FORWARDED).get_data(as_text=True)
    [token] = set(re.findall(r'name="csrf-token" content="([^"]+)"', page))
    ticked = browser.post(
        f"{launch.location}lessons/1/items/profile",
        data={"done": "1", "csrf_token": token},
        headers=FORWARDED | ({"Referer": referer} if referer else {}),
    )
    app.extensions["stop_waking"]()
    assert ticked.status_code == status


def test_a_host_that_a_stranger_forwards_is_not_ours(sqlite_school):
    said = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    asked = sqlite_school.lms.initiation("sam", "home")
    login = sqlite_school.browser().post("/lti/login", data=asked, headers=said)

    assert "redirect_uri=http%3A%2F%2Flocalhost%2Flti%2Flaunch" in login.location
    page = sqlite_school.browser().post("/lti/login", data={}, headers=said).get_data(as_text=True)
    assert "evil.example" not in page + login.location
