"""More than anybody can read: it is not drawn, so that the terminal keeps up with what is typed.

A member or a server may send faster than a terminal shows. What comes is drawn as long as there is room for it, and
room comes back with time. What finds none waits for a moment; then the newest of it is drawn as far as there is room by
then, behind a line that says how many were left out. The server has all of it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

BURST: Final = 200_000
"""Characters for which there is room at once: some 2,000 short messages."""
RATE: Final = 20_000
"""Characters for which there is room again after a second."""
LINE: Final = 80
"""Characters that a line counts for, beside its text."""
LAST: Final = 500
"""Things that wait at most, the newest ones."""
MOMENT: Final = 1.0
"""Seconds for which they wait."""

Draw = Callable[[], None]


class _Waiting(NamedTuple):
    """Something that waits to be drawn, and for how many characters it counts."""

    cost: int
    draw: Draw


class Flood:
    """Draws things, or not. `left_out` is told how many were not; `clock` gives seconds."""

    def __init__(self, left_out: Callable[[int], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._left_out = left_out
        self._clock = clock
        self._room = float(BURST)
        self._at = clock()
        self._waiting: deque[_Waiting] = deque(maxlen=LAST)
        self._count = 0  # how many have come that had to wait
        self._timer: asyncio.TimerHandle | None = None

    def draw(self, text: str, draw: Draw) -> bool:
        """Draw something with this text, now, later or not at all. Whether it was drawn now."""
        cost = min(BURST, len(text) + LINE * (1 + text.count("\n")))
        if not self._count and self._find_room() >= cost:
            self._room -= cost
            draw()
            return True
        self._count += 1
        self._waiting.append(_Waiting(cost, draw))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(MOMENT, self.settle)
        return False

    def settle(self) -> None:
        """Draw the newest of what waits, and say how many were left out."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        room = self._find_room()
        drawn: list[Draw] = []
        while self._waiting and self._waiting[-1].cost <= room:
            cost, draw = self._waiting.pop()
            room -= cost
            drawn.append(draw)
        self._room = room
        left, self._count = self._count - len(drawn), 0
        self._waiting.clear()
        if left:
            self._left_out(left)
        for draw in reversed(drawn):
            draw()

    def _find_room(self) -> float:
        now = self._clock()
        self._room = min(BURST, self._room + (now - self._at) * RATE)
        self._at = now
        return self._room
