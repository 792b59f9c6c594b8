"""Login initiation and the authentication request: what comes back to the tool, and what never does."""

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

BASE = {"base_url": "https://lms.example/"}
LTI = "https://purl.imsglobal.org/spec/lti/claim/"


class _Form(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.buttons = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form" and said.get("id") == "ltiAuthForm":
            self.action, self.method = said["action"], said["method"]
        if tag == "input" and self.action:
            self.fields[said["name"]] = said["value"]
        if tag == "button" and self.action:
            self.buttons += 1


@pytest.fixture
def browser(lms):
    client = lms.app.test_client()
    client.post("/sign-in", data={"sub": "5", "course": "2"}, **BASE)
    return client


def request_for(browser, link="1", **changes):
    fields = _Form(browser.get(f"/launch/{link}", **BASE).text).fields
    said = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": fields["client_id"],
        "redirect_uri": "https://tool.example/lti/launch",
        "login_hint": fields["login_hint"],
        "lti_message_hint": fields["lti_message_hint"],
        "state": "st-1",
        "nonce": "no-1",
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def ask(browser, said):
    return browser.get("/lti/auth?" + urlencode(said), **BASE)


def test_the_form_that_begins_a_login_has_moodles_fields_in_order(browser):
    form = _Form(browser.get("/launch/2", **BASE).text)

    assert (form.action, form.method, form.buttons) == ("https://tool.example/lti/login", "post", 1)
    assert list(form.fields) == [
        "iss",
        "target_link_uri",
        "login_hint",
        "lti_message_hint",
        "client_id",
        "lti_deployment_id",
    ]
    assert form.fields["login_hint"] == "5"
    assert json.loads(form.fields["lti_message_hint"])["cmid"] == 2


def test_the_answer_is_a_signed_token_with_the_nonce_and_the_state(browser, lms):
    form = _Form(ask(browser, request_for(browser)).text)

    assert (form.action, form.buttons) == ("https://tool.example/lti/launch", 1)
    assert list(form.fields) == ["id_token", "state"]
    assert form.fields["state"] == "st-1"
    keys = KeySet.import_key_set(lms.app.test_client().get("/lti/certs", **BASE).json)
    said = jwt.decode(form.fields["id_token"], keys, algorithms=["RS256"]).claims
    assert (said["nonce"], said["iss"], said["aud"], said["sub"]) == (
        "no-1",
        "https://lms.example",
        "sample-lms-lectern",
        "5",
    )
    assert said["exp"] - said["iat"] == 60
    assert said[LTI + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert said[LTI + "custom"]["destination"] == "home"
    assert said[LTI + "custom"]["timezone"] == "America/New_York"


def test_it_may_come_by_post(browser):
    said = request_for(browser)

    assert "id_token" in _Form(browser.post("/lti/auth", data=said, **BASE).text).fields


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"redirect_uri": "https://tool.example/other"}, id="unregistered redirect address"),
        pytest.param({"redirect_uri": "https://tool.example/lti/launch?x=1"}, id="with an added query"),
        pytest.param({"redirect_uri": "https://evil.example/lti/launch"}, id="of another host"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"lti_message_hint": None}, id="no message hint"),
        pytest.param({"lti_message_hint": "[]"}, id="message hint of another kind"),
        pytest.param({"login_hint": None}, id="no login hint"),
        pytest.param({"scope": "openid profile"}, id="another scope"),
        pytest.param({"response_type": "code"}, id="another response type"),
    ],
)
def test_what_cannot_be_trusted_is_answered_by_the_lmss_own_page(browser, changes):
    answer = ask(browser, request_for(browser, **changes))

    assert answer.status_code == 404
    assert "Invalid request" in answer.text
    assert _Form(answer.text).action is None


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"client_id": "nope"}, {"error": "unauthorized_client"}, id="wrong client"),
        pytest.param({"login_hint": "3"}, {"error": "access_denied"}, id="wrong login hint"),
        pytest.param(
            {"response_mode": None},
            {"error": "invalid_request", "error_description": "Invalid response_mode"},
            id="no response mode",
        ),
        pytest.param(
            {"response_mode": "query"},
            {"error": "invalid_request", "error_description": "Invalid response_mode"},
            id="another response mode",
        ),
        pytest.param(
            {"prompt": "login"},
            {"error": "invalid_request", "error_description": "Invalid prompt"},
            id="another prompt",
        ),
    ],
)
def test_other_mistakes_are_posted_to_the_tool(browser, changes, error):
    form = _Form(ask(browser, request_for(browser, **changes)).text)

    assert form.action == "https://tool.example/lti/launch"
    assert form.fields == error | {"state": "st-1"}


def test_a_launch_is_answered_once(browser):
    said = request_for(browser)

    assert (ask(browser, said).status_code, ask(browser, said).status_code) == (200, 404)


def test_another_person_in_that_browser_gets_no_token(browser):
    said = request_for(browser)
    browser.post("/sign-in", data={"sub": "6"}, **BASE)

    assert ask(browser, said).status_code == 404


