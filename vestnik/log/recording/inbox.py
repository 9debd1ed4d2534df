"""The bounded queue between those who record and the thread that writes.

When it fills up, what matters least goes first: from half full on DEBUG, from three quarters on INFO, and the last
quarter is for WARNING and above. The newest records are refused: the first ones explain what went wrong.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Final, NamedTuple

from vestnik.log.recording.records import Queued

LIMIT: Final = 200_000
"""Records that may wait, in the queue or for a file that cannot be written."""
SHARES: Final = ((logging.INFO, 0.5), (logging.WARNING, 0.75))
"""Up to what share of the limit records below a level are taken."""


class Dropped(NamedTuple):
    """How many records found no room, by level, and between which moments (seconds since 1970)."""

    levels: dict[int, int]
    since: float
    until: float


class Inbox:
    """`queue` holds records and marks. Whoever appends compares its length with `room`, and asks `admits` past it.

    `clock` gives seconds since 1970. `refused` counts records by level, for good.
    """

    def __init__(self, clock: Callable[[], float], limit: int = LIMIT) -> None:
        self.queue: deque[Queued | threading.Event] = deque()
        self.limit = limit
        self.room = 0
        self.refused: Counter[int] = Counter()
        self._clock = clock
        self._used = 0
        self._counting = threading.RLock()  # a signal handler may come in between
        self._lately: Counter[int] = Counter()
        self._since = self._until = 0.0
        self.reserve(0)

    def reserve(self, used: int) -> None:
        """Notes that `used` records have left the queue and still take up room."""
        self._used = used
        self.room = int(self.limit * SHARES[0][1]) - used

    def close(self) -> None:
        """From now on there is no room."""
        self.limit = self.room = 0

    def admits(self, level: int) -> bool:
        """Whether there is room for a record of `level`; counts it if not."""
        share = next((share for below, share in SHARES if level < below), 1.0)
        if len(self.queue) + self._used < self.limit * share:
            return True
        self.refuse(level)
        return False

    def refuse(self, level: int, count: int = 1) -> None:
        """Counts `count` records of `level` that are lost."""
        now = self._clock()
        with self._counting:
            if not self._lately:
                self._since = now
            self._until = now
            self._lately[level] += count
            self.refused[level] += count

    @property
    def roomy(self) -> bool:
        """Whether records of every level have been fitting in for a while: the queue is at most a quarter full."""
        return len(self.queue) + self._used <= self.limit // 4

    def take_refused(self) -> Dropped | None:
        """What was refused since the last call; None if nothing was."""
        if not self._lately:
            return None
        with self._counting:
            lately, self._lately = self._lately, Counter()
            return Dropped(dict(lately), self._since, self._until)
