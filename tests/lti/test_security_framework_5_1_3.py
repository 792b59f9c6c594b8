"""Security Framework 1.0, 5.1.3, authentication response validation: the token itself.

Launches that must fail, with really signed tokens. What each refusal is: tests/lti/refusing.py. What is asked of the
message in a token that holds: test_core_5_3.py.
"""

import base64
import hmac
import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest
from joserfc.jwk import RSAKey

from lti.demo_platform import DemoPlatform
from lti.demo_platform.keys import new_key
from lti.errors import Reason
from lti.protocol.token import MOST_TOKEN_CHARACTERS
from tests.lti.conftest import make_school

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
    pytest.param({"exp": 0}, Reason.TIME, id="expired in 1970"),
    pytest.param({"exp": -1}, Reason.TIME, id="expired before time began"),
    pytest.param({"exp": NOW() + 90_000}, Reason.TIME, id="good for longer than a day"),
    pytest.param({"exp": NOW() + 3_155_760_000}, Reason.TIME, id="good for a century"),
    pytest.param({"exp": 1e300}, Reason.TIME, id="good for ever"),
    pytest.param({"exp": 10**31}, Reason.TIME, id="exp past every calendar"),
    pytest.param({"exp": [NOW() + 60]}, Reason.TIME, id="exp as a list"),
    pytest.param({"exp": "4102444800"}, Reason.TIME, id="exp as text"),
    pytest.param({"exp": True}, Reason.TIME, id="exp as true"),
    pytest.param({"exp": None}, Reason.TIME, id="exp null"),
    pytest.param({"iat": NOW() + 7200}, Reason.TIME, id="issued in the future"),
    pytest.param(
        {"iat": NOW() - 864000, "exp": NOW() + 3600}, Reason.TIME, id="issued ten days ago, still not expired"
    ),
    pytest.param({"iat": "now"}, Reason.TIME, id="iat as text"),
    pytest.param({"iat": True}, Reason.TIME, id="iat as true"),
    pytest.param({"iat": None}, Reason.TIME, id="iat null"),
    pytest.param({"iat": 0}, Reason.TIME, id="issued in 1970"),
    pytest.param({"iat": -1e300}, Reason.TIME, id="issued before time began"),
    pytest.param({"iat": 1e300}, Reason.TIME, id="issued after time ends"),
    pytest.param({"iat": NOW() - 900}, Reason.TIME, id="issued a quarter of an hour ago, still not expired"),
    pytest.param({"nbf": NOW() + 7200}, Reason.TIME, id="not valid yet"),
    pytest.param({"nbf": "soon"}, Reason.TIME, id="nbf as text"),
    pytest.param({"nbf": True}, Reason.TIME, id="nbf as true"),
    pytest.param({"nbf": None}, Reason.TIME, id="nbf null"),
    pytest.param({"nbf": 1e300}, Reason.TIME, id="never valid"),
    pytest.param({"nonce": "another"}, Reason.NONCE, id="another nonce"),
    pytest.param({"nonce": ""}, Reason.NONCE, id="empty nonce"),
    pytest.param({"nonce": ["n"]}, Reason.NONCE, id="nonce as a list"),
]


@pytest.mark.parametrize(("claims", "reason"), CLAIMS)
def test_claims_that_do_not_hold(sqlite_school, refuses, claims, reason):
    refuses(sqlite_school.launch("sam", "home", claims=claims), reason)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("iss", Reason.ISSUER),
        ("aud", Reason.AUDIENCE),
        ("exp", Reason.TIME),
        ("iat", Reason.TIME),
        ("nonce", Reason.NONCE),
    ],
)
def test_claims_that_are_missing(sqlite_school, refuses, claim, reason):
    refuses(sqlite_school.launch("sam", "home", drop=[claim]), reason)


def test_clocks_may_differ_by_a_minute(sqlite_school):
    ahead = {"iat": time.time() + 45, "nbf": time.time() + 45}
    behind = {"exp": time.time() - 45, "iat": time.time() - 100}

    assert sqlite_school.launch("sam", "home", claims=ahead).status_code == 303
    assert sqlite_school.launch("sam", "home", claims=behind).status_code == 303


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param({"alg": "none"}, Reason.TOKEN, id="alg none, no signature"),
        pytest.param({"alg": "None"}, Reason.HEADER, id="alg None"),
        pytest.param({"alg": "NONE"}, Reason.HEADER, id="alg NONE"),
        pytest.param({"alg": "rs256"}, Reason.HEADER, id="alg in small letters"),
        pytest.param({"alg": ["RS256"]}, Reason.HEADER, id="alg as a list"),
        pytest.param({"alg": "PS256"}, Reason.HEADER, id="another padding"),
        pytest.param({"alg": "ES256"}, Reason.HEADER, id="another curve"),
        pytest.param({"alg": "HS256"}, Reason.HEADER, id="HMAC"),
        pytest.param({"alg": "RS384"}, Reason.HEADER, id="an algorithm we did not agree on"),
        pytest.param({"alg": None}, Reason.HEADER, id="alg null"),
        pytest.param({"kid": "unknown"}, Reason.KEY, id="unknown kid"),
        pytest.param({"kid": None}, Reason.HEADER, id="kid null"),
        pytest.param({"kid": 7}, Reason.HEADER, id="kid a number"),
        pytest.param({"kid": "x" * 300}, Reason.HEADER, id="kid of 300 characters"),
        pytest.param({"kid": ""}, Reason.HEADER, id="empty kid"),
        pytest.param({"crit": []}, Reason.HEADER, id="an empty crit"),
        pytest.param({"crit": ["exp"]}, Reason.HEADER, id="crit"),
        pytest.param({"b64": False, "crit": ["b64"]}, Reason.HEADER, id="unencoded payload"),
    ],
)
def test_headers_that_are_not_taken(sqlite_school, refuses, header, reason):
    def changed(token: str) -> str:
        head, body, signature = token.split(".")
        said = json.loads(base64.urlsafe_b64decode(head + "==")) | header
        coded = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
        return f"{coded}.{body}.{'' if header.get('alg') == 'none' else signature}"

    refuses(_post_changed(sqlite_school, changed), reason)


