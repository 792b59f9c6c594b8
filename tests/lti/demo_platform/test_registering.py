"""The sample LMS's Dynamic Registration, held against a recorded Moodle's."""

import copy
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lti.demo_platform.config import SCOPE_SCORE
from tests.lti.registering_platform import captured

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
ERRORS = {case["case"]: case["response"] for case in captured("moodle/registration-errors.json")["cases"]}


@pytest.fixture
def token(lms) -> Any:
    address = lms.registration_address("https://tool.example/lti/register/inv-1")
    return parse_qs(urlsplit(address).query)["registration_token"][0]


@pytest.fixture
def request_body() -> Any:
    asked = copy.deepcopy(captured("moodle/registration.json")["registration"]["request"]["body"])
    return asked | {"redirect_uris": ["https://tool.example/lti/launch"]}


def post(lms, body, token: str | None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = body if isinstance(body, str) else json.dumps(body)
    with lms.http() as http:
        return http.post("https://lms.example/lti/openid-registration", data=data, headers=headers)


def test_the_configuration_says_what_a_moodles_says(lms):
    with lms.http() as http:
        said = http.get("https://lms.example/lti/openid-configuration").json()

    assert set(said) == set(captured("moodle/openid-configuration.json")["response"]["body"])


def test_the_answer_is_shaped_as_a_moodles(lms, token, request_body):
    answer = post(lms, request_body, token)
    recorded = captured("moodle/registration.json")["registration"]["response"]["body"]

    assert answer.status_code == 200
    assert set(answer.json()) == set(recorded)
    assert set(answer.json()[TOOL]) == set(recorded[TOOL])
    assert SCOPE_SCORE in answer.json()["scope"].split()
    assert lms.registration["client_id"] == answer.json()["client_id"]
    assert lms.registration["deployment_id"] == answer.json()[TOOL]["deployment_id"] == "2"


def test_a_token_is_good_once(lms, token, request_body):
    post(lms, request_body, token)
    again = post(lms, request_body, token)

    assert (again.status_code, again.text) == (401, "token_already_used")


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("without response_types", {"response_types": None}),
        ("without initiate_login_uri", {"initiate_login_uri": None}),
        ("without redirect_uris", {"redirect_uris": None}),
        ("without client_name", {"client_name": None}),
        ("without jwks_uri", {"jwks_uri": None}),
        ("without token_endpoint_auth_method", {"token_endpoint_auth_method": None}),
        ("without lti-tool-configuration", {TOOL: None}),
        ("without domain", {TOOL: {"target_link_uri": "https://tool.example/lti/launch"}}),
        (
            "domain not that of target_link_uri",
            {TOOL: {"domain": "x.example", "target_link_uri": "https://tool.example/lti/launch"}},
        ),
        ("response_types [code]", {"response_types": ["code"]}),
        ("redirect_uris a string", {"redirect_uris": "https://tool.example/lti/launch"}),
        ("token_endpoint_auth_method none", {"token_endpoint_auth_method": "none"}),
        ("application_type native", {"application_type": "native"}),
    ],
)
def test_it_refuses_as_a_moodle_does(lms, token, request_body, case, change):
    asked = {name: value for name, value in (request_body | change).items() if value is not None}
    answer = post(lms, asked, token)

    assert (answer.status_code, answer.text) == (ERRORS[case]["status"], ERRORS[case]["body_text"])
    assert answer.headers["Content-Type"] == ERRORS[case]["headers"]["Content-Type"]
    assert lms.registration["client_id"] == "sample-lms-lectern"
    assert post(lms, request_body, token).status_code == 200


def test_without_a_token_or_with_a_wrong_one(lms, request_body):
    assert post(lms, request_body, None).text == ERRORS["no token"]["body_text"]
    assert post(lms, request_body, "x.y.z").status_code == 404
    assert post(lms, "not JSON", "x.y.z").status_code == 404


def test_only_the_administrator_sees_the_tools(lms):
    browser = lms.app.test_client()
    assert browser.get("/admin/tools").status_code == 401
    browser.post("/sign-in", data={"sub": lms.person("tina")["sub"]})
    assert browser.get("/admin/tools").status_code == 404
    browser.post("/sign-in", data={"sub": lms.person("ada")["sub"]})
    assert browser.get("/admin/tools").status_code == 200
    elsewhere = browser.post("/admin/tools", data={"url": "https://other.example/lti/register/x"})
    assert elsewhere.status_code == 422


def test_links_open_once_the_administrator_has_activated_the_tool(lms, token, request_body):
    post(lms, request_body, token)
    browser = lms.app.test_client()
    browser.post("/sign-in", data={"sub": lms.person("ada")["sub"]})
    link = lms.link("home")["id"]
    assert browser.get(f"/launch/{link}").status_code == 404

    assert browser.post("/admin/tools/activate").status_code == 303

    assert browser.get(f"/launch/{link}").status_code == 200
