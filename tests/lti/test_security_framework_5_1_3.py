"""Security Framework 1.0, 5.1.3, authentication response validation; with LTI Core 1.3, 5.3, required claims.

Launches that must fail, with really signed tokens: each refused with a page, nothing stored but the count.
"""

import base64
import json
import logging
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey

from lti.adapter.login import cookie_name
from lti.demo_platform.keys import new_key
from lti.errors import Reason
from tests.lti.conftest import refused

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
OURS = "sample-lms-lectern"
NOW = time.time


CLAIMS = [
    pytest.param({"iss": "https://lms.example/"}, Reason.ISSUER, id="issuer with a slash more"),
    pytest.param({"iss": "https://LMS.example"}, Reason.ISSUER, id="issuer with a capital"),
    pytest.param({"iss": "https://other.example"}, Reason.ISSUER, id="unknown issuer"),
    pytest.param({"iss": ["https://lms.example"]}, Reason.ISSUER, id="issuer as a list"),
    pytest.param({"aud": "somebody-else"}, Reason.AUDIENCE, id="for another client"),
    pytest.param({"aud": OURS.upper()}, Reason.AUDIENCE, id="our client id in capitals"),
    pytest.param({"aud": OURS + "x"}, Reason.AUDIENCE, id="our client id and more"),
    pytest.param({"aud": []}, Reason.AUDIENCE, id="for nobody"),
    pytest.param(
        {"aud": [OURS, "other"], "azp": OURS}, Reason.AUDIENCE, id="an audience we do not trust beside us"
    ),
    pytest.param({"aud": ["other", OURS], "azp": OURS}, Reason.AUDIENCE, id="us second"),
    pytest.param({"aud": [OURS, OURS]}, Reason.AUDIENCE, id="several audiences without azp"),
    pytest.param({"aud": {"0": OURS}}, Reason.AUDIENCE, id="audience as an object"),
    pytest.param({"aud": 7}, Reason.AUDIENCE, id="audience as a number"),
    pytest.param({"aud": None}, Reason.AUDIENCE, id="audience null"),
    pytest.param({"azp": "other"}, Reason.AUDIENCE, id="azp is another client"),
    pytest.param({"azp": None}, Reason.AUDIENCE, id="azp null"),
    pytest.param({"exp": NOW() - 120}, Reason.TIME, id="expired"),
    pytest.param({"exp": "4102444800"}, Reason.TIME, id="exp as text"),
    pytest.param({"exp": True}, Reason.TIME, id="exp as true"),
    pytest.param({"exp": None}, Reason.TIME, id="exp null"),
    pytest.param({"iat": NOW() + 600}, Reason.TIME, id="issued in the future"),
    pytest.param(
        {"iat": NOW() - 864000, "exp": NOW() + 3600}, Reason.TIME, id="issued ten days ago, still not expired"
    ),
    pytest.param({"iat": "now"}, Reason.TIME, id="iat as text"),
    pytest.param({"nbf": NOW() + 600}, Reason.TIME, id="not valid yet"),
    pytest.param({"nbf": "soon"}, Reason.TIME, id="nbf as text"),
    pytest.param({"nonce": "another"}, Reason.NONCE, id="another nonce"),
    pytest.param({"nonce": ""}, Reason.NONCE, id="empty nonce"),
    pytest.param({"nonce": ["n"]}, Reason.NONCE, id="nonce as a list"),
    pytest.param({"sub": ""}, Reason.ANONYMOUS, id="empty sub"),
    pytest.param({"sub": None}, Reason.ANONYMOUS, id="sub null"),
    pytest.param({"sub": 5}, Reason.CLAIM, id="sub as a number"),
    pytest.param({"sub": "x" * 256}, Reason.CLAIM, id="sub of 256 characters"),
    pytest.param({"sub": "zoë"}, Reason.CLAIM, id="sub outside ASCII"),
    pytest.param({"sub": "5\x00"}, Reason.CLAIM, id="sub with a NUL"),
    pytest.param({"lti:deployment_id": "2"}, Reason.DEPLOYMENT, id="deployment not registered"),
    pytest.param({"lti:deployment_id": ""}, Reason.DEPLOYMENT, id="empty deployment"),
    pytest.param({"lti:deployment_id": 1}, Reason.DEPLOYMENT, id="deployment as a number"),
    pytest.param({"lti:deployment_id": " 1"}, Reason.DEPLOYMENT, id="deployment with a blank"),
    pytest.param({"lti:deployment_id": "\ud800"}, Reason.DEPLOYMENT, id="deployment half a surrogate pair"),
    pytest.param({"lti:message_type": "LtiDeepLinkingResponse"}, Reason.CLAIM, id="a tool's message"),
    pytest.param(
        {"lti:message_type": "ltiresourcelinkrequest"}, Reason.CLAIM, id="message type in small letters"
    ),
    pytest.param({"lti:message_type": 1}, Reason.CLAIM, id="message type as a number"),
    pytest.param({"lti:version": "1.3"}, Reason.CLAIM, id="version 1.3"),
    pytest.param({"lti:version": 1.3}, Reason.CLAIM, id="version as a number"),
    pytest.param(
        {"lti:target_link_uri": "https://evil.example/lti/launch"}, Reason.TARGET, id="target elsewhere"
    ),
    pytest.param(
        {"lti:target_link_uri": "http://localhost.evil.example/"}, Reason.TARGET, id="our name as a prefix"
    ),
    pytest.param(
        {"lti:target_link_uri": "http://localhost@evil.example/"}, Reason.TARGET, id="our name as a user"
    ),
    pytest.param({"lti:target_link_uri": "http://localhost:81/lti/launch"}, Reason.TARGET, id="another port"),
    pytest.param(
        {"lti:target_link_uri": "http://localhost\\@evil.example/"}, Reason.TARGET, id="a backslash"
    ),
    pytest.param({"lti:target_link_uri": "javascript:alert(1)"}, Reason.TARGET, id="script as a target"),
    pytest.param({"lti:target_link_uri": 5}, Reason.TARGET, id="target as a number"),
    pytest.param(
        {"lti:target_link_uri": "http://localhost/elsewhere"}, Reason.TARGET, id="not the target of the login"
    ),
    pytest.param({"lti:resource_link": {}}, Reason.CLAIM, id="link without id"),
    pytest.param({"lti:resource_link": "1"}, Reason.CLAIM, id="link as text"),
    pytest.param({"lti:resource_link": {"id": ""}}, Reason.CLAIM, id="empty link id"),
    pytest.param({"lti:resource_link": {"id": "x" * 256}}, Reason.CLAIM, id="link id of 256 characters"),
    pytest.param({"lti:resource_link": None}, Reason.CLAIM, id="link null"),
    pytest.param({"lti:roles": None}, Reason.CLAIM, id="roles null"),
    pytest.param({"lti:roles": "Instructor"}, Reason.CLAIM, id="roles as text"),
    pytest.param({"lti:roles": [1]}, Reason.CLAIM, id="roles as numbers"),
    pytest.param({"lti:roles": {"0": "Instructor"}}, Reason.CLAIM, id="roles as an object"),
    pytest.param({"lti:context": {}}, Reason.CLAIM, id="context without id"),
    pytest.param({"lti:context": ["2"]}, Reason.CLAIM, id="context as a list"),
    pytest.param({"lti:context": {"id": 2}}, Reason.CLAIM, id="context id as a number"),
    pytest.param({"lti:context": {"id": "\x00"}}, Reason.CLAIM, id="context id a NUL"),
    pytest.param({"lti:custom": ["destination"]}, Reason.CLAIM, id="custom as a list"),
]


