"""The hub: where accepted messages meet, and when they go to the store together.

One batch is with the store at a time; what comes meanwhile is the next one, so batches grow with the load. While many
messages come, a batch waits for a moment in which none does: a commit costs as much for one message as for a hundred.
What comes when little does goes at the end of its pass of the loop.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Final

from vestnik.chat.outcome import Post

MAX_BATCH: Final = 1024
"""Messages in one batch, which is answered and delivered at once. A full one does not wait for those before it."""
BUSY_RATE: Final = 4000
"""Messages a second from which on batches wait for a moment in which none comes."""
WINDOW: Final = 0.02
"""Seconds over which messages are counted."""
QUIET: Final = 0.001
"""Seconds without a message that are such a moment."""
MOST_TICKS: Final = 8
"""How often `QUIET` a batch waits at most."""


class Hub:
    """Gives batches to `submit`, which is to be followed by one `take_back` for each, in the same order."""

    def __init__(self, submit: Callable[[Sequence[Post]], None]) -> None:
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._context = Context()  # a batch is nobody's own request
        self._batch: list[Post] = []
        self._begun: deque[float] = deque()  # when each batch that is not taken back was begun, monotonic
        self._underway = 0  # batches that the store has
        self._waits = False  # a pass of the loop, or a moment, is waited for
        self._seen = 0  # messages of the batch at the last tick
        self._ticks = 0
        self._counted = 0  # since then
        self._since = time.monotonic()
        self._busy = False

    def add(self, post: Post) -> None:
        """Take a message into the next batch."""
        batch = self._batch
        if not batch:
            self._begun.append(time.monotonic())
            if not self._underway and not self._waits:
                self._waits = True
                self._loop.call_soon(self._consider, context=self._context)
        batch.append(post)
        if len(batch) >= MAX_BATCH:
            self.hand_over()

    def take_back(self) -> float:
        """The store is done with the oldest batch; when that was begun, in monotonic seconds."""
        self._underway -= 1
        if self._batch and not self._underway and not self._waits:
            self._consider()
        return self._begun.popleft()

    def hand_over(self) -> None:
        """Give the store what was accepted until now, whatever it has already."""
        batch, self._batch = self._batch, []
        if batch:
            self._counted += len(batch)
            self._underway += 1
            self._submit(batch)

    def _consider(self) -> None:
        """Hand the batch over, or begin to wait for a moment in which nothing comes."""
        self._waits = False
        if not self._batch or self._underway:
            return
        if self._is_busy():
            self._ticks, self._seen = 0, len(self._batch)
            self._wait()
        else:
            self.hand_over()

    def _is_busy(self) -> bool:
        now = time.monotonic()
        elapsed = now - self._since
        if elapsed >= WINDOW:
            self._busy = self._counted + len(self._batch) >= BUSY_RATE * elapsed
            self._since, self._counted = now, 0
        return self._busy

    def _wait(self) -> None:
        self._waits = True
        self._loop.call_later(QUIET, self._tick, context=self._context)

    def _tick(self) -> None:
        self._waits = False
        self._ticks += 1
        came, self._seen = len(self._batch) - self._seen, len(self._batch)
        if came > 0 and self._ticks < MOST_TICKS:
            self._wait()
        elif not self._underway:
            self.hand_over()
