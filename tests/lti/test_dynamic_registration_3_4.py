"""Dynamic Registration 1.0, 3.4 Step 2, discovery: configurations that are not believed; the invite lives on."""

import pytest
import requests

from tests.lti.registering import refused
from tests.lti.registering_platform import moodle


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
        ("issuer", "https://moodle.example/\ud800"),
        ("issuer", "https://moodle.example/" + "x" * 600),
        ("token_endpoint", "https://moodle.example/\ud800"),
        ("token_endpoint", {"url": "https://moodle.example/token"}),
        ("jwks_uri", 7),
        ("jwks_uri", "https://moodle.example/\r\nSet-Cookie: a=b"),
        ("authorization_server", "moodle.example/\ud800 x"),
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


def test_a_platform_on_a_private_address(sqlite_world):
    platform = moodle()
    settings = sqlite_world.app.extensions["settings"]
    sqlite_world.app.extensions["settings"] = settings.model_copy(update={"allow_loopback_platforms": False})
    platform.configuration["token_endpoint"] = "https://10.0.0.7/token"

    assert "not https on a public host" in refused(sqlite_world, platform)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("authorization_endpoint", "http://moodle.example/auth"),
        ("token_endpoint", "https://127.0.0.1/token"),
        ("token_endpoint", "https://localhost/token"),
        ("jwks_uri", "https://[::1]/certs"),
        ("jwks_uri", "https://169.254.169.254/latest/meta-data"),
        ("registration_endpoint", "https://192.168.1.1/register"),
    ],
)
def test_in_production_addresses_are_https_on_public_hosts(sqlite_world, name, value):
    platform = moodle()
    settings = sqlite_world.app.extensions["settings"]
    sqlite_world.app.extensions["settings"] = settings.model_copy(update={"allow_loopback_platforms": False})
    platform.configuration[name] = value

    refused(sqlite_world, platform)

    assert [request.method for request in platform.asked] == ["GET"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('{"issuer": "' + "x" * 3_000_000 + '"}', "could not be reached", id="huge"),
        pytest.param("[" * 100_000, "not JSON", id="nested without end"),
        pytest.param('{"issuer": ' + "9" * 10_000 + "}", "not JSON", id="a number without end"),
        pytest.param('{"issuer": NaN}', "no usable issuer", id="not a number"),
        pytest.param("\ufeff{}", "no usable issuer", id="a mark of byte order"),
        pytest.param("", "not JSON", id="nothing"),
    ],
)
def test_a_configuration_that_is_out_of_bounds(sqlite_world, text, words):
    platform = moodle()
    platform.configuration = text

    assert words in refused(sqlite_world, platform)


def test_a_platform_that_does_not_answer_in_time(sqlite_world):
    platform = moodle()

    def silent(request):
        raise requests.ReadTimeout("silence", request=request)

    platform.before = silent

    assert "could not be reached from here" in refused(sqlite_world, platform)


def test_what_a_configuration_says_of_itself_is_shown_escaped(sqlite_world):
    platform = moodle()
    platform.configuration["issuer"] = "https://evil.example/<script>alert(1)</script>"

    assert "<script>alert" not in refused(sqlite_world, platform)
