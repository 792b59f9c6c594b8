"""The one outbound client: time and size limits, no redirects, https, no private addresses (against SSRF)."""

import ipaddress
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from lti.protocol.origins import is_web_address

_CONNECT_SECONDS, _READ_SECONDS, _WHOLE_SECONDS = 3.0, 10.0, 20.0
_MOST_BYTES = 2 * 1024 * 1024
_CHUNK_BYTES = 16 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Unreachable(Exception):
    """No usable answer: refused, timed out, too long, or an address we do not call."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read whole. Header names in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text, for looking into error answers."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; ValueError where it is not. Content types are not asked: Moodle labels JSON text/html."""
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("nested too deep") from None


class HttpClient:
    """Calls to platforms. A test gives a session of its own, so that nothing leaves the process.

    `allow_private`: platforms may live on loopback or private addresses, and then by plain http
    (PORTAL_ALLOW_LOOPBACK_PLATFORMS).
    """

    def __init__(self, session: requests.Session | None = None, *, allow_private: bool = False) -> None:
        self._session = session or _session(allow_private)
        self._allow_private = allow_private or session is not None

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; a redirect is an answer like any other. Raises Unreachable."""
        if not is_web_address(url) or not (self._allow_private or url.startswith("https://")):
            raise Unreachable("not an https address")
        ends = time.monotonic() + _WHOLE_SECONDS
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers or {}),
                data=form if form is not None else body,
                timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as answer:
                return Answer(answer.status_code, answer.headers, _read(answer, ends))
        except (requests.RequestException, OSError, UnicodeError, ValueError) as problem:
            raise Unreachable(type(problem).__name__) from None


def _read(answer: requests.Response, ends: float) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise Unreachable("answer too long")
        if time.monotonic() > ends:
            raise Unreachable("answer too slow")
    return bytes(body)


def _session(allow_private: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxies, no .netrc: the addresses are ours to judge
    session.headers["User-Agent"] = "Lectern"
    session.headers["Accept"] = "*/*"
    if not allow_private:
        adapter = _PublicOnly()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    return session


def is_public(address: str) -> bool:
    """Whether a resolved address is one of the public internet."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in _NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return found.is_global and not found.is_multicast


class _Checked(HTTPConnection):
    """Connects only to addresses that were looked at: the name cannot be resolved anew in between."""

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        try:
            found = {str(info[4][0]) for info in socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)}
        except OSError as problem:
            raise NewConnectionError(self, f"cannot resolve: {problem}") from problem
        if not found or not all(map(is_public, found)):
            raise NewConnectionError(self, "not a public address")
        try:
            self._dns_host = sorted(found)[0]
            return super()._new_conn()
        finally:
            self._dns_host = name  # TLS checks the certificate against the name


class _CheckedTLS(_Checked, HTTPSConnection):
    """The same under TLS."""


class _CheckedPool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _CheckedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTLS


class _PublicOnly(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools: PoolManager = self.poolmanager
        pools.pool_classes_by_scheme = {"http": _CheckedPool, "https": _CheckedTLSPool}