@pytest.mark.parametrize(("claims", "reason"), CLAIMS)
def test_claims_that_do_not_hold(sqlite_school, claims, reason):
    answer = sqlite_school.launch("sam", "home", claims=claims)

    refused(answer)
    assert sqlite_school.refused() == {reason: 1}
    assert sqlite_school.kept() == {"person": 0, "enrollment": 0, "lti_context": 1, "lti_login_state": 0}


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("iss", Reason.ISSUER),
        ("aud", Reason.AUDIENCE),
        ("exp", Reason.TIME),
        ("iat", Reason.TIME),
        ("nonce", Reason.NONCE),
        ("sub", Reason.ANONYMOUS),
        ("lti:deployment_id", Reason.DEPLOYMENT),
        ("lti:message_type", Reason.CLAIM),
        ("lti:version", Reason.CLAIM),
        ("lti:target_link_uri", Reason.TARGET),
        ("lti:resource_link", Reason.CLAIM),
        ("lti:roles", Reason.CLAIM),
    ],
)
def test_claims_that_are_missing(sqlite_school, claim, reason):
    refused(sqlite_school.launch("sam", "home", drop=[claim]))

    assert sqlite_school.refused() == {reason: 1}
    assert sqlite_school.kept()["person"] == 0


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param({"alg": "none"}, Reason.TOKEN, id="alg none, no signature"),
        pytest.param({"alg": "None"}, Reason.HEADER, id="alg None"),
        pytest.param({"alg": "HS256"}, Reason.HEADER, id="HMAC"),
        pytest.param({"alg": "RS384"}, Reason.HEADER, id="an algorithm we did not agree on"),
        pytest.param({"alg": None}, Reason.HEADER, id="alg null"),
        pytest.param({"kid": "unknown"}, Reason.KEY, id="unknown kid"),
        pytest.param({"kid": None}, Reason.HEADER, id="kid null"),
        pytest.param({"kid": 7}, Reason.HEADER, id="kid a number"),
        pytest.param({"kid": "x" * 300}, Reason.HEADER, id="kid of 300 characters"),
        pytest.param({"crit": ["exp"]}, Reason.HEADER, id="crit"),
        pytest.param({"b64": False, "crit": ["b64"]}, Reason.HEADER, id="unencoded payload"),
    ],
)
def test_headers_that_are_not_taken(sqlite_school, header, reason):
    def changed(token: str) -> str:
        head, body, signature = token.split(".")
        said = json.loads(base64.urlsafe_b64decode(head + "==")) | header
        coded = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
        return f"{coded}.{body}.{'' if header.get('alg') == 'none' else signature}"

    refused(_post_changed(sqlite_school, changed))

    assert sqlite_school.refused() == {reason: 1}
    assert sqlite_school.kept()["person"] == 0


