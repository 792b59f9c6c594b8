"""When a video counts as watched (PRODUCT.md, Watching): enough really played, or its transcript read."""

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

# Seconds from the video's start, [from, to).
Interval = tuple[float, float]

# A player may report a little more than the length the file states (CONTRACT.md: length + 1).
LENGTH_SLACK_SECONDS = 1.0
# Nobody plays a lecture in thousands of pieces; a row must stay small.
MAX_PIECES = 2000


class WatchedHow(StrEnum):
    """By which of the two equal ways a video was watched."""

    PLAYED = "played"
    TRANSCRIPT = "transcript"


def is_sound(interval: Interval, length_seconds: float) -> bool:
    """Finite, with 0 <= from < to <= length + 1."""
    start, end = interval
    return (
        math.isfinite(start)
        and math.isfinite(end)
        and 0 <= start < end <= length_seconds + LENGTH_SLACK_SECONDS
    )


def union(*reports: Iterable[Sequence[float]]) -> list[Interval]:
    """All intervals of the reports, as few as possible, in order, none touching, to the millisecond."""
    pieces: list[Interval] = []
    for start, end in sorted((round(start, 3), round(end, 3)) for report in reports for start, end in report):
        if pieces and start <= pieces[-1][1]:
            pieces[-1] = (pieces[-1][0], max(pieces[-1][1], end))
        elif start < end:
            pieces.append((start, end))
    return pieces


def share(pieces: Iterable[Sequence[float]], length_seconds: float) -> float:
    """The part of the video that was really played, 0 to 1. `pieces` is a union."""
    if length_seconds <= 0:
        return 0.0
    played = sum(max(0.0, min(end, length_seconds) - start) for start, end in pieces)
    return min(1.0, played / length_seconds)


def is_watched(played_share: float, needed_share: float) -> bool:
    """Whether the share is enough (the package's `watched_share`). Rounding takes nothing from anyone."""
    return played_share + 1e-6 >= needed_share


def resume_at(position_seconds: float, length_seconds: float) -> float:
    """Where to go on: where one stopped, the beginning when that was (almost) the end."""
    return 0.0 if position_seconds >= length_seconds - 3 else max(0.0, position_seconds)
