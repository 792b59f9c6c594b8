"""LTI Core 1.3, 5.2, launch from a resource link: from the click to the page, and what a whole launch costs."""

import base64
import zlib
from typing import Any

from sqlalchemy import select

from lti.models import LineItem
from portal.core.db import reading
from portal.courses.models import EnrollmentState, Role
from tests.builders.world import Browser
from tests.lti.processes import AT_ONCE, at_once


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


def test_many_first_launches_of_one_person_at_once_are_one_person(strangers, both):
    """A page with several frames, all of a link that is new, opened by somebody new."""
    strangers.connected()
    launches = []
    for _ in range(AT_ONCE):
        browser = strangers.browser()
        login = browser.post("/lti/login", data=strangers.lms.initiation("sam", "home"))
        fresh = strangers.lms.authorize(login.location, claims={"lti:resource_link": {"id": "new"}})
        launches.append((fresh, [(one.key, one.value) for one in (browser._cookies or {}).values()]))

    def launch(number: int) -> Any:
        fields, cookies = launches[number]
        client = both[number % 2].test_client()
        for name, value in cookies:
            client.set_cookie(name, value)
        return client.post("/lti/launch", data=fields).status_code

    assert at_once(launch) == [303] * AT_ONCE
    assert strangers.kept() == {"person": 1, "enrollment": 1, "lti_context": 1, "lti_login_state": 0}


def test_the_session_holds_nothing_that_the_launch_said_of_somebody(sqlite_school):
    # It is signed, but whoever has the browser can read it; and browsers drop cookies of more than 4 kB.
    browser = sqlite_school.browser()
    sqlite_school.launch("sam", "home", browser=browser)
    value = browser.get_cookie("lectern_session").value

    assert len(value) < 1000
    packed = value.lstrip(".").split(".")[0]
    said = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
    text = (zlib.decompress(said) if value.startswith(".") else said).decode()
    assert "_user_id" in text
    assert not any(word in text for word in ("Sam", "Student", "sam@", "nonce", "roles", "eyJ"))


def test_each_launch_begins_a_session_anew(sqlite_school):
    browser = sqlite_school.browser()
    sqlite_school.launch("sam", "home", browser=browser)
    page = Browser(browser)
    token, before = page.token, browser.get_cookie("lectern_session").value
    sqlite_school.launch("sam", "home", browser=browser)

    assert browser.get_cookie("lectern_session").value != before
    # What the old session vouched for is gone with it.
    tick = f"/c/{sqlite_school.cohort.slug}/lessons/1/items/profile"
    assert browser.post(tick, data={"done": "1", "csrf_token": token}).status_code == 400
