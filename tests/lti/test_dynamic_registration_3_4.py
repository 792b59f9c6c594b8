"""Dynamic Registration 1.0, 3.4 Step 2, discovery: configurations that are not believed; the invite lives on."""

import pytest

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