def test_without_the_lmss_cookie_the_request_is_posted_once_more_then_given_up(browser, lms):
    said, stranger = request_for(browser), lms.app.test_client()

    again = _Form(ask(stranger, said).text)
    assert again.fields == {"repost": "true"}
    assert again.action
    assert again.action.startswith("https://lms.example/lti/auth?scope=openid")
    answer = stranger.post(again.action.removeprefix("https://lms.example"), data=again.fields, **BASE)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("state", "returned"),
    [(None, ""), ("a+b/c==", "a+b/c=="), ("a<b>c&d\"e'f", "ac&d\"e'f"), ("s" * 3000, "s" * 3000)],
)
def test_the_state_comes_back_but_for_markup(browser, state, returned):
    assert _Form(ask(browser, request_for(browser, state=state)).text).fields["state"] == returned


def test_only_members_and_administrators_open_a_course(browser, lms):
    assert browser.get("/launch/21", **BASE).status_code == 404
    assert browser.get("/course/3", **BASE).status_code == 404
    browser.post("/sign-in", data={"sub": "2"}, **BASE)
    assert browser.get("/launch/21", **BASE).status_code == 200
    assert lms.app.test_client().get("/launch/1", **BASE).status_code == 401


@pytest.mark.parametrize(
    ("person", "roles"),
    [
        ("tina", ["membership#Instructor"]),
        ("nora", ["membership#Instructor", "membership/Instructor#TeachingAssistant"]),
        ("olga", ["membership#Mentor"]),
        ("ada", ["institution/person#Administrator", "system/person#Administrator"]),
    ],
)
def test_the_roles_of_a_launch(lms, person, roles):
    said = lms.launch_claims(person, "home", nonce="n")[LTI + "roles"]

    assert said == ["http://purl.imsglobal.org/vocab/lis/v2/" + role for role in roles]


def test_who_has_no_email_has_no_email_claim(lms):
    assert "email" not in lms.launch_claims("quiet", "home", nonce="n")
    assert lms.launch_claims("zoe", "home", nonce="n")["name"].startswith("ณัฐวุฒิ Zoë Đặng 李")


def test_odd_parameter_names_come_twice_and_unknown_variables_as_they_are(lms):
    lms._lms.store.write(
        "update link set custom = ? where id = '1'",
        json.dumps({"Due Date": "x", "canvas": "$Canvas.user.id"}),
    )

    said = lms.launch_claims("sam", "1", nonce="n")[LTI + "custom"]

    assert (said["due_date"], said["Due Date"], said["canvas"]) == ("x", "x", "$Canvas.user.id")


def claims_in(answer) -> Any:
    """The claims in the form that goes to the tool."""
    return json.loads(extract_compact(_Form(answer.text).fields["id_token"].encode()).payload)


@pytest.mark.parametrize(("chosen", "said"), [("", "en"), ("es", "es"), ("en-GB", "en-GB")])
def test_the_language_somebody_tries_is_the_launchs(browser, chosen, said):
    answer = browser.post("/language", data={"language": chosen, "back": "/course/2"}, **BASE)
    assert answer.headers["Location"] == "/course/2"
    page = browser.get("/course/2", **BASE).text
    assert f'<option value="{chosen}" selected>' in page

    claims = claims_in(ask(browser, request_for(browser)))

    assert claims[LTI + "launch_presentation"]["locale"] == said


@pytest.mark.parametrize(
    ("data", "status"),
    [({"language": "xx"}, 404), ({"language": "es", "back": "https://evil.example/x"}, 303), ({}, 303)],
)
def test_a_language_leads_nowhere_else(browser, data, status):
    answer = browser.post("/language", data=data, **BASE)

    assert answer.status_code == status
    assert answer.headers.get("Location", "/courses") == "/courses"


def test_staff_review_a_learners_work_from_the_gradebook(browser):
    browser.post("/sign-in", data={"sub": "3", "course": "2"}, **BASE)
    page = browser.get("/course/2/gradebook/5", **BASE).text
    assert "Review: Lesson 1" in page
    fields = _Form(browser.get("/course/2/review/2/5", **BASE).text).fields
    said = {"login_hint": fields["login_hint"], "lti_message_hint": fields["lti_message_hint"]}

    claims = claims_in(ask(browser, request_for(browser) | said))

    assert claims[LTI + "message_type"] == "LtiSubmissionReviewRequest"
    assert claims[LTI + "for_user"] == {"user_id": "5"}
    assert "lineitem" in claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]


@pytest.mark.parametrize(
    ("person", "address"),
    [
        pytest.param("5", "/course/2/review/2/5", id="the learner"),
        pytest.param("3", "/course/2/review/2/2", id="somebody outside the course"),
        pytest.param("3", "/course/2/review/5/5", id="a link without a column"),
        pytest.param("3", "/course/3/review/2/5", id="another course's link"),
    ],
)
def test_nobody_else_and_nothing_else_is_reviewed(browser, person, address):
    browser.post("/sign-in", data={"sub": person}, **BASE)

    assert browser.get(address, **BASE).status_code == 404
