"""Dynamic Registration 1.0: what the platform says, its configuration and its answer. Nothing is fetched here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lti.protocol.origins import is_public_host, is_web_address, origin_of
from lti.protocol.quirks import audience_of_family, is_canvas_issuer, is_own_canvas_host
from lti.protocol.tool import CANVAS, SCOPES, TOOL_CONFIGURATION

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_LONGEST_URL = 2000
_TOKEN = re.compile(r"[\x21-\x7e]{1,8000}")


class RegistrationRefused(Exception):
    """A registration that does not come about. The text is for the LMS's administrator."""


@dataclass(frozen=True)
class PlatformConfiguration:
    """What a platform says of itself, checked. `messages`: by type, the placements it lists."""

    issuer: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    registration_url: str
    audience: str | None
    scopes: tuple[str, ...]
    messages: Mapping[str, tuple[str, ...]]
    family: str | None = None
    account: str | None = None  # what the school calls itself (Canvas)
    frame_origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Granted:
    """What the platform made of our request."""

    client_id: str
    deployment_id: str | None
    scopes: tuple[str, ...]


def bearer_of(text: str | None) -> str | None:
    """The registration token, where one came. Raises RegistrationRefused for one that no header can carry."""
    if text is None:
        return None
    if not _TOKEN.fullmatch(text):
        raise RegistrationRefused("The registration token in the address is damaged.")
    return text


def read_configuration(said: Any, fetched_from: str, *, allow_private: bool) -> PlatformConfiguration:
    """The platform's configuration. Raises RegistrationRefused with what is wrong with it.

    The issuer has to belong to the host that says so (OpenID Connect Discovery 4.3): otherwise whoever holds an
    invite could speak for any platform.
    """
    if not isinstance(said, dict):
        raise RegistrationRefused("The platform's configuration is not a JSON object.")
    platform = _object(said.get(PLATFORM))
    read = PlatformConfiguration(
        issuer=_issuer(said),
        auth_login_url=_endpoint(said, "authorization_endpoint", allow_private),
        auth_token_url=_endpoint(said, "token_endpoint", allow_private),
        jwks_url=_endpoint(said, "jwks_uri", allow_private),
        registration_url=_endpoint(said, "registration_endpoint", allow_private),
        audience=_audience(said),
        scopes=_scopes(said.get("scopes_supported")),
        messages=_messages(platform.get("messages_supported")),
        family=_text(platform.get("product_family_code"), 64, lower=True),
        account=_text(platform.get(CANVAS + "account_name"), 200),
        frame_origins=_frame_origins(said, platform, fetched_from),
    )
    _check_host(read, fetched_from)
    _check_audience(read)
    algorithms = said.get("id_token_signing_alg_values_supported")
    if isinstance(algorithms, list) and "RS256" not in algorithms:
        raise RegistrationRefused("The platform does not sign with RS256, which Lectern needs.")
    return read


def read_answer(said: Any, asked: tuple[str, ...]) -> Granted:
    """What came back. The deployment stands at the top (Canvas), inside (Moodle), or nowhere yet (older Canvas).

    Raises RegistrationRefused where there is no usable client id.
    """
    if not isinstance(said, dict):
        raise RegistrationRefused("The platform's answer to our registration is not a JSON object.")
    client_id = _id(said.get("client_id"))
    if client_id is None:
        raise RegistrationRefused("The platform's answer to our registration names no client id.")
    deployment = _id(said.get("deployment_id")) or _id(
        _object(said.get(TOOL_CONFIGURATION)).get("deployment_id")
    )
    scope = said.get("scope")
    granted = set(scope.split()) if isinstance(scope, str) else set(asked)
    return Granted(client_id, deployment, tuple(one for one in asked if one in granted))


