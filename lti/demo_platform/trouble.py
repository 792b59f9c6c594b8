"""Trouble on demand, and a journal of what the tool called: for tests, through the door."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("timeout", "lost")


@dataclass
class Fault:
    """One thing that goes wrong at a service; counted down as calls come."""

    service: str
    answer: int | str  # a status, or one of KINDS
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int | None = 1  # None: until recover()
    skip: int = 0


@dataclass(frozen=True)
class ServiceCall:
    """One call the tool made."""

    service: str
    method: str
    url: str
    status: int
    headers: Mapping[str, str]


class Trouble:
    """Which faults are set, and which of them the next call meets. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if isinstance(fault.answer, str) and fault.answer not in KINDS:
            raise ValueError(f"trouble is a status or one of {', '.join(KINDS)}, not {fault.answer!r}")
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def next_for(self, service: str) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.service not in (service, "*"):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None
