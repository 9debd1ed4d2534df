"""The bounded queue between those who record and the thread that writes.

Half of it is for what is promised, and nothing else can take that; the other half is for the rest, and what is
promised does not take any of it. When the rest is too much, what matters least goes first: from a quarter on what
strangers cause, from half on DEBUG, from three quarters on INFO; the last quarter is for WARNING and above. The newest
records are refused: the first ones explain what went wrong.
"""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from typing import Final, NamedTuple

from vestnik.log.events import EventType
from vestnik.log.recording.records import Message, Queued

LIMIT: Final = 200_000
"""Records that may wait, in the queue or for a file that cannot be written."""
PROMISED: Final = 0.5
"""The share of the limit that is for what is promised; the rest has the other."""
SPARE: Final = 0.125
"""The share of the limit that is left, of that for what is promised, for what cannot be brought again later."""
SHARES: Final = ((logging.DEBUG, 0.25), (logging.INFO, 0.5), (logging.WARNING, 0.75))
"""Up to what share of its own part records of the rest are taken that are worth less than a level."""


class Dropped(NamedTuple):
    """How many records found no room, by level, and between which moments (seconds since 1970)."""

    levels: dict[int, int]
    since: float
    until: float

    @property
    def values(self) -> tuple[object, ...]:
        """How it is told: how many, of which levels, and between which times of day."""
        levels = ", ".join([f"{logging.getLevelName(level)} {self.levels[level]}" for level in sorted(self.levels)])
        times = [time.strftime("%H:%M:%S", time.localtime(at)) for at in (self.since, self.until)]
        return sum(self.levels.values()), levels, *times


class Inbox:
    """`queue` holds records and marks.

    Who appends promised records sees to it that of these no more than `promises` wait, and counts them in `given`; the
    thread that takes them out counts them in `left`. (A thread gives others their turn between calls only, so `+=`
    needs no lock.) Who appends anything else compares the length of `queue` with `room`, and asks `admits` past it.

    Batches leave `spare` of these. Promised records that find no room all the same are counted in `lost`, for good.

    `clock` gives seconds since 1970. `refused` counts records by level, for good. Below `floor` nothing is worth enough
    that is not promised (`limit_to`).
    """

    def __init__(self, clock: Callable[[], float], limit: int = LIMIT) -> None:
        self.queue: deque[Queued | threading.Event] = deque()
        self.limit = limit
        self.room = self.promises = 0
        self.spare = int(limit * SPARE)
        self.lost = 0
        self.given = self.left = 0
        self.floor = 0
        self.refused: Counter[int] = Counter()
        self._clock = clock
        self._used = self._used_promised = 0
        self._counting = threading.RLock()  # a signal handler may come in between
        self._lately: Counter[int] = Counter()
        self._since = self._until = 0.0
        self.reserve(0, 0)

    def reserve(self, promised: int, rest: int) -> None:
        """Notes how many records have left the queue and still take up room."""
        self._used_promised, self._used = promised, rest
        self.room = -1 if self.floor else int(self.limit * (1 - PROMISED) * SHARES[0][1]) - rest
        self.promises = int(self.limit * PROMISED) - promised

    def limit_to(self, floor: int) -> None:
        """From now on what is not promised must be worth at least `floor`; 0: anything."""
        self.floor = floor
        self.reserve(self._used_promised, self._used)

    def close(self) -> None:
        """From now on there is no room."""
        self.limit = self.room = self.promises = 0

    def admits(self, event: EventType | Message) -> bool:
        """Whether there is room for a record of `event`, which is not promised; counts it if not."""
        worth = event.level if event.worth is None else event.worth
        share = next((share for below, share in SHARES if worth < below), 1.0)
        rest = len(self.queue) - (self.given - self.left) + self._used
        if worth >= self.floor and rest < self.limit * (1 - PROMISED) * share:
            return True
        self.refuse(event.level)
        return False

    def lose(self, level: int) -> None:
        """Counts a promised record of `level` that is lost."""
        self.lost += 1
        self.refuse(level)

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
    def relaxed(self) -> bool:
        """Whether at most a quarter of the room for what is promised is taken."""
        return self.given - self.left <= self.promises - self.limit * PROMISED * 3 / 4

    @property
    def roomy(self) -> bool:
        """Whether records of every kind have been fitting in for a while: the queue is at most an eighth full."""
        return len(self.queue) + self._used + self._used_promised <= self.limit // 8

    @property
    def refusing(self) -> bool:
        """Whether anything was refused that nobody has been told of."""
        return bool(self._lately)

    def take_refused(self) -> Dropped | None:
        """What was refused since the last call; None if nothing was."""
        if not self._lately:
            return None
        with self._counting:
            lately, self._lately = self._lately, Counter()
            return Dropped(dict(lately), self._since, self._until)