def _check_host(read: PlatformConfiguration, fetched_from: str) -> None:
    host = urlsplit(fetched_from).hostname or ""
    if _host_and_port(fetched_from) == _host_and_port(read.issuer):
        return
    if is_canvas_issuer(read.issuer):
        # Its configuration comes from the shared host or a school's own. Whose keys count is Canvas's word alone.
        if not all(is_own_canvas_host(read.issuer, url) for url in (read.jwks_url, read.auth_login_url)):
            raise RegistrationRefused(
                "The configuration says it is Canvas, but names keys that are not Canvas's."
            )
        token_host = urlsplit(read.auth_token_url).hostname
        if not is_own_canvas_host(read.issuer, read.auth_token_url) and token_host != host:
            raise RegistrationRefused("The configuration says it is Canvas, but has tokens given elsewhere.")
        return
    raise RegistrationRefused(
        f"The configuration came from {host}, but speaks for the issuer {read.issuer[:200]}. A platform speaks "
        "for itself alone."
    )


def _host_and_port(url: str) -> str:
    return (origin_of(url) or "").rpartition("://")[2]


def _check_audience(read: PlatformConfiguration) -> None:
    """An audience of another host would let a platform carry our assertion to that one."""
    if read.audience is None:
        return
    said = read.audience if "://" in read.audience else f"https://{read.audience}"
    host, token = urlsplit(said).hostname, urlsplit(read.auth_token_url).hostname
    own = {token}
    if not is_canvas_issuer(read.issuer):
        own |= {urlsplit(read.issuer).hostname, audience_of_family(token or "")}
    if host is None or host not in own:
        raise RegistrationRefused(
            "The configuration's authorization_server is not the host that gives tokens."
        )


def _issuer(said: Mapping[str, Any]) -> str:
    issuer = said.get("issuer")
    if not isinstance(issuer, str) or len(issuer) > 512 or not is_web_address(issuer):
        raise RegistrationRefused("The configuration names no usable issuer.")
    return issuer


def _endpoint(said: Mapping[str, Any], name: str, allow_private: bool) -> str:
    url = said.get(name)
    if not isinstance(url, str) or not 0 < len(url) <= _LONGEST_URL or not is_web_address(url):
        raise RegistrationRefused(f"The configuration names no usable {name}.")
    if not allow_private and not (
        url.startswith("https://") and is_public_host(urlsplit(url).hostname or "")
    ):
        raise RegistrationRefused(f"The configuration's {name} is not https on a public host.")
    return url


def _audience(said: Mapping[str, Any]) -> str | None:
    found = said.get("authorization_server")
    if found is None or found == "":
        return None
    if not isinstance(found, str) or len(found) > _LONGEST_URL or not found.isprintable() or " " in found:
        raise RegistrationRefused("The configuration's authorization_server is not usable.")
    try:
        urlsplit(found if "://" in found else f"https://{found}")
    except ValueError:
        raise RegistrationRefused("The configuration's authorization_server is not usable.") from None
    return found


def _scopes(said: Any) -> tuple[str, ...]:
    return tuple(one for one in SCOPES if one in said) if isinstance(said, list) else SCOPES


def _messages(said: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in said if isinstance(said, list) else ():
        kind, places = _object(one).get("type"), _object(one).get("placements")
        if isinstance(kind, str):
            listed = places if isinstance(places, list) else []
            found[kind] = tuple(place for place in listed if isinstance(place, str))
    return found


def _frame_origins(
    said: Mapping[str, Any], platform: Mapping[str, Any], fetched_from: str
) -> tuple[str, ...]:
    """Hosts whose pages may frame us beside the issuer: with Canvas the school's own (checklist 7)."""
    domain = _text(platform.get(CANVAS + "account_domain"), 255)
    urls = [fetched_from, str(said.get("registration_endpoint")), f"https://{domain}" if domain else ""]
    return tuple(dict.fromkeys(origin for url in urls if (origin := _plain_origin(url)) is not None))


def _plain_origin(url: str) -> str | None:
    # It goes into a header of ours: nothing but a host may come of it.
    origin = origin_of(url)
    return origin if origin is not None and re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", origin) else None


def _id(said: Any) -> str | None:
    """An id as text; Canvas's documentation shows numbers in places."""
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    return said if isinstance(said, str) and 0 < len(said) <= 255 and said.isprintable() else None


def _text(said: Any, most: int, *, lower: bool = False) -> str | None:
    if not isinstance(said, str):
        return None
    plain = " ".join("".join(c if c.isprintable() else " " for c in said[: most * 2]).split())[:most]
    return (plain.lower() if lower else plain) or None


def _object(said: Any) -> Mapping[str, Any]:
    return said if isinstance(said, dict) else {}