def test_a_token_signed_by_another_key_under_the_real_key_id(sqlite_school, refuses):
    refuses(sqlite_school.launch("sam", "home", key=new_key()), Reason.SIGNATURE)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_token_signed_with_the_public_key_as_hmac_secret(sqlite_school, refuses, algorithm):
    # The classic confusion: RS256's public key, known to all, taken as the secret of HS256.
    public = sqlite_school.lms.jwks()["keys"][0]
    pem = RSAKey.import_key({k: v for k, v in public.items() if k in ("kty", "n", "e")}).as_pem(private=False)

    def forged(token: str) -> str:
        head = {"alg": algorithm, "kid": public["kid"], "typ": "JWT"}
        coded = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
        signed = f"{coded}.{token.split('.')[1]}"
        mac = hmac.new(pem, signed.encode(), f"sha{algorithm[2:]}").digest()
        return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    refuses(_post_changed(sqlite_school, forged), Reason.HEADER)


@pytest.mark.parametrize("where", ["jku", "x5u", "jwk", "x5c"])
@pytest.mark.parametrize(("kid", "reason"), [(None, Reason.SIGNATURE), ("its-own", Reason.KEY)])
def test_keys_that_a_token_brings_along_are_never_used(sqlite_school, refuses, where, kid, reason):
    own = new_key()
    brought: object = {"jwk": own.as_dict(private=False), "x5c": ["MIIB"]}.get(
        where, "https://evil.example/keys"
    )
    header = {where: brought} | ({"kid": kid} if kid else {})

    refuses(sqlite_school.launch("sam", "home", key=own, header=header), reason)

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
        pytest.param(lambda t: "a" * (MOST_TOKEN_CHARACTERS + 1), Reason.FORM, id="oversized"),
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
def test_tokens_of_a_wrong_form(sqlite_school, refuses, change, reason):
    refuses(_post_changed(sqlite_school, change), reason)


def test_a_doubled_name_is_refused_though_the_signature_holds(sqlite_school, refuses):
    lms, browser = sqlite_school.lms, sqlite_school.browser()
    location = _login(sqlite_school, browser)
    asked = dict(parse_qsl(urlsplit(location).query))
    claims = json.dumps(lms.launch_claims("sam", "home", nonce=asked["nonce"]))
    doubled = claims[:-1] + ', "sub": "2"}'

    answer = browser.post("/lti/launch", data={"id_token": lms.sign(doubled), "state": asked["state"]})

    refuses(answer, Reason.TOKEN)


@pytest.fixture
def other(sqlite_school) -> DemoPlatform:
    """Another platform that is registered here."""
    lms = DemoPlatform(base_url="https://other-lms.example", client_id="other-client")
    make_school(sqlite_school.world, lms)
    http = sqlite_school.lms.http()
    http.mount("https://other-lms.example/", lms.adapter())
    sqlite_school.world.app.extensions["http"] = http
    sqlite_school.world.app.extensions.pop("lti", None)
    return lms


@pytest.mark.parametrize("launched_before", [False, True])
def test_one_platforms_keys_never_vouch_for_another(sqlite_school, other, refuses, launched_before):
    if launched_before:  # the other's keys are known to this process by then
        assert "not open here yet" in other.launch(sqlite_school.browser(), "sam", "home").get_data(
            as_text=True
        )
        refuses.begins_here()
    browser = sqlite_school.browser()
    asked = dict(parse_qsl(urlsplit(_login(sqlite_school, browser)).query))
    # Signed by a registered platform with its own key, about the people of this one.
    forged = other.sign(json.dumps(sqlite_school.lms.launch_claims("sam", "home", nonce=asked["nonce"])))

    refuses(browser.post("/lti/launch", data={"id_token": forged, "state": asked["state"]}), Reason.KEY)


def _login(school, browser) -> str:
    return str(browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location)


def _post_changed(school, change):
    browser = school.browser()
    fields = school.lms.authorize(_login(school, browser))
    return browser.post("/lti/launch", data=fields | {"id_token": change(fields["id_token"])})


def _with_header(token: str, header: bytes) -> str:
    return f"{base64.urlsafe_b64encode(header).rstrip(b'=').decode()}.{token.split('.', 1)[1]}"


def _with_payload(token: str, payload: bytes) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{base64.urlsafe_b64encode(payload).rstrip(b'=').decode()}.{signature}"
