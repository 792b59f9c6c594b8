"""Dynamic Registration 1.0, 3.5.2, the client registration request: what each platform is asked to register."""

from tests.lti.registering import SCOPE, TOOL, invited, opened
from tests.lti.registering_platform import canvas, moodle

CANVAS = "https://canvas.instructure.com/lti/"


def test_what_moodle_is_asked_to_register(world):
    platform = moodle()
    opened(world, platform, invited(world))

    asked = platform.body
    assert asked["application_type"] == "web"
    assert set(asked["grant_types"]) == {"implicit", "client_credentials"}
    assert asked["response_types"] == ["id_token"]
    assert asked["redirect_uris"] == ["http://localhost/lti/launch"]
    assert asked["initiate_login_uri"] == "http://localhost/lti/login"
    assert asked["jwks_uri"] == "http://localhost/lti/jwks.json"
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    assert set(asked["scope"].split()) <= set(platform.configuration["scopes_supported"])
    assert SCOPE + "score" in asked["scope"].split()
    tool = asked[TOOL]
    assert tool["domain"] == "localhost"
    assert tool["target_link_uri"] == "http://localhost/lti/launch"
    assert tool["custom_parameters"] == {
        "timezone": "$Person.address.timezone",
        "context_history": "$Context.id.history",
    }
    assert {"iss", "sub", "name", "email"} <= set(tool["claims"])
    by_type = {message["type"]: message for message in tool["messages"]}
    assert set(by_type) == {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"}
    assert by_type["LtiDeepLinkingRequest"]["placements"] == ["ContentArea"]
    assert "placements" not in by_type["LtiResourceLinkRequest"]
    assert not [name for name in tool if name.startswith(CANVAS)]


def test_what_canvas_is_asked_to_register(world):
    platform = canvas()
    opened(world, platform, invited(world))

    tool = platform.body[TOOL]
    assert tool[CANVAS + "privacy_level"] == "public"
    assert tool[CANVAS + "tool_id"] == "lectern"
    by_type = {message["type"]: message for message in tool["messages"]}
    navigation = by_type["LtiResourceLinkRequest"]
    assert navigation["placements"] == [CANVAS + "course_navigation"]
    assert navigation[CANVAS + "course_navigation/default_enabled"] is False
    assert set(by_type["LtiDeepLinkingRequest"]["placements"]) == {
        CANVAS + "assignment_selection",
        CANVAS + "link_selection",
        CANVAS + "editor_button",
    }
    listed = platform.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    for message in listed["messages_supported"]:
        if message["type"] in by_type:
            assert set(by_type[message["type"]]["placements"]) <= set(message["placements"])
    assert all(isinstance(value, str) for value in tool["custom_parameters"].values())


def test_only_what_is_supported_is_asked_for(world):
    platform = moodle()
    platform.configuration["scopes_supported"] = [SCOPE + "score", "openid"]
    platform.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration"][
        "messages_supported"
    ] = [{"type": "LtiResourceLinkRequest"}, {"type": "LtiSubmissionReviewRequest"}]

    opened(world, platform, invited(world))

    assert platform.body["scope"] == SCOPE + "score"
    kinds = [message["type"] for message in platform.body[TOOL]["messages"]]
    assert kinds == ["LtiResourceLinkRequest", "LtiSubmissionReviewRequest"]
