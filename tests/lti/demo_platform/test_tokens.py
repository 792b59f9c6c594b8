"""The token endpoint: who gets an access token, and who does not."""

import pytest

from lti.demo_platform.config import SCOPE_MEMBERSHIP, SCOPE_SCORE
from lti.demo_platform.keys import new_key


def test_a_token_for_the_scopes_that_are_known(tool):
    answer = tool.ask_token(SCOPE_SCORE, "https://example.org/x")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"  # as Moodle labels it
    said = answer.json()
    assert (said["token_type"], said["expires_in"], said["scope"]) == ("Bearer", 3600, SCOPE_SCORE)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        pytest.param({"scope": "https://example.org/x"}, "invalid_scope", id="unknown scope alone"),
        pytest.param({"scope": None}, "invalid_request", id="no scope"),
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="another grant"),
        pytest.param({"client_assertion": None}, "invalid_request", id="no assertion"),
        pytest.param({"client_assertion": "a.b"}, "invalid_request", id="no token at all"),
    ],
)
def test_a_request_that_is_wrong(tool, form, error):
    answer = tool.ask_token(**form)

    assert (answer.status_code, answer.json()) == (400, {"error": error})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"sub": "nope", "iss": "nope"}, "invalid_client", id="unknown client"),
        pytest.param({"iss": "other"}, "invalid_client", id="issuer is not the client"),
        pytest.param({"aud": "https://lms.example"}, "invalid_client", id="audience is the issuer"),
        pytest.param({"aud": None}, "invalid_client", id="no audience"),
        pytest.param({"exp": 1}, "Expired token", id="expired"),
        pytest.param({"exp": None}, "Expired token", id="never expires"),
        pytest.param({"iat": 1}, "invalid_client", id="long issued"),
        pytest.param({"jti": None}, "invalid_client", id="no jti"),
        pytest.param({"header": {"alg": "none"}}, "Signature verification failed", id="unsigned"),
        pytest.param(
            {"header": {"kid": None}}, "error/Error: kid must be provided in JWT header.", id="no kid"
        ),
    ],
)
def test_an_assertion_that_is_wrong(tool, changes, error):
    answer = tool.ask_token(client_assertion=tool.assertion(**changes))

    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_an_assertion_signed_by_another_key(tool):
    forged = tool.assertion(key=new_key(), header={"kid": tool.key.kid})

    assert tool.ask_token(client_assertion=forged).json() == {"error": "Signature verification failed"}


def test_an_unknown_key_is_answered_by_what_is_no_json(tool):
    answer = tool.ask_token(client_assertion=tool.assertion(header={"kid": "other"}))

    assert answer.status_code == 400
    assert answer.text == '{\n  "error" : ""kid" invalid, unable to lookup correct key"\n}'


def test_an_assertion_works_once(tool):
    assertion = tool.assertion()

    first, second = (tool.ask_token(client_assertion=assertion) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 400)


def test_it_must_be_a_form_and_a_post(tool, lms):
    assert tool.http.get(lms.config.token_url).status_code == 400
    assert tool.http.post(lms.config.token_url, json={"grant_type": "client_credentials"}).status_code == 400


def test_the_tools_keys_are_kept_and_looked_up_again_for_a_new_one(tool, lms):
    tool.token()
    fetched = []
    fresh = new_key()

    def fetch(url):
        fetched.append(url)
        return {"keys": [tool.key.as_dict(private=False), fresh.as_dict(private=False)]}

    lms._fetch_keys = fetch
    tool.token()
    assert fetched == []
    assert tool.ask_token(client_assertion=tool.assertion(key=fresh)).status_code == 200
    assert fetched == ["https://tool.example/lti/jwks.json"]


@pytest.mark.parametrize("served", [None, "hello", {"keys": "none"}, {"keys": [{"kty": "odd"}]}, []])
def test_a_key_set_that_is_none_ends_in_a_page(tool, lms, served):
    lms.trust_keys(served)

    answer = tool.ask_token()

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_scope_granted_is_what_the_site_has_switched_on(tool, lms):
    object.__setattr__(lms.config, "scopes", (SCOPE_SCORE,))

    assert tool.ask_token(SCOPE_SCORE, SCOPE_MEMBERSHIP).json()["scope"] == SCOPE_SCORE
    assert tool.ask_token(SCOPE_MEMBERSHIP).json() == {"error": "invalid_scope"}
