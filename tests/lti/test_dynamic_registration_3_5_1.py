"""Dynamic Registration 1.0, 3.5.1: the issuer belongs to the host that its configuration came from."""

import copy

import pytest

from tests.lti.registering import invited, opened, refused
from tests.lti.registering_platform import canvas, captured


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
