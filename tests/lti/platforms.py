"""A platform without a school: what the adapter needs to know of one, and an LMS that answers by hand."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from lti.adapter.http import Answer, HttpClient, Limits
from lti.adapter.signing import Signer, make_key
from lti.protocol.platform import RegisteredPlatform

AT = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)


def platform(number: int = 1, **more: Any) -> RegisteredPlatform:
    """A registered platform."""
    here = f"https://lms{number}.example"
    addresses = {
        "auth_login_url": f"{here}/auth",
        "auth_token_url": f"{here}/token",
        "jwks_url": f"{here}/jwks",
    }
    return RegisteredPlatform(id=number, issuer=here, client_id=f"client-{number}", **(addresses | more))


def said(body: object, status: int = 200, **headers: Any) -> Answer:
    """An answer with this JSON, or this text; `Cache_Control="…"` for a header."""
    text = body if isinstance(body, str) else json.dumps(body)
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, text.encode())


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        """So much later."""
        self.at += timedelta(seconds=seconds)


class ByHand(HttpClient):
    """An HTTP client whose answers a test gives: `answers(url)` returns one, or raises.

    `held`: calls to addresses of this host do not return until `let_go()`.
    """

    def __init__(self, answers: Callable[[str], Answer], held: str = "") -> None:
        super().__init__()
        self.answers = answers
        self.asked: list[str] = []
        self.forms: list[Mapping[str, str]] = []
        self.waiting = threading.Event()  # somebody is held
        self._held, self._gate = held, threading.Event()

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
        self.asked.append(url)
        if form is not None:
            self.forms.append(form)
        if self._held and self._held in url:
            self.waiting.set()
            assert self._gate.wait(30), "nobody let it go"
        return self.answers(url)

    def let_go(self) -> None:
        """Those that are held get their answer."""
        self._gate.set()


def together(work: Callable[[], object], count: int) -> Callable[[], list[object]]:
    """Begin `work` in so many threads; what is returned waits for them: what each returned or raised."""
    came: list[object] = []

    def one() -> None:
        try:
            came.append(work())
        except Exception as problem:  # noqa: BLE001  # what was raised is what the test asks about
            came.append(problem)

    threads = [threading.Thread(target=one, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()

    def ended() -> list[object]:
        for thread in threads:
            thread.join(30)
        return came

    return ended


class Door:
    """A lock that tells who stands before it, so that a test need not guess when they wait."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock, self._came = lock, threading.Semaphore(0)

    def acquire(self, timeout: float = -1) -> bool:
        self._came.release()
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()

    def until(self, count: int) -> None:
        """Wait until so many more have come to it."""
        for _ in range(count):
            assert self._came.acquire(timeout=30), "nobody came"


def a_signer() -> Signer:
    """A key of ours."""
    made = make_key()
    return Signer(made.kid, made.private_pem)
