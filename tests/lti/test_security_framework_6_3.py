"""Security Framework 1.0, 6.3, key set addresses (RFC 7517, 5): which keys of a platform count, and our own set."""

import base64

import pytest
from joserfc.jwk import RSAKey

from lti.demo_platform.keys import new_key
from tests.lti.key_sets import ours, publish, published


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "ec"}, id="of another kind"),
        pytest.param({"kty": "RSA", "n": "AQAB", "e": "AQAB"}, id="without id"),
        pytest.param({"kty": "RSA", "n": "!", "e": "AQAB", "kid": "bad"}, id="damaged"),
        pytest.param({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "short"}, id="far too short"),
        pytest.param("a key", id="text"),
        pytest.param(None, id="null"),
        pytest.param({"kid": ["x"]}, id="an id of another type"),
    ],
)
def test_keys_beside_ours_are_passed_over(sqlite_school, beside):
    publish(sqlite_school, beside, ours(sqlite_school))

    assert sqlite_school.launch("sam", "home").status_code == 303


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"use": "enc"}, id="for encryption"),
        pytest.param({"alg": "RS512"}, id="for another algorithm"),
        pytest.param({"alg": "HS256"}, id="for HMAC"),
        pytest.param({"kty": "oct", "k": "c2VjcmV0"}, id="a shared secret"),
        pytest.param({"key_ops": ["encrypt"]}, id="not to verify with"),
    ],
)
def test_a_key_that_does_not_fit_verifies_nothing(sqlite_school, changed):
    publish(sqlite_school, ours(sqlite_school) | changed)

    assert sqlite_school.launch("sam", "home").status_code == 403
    assert sqlite_school.refused() == {"key": 1}


@pytest.mark.filterwarnings("ignore:Key size:joserfc.errors.SecurityWarning")
def test_a_weak_key_verifies_nothing(sqlite_school):
    weak = RSAKey.generate_key(1024, auto_kid=True)
    publish(sqlite_school, weak.as_dict(private=False) | {"kid": "weak", "use": "sig", "alg": "RS256"})

    assert sqlite_school.launch("sam", "home", key=weak, header={"kid": "weak"}).status_code == 403
    assert sqlite_school.refused() == {"key": 1}


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "{}", '{"keys": {}}', '{"keys": null}', '{"errors": []}', "\ufeff{}", "9" * 9000],
)
def test_a_set_that_is_none_refuses_and_is_read_again(sqlite_school, body):
    sqlite_school.lms.fail("jwks", 200, body=body)
    assert sqlite_school.launch("sam", "home").status_code == 403
    assert sqlite_school.refused() == {"key_set": 1}

    sqlite_school.lms.recover()
    assert sqlite_school.launch("sam", "home").status_code == 303


def test_a_redirect_of_the_set_is_not_followed(sqlite_school):
    sqlite_school.lms.fail("jwks", 302, headers={"Location": "https://evil.example/keys"})

    assert sqlite_school.launch("sam", "home").status_code == 403
    assert sqlite_school.refused() == {"key_set": 1}


@pytest.mark.parametrize("where", ["jku", "x5u", "x5c", "jwk", "x5t"])
def test_what_the_token_says_of_keys_is_ignored_where_it_is_signed_well_too(sqlite_school, where):
    stray = {"x5c": ["AAAA"], "jwk": {"kty": "RSA"}}.get(where, "https://evil.example/keys")

    assert sqlite_school.launch("sam", "home", header={where: stray}).status_code == 303
    assert {call.url for call in sqlite_school.lms.requests} == {sqlite_school.lms.registration["jwks_url"]}


def test_a_certificate_in_the_token_is_not_its_key(sqlite_school):
    own = new_key()
    chain = [base64.b64encode(own.as_der(private=False)).decode()]

    answer = sqlite_school.launch("sam", "home", key=own, header={"x5c": chain})
    assert answer.status_code == 403
    assert sqlite_school.refused() == {"signature": 1}


def test_the_key_set_holds_public_parts_only(world):
    [key] = published(world)["keys"]

    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
    assert len(key["n"]) >= 342  # 2048 bits
    assert published(world)["keys"] == [key]
