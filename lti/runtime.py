"""The doors of one app to platforms: HTTP, key sets, tokens, the seal. Made once, kept with the app."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from lti.adapter.access_tokens import AccessTokens
from lti.adapter.http import HttpClient
from lti.adapter.platform_keys import PlatformKeys
from lti.adapter.signing import Seal
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.tool import Tool
from lti.services.health import Service, note
from portal.core.clock import real_now
from portal.core.db import apart
from portal.settings import Settings

_NAME = "lti"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Runtime:
    """What the views, handlers and commands of LTI share."""

    settings: Settings
    http: HttpClient
    keys: PlatformKeys
    tokens: AccessTokens
    seal: Seal

    @property
    def own_origin(self) -> str:
        """The origin of our public address."""
        origin = origin_of(self.settings.base_url)
        assert origin is not None
        return origin

    @property
    def launch_url(self) -> str:
        """Our one launch address, byte for byte as platforms have it registered."""
        return f"{self.settings.base_url}/lti/launch"

    @property
    def tool(self) -> Tool:
        """What we say of ourselves."""
        return Tool(self.settings.base_url, f"{self.settings.base_url}/static/img/icon.png")

    @property
    def tool_host(self) -> str:
        """Our host, for people."""
        return urlsplit(self.settings.base_url).netloc


def runtime() -> Runtime:
    """The doors of the current app. A test gives `app.extensions["http"]`, a requests.Session of its own."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the app behind the proxy
    found = app.extensions.get(_NAME)
    if isinstance(found, Runtime):
        return found
    settings: Settings = app.extensions["settings"]
    http = HttpClient(app.extensions.get("http"), allow_private=settings.allow_loopback_platforms)
    made = Runtime(
        settings=settings,
        http=http,
        keys=PlatformKeys(http, real_now),
        tokens=AccessTokens(http, real_now, _note_token),
        seal=Seal(settings.secret_keys),
    )
    # Two threads may make two; one stays.
    kept: Runtime = app.extensions.setdefault(_NAME, made)
    return kept


def _note_token(platform: RegisteredPlatform, trouble: str) -> None:
    """Keep when a platform last gave a token, or did not: the course team sees it. Never in the way of the call."""
    try:
        with apart() as session:
            note(session, platform.id, Service.TOKEN, worked=not trouble, said=trouble, at=real_now())
    except SQLAlchemyError:
        log.exception("How the token address answered was not kept")
