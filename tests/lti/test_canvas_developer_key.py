"""GET /lti/config/canvas.json, held against what Canvas is documented to take."""

from typing import Any

import pytest

from lti.protocol.tool import SCOPES, Tool
from tests.lti.registering_platform import captured

CAPTURED = captured("canvas/developer-key-config.json")


@pytest.fixture
def served(sqlite_world) -> Any:
    answer = sqlite_world.app.test_client().get("/lti/config/canvas.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert "Set-Cookie" not in answer.headers
    return answer.get_json()


def with_our_address(text: str) -> str:
    """An address of the capture, on our host."""
    return text.replace("https://tool.example", "http://localhost")


def test_all_that_is_required_is_there_and_nothing_canvas_does_not_know(served):
    assert set(served) == set(CAPTURED)
    for name in ("oidc_initiation_url", "target_link_uri", "public_jwk_url"):
        assert served[name] == with_our_address(CAPTURED[name])
    [extension], [expected] = served["extensions"], CAPTURED["extensions"]
    assert set(extension) == set(expected)
    assert extension["platform"] == "canvas.instructure.com"
    assert extension["domain"] == "localhost"
    assert extension["privacy_level"] == "public"
    assert set(extension["settings"]) == set(expected["settings"])


def test_placements_take_the_messages_they_can(served):
    placements = {one["placement"]: one for one in served["extensions"][0]["settings"]["placements"]}
    expected = {one["placement"]: one for one in CAPTURED["extensions"][0]["settings"]["placements"]}

    assert set(placements) == set(expected)
    for name, one in placements.items():
        assert one["message_type"] == expected[name]["message_type"]
        assert set(one) == set(expected[name])
        assert {key: type(value) for key, value in one.items()} == {
            key: type(value) for key, value in expected[name].items()
        }


def test_scopes_and_custom_fields(served):
    assert set(served["scopes"]) == set(CAPTURED["scopes"]) == set(SCOPES)
    assert served["custom_fields"] == {
        "timezone": "$Person.address.timezone",
        "context_history": "$Context.id.history",
    }


def test_the_icon_is_there(sqlite_world, served):
    path = served["extensions"][0]["settings"]["icon_url"].removeprefix("http://localhost")
    with sqlite_world.app.test_client().get(path) as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "image/png"


def test_each_setting_is_of_the_type_and_of_the_words_that_canvas_takes(served):
    """Canvas refuses the whole configuration for one value that is not."""
    [extension] = served["extensions"]
    assert extension["privacy_level"] in WORDS["privacy_level"]
    for setting in (extension["settings"], *extension["settings"]["placements"]):
        for name, value in setting.items():
            assert isinstance(value, TYPES[name]), name
            assert not (TYPES[name] is int and isinstance(value, bool)), name
            assert value in WORDS.get(name, [value]), name


def test_where_pages_are_chosen_deep_linking_is_asked_for_and_elsewhere_a_launch(served):
    for one in served["extensions"][0]["settings"]["placements"]:
        chooses = one["placement"] in ("assignment_selection", "link_selection", "editor_button")
        assert one["message_type"] == ("LtiDeepLinkingRequest" if chooses else "LtiResourceLinkRequest")
        assert ("default" in one) == (one["placement"] == "course_navigation")
        assert one["target_link_uri"] == served["target_link_uri"]


def test_it_is_the_same_for_everyone_and_may_be_kept(sqlite_world, served):
    answer = sqlite_world.app.test_client().get("/lti/config/canvas.json")

    assert answer.get_json() == served
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "$ResourceLink.id.history" not in str(served)  # Canvas does not fill it


# Canvas's schema of 1.3 configurations: types of settings, and the words where it lists them.
TYPES: dict[str, type] = {
    "placement": str, "enabled": bool, "message_type": str, "text": str, "labels": dict, "custom_fields": dict,
    "selection_height": int, "selection_width": int, "launch_height": int, "launch_width": int, "icon_url": str,
    "display_type": str, "target_link_uri": str, "visibility": str, "default": str, "placements": list,
}  # fmt: skip
WORDS = {
    "message_type": ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
    "display_type": ["default", "full_width", "full_width_in_context", "in_nav_context", "borderless"],
    "visibility": ["admins", "members", "public"],
    "default": ["disabled", "enabled"],
    "privacy_level": ["anonymous", "public", "name_only", "email_only"],
}


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("https://portal.example.org", "portal.example.org"),
        ("https://portal.example.org:443", "portal.example.org"),
        ("https://portal.example.org:8443", "portal.example.org:8443"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://portal.example.org/lectern", "portal.example.org"),
    ],
)
def test_the_domain_is_a_host_without_a_scheme(base_url, domain):
    assert Tool(base_url, "").domain == domain
