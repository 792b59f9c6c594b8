"""LTI Core 1.3, 5.4.4, launch presentation claim: the way back into the LMS, of a verified token alone, with words."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from lti.demo_platform.keys import new_key
from lti.protocol.return_url import back_with
from tests.builders.world import Browser

BACK = "https://lms.example/mod/lti/return.php?course=2&instanceid=1&sesskey=S"


@pytest.mark.parametrize(
    ("url", "words", "back"),
    [
        ("https://lms.example/back", {}, "https://lms.example/back"),
        ("https://lms.example/back", {"msg": "All saved"}, "https://lms.example/back?lti_msg=All+saved"),
        (BACK, {"errormsg": "No & <b>"}, BACK + "&lti_errormsg=No+%26+%3Cb%3E"),
        (BACK + "#there", {"errorlog": "E1"}, BACK + "&lti_errorlog=E1#there"),
        ("https://lms.example/?a=%2F+b&&c", {"msg": "é"}, "https://lms.example/?a=%2F+b&&c&lti_msg=%C3%A9"),
    ],
)
def test_words_come_after_the_query_that_is_there(url, words, back):
    assert back_with(url, **words) == back


def way_back(answer) -> str | None:
    found = re.search(r'href="([^"]+)">Back to', answer.get_data(as_text=True))
    return unescape(found.group(1)) if found else None


def returning(url: object = BACK) -> dict[str, object]:
    return {"lti:launch_presentation": {"return_url": url, "locale": "en"}}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"claims": {"lti:version": "1.1"}, "drop": []}, id="refused by its version"),
        pytest.param({"claims": {"lti:roles": None}}, id="refused by a claim"),
        pytest.param({"claims": {"lti:message_type": "LtiStartProctoring"}}, id="an unknown message"),
    ],
)
def test_a_refusal_after_the_token_held_leads_back_with_a_reference(sqlite_school, how):
    answer = sqlite_school.launch("sam", "home", claims=how["claims"] | returning())

    said = parse_qs(urlsplit(way_back(answer) or "").query)
    [reference] = re.findall(r"Reference</span> <b class=\"num\">([^<]+)", answer.get_data(as_text=True))
    assert 400 <= answer.status_code < 500
    assert said["sesskey"] == ["S"]
    assert said["lti_errormsg"] == [f"Lectern could not open this link. Reference: {reference}"]
    assert said["lti_errorlog"] == [f"Lectern, reference {reference}"]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"key": "another"}, id="signed by another key"),
        pytest.param({"header": {"alg": "none"}}, id="not signed"),
        pytest.param({"claims": {"exp": 1}}, id="expired"),
        pytest.param({"claims": {"aud": "other"}}, id="for somebody else"),
        pytest.param({"claims": {"lti:deployment_id": "9"}}, id="of no deployment"),
    ],
)
def test_a_token_that_does_not_hold_leads_nowhere(sqlite_school, how):
    if "key" in how:
        how = {"key": new_key()}
    how = how | {"claims": how.get("claims", {}) | returning("https://evil.example/")}

    answer = sqlite_school.launch("sam", "home", **how)

    assert 400 <= answer.status_code < 500
    assert way_back(answer) is None
    assert "evil.example" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://lms.example/", "//lms.example/", "x", 5, None, ["https://lms.example/"]],
)
def test_only_web_addresses(sqlite_school, url):  # fmt: skip
    answer = sqlite_school.launch("sam", "home", claims={"lti:roles": None} | returning(url))

    assert answer.status_code == 400
    assert way_back(answer) is None


@pytest.mark.parametrize(
    ("person", "words"),
    [("olga", "Observers have no page here."), ("ada", "You are not in this course.")],
)
def test_who_does_not_enter_is_led_back_too(sqlite_school, person, words):
    answer = sqlite_school.launch(person, "home", claims=returning())

    assert parse_qs(urlsplit(way_back(answer) or "").query)["lti_errormsg"] == [words]


def test_the_bar_leads_back_to_the_course(school):
    browser = Browser(school.browser())
    school.launch("sam", "home", browser=browser.client, claims=returning())

    assert way_back(browser.get(f"/c/{school.cohort.slug}/record")) == BACK
    assert way_back(browser.get("/")) == BACK


def test_a_later_launch_without_one_leads_nowhere(school):
    browser = Browser(school.browser())
    school.launch("sam", "home", browser=browser.client, claims=returning())
    school.launch("sam", "home", browser=browser.client, drop=["lti:launch_presentation"])

    assert way_back(browser.get(f"/c/{school.cohort.slug}/record")) is None


def test_posting_an_old_launch_again_ends_no_session(school):
    """A framed page that is reloaded after an embedded player or the LMS posted the old launch again."""
    client, sent = school.browser(), {}
    post = client.post
    client.post = lambda url, **form: (sent.update({url: form}), post(url, **form))[1]
    school.lms.launch(client, "sam", "home")
    here = f"/c/{school.cohort.slug}/record"
    assert client.get(here).status_code == 200

    for _ in range(2):
        again = post("/lti/launch", **sent["/lti/launch"])
        assert 400 <= again.status_code < 500
        assert "You are still signed in from before" in again.get_data(as_text=True)
        assert client.get(here).status_code == 200
