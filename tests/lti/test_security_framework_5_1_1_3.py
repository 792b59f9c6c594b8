"""Security Framework 1.0, 5.1.1.3, authentication response: the form, its state, and the browser that posts it.

What each refusal is: tests/lti/refusing.py. The token: test_security_framework_5_1_3.py.
"""

import logging
from datetime import timedelta

import pytest

from lti.adapter.login import cookie_name
from lti.errors import Reason
from lti.protocol.token import MOST_TOKEN_CHARACTERS
from portal.core import clock
from tests.lti.conftest import refused


def answered(school, browser) -> dict[str, str]:
    """What the LMS answers to Sam's login in this browser: the form of the launch."""
    login = browser.post("/lti/login", data=school.lms.initiation("sam", "home"))
    fields: dict[str, str] = school.lms.authorize(login.location)
    return fields


def test_the_same_post_twice_is_a_replay(school):
    browser = school.browser()
    fields = answered(school, browser)

    first = browser.post("/lti/launch", data=fields)
    session = browser.get_cookie("lectern_session").value
    again = browser.post("/lti/launch", data=fields)

    assert first.status_code == 303
    refused(again)
    assert school.refused() == {Reason.STATE: 1}
    # The session that was there goes on.
    assert browser.get_cookie("lectern_session").value == session
    assert "still signed in" in again.get_data(as_text=True)


def test_the_token_of_one_login_does_not_fit_another(sqlite_school, refuses):
    browser = sqlite_school.browser()
    first = answered(sqlite_school, browser)
    refuses.begins_here()
    second = answered(sqlite_school, browser)

    refuses(
        browser.post("/lti/launch", data={"id_token": first["id_token"], "state": second["state"]}),
        Reason.NONCE,
    )


def test_a_state_is_used_once_whatever_came_of_it(sqlite_school, refuses):
    browser = sqlite_school.browser()
    fields = answered(sqlite_school, browser)

    refuses(browser.post("/lti/launch", data=fields | {"id_token": "x.y.z"}), Reason.TOKEN)
    # The form was refused before the state was looked at; the state is gone all the same.
    refuses(browser.post("/lti/launch", data=fields), Reason.TOKEN, Reason.STATE)


@pytest.mark.parametrize(
    ("form", "reason", "status"),
    [
        pytest.param({"id_token": ""}, Reason.FORM, 400, id="no token"),
        pytest.param({"id_token": "a" * (MOST_TOKEN_CHARACTERS + 1)}, Reason.FORM, 413, id="oversized token"),
        pytest.param({"error": "login_required"}, Reason.PLATFORM_ERROR, 403, id="error beside a token"),
        pytest.param({"error": "x" * 2000}, Reason.FORM, 413, id="oversized error"),
    ],
)
def test_forms_that_are_not_taken(sqlite_school, refuses, form, reason, status):
    browser = sqlite_school.browser()
    answer = browser.post("/lti/launch", data=answered(sqlite_school, browser) | form)

    refuses(answer, reason)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("form", "reason", "status"),
    [
        pytest.param({"state": ""}, Reason.FORM, 400, id="no state"),
        pytest.param({"state": "invented"}, Reason.STATE, 403, id="unknown state"),
        pytest.param({"state": "x" * 600}, Reason.FORM, 413, id="oversized state"),
        pytest.param({"state": "\x00"}, Reason.STATE, 403, id="state a NUL"),
        pytest.param({"state": "\u2028é"}, Reason.STATE, 403, id="state outside ASCII"),
        pytest.param({"id_token": "a" * 300_000}, Reason.FORM, 413, id="oversized body"),
    ],
)
def test_forms_that_name_no_login(sqlite_school, refuses, form, reason, status):
    browser = sqlite_school.browser()
    fields = answered(sqlite_school, browser)
    refuses.begins_here()  # the login stands: nobody named it

    answer = browser.post("/lti/launch", data=fields | form)
    refuses(answer, reason)
    assert answer.status_code == status


def test_the_platforms_own_error_gets_a_plain_page(sqlite_school, refuses):
    # Canvas: a used link (`launch_no_longer_valid`); Moodle: nobody is signed in.
    browser = sqlite_school.browser()
    state = answered(sqlite_school, browser)["state"]
    answer = browser.post(
        "/lti/launch",
        data={"error": "login_required", "error_description": "<b>no</b>", "state": state, "utf8": "✓"},
    )

    refuses(answer, Reason.PLATFORM_ERROR)
    page = answer.get_data(as_text=True)
    assert "Your LMS did not open the link" in page
    assert "sign in there if it asks you to, and click the link again" in page
    assert "<b>no</b>" not in page


@pytest.mark.parametrize("name", ["state", "id_token"])
def test_a_doubled_parameter_is_refused(sqlite_school, refuses, name):
    browser = sqlite_school.browser()
    fields = answered(sqlite_school, browser)
    if name == "state":
        refuses.begins_here()  # which of two is meant is not guessed, so none is spent

    refuses(browser.post("/lti/launch", data=fields | {name: [fields[name], "other"]}), Reason.FORM)


def test_another_browser_cannot_finish_a_login(sqlite_school, refuses):
    # Login CSRF: an attacker begins, the victim's browser is made to post the answer.
    fields = answered(sqlite_school, sqlite_school.browser())

    answer = sqlite_school.browser().post("/lti/launch", data=fields, headers={"Sec-Fetch-Dest": "document"})
    refuses(answer, Reason.BROWSER)


def test_nor_where_a_browser_does_not_say_whether_it_is_framed(sqlite_school):
    fields = answered(sqlite_school, sqlite_school.browser())

    refused(sqlite_school.browser().post("/lti/launch", data=fields))

    assert sqlite_school.refused() == {Reason.BROWSER: 1}
    assert sqlite_school.kept()["person"] == 0


def test_a_cookie_with_another_value_is_not_this_browser(sqlite_school, refuses):
    browser = sqlite_school.browser()
    fields = answered(sqlite_school, browser)
    browser.set_cookie(cookie_name(fields["state"], secure=False), fields["state"])

    refuses(browser.post("/lti/launch", data=fields), Reason.BROWSER)


def test_a_login_that_took_too_long_is_over(sqlite_school, refuses):
    browser = sqlite_school.browser()
    fields = answered(sqlite_school, browser)
    clock.use_clock(clock.Clock(real=lambda: sqlite_school.world.clock.real_now() + timedelta(minutes=11)))

    refuses(browser.post("/lti/launch", data=fields), Reason.STATE)


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_launch_is_posted(sqlite_school, method):
    answer = getattr(sqlite_school.browser(), method)("/lti/launch")

    assert (answer.status_code, "POST" in answer.headers["Allow"]) == (405, True)


def test_the_reason_is_in_the_log_alone_and_names_nobody(sqlite_school, refuses, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = sqlite_school.launch("sam", "home", claims={"lti:roles": "Instructor"})

    refuses(answer, Reason.CLAIM)
    [said] = [one.getMessage() for one in caplog.records if "refused" in one.getMessage()]
    assert "roles" in said
    assert "roles" not in answer.get_data(as_text=True)
    assert not any(word in caplog.text for word in ("Sam", "sam@", "Student", "eyJ"))
