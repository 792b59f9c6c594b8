"""Login initiation (SF 5.1.1.1), and the cookie that ties it to this browser."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pylti1p3.cookie import CookieService
from pylti1p3.oidc_login import OIDCLogin
from pylti1p3.redirect import Redirect
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti.errors import LaunchRefused, Reason
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform

LOGIN_LIVES_SECONDS = 600
_SECRET_BYTES = 32
_LONGEST = {
    "iss": 512,
    "client_id": 255,
    "target_link_uri": 2000,
    "login_hint": 8000,
    "lti_message_hint": 16000,
    "lti_storage_target": 255,
}


@dataclass(frozen=True)
class LoginRequest:
    """What a platform sends to begin a login. Hints are opaque: passed on character for character."""

    issuer: str
    client_id: str | None
    login_hint: str
    message_hint: str | None
    target_link_uri: str | None
    storage_target: str | None = None  # the frame of the platform that keeps data for tools, or "_parent"

    def fields(self) -> dict[str, str]:
        """The form that begins this login again. The storage is left out: elsewhere another one answers."""
        said = {
            "iss": self.issuer,
            "client_id": self.client_id,
            "login_hint": self.login_hint,
            "lti_message_hint": self.message_hint,
            "target_link_uri": self.target_link_uri,
        }
        return {name: value for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class BegunLogin:
    """A login that goes on at the platform. Its secrets are made together, and used up together."""

    location: str
    state: str
    nonce: str
    browser: str  # the cookie's value
    storage: str | None = None  # what the platform's page keeps for us, where it offers to


def read_login(values: Mapping[str, list[str]], own_origin: str) -> LoginRequest:
    """The login request of these parameters. Raises LaunchRefused."""
    said: dict[str, str | None] = {}
    for name, longest in _LONGEST.items():
        found = [value for value in values.get(name, []) if value]
        if len(found) > 1:
            raise LaunchRefused(Reason.FORM, f"{name} occurs twice")
        if found and (len(found[0]) > longest or "\x00" in found[0]):
            raise LaunchRefused(Reason.FORM, f"{name} is too long or unreadable")
        said[name] = found[0] if found else None
    issuer, hint, target = said["iss"], said["login_hint"], said["target_link_uri"]
    if issuer is None or hint is None:
        raise LaunchRefused(Reason.FORM, "iss or login_hint is missing")
    if target is not None and origin_of(target) != own_origin:
        raise LaunchRefused(Reason.TARGET, "target_link_uri of the login is not ours")
    return LoginRequest(
        issuer, said["client_id"], hint, said["lti_message_hint"], target, said["lti_storage_target"]
    )


def begin_login(request: LoginRequest, platform: RegisteredPlatform, launch_url: str) -> BegunLogin:
    """The address at the platform where this login goes on, and its secrets."""
    session, cookies = _Session(_Values({})), _Cookies()
    asked = {
        "iss": platform.issuer,
        "login_hint": request.login_hint,
        "lti_message_hint": request.message_hint,
    }
    login = _Login(_Values(asked), OneTool(platform), session, cookies)
    location = _joined(login.address(launch_url), platform.auth_login_url)
    assert session.nonce is not None
    assert cookies.state is not None
    return BegunLogin(
        location,
        cookies.state,
        session.nonce,
        browser=secret(),
        storage=secret() if request.storage_target is not None else None,
    )


def secret() -> str:
    """256 bits from the system's generator, as base64url."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def digest(text: str) -> str:
    """How a secret is kept: as its SHA-256. Secrets here have 256 bits, so no salt is needed."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def cookie_name(state: str, *, secure: bool) -> str:
    """The cookie of one login. Its name follows from the state, so that several logins live side by side."""
    return f"{cookie_prefix(secure=secure)}{digest(state)[:16]}"


def storage_key(state: str) -> str:
    """Under which name the platform's page keeps the secret of one login."""
    return f"lectern-{digest(state)[:16]}"


def cookie_prefix(*, secure: bool) -> str:
    """`__Host-` binds a cookie to our very host; browsers take it only with Secure."""
    return "__Host-lti-" if secure else "lti-"


def _joined(location: str, registered: str) -> str:
    # PyLTI1p3 appends "?…" blindly; a registered address may have a query already.
    query = location[len(registered) + 1 :]
    return f"{registered}{'&' if '?' in registered else '?'}{query}"


class _Values(Request):
    """The parameters as PyLTI1p3 asks for them."""

    def __init__(self, values: Mapping[str, str | None]) -> None:
        self._values = values

    @property
    def session(self) -> Any:
        raise NotImplementedError

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self._values.get(key) or ""


class _Session(SessionService):
    """Catches the nonce; it is kept hashed, beside its state, in our own table."""

    nonce: str | None = None

    def __init__(self, request: Request) -> None:  # the library's would make a store in the cookie session
        pass

    def save_nonce(self, nonce: str) -> None:
        self.nonce = nonce


class _Cookies(CookieService):
    """Catches the state; our cookie has a name and a value of its own (the library's value is its own name)."""

    state: str | None = None

    def get_cookie(self, name: str) -> str | None:
        return None

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        self.state = str(value)


class OneTool(ToolConfAbstract[Request]):
    """The one registration this request is about, found by us by issuer and client id."""

    def __init__(self, platform: RegisteredPlatform) -> None:
        self._platform = platform

    def check_iss_has_one_client(self, iss: str) -> bool:
        return True

    def check_iss_has_many_clients(self, iss: str) -> bool:
        return False

    def find_registration_by_issuer(self, iss: str, *args: Any, **kwargs: Any) -> Registration:
        if iss != self._platform.issuer:
            raise LaunchRefused(Reason.ISSUER, "not the issuer of this login")
        return (
            Registration()
            .set_issuer(self._platform.issuer)
            .set_client_id(self._platform.client_id)
            .set_auth_login_url(self._platform.auth_login_url)
        )

    def find_registration_by_params(
        self, iss: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Registration:
        return self.find_registration_by_issuer(iss)

    def find_deployment(self, iss: str, deployment_id: str) -> Any:
        raise NotImplementedError

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *args: Any, **kwargs: Any
    ) -> Any:
        raise NotImplementedError


class _Login(OIDCLogin[_Values, OneTool, _Session, _Cookies, str]):
    """PyLTI1p3's flow with 256-bit secrets: its own state has 122 bits, its nonce a clock in it."""

    def _get_uuid(self) -> str:
        return secret()

    def _generate_nonce(self) -> str:
        return secret()

    def get_redirect(self, url: str) -> Redirect[str]:
        raise NotImplementedError

    def address(self, launch_url: str) -> str:
        return self._prepare_redirect_url(launch_url)
