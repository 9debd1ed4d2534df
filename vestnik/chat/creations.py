"""How many rooms and groups an account has made lately: it may make so many at once, and then so many a day."""

from typing import Final

DAY: Final = 86_400.0
"""Seconds in which an account gets all of them back."""
MAX_ACCOUNTS: Final = 10_000
"""Accounts that are remembered; past it those are forgotten that made something longest ago. A restart forgets all."""


class Creations:
    """Counts down from `limit` for each account, and up again with the time. Times are UNIX seconds."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left: dict[int, tuple[float, float]] = {}  # how many are left, and when that was so

    def take(self, account_id: int, now: float) -> bool:
        """Whether the account may make another one; then it is counted."""
        left, when = self._left.pop(account_id, (float(self._limit), now))
        left = min(left + max(now - when, 0.0) * self._limit / DAY, float(self._limit))
        enough = left >= 1.0
        self._left[account_id] = left - 1.0 if enough else left, now
        if len(self._left) > MAX_ACCOUNTS:
            del self._left[next(iter(self._left))]
        return enough

    def give_back(self, account_id: int) -> None:
        """The last one was not made after all."""
        found = self._left.get(account_id)
        if found is not None:
            self._left[account_id] = found[0] + 1.0, found[1]
