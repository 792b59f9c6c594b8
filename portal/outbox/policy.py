"""How long to wait before trying again."""

from datetime import timedelta

LEASE = timedelta(minutes=5)  # longer than any one delivery takes: HTTP limits are seconds
_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=6)


def next_wait(attempts: int, chance: float = 0.0) -> timedelta:
    """The wait after the `attempts`-th failure: 5 s, 20 s, 80 s, … up to six hours, and up to a fifth more.

    `chance`: 0 to 1, so that what failed together does not all come again at one moment.
    """
    factor: int = 4 ** min(max(attempts - 1, 0), 8)
    return min(_FIRST * factor, _LONGEST) * (1 + chance / 5)
