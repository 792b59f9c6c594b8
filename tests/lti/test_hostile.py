"""Never a 500, whatever a platform or a stranger sends: hundreds of launches and logins made up by a seeded generator.

Each case is the same on each run. Names in parentheses are what a case changed, so that one can be tried by itself.
"""

import base64
import json
import random
from typing import Any

import pytest
from werkzeug.test import TestResponse

LTI, DL = "https://purl.imsglobal.org/spec/lti/claim/", "https://purl.imsglobal.org/spec/lti-dl/claim/"
ODD: list[Any] = [
    None, True, False, 0, -1, 2, 0.5, 1e300, -1e300, 2**63, 10**31, "", " ", "2", "\x00", "\x1b[0m",
    "\ud800", "\udfff\ud800",
    "\u202e", "\ufeff", "😀" * 200, "é" * 255, "x" * 256, "x" * 5000, "<script>alert(1)</script>", "'\"><",
    "$Course.id", "%00",
    "{{7*7}}", "../../etc", "a\r\nSet-Cookie: a=b", "javascript:alert(1)", "//evil.example", "https://",
    "https://[::1", "http://a:b:c",
    "https://lms.example/\ud800", "https://例え.example/?q=ü#é", "https://a;script-src/",
    "https://lms.example:99999/", "https://u:p@lms.example/",
    "https://lms.example/" + "x" * 3000, "work:\x00", "lesson:" + "9" * 40, "call:-1", "en_US",
    "zz-Zzzz-999", "99:99", "Europe/Nowhere",
    [], [[]], [None], [1, "2"], ["x"] * 200, ["\ud800"], {}, {"id": None}, {"id": "\x00"}, {"id": "2"},
    {"id": "x" * 256}, {"": ""}, {"\ud800": 1},
]  # fmt: skip
CLAIMS = [
    "iss", "aud", "azp", "exp", "iat", "nbf", "nonce", "sub", "name", "given_name", "family_name", "email",
    "locale", "picture",
    "errors", "lti:message_type", "lti:version", "lti:deployment_id", "lti:target_link_uri",
    "lti:resource_link", "lti:roles",
    "lti:context", "lti:custom", "lti:launch_presentation", "lti:tool_platform", "lti:for_user", "lti:lis",
    "lti:lti1p1",
    "lti:role_scope_mentor", "ags:endpoint", "nrps:namesroleservice", "dl:deep_linking_settings",
    "https://www.instructure.com/placement",
]  # fmt: skip
INSIDE = {
    "lti:context": ("id", "title", "label", "type"),
    "lti:resource_link": ("id", "title", "description"),
    "lti:custom": ("destination", "timezone", "context_history", "context_id_history", "Destination"),
    "lti:launch_presentation": ("return_url", "locale", "document_target", "width"),
    "lti:tool_platform": ("product_family_code", "guid", "version"),
    "lti:for_user": ("user_id", "name"),
    "ags:endpoint": ("lineitem", "lineitems", "scope"),
    "nrps:namesroleservice": ("context_memberships_url", "service_versions"),
    "dl:deep_linking_settings": (
        "deep_link_return_url", "accept_types", "accept_presentation_document_targets", "accept_multiple",
        "accept_lineitem", "auto_create", "title", "text", "data",
    ),
}  # fmt: skip
MESSAGES = ["LtiResourceLinkRequest", "LtiDeepLinkingRequest", "LtiSubmissionReviewRequest"]


def holds(answer: TestResponse, case: object) -> None:
    """An answer of ours: no failure, headers that can be sent, one policy that nobody added to, text that can be read."""
    assert answer.status_code < 500, case
    for name, value in answer.headers.items():
        (name + value).encode("latin-1")
        assert "\n" not in value, case
    policy = answer.headers["Content-Security-Policy"].split(";")
    assert [one.split()[0] for one in policy] == [
        "default-src", "img-src", "media-src", "object-src", "base-uri", "frame-ancestors",
    ], case  # fmt: skip
    page = answer.get_data().decode("utf-8")
    assert "<script>alert(1)" not in page, case
    if answer.status_code >= 400:
        assert "Reference" in page, case
        assert not any("lectern_session" in cookie for cookie in answer.headers.getlist("Set-Cookie")), case


def odd_claims(chance: random.Random) -> dict[str, Any]:
    """One to three claims, or names inside of one, with values that no platform sends."""
    changed: dict[str, Any] = {}
    for claim in chance.sample(CLAIMS, chance.randint(1, 3)):
        if claim in INSIDE and chance.random() < 0.8:
            inside = {name: chance.choice(ODD) for name in INSIDE[claim] if chance.random() < 0.5}
            needed = {"id": "2"} if claim in ("lti:context", "lti:resource_link") else {}
            changed[claim] = needed | inside
        else:
            changed[claim] = chance.choice(ODD)
    if chance.random() < 0.4:
        changed["lti:message_type"] = chance.choice(MESSAGES)
    return changed


@pytest.mark.parametrize("seed", range(3))
def test_odd_claims_in_tokens_that_hold(sqlite_school, seed):
    chance = random.Random(seed)
    statuses = set()
    for _ in range(80):
        claims, person = odd_claims(chance), chance.choice(["sam", "tina", "olga"])
        browser = sqlite_school.browser()
        answer = sqlite_school.launch(person, "home", browser=browser, claims=claims)
        holds(answer, (person, claims))
        statuses.add(answer.status_code)
        if answer.status_code == 303:  # what was kept of it can be shown
            assert browser.get(answer.location).status_code < 500, (person, claims)
    assert {303, 400, 403} <= statuses  # neither all let in nor all refused: both ways were tried
    teacher = sqlite_school.browser()
    home = sqlite_school.launch("tina", "home", browser=teacher).location
    for page in ("", "participants", "participants.csv", "attendance", "platform"):
        assert teacher.get(home + page).status_code < 500


