"""Writing to a client that may not be able to tell where an object ends: one object at a time, a moment apart.

Programs that end what they say with a newline can look for one in what they hear. Of those that do not, many take for
one object what one call of the system gives them. So answers go first, at once if the client has said something since
it was last written to, for then it has read that; everything else waits for its moment.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Protocol

from vestnik.chat.session import Session
from vestnik.protocol.portions import is_answer, portions
from vestnik.server.door import WRITE_HIGH

GAP: Final = 0.15
"""Seconds between two objects."""
_LINED: Final = re.compile(rb"\n\Z|\}[ \t\r]*\n\s*\{")
MANY: Final = 32
"""Objects that may wait so; with more of them the gap shrinks, so that all that wait are written in `MANY` gaps."""
REMEMBERED: Final = 64
"""Messages of which it is remembered how they are written so: most go to several clients."""
AT_ONCE: Final = 16
"""Answers that may wait: a client that asks for more without reading can tell them apart."""


EMPTY: Final[deque[tuple[bytes, int]]] = deque(maxlen=0)
_message_portions: Final = lru_cache(maxsize=REMEMBERED)(portions)


def is_lined(data: bytes) -> bool:
    """Whether there is a newline behind an object, and not only inside, as far as can be seen."""
    return _LINED.search(data) is not None


class Paced(Protocol):
    """Whom is written to."""

    session: Session

    def choke(self) -> None:
        """More than `WRITE_HIGH` bytes wait."""

    def relax(self) -> None:
        """They do not any more."""


class Pacer:
    """Writes to a transport. `waiting` are bytes that were not written yet, as they were given; `choked`: too many."""

    __slots__ = (
        "_answers",
        "_closing",
        "_free",
        "_loop",
        "_most",
        "_next",
        "_others",
        "_paced",
        "_stopped",
        "_then",
        "_timer",
        "_transport",
        "choked",
        "waiting",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.WriteTransport, paced: Paced) -> None:
        self._loop = loop
        self._transport = transport
        self._paced = paced
        self._answers: list[tuple[bytes, int]] = []  # with the bytes that count for each
        self._others: deque[tuple[bytes, int]] = (
            EMPTY  # a queue of its own only while something is in it: many wait idle
        )
        self._free = False  # the client has said something since it was written to
        self._most = 1  # how many others have waited since there were none
        self._next = 0.0  # when something may be written otherwise, in the loop's seconds
        self._timer: asyncio.TimerHandle | None = None
        self.choked = False
        self._then: Callable[[], None] | None = None  # what comes when all answers are written
        self._closing = False
        self._stopped = False
        self.waiting = 0

    def hear(self) -> None:
        """The client has said something, and so has read what was written to it."""
        self._free = True

    def write(self, data: bytes) -> None:
        """Write whole lines, now or later."""
        if not self._stopped and self._paced.session.features:
            self.stop()  # it names what only this server has: who has read about that knows newlines
        if self._stopped:
            self._transport.write(data)
            return
        for line in data.splitlines(keepends=True):
            self.waiting += len(line)
            if is_answer(line):
                self._answers.extend((each, len(line)) for each in portions(line))
            else:
                parts = _message_portions(line)
                if self._others is EMPTY:
                    self._others = deque()
                self._others.extend((part, 0) for part in parts[:-1])
                self._others.append((parts[-1], len(line)))  # only whole messages count as written
        self._most = max(self._most, len(self._others))
        if len(self._answers) > AT_ONCE:
            self.stop()
            return
        self._go_on()
        if self.waiting > WRITE_HIGH and not self.choked:
            self.choked = True
            self._paced.choke()

    def _go_on(self) -> None:
        """Write what may be written, and look again when more may be."""
        self._cancel()
        while self._answers or (self._others and not self._closing):
            now = self._loop.time()
            if now < self._next and not (self._free and self._answers):
                self._timer = self._loop.call_at(self._next, self._go_on)
                break
            line, size = self._answers.pop(0) if self._answers else self._others.popleft()
            self.waiting -= size
            self._free = False
            self._next = now + GAP * min(1.0, MANY / self._most)
            self._transport.write(line)
        if not self._others:
            self._most, self._others = 1, EMPTY
        if self._then is not None and not self._answers:
            then, self._then = self._then, None
            then()
        self._look()

    def _look(self) -> None:
        if self.choked and self.waiting <= WRITE_HIGH // 4:
            self.choked = False
            if self._transport.get_write_buffer_size() <= WRITE_HIGH:
                self._paced.relax()

    def stop(self) -> None:
        """Write what waits, and from here on everything at once."""
        self._stopped = True
        self._cancel()
        rest = b"".join([line for line, _ in (*self._answers, *self._others)])
        self._answers.clear()
        self._others = EMPTY
        self.waiting = 0
        if rest:
            self._transport.write(rest)
        self._look()

    def finish(self, then: Callable[[], None]) -> bool:
        """Write no more than the answers that wait, then call `then`; whether there are any."""
        self._closing = True
        if self._answers:
            self._then = then
        return bool(self._answers)

    def abort(self) -> None:
        """Write nothing more."""
        self._cancel()
        self._stopped = True

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
