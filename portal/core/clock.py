"""Two clocks. Course time can be moved for demo and tests (PORTAL_NOW); real time never moves.

Course time decides what is open, due and late. Tokens, sessions, retries and score timestamps use real time.
"""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

# Set once by the command that starts processes, so that all of them share one offset.
OFFSET_VARIABLE = "PORTAL_CLOCK_OFFSET_SECONDS"


class Clock:
    """The instants of a process; a test gives one of its own.

    `offset`: how far course time is ahead of real time.
    """

    def __init__(
        self, offset: timedelta = timedelta(0), real: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.offset = offset
        self._real = real

    def real_now(self) -> datetime:
        """The real instant, aware, in UTC."""
        return self._real()

    def course_now(self) -> datetime:
        """The instant of course time, aware, in UTC."""
        return self._real() + self.offset


_clock = Clock()


def use_clock(clock: Clock) -> None:
    """Make `clock` this process's clock (the composition root and tests)."""
    global _clock
    _clock = clock


def real_now() -> datetime:
    """The real instant: tokens, sessions, retries, score timestamps."""
    return _clock.real_now()


def course_now() -> datetime:
    """The instant of course time: dates, marks, submissions, certificates."""
    return _clock.course_now()


def offset_for(now: datetime | None, inherited: str | None) -> timedelta:
    """How far course time is ahead: what a parent process fixed, else from PORTAL_NOW, else nothing."""
    if inherited:
        return timedelta(seconds=float(inherited))
    if now is None:
        return timedelta(0)
    return now - datetime.now(UTC)


def fix_offset(clock_offset: timedelta) -> None:
    """Hand the offset to the processes that this one starts."""
    os.environ[OFFSET_VARIABLE] = str(clock_offset.total_seconds())
