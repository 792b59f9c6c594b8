"""The one outbound client: time and size limits, no redirects, https, no private addresses (against SSRF)."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from lti.adapter.connections import Connections, Watch
from lti.protocol.origins import is_web_address

_CHUNK_BYTES = 16 * 1024


class Unreachable(Exception):
    """No usable answer: refused, timed out, too long, or an address we do not call.

    `slow`: it took long to find out, and would take as long again.
    """

    def __init__(self, reason: str, *, slow: bool = False) -> None:
        super().__init__(reason)
        self.slow = slow


@dataclass(frozen=True)
class Limits:
    """How long one call may take, in seconds, and how many bytes its answer may have.

    `connect` and `read` are of each step on the wire; `whole` ends the call however busily the other side drips.
    What fails after `slow` is said to be slow.
    """

    connect: float = 3.0
    read: float = 10.0
    whole: float = 20.0
    slow: float = 1.0
    most_bytes: int = 2 * 1024 * 1024


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

    def __init__(
        self,
        session: requests.Session | None = None,
        *,
        allow_private: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self._session = session or _session(allow_private)
        self._allow_private = allow_private or session is not None
        self._limits = limits or Limits()

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        form: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """One request to the address as it is; a redirect is an answer like any other. Raises Unreachable.

        `limits`: of this call, in place of the client's.
        """
        limits, begun = limits or self._limits, time.monotonic()
        if not is_web_address(url) or not (self._allow_private or url.startswith("https://")):
            raise Unreachable("not an https address")
        try:
            asked = self._session.prepare_request(
                requests.Request(method, url, dict(headers or {}), data=form if form is not None else body)
            )
            if url.isascii():
                asked.url = url  # requests would spell some characters otherwise
            with Watch(limits.whole) as watch:
                try:
                    return self._sent(asked, limits)
                finally:
                    if watch.too_slow:  # cut off: what was read may look whole, and is not
                        raise Unreachable("answer too slow", slow=True)
        except (requests.RequestException, OSError, UnicodeError, ValueError) as problem:
            slow = time.monotonic() - begun > limits.slow
            raise Unreachable(type(problem).__name__, slow=slow) from None

    def _sent(self, asked: requests.PreparedRequest, limits: Limits) -> Answer:
        ends = time.monotonic() + limits.whole
        with self._session.send(
            asked, timeout=(limits.connect, limits.read), allow_redirects=False, stream=True
        ) as answer:
            if answer.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
                raise Unreachable(
                    "answer packed, though asked for plain"
                )  # a few bytes may unpack to gigabytes
            body = bytearray()
            for chunk in answer.iter_content(_CHUNK_BYTES):
                body += chunk
                if len(body) > limits.most_bytes:
                    raise Unreachable("answer too long")
                if time.monotonic() > ends:
                    raise Unreachable("answer too slow", slow=True)
            return Answer(answer.status_code, answer.headers, bytes(body))


def _session(allow_private: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxies, no .netrc: the addresses are ours to judge
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.headers.update({"User-Agent": "Lectern", "Accept": "*/*", "Accept-Encoding": "identity"})
    connections = Connections(public_only=not allow_private)
    session.mount("https://", connections)
    session.mount("http://", connections)
    return session
