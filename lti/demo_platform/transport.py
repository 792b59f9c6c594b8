"""Lets requests reach a WSGI app in this process."""

import io
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.models import PreparedRequest
from urllib3 import HTTPHeaderDict, HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from lti.demo_platform.app import BROKEN

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class InProcess(BaseAdapter):
    """Hands a request to the app; a timeout or a lost answer becomes requests' own error."""

    def __init__(
        self, app: "WSGIApplication", before: Callable[[PreparedRequest], None] | None = None
    ) -> None:
        super().__init__()
        self._app = app
        self._before = before

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        del args, kwargs  # time limits, certificates and proxies have no meaning here
        if self._before:
            self._before(request)
        body = request.body or b""
        data = body.encode() if isinstance(body, str) else bytes(body)
        environ = EnvironBuilder(
            path=request.path_url.partition("?")[0],
            query_string=request.path_url.partition("?")[2],
            base_url=str(request.url).split("/", 3)[0] + "//" + str(request.url).split("/", 3)[2],
            method=request.method or "GET",
            headers=[(name, _text(value)) for name, value in request.headers.items()],
            input_stream=io.BytesIO(data),
            content_length=len(data),
        ).get_environ()
        content, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        if headers.get(BROKEN) == "timeout":
            raise requests.ReadTimeout("the sample LMS does not answer", request=request)
        if BROKEN in headers:
            raise requests.ConnectionError("the sample LMS hung up", request=request)
        return _response(request, b"".join(content), status, list(headers.items()))

    def close(self) -> None:
        pass


class Refusing(BaseAdapter):
    """For every other address: a test that reaches out has a mistake in it."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        del args, kwargs
        raise requests.ConnectionError(f"nothing answers at {request.url} in this test", request=request)

    def close(self) -> None:
        pass


def session_to(addresses: Collection[str], adapter: BaseAdapter) -> requests.Session:
    """Reaches these addresses by the adapter, and nothing else."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", Refusing())
    session.mount("https://", Refusing())
    for address in addresses:
        session.mount(address + "/", adapter)
    return session


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _response(
    request: PreparedRequest, body: bytes, status: str, headers: list[tuple[str, str]]
) -> requests.Response:
    number, _, reason = status.partition(" ")
    raw = HTTPResponse(
        io.BytesIO(body), HTTPHeaderDict(headers), int(number), reason=reason, preload_content=False
    )
    return HTTPAdapter().build_response(request, raw)
