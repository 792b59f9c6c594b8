"""Origins compared as parsed, never as prefixes: `ours.example@evil.example` is not ours."""

import ipaddress
import re
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
# Browsers and parsers disagree on these: backslash, blanks and control characters inside an address. Halves of
# characters (JSON can say them) cannot be sent or stored at all.
_DOUBTFUL = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
# An origin is written into a header of ours: nothing that means something there, such as a semicolon.
_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")


def origin_of(url: str) -> str | None:
    """`scheme://host[:port]` of an http(s) address without user name; None for anything else."""
    if _DOUBTFUL.search(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    host = _as_browsers_write(f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname)
    if host is None:
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _PORTS[parts.scheme]) else "")


def _as_browsers_write(host: str) -> str | None:
    try:
        found = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return found if _HOST.fullmatch(found) else None


def is_web_address(url: str) -> bool:
    """Whether this is a plain http(s) address."""
    return origin_of(url) is not None


def is_public_host(host: str) -> bool:
    """Whether the name of a host may be one of the public internet. A name that resolves elsewhere is seen later."""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True
