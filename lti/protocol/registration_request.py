"""Dynamic Registration 1.0: what we ask a platform to register, with the extensions of those that have some."""

from typing import Any

from lti.protocol.registration import PlatformConfiguration
from lti.protocol.tool import (
    CANVAS,
    CHOOSE_HEIGHT,
    CHOOSE_LABEL,
    CHOOSE_WIDTH,
    CLAIMS,
    CUSTOM_PARAMETERS,
    DEEP_LINKING,
    DESCRIPTION,
    NAME,
    RESOURCE_LINK,
    SUBMISSION_REVIEW,
    TOOL_CONFIGURATION,
    Tool,
)

_CANVAS_TOOL = {CANVAS + "privacy_level": "public", CANVAS + "tool_id": "lectern", CANVAS + "vendor": NAME}
_CANVAS_SIZE = {CANVAS + "launch_width": CHOOSE_WIDTH, CANVAS + "launch_height": CHOOSE_HEIGHT}


def registration_request(tool: Tool, platform: PlatformConfiguration) -> dict[str, Any]:
    """What we ask the platform to register: nothing that it does not say it supports."""
    return {
        "application_type": "web",
        "grant_types": ["implicit", "client_credentials"],
        "response_types": ["id_token"],
        "client_name": NAME,
        "client_uri": tool.base_url,
        "logo_uri": tool.icon_url,
        "initiate_login_uri": tool.login_url,
        "redirect_uris": [tool.launch_url],
        "jwks_uri": tool.jwks_url,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(platform.scopes),
        TOOL_CONFIGURATION: {
            "domain": tool.domain,
            "target_link_uri": tool.launch_url,
            "description": DESCRIPTION,
            "custom_parameters": dict(CUSTOM_PARAMETERS),
            "claims": list(CLAIMS),
            "messages": _our_messages(tool, platform),
            **(_CANVAS_TOOL if platform.family == "canvas" else {}),
        },
    }


def _our_messages(tool: Tool, platform: PlatformConfiguration) -> list[dict[str, Any]]:
    navigation = _listed(platform, RESOURCE_LINK, CANVAS + "course_navigation")
    opening: dict[str, Any] = {"type": RESOURCE_LINK, "target_link_uri": tool.launch_url, "label": NAME}
    if navigation:
        opening |= {
            "placements": navigation,
            CANVAS + "course_navigation/default_enabled": False,
            CANVAS + "visibility": "members",
            CANVAS + "display_type": "full_width_in_context",
        }
    messages = [opening]
    if DEEP_LINKING in platform.messages:
        messages.append(
            {
                "type": DEEP_LINKING,
                "target_link_uri": tool.launch_url,
                "label": CHOOSE_LABEL,
                "placements": _choosing_places(platform),
                **(_CANVAS_SIZE if platform.family == "canvas" else {}),
            }
        )
    if SUBMISSION_REVIEW in platform.messages:
        messages.append({"type": SUBMISSION_REVIEW, "target_link_uri": tool.launch_url, "label": NAME})
    return messages


def _choosing_places(platform: PlatformConfiguration) -> list[str]:
    """Where pages are chosen. Canvas takes its own words and the common ones for the same places: one of each."""
    places = _listed(platform, DEEP_LINKING, CANVAS + "assignment_selection")
    for canvas, common in (("link_selection", "ContentArea"), ("editor_button", "RichTextEditor")):
        places += (
            _listed(platform, DEEP_LINKING, CANVAS + canvas) or _listed(platform, DEEP_LINKING, common)
        )  # fmt: skip
    return places or ["ContentArea"]


def _listed(platform: PlatformConfiguration, message: str, placement: str) -> list[str]:
    return [placement] if placement in platform.messages.get(message, ()) else []
