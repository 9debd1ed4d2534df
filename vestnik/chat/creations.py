"""How much somebody has made lately: they may make so many at once, and then so many a day.

Accounts make rooms and groups, networks make accounts.
"""

from typing import Final

DAY: Final = 86_400.0
"""Seconds in which somebody gets all of them back."""
MAX_ACCOUNTS: Final = 10_000
"""Makers that are remembered; past it those are forgotten that made something longest ago. A restart forgets all."""


class Creations:
    """Counts down from `limit` for each maker, and up again with the time. Times are UNIX seconds."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left: dict[int | str, tuple[float, float]] = {}  # how many are left, and when that was so

    def take(self, maker: int | str, now: float) -> bool:
        """Whether they may make another one; then it is counted."""
        left, when = self._left.pop(maker, (float(self._limit), now))
        left = min(left + max(now - when, 0.0) * self._limit / DAY, float(self._limit))
        enough = left >= 1.0
        self._left[maker] = left - 1.0 if enough else left, now
        if len(self._left) > MAX_ACCOUNTS:
            del self._left[next(iter(self._left))]
        return enough

    def give_back(self, maker: int | str) -> None:
        """The last one was not made after all."""
        found = self._left.get(maker)
        if found is not None:
            self._left[maker] = found[0] + 1.0, found[1]
