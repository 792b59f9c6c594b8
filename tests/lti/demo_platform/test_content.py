"""What the sample LMS takes of an answer to Deep Linking, and what it refuses (a recorded Moodle's cases, and more)."""

from html import unescape
from typing import Any

import pytest

from lti.demo_platform import DemoPlatform, keys, oidc
from lti.demo_platform.messages import LTI

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
KEY = keys.new_key()


@pytest.fixture
def lms() -> DemoPlatform:
    """A sample LMS that knows the key of a tool."""
    made = DemoPlatform()
    made.trust_keys({"keys": [KEY.as_dict(private=False)]})
    return made


@pytest.fixture
def answering(lms: DemoPlatform):
    """`answering(items, claims=…, drop=…)`: what the LMS says to that answer of the tool."""

    def answer(
        items: object = (), *, person: str = "tina", claims: Any = None, drop: Any = (), **how: Any
    ) -> Any:
        oidc.selection_fields(lms._lms, lms.person(person), "2")
        selection = lms._lms.store.one("select * from selection order by rowid desc limit 1")
        assert selection is not None
        lms._lms.store.write("update selection set used = 1")
        now = int(lms._lms.config.now().timestamp())
        said: dict[str, object] = {
            "iss": lms.config.client_id,
            "aud": lms.config.issuer,
            "iat": now,
            "exp": now + 300,
            "nonce": selection["data"],
            LTI + "deployment_id": "1",
            LTI + "message_type": "LtiDeepLinkingResponse",
            LTI + "version": "1.3.0",
            DL + "data": selection["data"],
            DL + "content_items": items,
        }
        said |= {name: value(now) if callable(value) else value for name, value in (claims or {}).items()}
        for name in drop:
            del said[name]
        token = keys.sign(said, how.get("key", KEY), how.get("header"))
        url = f"{lms.config.base_url}/course/2/content{how.get('query', '?selection=' + selection['id'])}"
        return lms.take_content(url, person, JWT=how.get("jwt", token))

    return answer


def links(lms: DemoPlatform) -> int:
    return len(lms._lms.store.links("2"))


LINK = {"type": "ltiResourceLink", "url": "http://localhost/lti/launch", "title": "Lesson 1"}

REFUSED = [
    pytest.param({"claims": {"iss": "https://tool.example"}}, "Consumer key is incorrect", id="iss is our address"),
    pytest.param({"claims": {"aud": "https://elsewhere.example"}}, "'aud' is invalid", id="aud is not the platform"),
    pytest.param({"claims": {"aud": "https://lms.example/lti/token"}}, "'aud' is invalid", id="aud is the token address"),
    pytest.param({"drop": ["aud"]}, "'aud' is invalid", id="without aud"),
    pytest.param({"claims": {LTI + "deployment_id": "99"}}, "deployment_id", id="other deployment_id"),
    pytest.param({"drop": [LTI + "deployment_id"]}, "deployment_id", id="without deployment_id"),
    pytest.param({"claims": {LTI + "message_type": "LtiResourceLinkRequest"}}, "message_type", id="other message_type"),
    pytest.param({"drop": [LTI + "version"]}, "version", id="without version"),
    pytest.param({"drop": ["nonce"]}, "'nonce' is missing", id="without nonce"),
    pytest.param({"claims": {"exp": lambda now: now - 1}}, "Expired token", id="expired"),
    pytest.param({"claims": {"iat": lambda now: now + 600}}, "iat prior to", id="iat 10 minutes ahead"),
    pytest.param({"claims": {"iat": lambda now: now - 420}}, "less than 300 seconds", id="iat seven minutes old"),
    pytest.param({"drop": ["exp", "iat"]}, "Expired token", id="without exp and iat"),
    pytest.param({"header": {"kid": "other"}}, "unable to lookup correct key", id="kid unknown"),
    pytest.param({"header": {"kid": None}}, "kid must be provided", id="no kid"),
    pytest.param({"key": keys.new_key(), "header": {"kid": KEY.kid}}, "Signature verification failed", id="another key"),
    pytest.param({"header": {"alg": "none"}}, "", id="not signed"),
    pytest.param({"jwt": "garbage"}, "invalid_request", id="JWT is garbage"),
    pytest.param({"jwt": ""}, "oauth_consumer_key", id="no JWT"),
    pytest.param({"claims": {DL + "data": "other"}}, "data", id="other data"),
    pytest.param({"drop": [DL + "data"]}, "data", id="without data"),
    pytest.param({"query": ""}, "Do not modify the deep_link_return_url", id="the return address shortened"),
    pytest.param({"query": "?selection=other"}, "Do not modify", id="the return address changed"),
    pytest.param({"claims": {DL + "content_items": {}}}, "not a list", id="items as an object"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "words"), REFUSED)
