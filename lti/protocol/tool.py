"""What we say of ourselves to platforms: addresses, scopes, custom parameters; Canvas's developer key."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti.protocol.claims import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, SCORE_SCOPE

RESULT_READ_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
MEMBERSHIP_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
SCOPES = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_READ_SCOPE, SCORE_SCOPE, MEMBERSHIP_SCOPE)

TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"  # before its extensions' names
RESOURCE_LINK, DEEP_LINKING = "LtiResourceLinkRequest", "LtiDeepLinkingRequest"
SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"

# Asked of every platform: in whose time zone dates are also said, and which courses this one was copied from.
CUSTOM_PARAMETERS = {"timezone": "$Person.address.timezone", "context_history": "$Context.id.history"}
CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")

NAME = "Lectern"
DESCRIPTION = "Cohort courses with live calls, checklists and certificates"
CHOOSE_LABEL, CHOOSE_WIDTH, CHOOSE_HEIGHT = "Lectern page", 800, 600


@dataclass(frozen=True)
class Tool:
    """Our own addresses. `base_url`: the public address, without a slash at its end."""

    base_url: str
    icon_url: str

    @property
    def login_url(self) -> str:
        """Where logins begin."""
        return f"{self.base_url}/lti/login"

    @property
    def launch_url(self) -> str:
        """The one redirect address and target."""
        return f"{self.base_url}/lti/launch"

    @property
    def jwks_url(self) -> str:
        """Our key set."""
        return f"{self.base_url}/lti/jwks.json"

    @property
    def domain(self) -> str:
        """Host, with its port where it is not the usual one; no scheme (Canvas, Moodle)."""
        parts = urlsplit(self.base_url)
        usual = {"http": 80, "https": 443}[parts.scheme]
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return host if parts.port in (None, usual) else f"{host}:{parts.port}"


def canvas_developer_key(tool: Tool) -> dict[str, Any]:
    """What Canvas reads when an administrator enters our address as a developer key (its documentation).

    Numbers are numbers, and nothing is in it that Canvas does not list: it refuses the whole for one unknown word.
    """
    choosing = {
        "enabled": True,
        "message_type": DEEP_LINKING,
        "target_link_uri": tool.launch_url,
        "text": CHOOSE_LABEL,
        "icon_url": tool.icon_url,
        "selection_width": CHOOSE_WIDTH,
        "selection_height": CHOOSE_HEIGHT,
    }
    navigation = {
        "placement": "course_navigation",
        "enabled": True,
        "message_type": RESOURCE_LINK,
        "target_link_uri": tool.launch_url,
        "text": NAME,
        "default": "disabled",  # each course's teacher adds it
        "visibility": "members",
        "display_type": "full_width_in_context",
    }
    return {
        "title": NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": tool.login_url,
        "target_link_uri": tool.launch_url,
        "public_jwk_url": tool.jwks_url,
        "scopes": list(SCOPES),
        "custom_fields": dict(CUSTOM_PARAMETERS),
        "extensions": [
            {
                "platform": "canvas.instructure.com",
                "domain": tool.domain,
                "tool_id": "lectern",
                "privacy_level": "public",
                "settings": {
                    "text": NAME,
                    "labels": {"en": NAME},
                    "icon_url": tool.icon_url,
                    "selection_width": CHOOSE_WIDTH,
                    "selection_height": CHOOSE_HEIGHT,
                    "placements": [
                        navigation,
                        *(
                            {"placement": placement} | choosing
                            for placement in ("assignment_selection", "link_selection", "editor_button")
                        ),
                    ],
                },
            }
        ],
    }