def test_a_token_signed_by_another_key_under_the_real_key_id(sqlite_school):
    refused(sqlite_school.launch("sam", "home", key=new_key()))

    assert sqlite_school.refused() == {Reason.SIGNATURE: 1}


def test_a_token_signed_with_the_public_key_as_hmac_secret(sqlite_school):
    # The classic confusion: RS256's public key, known to all, taken as the secret of HS256.
    public = sqlite_school.lms.jwks()["keys"][0]
    pem = RSAKey.import_key({k: v for k, v in public.items() if k in ("kty", "n", "e")}).as_pem(private=False)

    def forged(token: str) -> str:
        import hashlib
        import hmac

        head = {"alg": "HS256", "kid": public["kid"], "typ": "JWT"}
        coded = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
        signed = f"{coded}.{token.split('.')[1]}"
        mac = hmac.new(pem, signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    refused(_post_changed(sqlite_school, forged))


@pytest.mark.parametrize("where", ["jku", "x5u", "jwk"])
def test_keys_that_a_token_brings_along_are_never_used(sqlite_school, where):
    own = new_key()
    brought = own.as_dict(private=False) if where == "jwk" else "https://evil.example/keys"

    refused(sqlite_school.launch("sam", "home", key=own, header={where: brought, "kid": own.kid or "x"}))

    assert {call.url for call in sqlite_school.lms.requests} <= {sqlite_school.lms.registration["jwks_url"]}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(lambda t: t + ".x", Reason.TOKEN, id="four parts"),
        pytest.param(lambda t: t.rsplit(".", 1)[0], Reason.TOKEN, id="two parts"),
        pytest.param(lambda t: t + "=", Reason.TOKEN, id="padding"),
        pytest.param(lambda t: " " + t, Reason.TOKEN, id="a blank before"),
        pytest.param(lambda t: t.replace(".", ".\n", 1), Reason.TOKEN, id="a line break"),
        pytest.param(lambda t: "x.y.z", Reason.TOKEN, id="no base64"),
        pytest.param(lambda t: t[:-1] + chr(ord(t[-1]) + 1), Reason.TOKEN, id="stray low bits at the end"),
        pytest.param(lambda t: "a" * 70000, Reason.FORM, id="oversized"),
        pytest.param(lambda t: "", Reason.FORM, id="empty"),
        pytest.param(lambda t: _with_payload(t, b"[]"), Reason.TOKEN, id="claims are a list"),
        pytest.param(lambda t: _with_payload(t, b'{"a": NaN}'), Reason.TOKEN, id="NaN"),
        pytest.param(lambda t: _with_payload(t, b'{"a": 1e999}'), Reason.TOKEN, id="an infinite number"),
        pytest.param(
            lambda t: _with_payload(t, b'{"a": ' + b"9" * 5000 + b"}"), Reason.TOKEN, id="an endless number"
        ),
        pytest.param(
            lambda t: _with_payload(t, b"[" * 20000 + b"]" * 20000), Reason.TOKEN, id="absurd nesting"
        ),
        pytest.param(
            lambda t: _with_payload(t, b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}"),
            Reason.TOKEN,
            id="deep nesting",
        ),
        pytest.param(
            lambda t: _with_payload(t, b'{"a": {"b": 1, "b": 1}}'),
            Reason.TOKEN,
            id="a name twice, deep inside",
        ),
        pytest.param(
            lambda t: _with_header(t, b'{"alg": "RS256", "kid": "a", "alg": "none"}'),
            Reason.TOKEN,
            id="a name twice in the header",
        ),
        pytest.param(lambda t: _with_header(t, b'["RS256"]'), Reason.TOKEN, id="the header a list"),
        pytest.param(lambda t: _with_payload(t, b"\xff\xfe"), Reason.TOKEN, id="not UTF-8"),
        pytest.param(lambda t: _with_payload(t, b"\xef\xbb\xbf{}"), Reason.TOKEN, id="a byte order mark"),
    ],
)
def test_tokens_of_a_wrong_form(sqlite_school, change, reason):
    refused(_post_changed(sqlite_school, change))

    assert sqlite_school.refused() == {reason: 1}
    assert sqlite_school.kept()["person"] == 0


