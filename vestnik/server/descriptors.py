"""Descriptors of the process: how many connections they are enough for, and whether they are used up.

An event loop that gets no descriptor for a new connection closes it without a word, so connections are bounded by what
is left for them, and now and then one is asked for.
"""

import errno
import os
import resource
import sys
from typing import Final

SPARE: Final = 64
"""Descriptors that connections leave to everything else (files of the journal and the database, administrators), where
there are so many; else half of them."""
_USED_UP: Final = frozenset((errno.EMFILE, errno.ENFILE))


class DescriptorRoom:
    """What the process has of them; everything but connections is open by now."""

    def __init__(self) -> None:
        self._others = _lowest_free() or 0
        self._told = False

    @property
    def limit(self) -> int:
        """How many the process may have at this moment, which others can change (`prlimit`)."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return sys.maxsize if soft == resource.RLIM_INFINITY else soft

    @property
    def room(self) -> int:
        """How many connections there may be; at least one."""
        free = self.limit - self._others
        return max(1, free - min(SPARE, free // 2))

    @property
    def spare(self) -> int:
        """How many connections beyond that may be open for a moment, to be told why they are closed."""
        return min(SPARE, self.limit - self._others) // 4

    def news(self) -> bool:
        """Whether there is no descriptor left, and it was not said since there was one."""
        told, self._told = self._told, _lowest_free() is None
        return self._told and not told


def _lowest_free() -> int | None:
    """The next descriptor; as long as none was closed, that is how many are open. None: there is none, also when all
    of the system are used up."""
    try:
        found = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _USED_UP:  # no event: the caller says so
            return None
        raise
    os.close(found)
    return found
