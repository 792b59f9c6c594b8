"""A tool in twenty lines, and a sample LMS that trusts its key."""

import uuid
from collections.abc import Iterator
from json import dumps

import pytest
import requests
from joserfc.jwk import RSAKey

from lti.demo_platform import DemoPlatform
from lti.demo_platform.config import ALL_SCOPES
from lti.demo_platform.keys import new_key, sign

TOOL_KEY = new_key()


class Tool:
    """The portal's part, by hand: asks for tokens and calls the services."""

    key: RSAKey = TOOL_KEY

    def __init__(self, lms: DemoPlatform, http: requests.Session) -> None:
        self.lms, self.http = lms, http

    def assertion(self, **changes: object) -> str:
        now = int(self.lms._clock().timestamp())
        claims: dict[str, object] = {
            "iss": self.lms.config.client_id,
            "sub": self.lms.config.client_id,
            "aud": self.lms.config.token_url,
            "iat": now,
            "exp": now + 60,
            "jti": uuid.uuid4().hex,
        }
        header = changes.pop("header", None)
        key = changes.pop("key", self.key)
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        return sign(claims, key, header)  # type: ignore[arg-type]

    def ask_token(self, *scopes: str, **form: object) -> requests.Response:
        fields: dict[str, object] = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(),
            "scope": " ".join(scopes or ALL_SCOPES),
        }
        fields = {name: value for name, value in (fields | form).items() if value is not None}
        return self.http.post(self.lms.config.token_url, data=fields)

    def token(self, *scopes: str) -> str:
        answer = self.ask_token(*scopes)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def call(
        self, method: str, url: str, *, token: str | None = None, json: object = None, **headers: str | None
    ) -> requests.Response:
        """Header names with underscores; None leaves one out (requests would send `Accept: */*`)."""
        said: dict[str, str | None] = {"Authorization": f"Bearer {token or self.token()}", "Accept": None}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        body = json if isinstance(json, str) or json is None else dumps(json)
        return self.http.request(method, url, data=body, headers=said)


@pytest.fixture
def lms() -> DemoPlatform:
    platform = DemoPlatform(portal_url="https://tool.example")
    platform.trust_keys({"keys": [TOOL_KEY.as_dict(private=False)]})
    return platform


@pytest.fixture
def tool(lms) -> Iterator[Tool]:
    with lms.http() as session:
        yield Tool(lms, session)


@pytest.fixture
def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
