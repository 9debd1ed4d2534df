"""Giving memory back to the system: glibc keeps what was freed, Python's objects between it."""

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # malloc.h of glibc
_MAPPED_FROM: Final = 1_048_576
MANY: Final = 200
"""Connections that have to end until it is worth the while: what one held is some KB, or 64 KB in the worst case."""
REST: Final = 60.0
"""Seconds between two times: each holds up whoever wants memory for some tens of milliseconds."""


def return_hashing_memory() -> None:
    """Let glibc give the memory of a hash back to the system instead of keeping 19 MiB for each thread.

    By default glibc raises the size from which on blocks are mapped, and so returned when freed, to that of the
    largest block it has seen. Elsewhere nothing is done.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, _MAPPED_FROM)


def trim() -> None:
    """Have glibc give back what is freed (`malloc_trim(3)`), in a thread of its own. Elsewhere nothing is done."""
    if sys.platform == "linux":
        malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if malloc_trim is not None:
            threading.Thread(target=malloc_trim, args=(0,), name="trim", daemon=True).start()


class Freed:
    """Counts the connections that have ended, and calls `give_back` when they were many."""

    def __init__(self, give_back: Callable[[], None] = trim) -> None:
        self._give_back = give_back
        self._ended = 0
        self._next = 0.0

    def ended(self) -> None:
        """A connection has ended."""
        self._ended += 1

    def look(self, now: float) -> None:
        """Give memory back if it is worth the while and not too soon. `now`: seconds of any steady clock."""
        if self._ended >= MANY and now >= self._next:
            self._ended = 0
            self._next = now + REST
            self._give_back()