def odd_text(chance: random.Random, text: str) -> str:
    """The text with something cut out, doubled, or put in between."""
    at, to = sorted(chance.choices(range(len(text) + 1), k=2))
    put = chance.choice(
        ["", "", ".", "=", "-", "+", "\x00", "é", " ", "\n", "e30", "bnVsbA", text[at:to] * 2]
    )
    return text[:at] + put + text[min(to, at + chance.randint(0, 40)) :]


def odd_json(chance: random.Random, depth: int = 0) -> str:
    """JSON that parsers disagree on, and some that is none."""
    kind = chance.randint(0, 9 if depth < 4 else 6)
    if kind < 7:
        more = [
            "NaN",
            "-Infinity",
            "1e999",
            "-0",
            "9" * 400,
            '"\\ud800"',
            "tru",
            "'a'",
            "01",
            '"\\u0000"',
            "\x00",
            "",
        ]
        return chance.choice(more) if kind < 3 else json.dumps(chance.choice(ODD))
    inner = [odd_json(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    if kind == 7:
        return f"[{','.join(inner)}]"
    name = chance.choice(["sub", "nonce", "aud", LTI + "roles", DL + "data", ""])
    return "{" + ",".join(f'"{name}":{one}' for one in inner) + "}"


def test_odd_tokens(sqlite_school):
    chance = random.Random(11)
    for number in range(120):
        browser = sqlite_school.browser()
        login = browser.post("/lti/login", data=sqlite_school.lms.initiation("sam", "home"))
        fields = sqlite_school.lms.authorize(login.location)
        if number % 3 == 0:
            said = odd_json(chance)
            token = sqlite_school.lms.sign(said) if said.isprintable() and said else "a.b.c"
        elif number % 3 == 1:
            head = (
                base64.urlsafe_b64encode(odd_json(chance).encode("utf-8", "surrogatepass"))
                .rstrip(b"=")
                .decode()
            )
            token = f"{head}.{fields['id_token'].split('.', 1)[1]}"
        else:
            token = odd_text(chance, fields["id_token"])
        answer = browser.post("/lti/launch", data=fields | {"id_token": token})
        holds(answer, token)
        assert answer.status_code >= 400 or token == fields["id_token"], token


def odd_form(chance: random.Random, form: dict[str, str]) -> dict[str, Any]:
    """The form with fields left out, doubled, or of odd text."""
    texts = [
        one
        for one in ODD
        if (isinstance(one, str) and one.isascii()) or one in ("é" * 255, "\u202e", "\ufeff")
    ]
    odd: dict[str, Any] = dict(form)
    for name in chance.sample(sorted(form), chance.randint(1, min(3, len(form)))):
        kind = chance.randint(0, 3)
        if kind == 0:
            del odd[name]
        elif kind == 1:
            odd[name] = [form[name], form[name]]
        else:
            odd[name] = chance.choice(texts)
    return odd | {
        chance.choice(["client_id[]", "lti_storage_target", "error", "utf8", ""]): chance.choice(texts)
    }


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch"])
def test_odd_forms(sqlite_school, path):
    chance = random.Random(23)
    lms = sqlite_school.lms
    for number in range(100):
        browser = sqlite_school.browser()
        form = lms.initiation("sam", "home")
        if path == "/lti/launch":
            form = lms.authorize(browser.post("/lti/login", data=form).location)
        odd = odd_form(chance, form)
        framed = {"Sec-Fetch-Dest": chance.choice(["iframe", "document", "\xff"]), "Accept": "text/html"}
        headers = framed | {
            "Origin": chance.choice(["null", "https://a;b", "https://lms.example", "x" * 3000])
        }
        if path == "/lti/login" and number % 3 == 0:
            holds(browser.get(path, query_string=odd, headers=headers), odd)
        else:
            holds(browser.post(path, data=odd, headers=headers), odd)


BODIES = [
    (b"", None),
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"iss=%ff%fe&login_hint=%00&login_hint=%", "application/x-www-form-urlencoded"),
    (b"&&&===&=&" * 1000, "application/x-www-form-urlencoded"),
    (b"a=1&" * 20_000, "application/x-www-form-urlencoded"),
    (b"state=x&id_token=y", "application/x-www-form-urlencoded; charset=utf-7"),
    (b'{"iss": 1}', "application/json"),
    (b"--x\r\nContent-Disposition: form-data; name=state\r\n\r\nx", "multipart/form-data; boundary=x"),
    (b"--x--", "multipart/form-data"),
    (b"<xml/>", "text/xml"),
    (b"x" * 300_000, "application/x-www-form-urlencoded"),
    (b"x" * 300_000, "multipart/form-data; boundary=x"),
]


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch"])
@pytest.mark.parametrize(("body", "kind"), BODIES)
def test_bodies_that_are_no_forms(sqlite_school, path, body, kind):
    answer = sqlite_school.browser().post(path, data=body, content_type=kind)

    holds(answer, (body[:40], kind))
    assert 400 <= answer.status_code < 500
