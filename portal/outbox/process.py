"""Which process works on a promise, and whether that process still lives."""

import os
import secrets
import socket


class Process:
    """This process, by host, number and a random mark: numbers come again, in containers at every start."""

    def __init__(self) -> None:
        self._host, self._mark = socket.gethostname()[:80], secrets.token_hex(8)

    @property
    def name(self) -> str:
        """What stands in `taken_by`."""
        return f"{self._host}/{os.getpid()}/{self._mark}"

    def is_gone(self, name: str) -> bool:
        """Whether a process of this host has ended. Of other hosts nothing is known: their lease runs out."""
        host, _, rest = name.rpartition("/")[0].rpartition("/")
        if host != self._host or not rest.isdecimal() or name == self.name:
            return False
        return int(rest) == os.getpid() or not _is_alive(int(rest))


def _is_alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


PROCESS = Process()
