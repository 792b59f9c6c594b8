"""Security Framework 1.0, 4.1.1, the assertion (RFC 7523, 3): who we are, for the token address alone."""

import base64
import json
from urllib.parse import parse_qs

import pytest

from lti.adapter.access_tokens import AccessTokens
from tests.lti.platforms import AT, ByHand, Clock, a_signer, platform, said
from tests.lti.scoring import tick


def test_the_assertion_is_ours_fresh_and_for_the_token_address(graded):
    seen = {}
    session = graded.lms.http()
    send = session.send

    def spy(request, **how):
        if b"client_assertion" in (
            request.body or b"" if isinstance(request.body, bytes) else (request.body or "").encode()
        ):
            seen["body"] = request.body
        return send(request, **how)

    session.send = spy
    graded.world.app.extensions["http"] = session
    graded.world.app.extensions.pop("lti", None)
    tick(graded)
    graded.world.drain()

    form = parse_qs(seen["body"] if isinstance(seen["body"], str) else seen["body"].decode())
    head, body, _ = form["client_assertion"][0].split(".")
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body))
    assert form["scope"] == ["https://purl.imsglobal.org/spec/lti-ags/scope/score"]
    assert header["alg"] == "RS256"
    assert header["kid"]
    assert claims["iss"] == claims["sub"] == "sample-lms-lectern"
    assert claims["aud"] == graded.lms.registration["auth_token_url"]
    assert claims["exp"] - claims["iat"] <= 310
    assert len(claims["jti"]) >= 22


def asserted(count=1, **more):
    """The claims of so many assertions, each for a token of a scope of its own."""
    http = ByHand(lambda _url: said({"access_token": "t"}))
    tokens, signer = AccessTokens(http, Clock()), a_signer()
    for number in range(count):
        tokens.token_of(platform(**more), f"scope-{number}", signer)
    parts = [form["client_assertion"].split(".")[1] for form in http.forms]
    return [json.loads(base64.urlsafe_b64decode(part + "==")) for part in parts]


@pytest.mark.parametrize(
    ("registered", "audience"),
    [
        (None, "https://lms1.example/token"),
        ("https://lms1.example/login/oauth2/token?x=1", "https://lms1.example/login/oauth2/token?x=1"),
        ("sso.lms1.example", "sso.lms1.example"),  # Canvas's example of an authorization server has no scheme
    ],
)
def test_its_audience_is_the_token_address_or_what_is_registered_in_its_place(registered, audience):
    [claims] = asserted(auth_audience=registered)

    assert claims["aud"] == audience


def test_each_is_fresh_short_lived_and_not_ahead_of_the_platforms_clock():
    found = asserted(20)

    assert len({claims["jti"] for claims in found}) == 20
    for claims in found:
        # Canvas takes 30 seconds ahead and five minutes of age.
        assert AT.timestamp() - 60 < claims["iat"] <= AT.timestamp()
        assert 60 <= claims["exp"] - AT.timestamp() <= 300
