"""Connections of the outbound client: only to public addresses, looked at when connecting; cut off when too slow."""

import contextlib
import ipaddress
import socket
import threading
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

# What is_global says too much of, by Python version: IPv4 inside IPv6 in its retired and its translated forms.
_INNER_V4 = tuple(ipaddress.ip_network(net) for net in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48"))
_MOST_ADDRESSES = 6  # of one name that are tried


def is_public(address: str) -> bool:
    """Whether a resolved address is one of the public internet."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if any(found in net for net in _INNER_V4):
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return found.is_global and not found.is_multicast


class Watch:
    """Ends what this thread does on the wire after some seconds, however busily the other side drips.

    A socket's own time limit begins anew with each byte.
    """

    def __init__(self, seconds: float) -> None:
        self.too_slow = False
        self.connection: HTTPConnection | None = None
        self.wire: socket.socket | None = None  # an answer without a length takes it from its connection
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "Watch":
        _here.watch = self
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        _here.watch = None

    def _cut(self) -> None:
        self.too_slow = True
        wire = getattr(self.connection, "sock", None) or self.wire
        if wire is not None:
            try:
                # Past the TLS layer, which another thread is reading from.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)
            except OSError:
                return


_here = threading.local()


class _Watched(HTTPConnection):
    """Tells the watch of its thread which socket is in use."""

    def connect(self) -> None:
        self._tell()
        super().connect()
        self._tell()

    def request(self, *args: Any, **kwargs: Any) -> None:
        self._tell()
        super().request(*args, **kwargs)

    def _tell(self) -> None:
        if (watch := getattr(_here, "watch", None)) is not None:
            watch.connection, watch.wire = self, self.sock
            if watch.too_slow:  # cut while there was no wire yet, as when a name is long in resolving
                raise NewConnectionError(self, "too slow")


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same under TLS."""


class _Checked(_Watched):
    """Connects only to addresses that were looked at: the name cannot be resolved anew in between."""

    def _new_conn(self) -> socket.socket:
        name = self._dns_host
        found = self._looked_at(name)
        try:
            for address in found[:-1]:
                self._dns_host = address
                # A server without IPv6 still reaches a platform that has both.
                with contextlib.suppress(NewConnectionError, ConnectTimeoutError):
                    return super()._new_conn()
                self._tell()
            self._dns_host = found[-1]
            return super()._new_conn()
        finally:
            self._dns_host = name  # TLS checks the certificate against the name

    def _looked_at(self, name: str) -> list[str]:
        """The name's addresses, in the order in which the system would try them. Raises NewConnectionError."""
        try:
            infos = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as problem:
            raise NewConnectionError(self, f"cannot resolve: {type(problem).__name__}") from problem
        found = list(dict.fromkeys(str(info[4][0]) for info in infos))
        # One private among public ones is an attempt, not an accident.
        if not found or not all(map(is_public, found)):
            raise NewConnectionError(self, "not a public address")
        return found[:_MOST_ADDRESSES]


class _CheckedTLS(_Checked, HTTPSConnection):
    """The same under TLS."""


class _WatchedPool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _WatchedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


class _CheckedPool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _CheckedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTLS


class Connections(HTTPAdapter):
    """The connections of one client. `public_only`: to addresses of the public internet alone."""

    def __init__(self, *, public_only: bool) -> None:
        self._public_only = public_only
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pools, with our connections in them."""
        super().init_poolmanager(*args, **kwargs)
        pools: PoolManager = self.poolmanager
        pools.pool_classes_by_scheme = (
            {"http": _CheckedPool, "https": _CheckedTLSPool}
            if self._public_only
            else {"http": _WatchedPool, "https": _WatchedTLSPool}
        )
