"""Reading what a player reports (CONTRACT.md: POST /c/<cohort>/videos/<video>/progress)."""

import json
import math
from dataclasses import dataclass
from typing import Self

from portal.core.errors import Invalid
from portal.videos.policy import Interval, is_sound

MAX_INTERVALS = 500  # of one report: a player sends one every few seconds


@dataclass(frozen=True)
class Played:
    """One report: what was played since the last one, and where the player stands. Seconds."""

    intervals: tuple[Interval, ...]
    position_seconds: float

    @classmethod
    def parse(cls, body: bytes, length_seconds: float) -> Self:
        """Raises Invalid for the whole report when anything in it is not as it must be."""
        try:
            report = json.loads(body)
        except (ValueError, RecursionError):
            raise Invalid("This report is not JSON. Nothing of it was kept.") from None
        if not isinstance(report, dict) or not isinstance(report.get("intervals", []), list):
            raise Invalid(
                'A report is {"intervals": [[from, to], …], "position": seconds}. Nothing was kept.'
            )
        pieces = report.get("intervals", [])
        if len(pieces) > MAX_INTERVALS:
            raise Invalid(f"A report holds at most {MAX_INTERVALS} intervals. Nothing of it was kept.")
        intervals = tuple(_interval(piece, length_seconds) for piece in pieces)
        last = intervals[-1][1] if intervals else 0.0
        position = _seconds(report.get("position", last))
        if position is None or not 0 <= position <= length_seconds + 1:
            raise Invalid("The position lies outside the video. Nothing of this report was kept.")
        return cls(intervals, position)


def _interval(piece: object, length_seconds: float) -> Interval:
    if isinstance(piece, list) and len(piece) == 2:
        start, end = _seconds(piece[0]), _seconds(piece[1])
        if start is not None and end is not None and is_sound((start, end), length_seconds):
            return start, end
    raise Invalid("An interval lies outside the video. Nothing of this report was kept.")


def _seconds(value: object) -> float | None:
    """A finite number; JSON's true and "3" are none, and Python's JSON lets NaN through."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
