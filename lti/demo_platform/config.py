"""What one sample LMS is told at its start, and the addresses that follow from it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCOPE_LINEITEM = AGS + "lineitem"
SCOPE_LINEITEM_READ = AGS + "lineitem.readonly"
SCOPE_RESULT_READ = AGS + "result.readonly"
SCOPE_SCORE = AGS + "score"
SCOPE_MEMBERSHIP = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
ALL_SCOPES = (SCOPE_LINEITEM, SCOPE_LINEITEM_READ, SCOPE_RESULT_READ, SCOPE_SCORE, SCOPE_MEMBERSHIP)


def fetch_json(url: str) -> object:
    """The tool's key set, over HTTP. Raises requests' errors and ValueError; five seconds for each step."""
    answer = requests.get(url, timeout=5, allow_redirects=False)
    answer.raise_for_status()
    return answer.json()


def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Placement:
    """Where a Canvas shows the tool, as the tool's own configuration asked for it."""

    name: str
    text: str = "Lectern"
    chooses: bool = False  # sends a Deep Linking request
    target_link_uri: str = ""  # "": the tool's launch address
    custom: Mapping[str, str] = field(default_factory=dict)


PLACEMENTS = (
    Placement("course_navigation"),
    Placement("assignment_selection", chooses=True),
    Placement("link_selection", chooses=True),
    Placement("editor_button", chooses=True),
)
TOOL_PARAMETERS = {"timezone": "$Person.address.timezone", "context_history": "$Context.id.history"}


@dataclass(frozen=True)
class PlatformConfig:
    """`base_url` is the LMS's own address, `portal_url` the tool's; final slashes are cut.

    A hosted Canvas has two more: an issuer that all schools share and that serves nothing, and a host for all schools
    with the authorization address, the keys and the frame that keeps data for tools.
    """

    base_url: str
    portal_url: str
    issuer_url: str = ""  # "": base_url
    shared_url: str = ""  # "": base_url
    database: str = ":memory:"
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    seed: Mapping[str, object] | None = None  # None: the demo's two courses
    dress: str = "moodle"  # or "canvas": how it words what it says (dress.py)
    client_id: str = "sample-lms-lectern"
    deployment_id: str = "1"
    scopes: tuple[str, ...] = ALL_SCOPES  # what this site has switched on for the tool
    custom: Mapping[str, str] = field(
        default_factory=lambda: TOOL_PARAMETERS
    )  # of the tool, in all its launches
    placements: tuple[Placement, ...] = PLACEMENTS  # Canvas's
    privacy_level: str = "public"  # Canvas's: public, name_only, email_only, anonymous
    # Where this site keeps data for tools (postMessage Storage): "_parent", the name of a frame of its own, as
    # Canvas's "post_message_forwarding", or "": nowhere.
    storage_target: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    fetch_keys: Callable[[str], object] = fetch_json

    def __post_init__(self) -> None:
        for name in ("base_url", "portal_url", "issuer_url", "shared_url"):
            address = getattr(self, name).rstrip("/") or self.base_url
            if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).netloc:
                raise ValueError(f"{name} must be an http address, such as http://127.0.0.1:8001")
            object.__setattr__(self, name, address)

    @property
    def is_canvas(self) -> bool:
        return self.dress == "canvas"

    @property
    def issuer(self) -> str:
        return self.issuer_url

    @property
    def auth_url(self) -> str:
        return self.shared_url + ("/api/lti/authorize_redirect" if self.is_canvas else "/lti/auth")

    @property
    def token_url(self) -> str:
        return self.shared_url + ("/login/oauth2/token" if self.is_canvas else "/lti/token")

    @property
    def jwks_url(self) -> str:
        return self.shared_url + ("/api/lti/security/jwks" if self.is_canvas else "/lti/certs")

    @property
    def configuration_url(self) -> str:
        """What a tool that registers itself reads first."""
        path = "/api/lti/security/openid-configuration" if self.is_canvas else "/lti/openid-configuration"
        return self.base_url + path

    @property
    def registration_url(self) -> str:
        path = "/api/lti/registrations" if self.is_canvas else "/lti/openid-registration"
        return self.base_url + path

    @property
    def services_url(self) -> str:
        return self.base_url + "/lti/services"

    @property
    def login_url(self) -> str:
        return self.portal_url + "/lti/login"

    @property
    def redirect_urls(self) -> tuple[str, ...]:
        """The addresses the tool registered; compared to the letter."""
        return (self.portal_url + "/lti/launch",)

    @property
    def tool_jwks_url(self) -> str:
        return self.portal_url + "/lti/jwks.json"

    @property
    def portal_origin(self) -> str:
        return origin_of(self.portal_url)

    @property
    def base_origin(self) -> str:
        return origin_of(self.base_url)

    @property
    def shared_origin(self) -> str:
        return origin_of(self.shared_url)

    @property
    def shared_host(self) -> str:
        return urlsplit(self.shared_url).netloc

    @property
    def has_shared_host(self) -> bool:
        """Whether tools meet two hosts, the school's and the one that all schools share."""
        return self.shared_origin != self.base_origin

    def placement(self, name: str) -> Placement | None:
        return next((one for one in self.placements if one.name == name), None)

    def lineitems_url(self, course_id: str) -> str:
        if self.is_canvas:
            return f"{self.base_url}/api/lti/courses/{course_id}/line_items"
        return f"{self.services_url}/{course_id}/lineitems?type_id={self.deployment_id}"

    def lineitem_url(self, course_id: str, line_item_id: int) -> str:
        if self.is_canvas:
            return f"{self.base_url}/api/lti/courses/{course_id}/line_items/{line_item_id}"
        return (
            f"{self.services_url}/{course_id}/lineitems/{line_item_id}/lineitem?type_id={self.deployment_id}"
        )

    def memberships_url(self, course_id: str) -> str:
        if self.is_canvas:
            return f"{self.base_url}/api/lti/courses/{course_id}/names_and_roles"
        return f"{self.services_url}/CourseSection/{course_id}/bindings/{self.deployment_id}/memberships"

    def content_url(self, course_id: str, selection_id: str) -> str:
        """Where a tool's answer to a Deep Linking request comes back to."""
        if self.is_canvas:
            return f"{self.base_url}/courses/{course_id}/deep_linking_response?data={selection_id}"
        where = f"{self.base_url}/course/{course_id}/content"
        return f"{where}?selection={selection_id}" if selection_id else where

    def registration(self) -> dict[str, str]:
        """What an administrator copies into the tool; the names are those of `portal lti register`."""
        return {
            "issuer": self.issuer,
            "client_id": self.client_id,
            "auth_login_url": self.auth_url,
            "auth_token_url": self.token_url,
            "jwks_url": self.jwks_url,
            "deployment_id": self.deployment_id,
        }
