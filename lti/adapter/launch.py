"""The authentication response (SF 5.1.1.3, 5.1.3): every check of the token and of its message, ours and PyLTI1p3's."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pylti1p3.cookie import CookieService
from pylti1p3.deployment import Deployment
from pylti1p3.exception import LtiException
from pylti1p3.message_launch import MessageLaunch
from pylti1p3.request import Request
from pylti1p3.session import SessionService

from lti.adapter.login import OneTool, digest
from lti.adapter.platform_keys import PlatformKeys
from lti.errors import LaunchRefused, Reason
from lti.protocol.claims import LTI, parse_launch
from lti.protocol.messages import Launch, Message
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.presentation import presentation_of
from lti.protocol.token import UncheckedToken

_LEEWAY_SECONDS = 60  # clocks differ, either way
_OLDEST_SECONDS = 600  # a token is posted at once; an old one was kept by somebody
_LONGEST_LIFE_SECONDS = 24 * 3600  # platforms say a minute to an hour; a year is a mistake, or worse
_MOST_KID_CHARACTERS = 255
_OURS_TO_CHECK = ("aud", "exp", "iat", "nbf", "iss", "sub", "jti")


@dataclass(frozen=True)
class KnownLogin:
    """What was kept when the login began."""

    platform: RegisteredPlatform
    nonce_hash: str
    target_link_uri: str | None
    deployment_known: bool  # the deployment the token names is registered for this platform


def check_token(
    token: UncheckedToken, state: str, login: KnownLogin, keys: PlatformKeys, *, own_origin: str, at: datetime
) -> Launch:
    """What the token says, once all of it holds. Nothing is stored. Raises LaunchRefused.

    The state and the browser's cookie were matched before; the nonce is used up after, in one statement.
    """
    platform = login.platform
    key = keys.key_of(platform, _check_header(token.header))
    claims = token.claims
    _check_audience(claims, platform)
    launch = _Launch(token, state, login, key)
    _check_with_library(launch)
    _check_times(claims, at)
    _check_target(claims, login, own_origin)
    try:
        _check_somebody(claims)
        said = parse_launch(claims, platform.client_id)
        _check_message(launch, said)
    except LaunchRefused as refusal:
        # The token itself holds: its return address may be offered, in its language.
        refusal.shown = presentation_of(claims)
        raise
    return said


def _check_header(header: dict[str, Any]) -> str:
    # The list of one is ours (SF 5.1.3). jku, x5u, jwk and x5c are never looked at.
    if header.get("alg") != "RS256":
        raise LaunchRefused(Reason.HEADER, "alg is not RS256")
    if "crit" in header:
        raise LaunchRefused(Reason.HEADER, "crit is not understood")
    if "b64" in header:
        raise LaunchRefused(Reason.HEADER, "unencoded payloads are not understood")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _MOST_KID_CHARACTERS:
        raise LaunchRefused(Reason.HEADER, "no kid")
    return kid


def _check_audience(claims: dict[str, Any], platform: RegisteredPlatform) -> None:
    audience, party = claims.get("aud"), claims.get("azp")
    if claims.get("iss") != platform.issuer:
        raise LaunchRefused(Reason.ISSUER, "not the issuer of this login")
    several = audience if isinstance(audience, list) else [audience]
    # We trust no other audience, so each must be us (OpenID Connect Core 3.1.3.7).
    if not several or any(one != platform.client_id or not isinstance(one, str) for one in several):
        raise LaunchRefused(Reason.AUDIENCE, "aud is not our client id alone")
    if "azp" in claims and party != platform.client_id:
        raise LaunchRefused(Reason.AUDIENCE, "azp is another client")
    if len(several) > 1 and party is None:
        raise LaunchRefused(Reason.AUDIENCE, "several aud without azp")


def _check_times(claims: dict[str, Any], at: datetime) -> None:
    now = at.timestamp()
    expires, issued = _instant(claims, "exp"), _instant(claims, "iat")
    if expires is None or issued is None:
        raise LaunchRefused(Reason.TIME, "exp or iat is missing")
    if expires <= now - _LEEWAY_SECONDS:
        raise LaunchRefused(Reason.TIME, "expired")
    if expires > now + _LONGEST_LIFE_SECONDS:
        raise LaunchRefused(Reason.TIME, "expires far ahead")
    if issued > now + _LEEWAY_SECONDS:
        raise LaunchRefused(Reason.TIME, "issued in the future")
    if issued < now - _OLDEST_SECONDS - _LEEWAY_SECONDS:
        raise LaunchRefused(Reason.TIME, "issued long ago")
    begins = _instant(claims, "nbf")
    if begins is not None and begins > now + _LEEWAY_SECONDS:
        raise LaunchRefused(Reason.TIME, "not valid yet")


def _instant(claims: dict[str, Any], name: str) -> float | None:
    if name not in claims:
        return None
    found = claims[name]
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise LaunchRefused(Reason.TIME, f"{name} is not a number")
    return float(found)


def _check_target(claims: dict[str, Any], login: KnownLogin, own_origin: str) -> None:
    target = claims.get(LTI + "target_link_uri")
    if not isinstance(target, str) or origin_of(target) != own_origin:
        raise LaunchRefused(Reason.TARGET, "target_link_uri is not ours")
    if login.target_link_uri is not None and target != login.target_link_uri:
        raise LaunchRefused(Reason.TARGET, "target_link_uri is not the one of the login")


def _check_with_library(launch: "_Launch") -> None:
    steps: tuple[tuple[Callable[[], object], Reason], ...] = (
        (launch.validate_state, Reason.STATE),
        (launch.validate_jwt_format, Reason.TOKEN),
        (launch.validate_nonce, Reason.NONCE),
        (launch.validate_registration, Reason.PLATFORM),
        (launch.validate_jwt_signature, Reason.SIGNATURE),
        (launch.validate_deployment, Reason.DEPLOYMENT),
    )
    for step, reason in steps:
        _take(step, reason)


def _take(step: Callable[[], object], reason: Reason) -> None:
    try:
        step()
    except LtiException:
        raise LaunchRefused(reason, "refused by PyLTI1p3") from None
    except (AttributeError, TypeError, ValueError, KeyError) as problem:
        # Claims of a wrong type escape from it as these.
        raise LaunchRefused(Reason.CLAIM, f"PyLTI1p3: {type(problem).__name__}") from None


def _check_message(launch: "_Launch", said: Launch) -> None:
    # Of Deep Linking the library refuses what the person is better told: that no links to tools are taken.
    if said.message is not Message.DEEP_LINKING:
        _take(launch.validate_message, Reason.LIBRARY)


def _check_somebody(claims: dict[str, Any]) -> None:
    # Core 5.3.6 lets `sub` be missing: a visitor of a public Canvas course. Our own words for it.
    if claims.get("sub") in (None, ""):
        raise LaunchRefused(Reason.ANONYMOUS)


class _Parameters(Request):
    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    @property
    def session(self) -> Any:
        raise NotImplementedError

    def is_secure(self) -> bool:
        return True

    def get_param(self, key: str) -> str:
        return self._values.get(key, "")


class _Cookies(CookieService):
    """The browser was matched with the login before; the library compares the state with itself."""

    def get_cookie(self, name: str) -> str | None:
        return name

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> None:
        raise NotImplementedError


class _Session(SessionService):
    """The nonce of this very login. A token seen before never skips a check."""

    def __init__(self, nonce_hash: str) -> None:
        self._nonce_hash = nonce_hash

    def check_nonce(self, nonce: str) -> bool:
        return isinstance(nonce, str) and hmac.compare_digest(digest(nonce), self._nonce_hash)

    def check_state_is_valid(self, state: str, id_token_hash: str) -> bool:
        return False


class _Tool(OneTool):
    def __init__(self, login: KnownLogin) -> None:
        super().__init__(login.platform)
        self._known = login.deployment_known

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        return Deployment() if self._known else None


class _Launch(MessageLaunch[_Parameters, _Tool, _Session, _Cookies]):
    """PyLTI1p3's checks over our key, with times left to us: it allows no leeway and misses absent ones."""

    def __init__(self, token: UncheckedToken, state: str, login: KnownLogin, key: RSAPublicKey) -> None:
        super().__init__(
            _Parameters({"id_token": token.text, "state": state}),
            _Tool(login),
            _Session(login.nonce_hash),
            _Cookies(),
            requests_session=_NoNetwork(),  # type: ignore[arg-type]  # keys are ours to fetch
        )
        self._key = key
        self.set_auto_validation(enable=False)
        # The signature is PyJWT's to check; claims are ours, with leeway and with reasons of our own.
        self.set_jwt_verify_options({f"verify_{name}": False for name in _OURS_TO_CHECK})

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def get_public_key(self) -> Any:
        return self._key, "RS256"  # loaded: the library would make a PEM of it at each launch


class _NoNetwork:
    """Stands where the library expects a session that could fetch."""
