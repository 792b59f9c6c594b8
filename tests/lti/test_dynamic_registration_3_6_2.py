"""Dynamic Registration 1.0, 3.6.2, the platform refuses: its words are shown, nothing is kept, the invite lives on."""

import pytest

from tests.lti.registering import refused
from tests.lti.registering_platform import captured, moodle

ERRORS = captured("moodle/registration-errors.json")["cases"]


@pytest.mark.parametrize("case", range(len(ERRORS)))
def test_a_moodles_refusals_are_shown_as_it_words_them(sqlite_world, case):
    said = ERRORS[case]["response"]
    platform = moodle()
    platform.status, platform.answer = said["status"], said.get("body_text") or f"<html>{said['page_text']}"

    text = refused(sqlite_world, platform)

    assert f"It answered {said['status']}" in text
    assert said.get("body_text", "").split(" ")[0] in text
    assert "Exception" not in text


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (
            422,
            {"errors": ["object at `/x` is missing required properties: claims"]},
            "missing required properties",
        ),
        (401, {"errorMessage": "JWT did not include expected contents"}, "expected contents"),
        (404, {"errorMessage": "Specified account does not exist"}, "Specified account"),
        (401, {"errors": [{"message": "expired"}]}, "expired"),
        (
            400,
            {"error": "invalid_client_metadata", "error_description": "no <b>logo</b>"},
            "no &lt;b&gt;logo",
        ),
        (500, "<html><script>alert(1)</script>", "It answered 500."),
        (422, {"errors": 7}, "It answered 422."),
        (422, [], "It answered 422."),
        (400, "eyJhbGciOiJSUzI1NiJ9aaaaaaaaa.eyJhbGciOiJSUzI1NiJ9aaaaaaaaa.c2ln is used", "(token) is used"),
        (200, "not JSON", "not JSON"),
        (200, {}, "names no client id"),
        (200, [], "not a JSON object"),
        (200, {"client_id": ""}, "names no client id"),
        (200, {"client_id": "x" * 256}, "names no client id"),
        (200, {"client_id": {"a": 1}}, "names no client id"),
    ],
)
def test_other_answers(sqlite_world, status, answer, words):
    platform = moodle()
    platform.status, platform.answer = status, answer

    assert words in refused(sqlite_world, platform)
