"""How a ratio is measured: floor and subject take turns, and the median of the rounds' ratios counts.

Milliseconds drift with the neighbours by a tenth and more; what is measured side by side drifts together.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Pair:
    """A floor and a subject measured in turns. Milliseconds are medians for one call."""

    ratio: float
    floor_ms: float
    subject_ms: float
    rounds: int


@dataclass(frozen=True)
class Row:
    """One row of the table. `bound` is the target of the ratio; `others` are conditions beside it."""

    number: str
    what: str
    floor: str
    ratio: float | None
    bound: str
    met: bool
    floor_ms: float | None = None
    subject_ms: float | None = None
    others: dict[str, object] = field(default_factory=dict)
    skipped: str = ""


def in_turns(
    floor: Callable[[], object],
    subject: Callable[[], object],
    *,
    rounds: int = 15,
    calls: int = 1,
    warm: int = 3,
    before: Callable[[], object] = lambda: None,
    between: Callable[[], object] | None = None,
    clock: Callable[[], float] = perf_counter,
) -> Pair:
    """Time `calls` calls of each in every round, first one then the other, changing who begins.

    Not timed are `before`, run ahead of each round of one of them, and `between`, run ahead of each call. `clock`:
    `process_time` for what only computes, since a neighbour that takes the core for a moment hits the longer of
    the two.
    """
    for _ in range(warm):
        for call in (floor, subject):
            before()
            milliseconds(call, 1, clock, between)
    floors, subjects = [], []
    for turn in range(rounds):
        gc.collect()
        both = [(floor, floors), (subject, subjects)]
        for call, into in both if turn % 2 == 0 else reversed(both):
            before()
            into.append(milliseconds(call, calls, clock, between))
    return Pair(
        ratio=median(s / f for s, f in zip(subjects, floors, strict=True)),
        floor_ms=median(floors),
        subject_ms=median(subjects),
        rounds=rounds,
    )


def milliseconds(
    call: Callable[[], object],
    calls: int = 1,
    clock: Callable[[], float] = perf_counter,
    between: Callable[[], object] | None = None,
) -> float:
    """What one of `calls` calls takes; `between` them, untimed, things are put back."""
    taken = 0.0
    for _ in range(1 if between is None else calls):
        if between is not None:
            between()
        started = clock()
        for _ in range(calls if between is None else 1):
            call()
        taken += clock() - started
    return taken * 1000 / calls


def at_most(number: str, what: str, floor: str, pair: Pair, bound: float, **others: object) -> Row:
    """A row whose ratio must not pass `bound`; an `others` value that is False is a condition missed."""
    met = pair.ratio <= bound and False not in others.values()
    return Row(
        number=number,
        what=what,
        floor=floor,
        ratio=pair.ratio,
        bound=f"<= {bound:g}",
        met=met,
        floor_ms=pair.floor_ms,
        subject_ms=pair.subject_ms,
        others={**others, "rounds": pair.rounds},
    )


def skipped(number: str, what: str, floor: str, bound: str, why: str) -> Row:
    """A row this machine cannot measure."""
    return Row(number=number, what=what, floor=floor, ratio=None, bound=bound, met=True, skipped=why)
