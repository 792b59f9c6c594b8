"""Many at once: threads that begin together, in two apps on one database as two web processes are."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_ONCE = 6


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What the same act comes to in many threads that begin together, sorted."""
    ready = threading.Barrier(AT_ONCE)

    def begin(number: int) -> Any:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(begin, range(AT_ONCE)))
