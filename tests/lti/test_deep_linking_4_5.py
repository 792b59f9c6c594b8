"""Deep Linking 2.0, the response: who says it, to whom, when; and the form that takes it back."""

import time
from html import unescape
from typing import Any

import pytest

from lti.adapter.signing import Seal
from lti.services import keys
from portal.core.clock import real_now
from portal.core.db import transaction
from tests.lti.choosing import DL, LTI, answer_of, choose, chooser, settings, told


def test_the_answer_is_ours_and_for_this_platform_alone(school):
    browser, page = chooser(school)
    answer = answer_of(browser, page, choose=["lesson:1"])

    said = answer.claims
    assert answer.header["alg"] == "RS256"
    published: Any = browser.get("/lti/jwks.json").json
    assert answer.header["kid"] in [key["kid"] for key in published["keys"]]
    assert (said["iss"], said["aud"]) == (school.lms.config.client_id, school.lms.config.issuer)
    assert said[LTI + "deployment_id"] == "1"
    assert said[LTI + "message_type"] == "LtiDeepLinkingResponse"
    assert said[LTI + "version"] == "1.3.0"
    assert said["exp"] - said["iat"] <= 600
    assert {name.removeprefix(DL) for name in said if name.startswith(DL)} == {"content_items", "data", "msg"}


def test_it_is_signed_when_it_is_sent_each_time_anew(school):
    browser, page = chooser(school)
    first, second = (answer_of(browser, page, choose="home").claims for _ in range(2))

    assert first["nonce"] != second["nonce"]
    assert len(first["nonce"]) >= 22
    assert 0 <= time.time() - first["iat"] < 60


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("csrftoken:c7fbba78-7b75-46e3-9201-11e6d5f36f53", id="a word"),
        pytest.param("", id="empty"),
        pytest.param('"><script>alert(1)</script>&amp;', id="markup"),
        pytest.param("Ünïcödé “quoted” \n\t 文", id="any script and line breaks"),
        pytest.param("x" * 20_000, id="long"),
        pytest.param({"a": [1, True]}, id="an object, which it should not be"),
        pytest.param("a\x00b\u2028", id="NUL and a line's end"),
        pytest.param(False, id="false"),
        pytest.param(12345678901234567890, id="a long number"),
    ],
)
def test_data_comes_back_exactly(sqlite_school, data):
    browser, page = chooser(sqlite_school, **settings(data=data))

    assert answer_of(browser, page, choose="home").claims[DL + "data"] == data
    assert answer_of(browser, page, action="cancel").claims[DL + "data"] == data


@pytest.mark.parametrize("data", [..., None], ids=["absent", "null"])
def test_data_that_did_not_come_does_not_go(sqlite_school, data):
    browser, page = chooser(sqlite_school, **settings(data=data))

    assert DL + "data" not in answer_of(browser, page, choose="home").claims


@pytest.mark.parametrize(
    "url",
    [
        "https://lms.example/mod/lti/contentitem_return.php?course=2&id=1&sesskey=SESSKEY",
        "https://lms.example/courses/1207/deep_linking_response?data=eyJ0.eyJ1.x-_y" + "z" * 700,
        "https://lms.example/?a=%22%3E&b='x'&c=%26amp;#part",
        "https://lms.example/?x=\"><script>alert(1)</script>'",
    ],
)
def test_it_goes_to_the_return_address_to_the_letter_and_escaped(sqlite_school, url):
    browser, page = chooser(sqlite_school, **settings(deep_link_return_url=url))
    answer = choose(browser, page, choose="home").get_data(as_text=True)

    assert answer_of(browser, page, choose="home").url == url
    assert "<script>alert" not in answer
    assert unescape(answer).count(url) == 1


def test_the_form_works_without_script(school):
    browser, page = chooser(school)
    answer = choose(browser, page, choose=["lesson:1", "lesson:2"])

    text = answer.get_data(as_text=True)
    form = text[text.index("<form") : text.index("</form>")]
    assert 'method="post"' in form
    assert '<button class="btn go">Back to your LMS</button>' in form
    assert "Taking 2 links to your LMS" in text
    assert "<script>" not in text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "form-action" not in answer.headers["Content-Security-Policy"]


def test_cancel_is_an_empty_list_and_no_words(school):
    browser, page = chooser(school)
    answer = answer_of(browser, page, action="cancel", choose=["lesson:1"])

    assert answer.items == []
    assert not [
        name for name in answer.claims if name.removeprefix(DL) in ("msg", "log", "errormsg", "errorlog")
    ]
    assert told(school, answer, "tina") == []


def test_the_choice_keeps_its_token(school):
    browser, page = chooser(school)
    code = page.partition('name="request" value="')[2].partition('"')[0]

    answer = browser.client.post("/lti/deep-linking", data={"request": code, "choose": "home"})

    assert answer.status_code == 400
    assert "JWT" not in answer.get_data(as_text=True)


def test_the_lms_sets_the_links_and_they_open_what_was_chosen(school):
    browser, page = chooser(school)
    answer = answer_of(
        browser,
        page,
        choose=["lesson:2", "work:asset-map", "record"],
        column__x="",
        **{"column-lesson:2": "1"},
    )

    assert told(school, answer, "tina") == ["Lesson 2", "Submit a stakeholder and asset map", "My record"]
    links = school.lms._lms.store.links("2")[-3:]
    opened = [
        school.launch("sam", link["id"]).location.removeprefix(f"/c/{school.cohort.slug}/") for link in links
    ]
    assert opened == ["lessons/2", "work/asset-map", "record"]
    columns = [item for item in school.lms._lms.store.line_items("2") if item["link_id"] == links[0]["id"]]
    assert [(item["label"], item["maximum"], item["resource_id"]) for item in columns] == [
        (links[0]["title"], 10, "lesson:2")
    ]


def test_an_answer_is_taken_once(school):
    browser, page = chooser(school)
    answer = answer_of(browser, page, choose="home")
    told(school, answer, "tina")

    again = answer_of(browser, page, choose="home")
    for late in (answer, again):
        taken = school.lms.take_content(late.url, "tina", JWT=late.text)
        assert taken.status_code == 400
        assert "multiple times" in taken.get_data(as_text=True)


def test_after_a_rotation_the_lms_reads_the_new_key(school):
    browser, page = chooser(school)
    told(school, answer_of(browser, page, choose="home"), "tina")
    with school.world.app.app_context(), transaction() as session:
        seal = Seal(school.world.app.extensions["settings"].secret_keys)
        keys.rotate_key(session, seal, at=real_now(), at_once=True)

    browser, page = chooser(school)
    assert told(school, answer_of(browser, page, choose="home"), "tina") == ["Home"]