def test_a_doubled_name_is_refused_though_the_signature_holds(sqlite_school):
    lms, browser = sqlite_school.lms, sqlite_school.browser()
    location = _login(sqlite_school, browser)
    asked = dict(parse_qsl(urlsplit(location).query))
    claims = json.dumps(lms.launch_claims("sam", "home", nonce=asked["nonce"]))
    doubled = claims[:-1] + ', "sub": "2"}'

    answer = browser.post("/lti/launch", data={"id_token": lms.sign(doubled), "state": asked["state"]})

    refused(answer)
    assert sqlite_school.refused() == {Reason.TOKEN: 1}


def test_the_same_post_twice_is_a_replay(school):
    browser = school.browser()
    location = _login(school, browser)
    fields = school.lms.authorize(location)

    first = browser.post("/lti/launch", data=fields)
    session = browser.get_cookie("lectern_session").value
    again = browser.post("/lti/launch", data=fields)

    assert first.status_code == 303
    refused(again)
    assert school.refused() == {Reason.STATE: 1}
    # The session that was there goes on.
    assert browser.get_cookie("lectern_session").value == session
    assert "still signed in" in again.get_data(as_text=True)


def test_the_token_of_one_login_does_not_fit_another(sqlite_school):
    browser = sqlite_school.browser()
    first = sqlite_school.lms.authorize(_login(sqlite_school, browser))
    second = sqlite_school.lms.authorize(_login(sqlite_school, browser))

    refused(browser.post("/lti/launch", data={"id_token": first["id_token"], "state": second["state"]}))

    assert sqlite_school.refused() == {Reason.NONCE: 1}


def test_a_state_is_used_once_whatever_came_of_it(sqlite_school):
    browser = sqlite_school.browser()
    fields = sqlite_school.lms.authorize(_login(sqlite_school, browser))

    refused(browser.post("/lti/launch", data=fields | {"id_token": "x.y.z"}))
    # The form was refused before the state was looked at; the state is gone all the same.
    refused(browser.post("/lti/launch", data=fields))

    assert sqlite_school.kept()["person"] == 0


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        pytest.param({"state": ""}, Reason.FORM, id="no state"),
        pytest.param({"state": "invented"}, Reason.STATE, id="unknown state"),
        pytest.param({"state": "x" * 600}, Reason.FORM, id="oversized state"),
        pytest.param({"state": "\x00"}, Reason.STATE, id="state a NUL"),
        pytest.param(
            {"error": "login_required", "error_description": "<b>no</b>"}, Reason.PLATFORM_ERROR, id="error"
        ),
    ],
)
def test_forms_that_are_not_taken(sqlite_school, form, reason):
    answer = sqlite_school.launch("sam", "home", form=form)

    refused(answer)
    assert "<b>no</b>" not in answer.get_data(as_text=True)
    assert sqlite_school.refused() == {reason: 1}


