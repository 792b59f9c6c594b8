"""Security Framework 1.0, 5.1.3: a nonce is used once, ever, by whatever process and thread is asked.

`both`: two apps with an engine each stand for two processes on one database.
"""

from typing import Any

from tests.lti.framed import FRAMED, OWN_PAGE, Launched, fields_of, launched
from tests.lti.processes import AT_ONCE, at_once


def login_cookie_of(launch: Launched) -> Any:
    """The cookie that ties its login to the browser, to be carried into another process's."""
    kept = launch.browser._cookies or {}
    return next(cookie for cookie in kept.values() if cookie.key.startswith("lti-"))


ONE = [303] + [403] * (AT_ONCE - 1)


def test_one_of_many_posts_of_one_launch_is_let_in(school, both):
    launch = launched(school, keep_cookies=True)
    cookie = login_cookie_of(launch)

    def post(number: int) -> Any:
        browser = both[number % 2].test_client()
        browser.set_cookie(cookie.key, cookie.value)
        return browser.post("/lti/launch", data=launch.fields).status_code

    assert at_once(post) == ONE
    assert school.kept()["enrollment"] == 1
    assert sum(school.refused().values()) == AT_ONCE - 1
    assert set(school.refused()) <= {"state", "nonce"}


def test_what_one_process_let_in_another_refuses(school, both):
    launch = launched(school, keep_cookies=True)
    cookie = login_cookie_of(launch)
    assert launch.post().status_code == 303

    browser = both[1].test_client()
    browser.set_cookie(cookie.key, cookie.value)
    assert browser.post("/lti/launch", data=launch.fields).status_code == 403


def test_a_login_that_one_process_began_another_lets_in(school, both):
    launch = launched(school, keep_cookies=True)
    cookie = login_cookie_of(launch)

    browser = both[1].test_client()
    browser.set_cookie(cookie.key, cookie.value)
    assert browser.post("/lti/launch", data=launch.fields).status_code == 303


def test_one_of_many_clicks_goes_on_in_a_tab(school, both):
    form = fields_of(launched(school).post(headers=FRAMED))

    def click(number: int) -> Any:
        browser = both[number % 2].test_client()
        return browser.post(form.url, data=form.data, headers=OWN_PAGE).status_code

    assert at_once(click) == ONE


def test_one_of_many_tabs_takes_a_session_over(school, both):
    from tests.builders.world import Browser

    client = school.browser()
    school.launch("sam", "home", browser=client)
    form = fields_of(Browser(client).post("/lti/hand-over", {"path": "/"}))

    def take(number: int) -> Any:
        browser = both[number % 2].test_client()
        return browser.post(form.url, data=form.data, headers=OWN_PAGE).status_code

    assert at_once(take) == ONE


def test_a_launch_that_lost_its_cookie_is_moved_to_one_tab(school, both):
    launch = launched(school)

    def post(number: int) -> Any:
        page = both[number % 2].test_client().post("/lti/launch", data=launch.fields, headers=FRAMED)
        return int("You go on as" in page.get_data(as_text=True))

    assert at_once(post) == [0] * (AT_ONCE - 1) + [1]
