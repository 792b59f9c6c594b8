"""A platform that answers a registration from captures: what a Moodle said, what a Canvas would say."""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import BaseAdapter
from requests.models import PreparedRequest

CAPTURES = Path(__file__).parent / "captures"


def captured(name: str) -> Any:
    """One of the captures."""
    return json.loads((CAPTURES / name).read_text(encoding="utf-8"))


@dataclass
class RegisteringPlatform(BaseAdapter):
    """Configuration and registration of one platform; `asked` keeps what came."""

    configuration_url: str
    configuration: Any
    answer: Any
    status: int = 200
    configuration_status: int = 200
    asked: list[PreparedRequest] = field(default_factory=list)
    before: Any = None  # called before each answer

    def session(self) -> requests.Session:
        """For `app.extensions["http"]`."""
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", self)
        session.mount("http://", self)
        return session

    def query(self, token: str | None = "header.payload.signature") -> str:
        """What the platform adds to the registration address."""
        asked = {"openid_configuration": self.configuration_url}
        return urlencode(asked | ({"registration_token": token} if token else {}))

    @property
    def body(self) -> dict[str, Any]:
        """The registration that was asked for."""
        asked: dict[str, Any] = json.loads(self.asked[-1].body or b"")
        return asked

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        del args, kwargs
        self.asked.append(request)
        if self.before:
            self.before(request)
        if request.method == "GET" and request.url == self.configuration_url:
            return _answer(request, self.configuration_status, self.configuration)
        if request.method == "POST" and request.url == self.configuration["registration_endpoint"]:
            return _answer(request, self.status, self.answer)
        raise requests.ConnectionError(f"nothing answers at {request.url}", request=request)

    def close(self) -> None:
        """Nothing is open."""


def _answer(request: PreparedRequest, status: int, body: Any) -> requests.Response:
    import io

    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPResponse

    data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return HTTPAdapter().build_response(
        request, HTTPResponse(io.BytesIO(data), status=status, preload_content=False)
    )


def moodle() -> RegisteringPlatform:
    """As the recorded Moodle 5.0."""
    configuration = captured("moodle/openid-configuration.json")
    return RegisteringPlatform(
        configuration["request"]["url"],
        configuration["response"]["body"],
        captured("moodle/registration.json")["registration"]["response"]["body"],
    )


def canvas(case: int = 0) -> RegisteringPlatform:
    """As hosted Canvas is described; case 1 makes no deployment yet."""
    configuration = captured("canvas/openid-configuration.json")["cases"][0]
    return RegisteringPlatform(
        # Brackets of the cut token are no part of an address.
        configuration["request"]["url"].split("?")[0] + "?registration_token=eyJ0eXAi.eyJ1dWlk.c2ln",
        copy.deepcopy(configuration["response"]["body"]),
        captured("canvas/registration.json")["cases"][case]["response"]["body"],
    )