def test_a_doubled_parameter_is_refused(sqlite_school):
    browser = sqlite_school.browser()
    fields = sqlite_school.lms.authorize(_login(sqlite_school, browser))

    refused(browser.post("/lti/launch", data=fields | {"state": [fields["state"], "other"]}))


def test_a_body_too_large_is_refused(sqlite_school):
    answer = sqlite_school.browser().post("/lti/launch", data={"id_token": "a" * 300_000, "state": "s"})

    refused(answer)
    assert answer.status_code == 413


def test_another_browser_cannot_finish_a_login(sqlite_school):
    # Login CSRF: an attacker begins, the victim's browser is made to post the answer.
    fields = sqlite_school.lms.authorize(_login(sqlite_school, sqlite_school.browser()))

    refused(sqlite_school.browser().post("/lti/launch", data=fields))

    assert sqlite_school.refused() == {Reason.BROWSER: 1}


def test_a_cookie_with_another_value_is_not_this_browser(sqlite_school):
    browser = sqlite_school.browser()
    fields = sqlite_school.lms.authorize(_login(sqlite_school, browser))
    browser.set_cookie(cookie_name(fields["state"], secure=False), fields["state"])

    refused(browser.post("/lti/launch", data=fields))

    assert sqlite_school.refused() == {Reason.BROWSER: 1}


def test_a_login_that_took_too_long_is_over(sqlite_school, monkeypatch):
    browser = sqlite_school.browser()
    fields = sqlite_school.lms.authorize(_login(sqlite_school, browser))
    from datetime import timedelta

    from portal.core import clock

    later = clock.Clock(real=lambda: sqlite_school.world.clock.real_now() + timedelta(minutes=11))
    clock.use_clock(later)
    refused(browser.post("/lti/launch", data=fields))

    assert sqlite_school.refused() == {Reason.STATE: 1}


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_launch_is_posted(sqlite_school, method):
    answer = getattr(sqlite_school.browser(), method)("/lti/launch")

    assert answer.status_code == 405


def test_the_reason_is_in_the_log_alone_and_names_nobody(sqlite_school, caplog):
    with caplog.at_level(logging.WARNING, logger="lti"):
        answer = sqlite_school.launch("sam", "home", claims={"lti:roles": "Instructor"})

    page = answer.get_data(as_text=True)
    said = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert len(said) == 1
    assert "roles" in said[0]
    assert said[0].split("reference ")[1] in page
    assert "roles" not in page
    assert not any(word in said[0] for word in ("Sam", "sam@", "Student", "eyJ"))


def test_one_platforms_keys_never_vouch_for_another(sqlite_school):
    from lti.demo_platform import DemoPlatform
    from tests.lti.conftest import make_school

    other = DemoPlatform(base_url="https://other-lms.example", client_id="other-client")
    make_school(sqlite_school.world, other)
    sqlite_school.world.app.extensions["http"] = sqlite_school.lms.http()
    sqlite_school.world.app.extensions.pop("lti", None)

    # Signed by a registered platform, about the people of the other.
    stolen = {"kid": other.jwks()["keys"][0]["kid"]}
    answer = sqlite_school.launch("sam", "home", header=stolen)

    refused(answer)
    assert sqlite_school.kept()["person"] == 0


def _login(school, browser) -> str:
    return browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location


def _post_changed(school, change):
    browser = school.browser()
    fields = school.lms.authorize(_login(school, browser))
    return browser.post("/lti/launch", data=fields | {"id_token": change(fields["id_token"])})


def _with_header(token: str, header: bytes) -> str:
    return f"{base64.urlsafe_b64encode(header).rstrip(b'=').decode()}.{token.split('.', 1)[1]}"


def _with_payload(token: str, payload: bytes) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signature}"