def test_a_wrong_answer_is_refused_and_sets_nothing(lms, answering, how, words):
    before = links(lms)
    answer = answering([LINK], **how)

    assert answer.status_code in (400, 404)
    assert words in unescape(answer.get_data(as_text=True))
    assert links(lms) == before


ITEMS = [
    pytest.param({"type": "link", "url": "https://x.example"}, "only ltiResourceLink", id="a web link"),
    pytest.param({"type": "html", "html": "<p>"}, "only ltiResourceLink", id="markup"),
    pytest.param({"type": "file", "url": "https://x.example/f.pdf"}, "only ltiResourceLink", id="a file"),
    pytest.param({"type": "x.example/thing"}, "only ltiResourceLink", id="an unknown type"),
    pytest.param(LINK | {"url": "https://other.example/x"}, "not the tool's", id="url on another host"),
    pytest.param(LINK | {"text": None}, "null", id="a null"),
    pytest.param(LINK | {"custom": []}, "custom", id="custom is a list"),
    pytest.param(LINK | {"custom": {"a": {"b": 1}}}, "custom", id="custom nested"),
    pytest.param(LINK | {"custom": {"a": 5}}, "custom", id="custom a number"),
    pytest.param(LINK | {"lineItem": {"label": "x"}}, "scoreMaximum is a required", id="no maximum"),
    pytest.param(LINK | {"lineItem": {"scoreMaximum": 0}}, "scoreMaximum", id="maximum 0"),
    pytest.param(LINK | {"submission": {"endDateTime": "tomorrow"}}, "due is no time", id="no time"),
    pytest.param("x", "no object", id="no object"),
]


@pytest.mark.parametrize(("item", "words"), ITEMS)
def test_a_wrong_item_is_said_and_the_others_are_set(lms, answering, item, words):
    before = links(lms)
    answer = answering([item, LINK])

    assert answer.status_code == 200
    assert words in unescape(answer.get_data(as_text=True))
    assert links(lms) == before + 1


def test_a_link_with_everything(lms, answering):
    item = LINK | {
        "text": "Open <b>it</b>",
        "custom": {"destination": "lesson:1"},
        "lineItem": {"scoreMaximum": 12.5, "label": "L1", "resourceId": "lesson:1", "tag": "lesson"},
        "available": {"startDateTime": "2027-01-05T05:00:00Z", "endDateTime": "2027-03-01T05:00:00Z"},
        "submission": {"endDateTime": "2027-02-01T05:00:00Z"},
        "window": {"targetName": "_blank"},
        "icon": {"url": "https://tool.example/i.png"},
    }
    assert answering([item]).status_code == 200

    link = lms._lms.store.links("2")[-1]
    assert (link["title"], link["custom"], link["opens_in"]) == (
        "Lesson 1",
        {"destination": "lesson:1"},
        "window",
    )
    column = lms._lms.store.line_item_of(link["id"])
    assert (column["label"], column["maximum"], column["resource_id"]) == ("L1", 12.5, "lesson:1")
    assert lms._lms.store.dates("2")[link["id"]]["due"] == "2027-02-01T05:00:00Z"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({DL + "errormsg": "No cohort <b>is</b> open."}, "No cohort <b>is</b> open."),
        ({DL + "msg": "Nothing chosen"}, "Nothing chosen"),
        ({}, "Nothing was added"),
    ],
)
def test_an_empty_list_with_words(lms, answering, claims, words):
    answer = answering([], claims=claims)

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert words in unescape(text)
    assert "<b>is</b>" not in text


@pytest.mark.parametrize("person", ["sam", "olga"])
def test_only_who_edits_the_course_adds_to_it(lms, answering, person):
    assert answering([LINK], person=person).status_code == 404


def test_a_browser_that_withheld_its_cookie_posts_once_more(lms):
    client = lms.app.test_client()
    answer = client.post(
        "/course/2/content?selection=s", data={"JWT": "a.b.c"}, base_url="https://lms.example"
    )

    text = answer.get_data(as_text=True)
    assert 'action="https://lms.example/course/2/content?selection=s"' in text
    assert 'name="JWT" value="a.b.c"' in text
    assert 'name="repost"' in text
    again = client.post(
        "/course/2/content?selection=s",
        data={"JWT": "a.b.c", "repost": "true"},
        base_url="https://lms.example",
    )
    assert again.status_code == 401
