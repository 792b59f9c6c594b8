"""Access tokens of platforms (SF 4.1, RFC 7523): one for each registration and set of scopes, until it ends."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lti.adapter.http import Answer, HttpClient, Unreachable
from lti.adapter.signing import Signer
from lti.protocol.platform import RegisteredPlatform

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EARLY = timedelta(seconds=60)  # a token must still be good when it arrives
_LIFE_WHEN_SILENT = timedelta(minutes=5)
_LONGEST_LIFE = timedelta(days=1)


class NoToken(Exception):
    """The platform gave no token. `hopeless`: asking again will not help. `answer`: what it said instead."""

    def __init__(self, reason: str, *, hopeless: bool = False, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.hopeless = hopeless
        self.answer = answer


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    token: str = field(default="", repr=False)
    good_until: datetime | None = None
    asked: int = 0  # how often the platform has answered, or failed to
    trouble: "NoToken | Unreachable | None" = None  # of the last time


class AccessTokens:
    """The tokens of this process; in memory alone, so that none is ever stored."""

    def __init__(
        self,
        http: HttpClient,
        now: Callable[[], datetime],
        heard: Callable[[RegisteredPlatform, str], None] | None = None,
    ) -> None:
        """`heard` is told of each answer of a token address: the platform, and what went wrong, if anything did."""
        self._http = http
        self._heard = heard or (lambda _platform, _trouble: None)
        self._now = now
        self._kept: dict[tuple[int, str, str], _Kept] = {}
        self._lock = threading.Lock()

    def token_of(
        self, platform: RegisteredPlatform, scope: str, signer: Signer, *, instead_of: str | None = None
    ) -> str:
        """A token for this scope. `instead_of`: one that a service has just refused.

        Raises NoToken, or Unreachable.
        """
        with self._lock:
            kept = self._kept.setdefault((platform.id, platform.auth_token_url, scope), _Kept())
        asked = kept.asked
        with kept.lock:
            good = kept.good_until is not None and self._now() < kept.good_until
            if good and kept.token != instead_of:
                return kept.token
            if kept.trouble is not None and kept.asked != asked:  # asked in vain while we waited
                raise kept.trouble
            try:
                kept.token, life = self._told(platform, scope, signer)
                kept.trouble = None
            except (NoToken, Unreachable) as problem:
                kept.trouble = problem.with_traceback(None)
                raise
            finally:
                kept.asked += 1
            kept.good_until = self._now() + max(life - _EARLY, life / 2)
            return kept.token

    def _told(self, platform: RegisteredPlatform, scope: str, signer: Signer) -> tuple[str, timedelta]:
        try:
            found = self._ask(platform, scope, signer)
        except (NoToken, Unreachable) as problem:
            self._heard(platform, str(problem))
            raise
        self._heard(platform, "")
        return found

    def _ask(self, platform: RegisteredPlatform, scope: str, signer: Signer) -> tuple[str, timedelta]:
        answer = self._http.call(
            "POST",
            platform.auth_token_url,
            headers={"Accept": "application/json, */*;q=0.5"},
            form={
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION_TYPE,
                "client_assertion": signer.assertion(platform, self._now()),
                "scope": scope,
            },
        )
        said = _object(answer)
        if answer.status not in (200, 201):
            error = said.get("error")
            hopeless = error in ("invalid_scope", "unsupported_grant_type", "unauthorized_client")
            words = error if isinstance(error, str) and error.isascii() and len(error) < 64 else "no token"
            raise NoToken(
                f"token address answered {answer.status}: {words}", hopeless=hopeless, answer=answer
            )
        token, granted = said.get("access_token"), said.get("scope")
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise NoToken("token address answered without a usable token")
        if isinstance(granted, str) and granted and not set(scope.split()) <= set(granted.split()):
            raise NoToken("the platform did not grant the scope", hopeless=True)
        return token, _life(said.get("expires_in"))


def _object(answer: Answer) -> dict[str, Any]:
    # Content types are not asked for: Moodle labels it text/html. One of its error bodies is no JSON at all.
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _life(said: Any) -> timedelta:
    if isinstance(said, str) and said.isdigit() and len(said) < 10:
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < 10**9:
        return _LIFE_WHEN_SILENT
    return min(timedelta(seconds=said), _LONGEST_LIFE)
