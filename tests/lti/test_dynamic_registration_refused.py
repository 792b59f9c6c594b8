"""Dynamic Registration, refused: nothing is kept, and the invite lives on."""

import copy

import pytest

from tests.lti.registering_platform import canvas, captured, moodle
from tests.lti.test_dynamic_registration import invited, opened, registrations

ERRORS = captured("moodle/registration-errors.json")["cases"]


def refused(world, platform, status: int = 422, query: str | None = None) -> str:
    """The page of a registration that does not come about; the same invite then serves one that does."""
    path = invited(world)
    answer = opened(world, platform, path, query)
    assert answer.status_code == status, answer.get_data(as_text=True)
    text = answer.get_data(as_text=True)
    assert "js/registered.js" not in text  # it stays to be read
    assert registrations(world) == 0
    assert opened(world, moodle(), path).status_code == 200
    return text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", None),
        ("issuer", "not an address"),
        ("issuer", 7),
        ("issuer", "https://another.example"),
        ("issuer", "https://moodle.example.evil.example"),
        ("issuer", "https://moodle.example:8443"),
        ("issuer", "https://moodle.example@evil.example"),
        ("authorization_endpoint", None),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("token_endpoint", ["https://moodle.example/token"]),
        ("token_endpoint", ""),
        ("jwks_uri", "https://moodle.example/" + "x" * 2000),
        ("jwks_uri", "file:///etc/passwd"),
        ("registration_endpoint", None),
        ("registration_endpoint", "https://moodle.example\\@evil.example/"),
        ("authorization_server", "https://another-school.example/token"),
        ("authorization_server", 9),
        ("authorization_server", "https://[broken"),
        ("id_token_signing_alg_values_supported", ["HS256"]),
    ],
)
def test_an_implausible_configuration(sqlite_world, name, value):
    platform = moodle()
    platform.configuration[name] = value

    refused(sqlite_world, platform)

    assert [request.method for request in platform.asked] == ["GET"]  # nobody was asked to register us


@pytest.mark.parametrize("configuration", [[], "text", None, 1, "<html>", {}])
def test_a_configuration_that_is_none(sqlite_world, configuration):
    platform = moodle()
    platform.configuration = configuration

    refused(sqlite_world, platform)


@pytest.mark.parametrize("status", [301, 302, 401, 404, 500])
def test_a_configuration_that_does_not_come(sqlite_world, status):
    platform = moodle()
    platform.configuration_status = status

    assert f"It answered {status}" in refused(sqlite_world, platform)


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


@pytest.mark.parametrize(
    "query",
    [
        "openid_configuration=ftp://moodle.example/x",
        "openid_configuration=https://moodle.example/x&openid_configuration=https://moodle.example/y",
        "openid_configuration=https://moodle.example/x&registration_token=a%0d%0ab",
        "openid_configuration=https://moodle.example/x&registration_token=a&registration_token=b",
        "openid_configuration=https://moodle.example/" + "x" * 8000,
        "openid_configuration=https://unreachable.example/x",
        "openid_configuration=%00%ff",
    ],
)
def test_what_the_address_was_opened_with(sqlite_world, query):
    refused(sqlite_world, moodle(), query=query)


def test_a_platform_on_a_private_address(sqlite_world):
    platform = moodle()
    settings = sqlite_world.app.extensions["settings"]
    sqlite_world.app.extensions["settings"] = settings.model_copy(update={"allow_loopback_platforms": False})
    platform.configuration["token_endpoint"] = "https://10.0.0.7/token"

    assert "not https on a public host" in refused(sqlite_world, platform)


# Canvas: one issuer for all schools. Whose keys count is Canvas's word alone.


def canvas_from(url: str, **changed: str):
    platform = canvas()
    platform.configuration_url = url
    platform.configuration = copy.deepcopy(platform.configuration) | changed
    return platform


def test_a_schools_own_host_speaks_for_canvas_with_canvass_keys(sqlite_world):
    platform = canvas_from("https://northvalley.example.edu/api/lti/security/openid-configuration")

    assert opened(sqlite_world, platform, invited(sqlite_world)).status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        {"jwks_uri": "https://evil.example/jwks"},
        {"jwks_uri": "http://sso.canvaslms.com/api/lti/security/jwks"},
        {"jwks_uri": "https://sso.canvaslms.com.evil.example/jwks"},
        {"jwks_uri": "https://sso.beta.canvaslms.com/api/lti/security/jwks"},
        {"authorization_endpoint": "https://evil.example/auth"},
        {"token_endpoint": "https://third.example/token"},
        {"token_endpoint": "https://evil.example/token"},  # with Canvas's audience: to carry it there
        {"issuer": "https://canvas.test.instructure.com"},
    ],
)
def test_nobody_else_does(sqlite_world, changed):
    refused(sqlite_world, canvas_from("https://evil.example/openid-configuration", **changed))


def test_a_self_hosted_canvas_speaks_for_itself(sqlite_world):
    case = captured("canvas/openid-configuration.json")["cases"][-1]
    platform = canvas()
    platform.configuration_url = case["request"]["url"].split("(")[0].split("?")[0]
    platform.configuration = case["response"]["body"]

    assert opened(sqlite_world, platform, invited(sqlite_world)).status_code == 200
