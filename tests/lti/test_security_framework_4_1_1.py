"""Security Framework 1.0, 4.1.1, the assertion (RFC 7523, 3): who we are, for the token address alone."""

import base64
import json
from urllib.parse import parse_qs

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
