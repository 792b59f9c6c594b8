"""The public keys of platforms: fetched seldom, kept per registration, never shared between registrations."""

import base64
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from lti.adapter.http import Answer, HttpClient, Limits, Unreachable
from lti.errors import LaunchRefused, Reason
from lti.protocol.platform import RegisteredPlatform

_FLOOR, _USUAL, _CEILING = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
_REFETCH_EVERY = timedelta(seconds=5)  # for unknown key ids, whatever strangers send
_RETRY_AFTER = timedelta(seconds=30)  # after a failure, while what we have is still good
_LIMITS = Limits(connect=3.0, read=4.0, whole=6.0, most_bytes=512 * 1024)  # somebody waits for their launch
_WAIT_SECONDS = _LIMITS.whole + 1  # for another thread's fetch of the same set
_MOST_KEYS = 100
_FEWEST_BITS = 2048
_BASE64URL = re.compile(r"[A-Za-z0-9_-]{1,2000}")


@dataclass
class _KeySet:
    keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    fetched_at: datetime | None = None
    fresh_until: datetime | None = None
    searched_at: datetime | None = None  # last fetch for an unknown key id
    fetches: int = 0  # that have ended, well or not
    trouble: str = ""  # of the last one, where it was in vain
    lock: threading.Lock = field(default_factory=threading.Lock)


class PlatformKeys:
    """The key sets of this process."""

    def __init__(self, http: HttpClient, now: Callable[[], datetime]) -> None:
        self._http = http
        self._now = now
        self._sets: dict[tuple[int, str], _KeySet] = {}
        self._lock = threading.Lock()

    def key_of(self, platform: RegisteredPlatform, kid: str) -> RSAPublicKey:
        """The platform's key `kid`. Raises LaunchRefused where it has none, or its set cannot be read."""
        with self._lock:
            found = self._sets.setdefault((platform.id, platform.jwks_url), _KeySet())
        now, fetches, known = self._now(), found.fetches, found.keys.get(kid)
        if known is not None and found.fresh_until is not None and now < found.fresh_until:
            return known
        # One thread asks; only those of this platform wait for its answer, not for long, and none whose key is known.
        still_good = known is not None and found.fetched_at is not None and now - found.fetched_at < _CEILING
        if not found.lock.acquire(timeout=0 if still_good else _WAIT_SECONDS):
            if known is not None and still_good:
                return known
            raise LaunchRefused(Reason.KEY_SET, "another fetch is under way")
        try:
            if found.fetches != fetches and found.trouble:  # asked in vain while we waited
                raise LaunchRefused(Reason.KEY_SET, found.trouble)
            return self._look(found, platform, kid)
        finally:
            found.lock.release()

    def _look(self, found: _KeySet, platform: RegisteredPlatform, kid: str) -> RSAPublicKey:
        now = self._now()
        if found.fresh_until is None or now >= found.fresh_until:
            self._refresh(found, platform, now)
        elif kid not in found.keys and (
            found.searched_at is None or now - found.searched_at >= _REFETCH_EVERY
        ):
            found.searched_at = now
            self._refresh(found, platform, now)
        if kid not in found.keys:
            raise LaunchRefused(Reason.KEY, "unknown kid")
        return found.keys[kid]

    def _refresh(self, found: _KeySet, platform: RegisteredPlatform, now: datetime) -> None:
        try:
            answer = self._http.call(
                "GET", platform.jwks_url, headers={"Accept": "application/json, */*;q=0.5"}, limits=_LIMITS
            )
            found.keys = usable_keys(answer)
            found.trouble = ""
        except (Unreachable, ValueError) as problem:
            # What was good stays good for a day at most: a platform's short outage shuts nobody out.
            if found.fetched_at is not None and now - found.fetched_at < _CEILING and found.keys:
                found.fresh_until = now + _RETRY_AFTER
                return
            found.trouble = str(problem)
            raise LaunchRefused(Reason.KEY_SET, str(problem)) from None
        finally:
            found.fetches += 1
        found.fetched_at = now
        found.fresh_until = now + _lifetime(answer)


def usable_keys(answer: Answer) -> dict[str, RSAPublicKey]:
    """The keys of a fetched set that may sign launches, by their id. Raises ValueError where it is no set."""
    if answer.status != 200:
        raise ValueError(f"key set answered {answer.status}")
    said = answer.json()
    if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
        raise ValueError("key set without keys")
    keys: dict[str, RSAPublicKey] = {}
    for jwk in said["keys"][:_MOST_KEYS]:
        # Sets hold keys of other kinds, without id, or damaged: those are passed over.
        if (key := _signing_key(jwk)) is not None:
            keys.setdefault(jwk["kid"], key)
    return keys


def _signing_key(jwk: Any) -> RSAPublicKey | None:
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or not jwk["kid"]:
        return None
    fits = (
        jwk.get("kty") == "RSA"
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", "RS256") == "RS256"
        and (not isinstance(jwk.get("key_ops"), list) or "verify" in jwk["key_ops"])
    )
    if not fits:
        return None
    try:
        key = RSAPublicNumbers(_number(jwk.get("e")), _number(jwk.get("n"))).public_key()
    except ValueError:
        return None
    return key if key.key_size >= _FEWEST_BITS else None


def _number(text: Any) -> int:
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _lifetime(answer: Answer) -> timedelta:
    said = answer.headers.get("Cache-Control") or ""
    age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", said, re.IGNORECASE)
    if re.search(r"no-(store|cache)", said, re.IGNORECASE):
        return _FLOOR
    return min(max(timedelta(seconds=int(age[1])), _FLOOR), _CEILING) if age else _USUAL
