"""Turns: how much of what connections have sent is served in one pass of the event loop, and whose turn is next.

A few requests are served when they are read. Who has sent more than one turn serves goes on in later passes, in turn
with the others, and is not read meanwhile. Between two passes the loop accepts connections, reads, hands on what was
committed and looks at its timers, so nobody waits longer than one pass takes.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Final, Protocol

MESSAGE: Final = 1
"""What an accepted message costs in units of work, each a few microseconds; many of them travel together."""
REQUEST: Final = 8
"""What any other request costs."""
REFUSAL: Final = 32
"""What a request that is refused costs, or one rest of the scanner."""
TURN: Final = 512
"""Units of one turn of one connection: about two milliseconds of messages, half a one of other requests."""
TURN_TIME: Final = 0.001
"""Seconds for which a turn may last beyond what its units are worth; then it ends although not all are spent."""
UNIT_TIME: Final = 0.000_005
"""Seconds that a unit is worth: a little more than what it costs of messages, which are the dearest but for rests."""
CHECKED: Final = 8
"""Units between two looks at the time."""
MAX_PENDING: Final = 512
"""Messages of one connection that may wait for the store; the next ones are served when these are answered."""
SHARED_PENDING: Final = 64
"""The same while others send messages, too, which are behind a few only then, however many somebody sends at once."""
LETTERS: Final = 256
"""Characters of a text for which it counts as one more message of those that may wait."""
PASS: Final = 2048
"""Units that all connections together spend in one pass; half of it remains for those who have just sent something."""
GIVE_WAY: Final = 0.001
"""Seconds for which those who go on give way to messages that the store has: its thread wants the interpreter, too."""
MOST_GIVEN: Final = 5
"""Times that they do so in a row."""


def worth(units: int) -> float:
    """Seconds for which a turn may last that has spent so many units."""
    return TURN_TIME + units * UNIT_TIME


class TurnTaker(Protocol):
    """Who waits for a turn. `pending` is what the store has of its messages."""

    pending: int

    def take_turn(self) -> None:
        """Serve what has come, one turn of it; `Turns.spend` is told what that cost."""


class Turns:
    """Those of one server. `full` says that this pass of the loop has no time for more: who comes now waits.

    `messages_wait` says whether the store has messages of anybody.
    """

    def __init__(self, messages_wait: Callable[[], bool] = lambda: False) -> None:
        self.full = False
        self._messages_wait = messages_wait
        self._loop = asyncio.get_running_loop()
        self._context = Context()  # a pass is nobody's own request
        self._left = PASS
        self._new: deque[TurnTaker] = deque()  # those who came when the pass was full
        self._going_on: deque[TurnTaker] = deque()  # those who have had a turn and need another one
        self._scheduled = False
        self._given = 0  # how often those who go on have given way
        self._later: asyncio.TimerHandle | None = None

    def spend(self, units: int, seconds: float = 0.0) -> None:
        """So much was done in this pass, in so many seconds. Two turns that lasted longer than they may fill it."""
        self._left -= max(units, PASS // 2) if seconds > worth(units) else units
        if self._left <= 0 and not self.full:
            self.full = True
            self._schedule()

    def wait(self, who: TurnTaker, *, going_on: bool) -> None:
        """Let somebody have a turn in a later pass; those who are not `going_on` from one before come first."""
        (self._going_on if going_on else self._new).append(who)
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._run, context=self._context)

    def _run(self) -> None:
        """Begin a pass: turns for those who wait, each at most one."""
        self._scheduled = self.full = False
        self._left = PASS
        if self._later is not None:
            self._later.cancel()
            self._later = None
        try:
            for _ in range(len(self._new)):
                if self.full:
                    break
                self._new.popleft().take_turn()
            self._go_on()
        finally:
            if self._later is None and (self._new or self._going_on):
                self._schedule()

    def _go_on(self) -> None:
        """Turns for those who have had one, in half a pass; who waits for no message of its own may give way."""
        gives_way = self._given < MOST_GIVEN and self._messages_wait()
        served = given = 0
        for _ in range(len(self._going_on)):
            if served and self._left <= PASS // 2:
                break
            who = self._going_on.popleft()
            if gives_way and not who.pending:
                self._going_on.append(who)
                given += 1
                continue
            served += 1
            who.take_turn()
        self._given = self._given + 1 if given else 0
        if given and not served and not self._new:
            self._later = self._loop.call_later(GIVE_WAY, self._run, context=self._context)


clock: Final = time.perf_counter
"""Gives the seconds that turns are measured in."""
