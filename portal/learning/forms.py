"""Reading what learners' pages post, and what their addresses ask for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from portal.core.errors import Invalid


@dataclass(frozen=True)
class TickForm:
    """A tick (`done=1|0`) or, of a counted item, how many so far (`count`)."""

    done: bool | None
    count: int | None

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> Self:
        """Raises Invalid when it says neither, or something else."""
        done, count = fields.get("done"), fields.get("count")
        if done not in (None, "0", "1"):
            raise Invalid("Say 1 for done or 0 for not done. Nothing was changed.")
        if count is not None and not (count.isascii() and count.isdigit() and len(count) <= 6):
            raise Invalid("The count must be a whole number. Nothing was changed.")
        if done is None and count is None:
            raise Invalid("Nothing was said of this item. Nothing was changed.")
        return cls(None if done is None else done == "1", None if count is None else int(count))


def seconds_of(text: str) -> float | None:
    """The `t` of an address; anything that is no time is as if it were not there."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
