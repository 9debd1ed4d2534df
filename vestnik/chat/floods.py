"""How much an account may ask for: each request has a cost, and what was spent comes back with the time."""

from typing import Final

BURST: Final = 60.0
"""Seconds for whose allowance an account may ask at once."""
MAX_SPENDERS: Final = 10_000
"""Accounts that are remembered; past it the one is forgotten that was seen first. A restart forgets all."""


class Floods:
    """What accounts have spent lately, in units that come back at a rate (units a second). Times are UNIX seconds."""

    def __init__(self) -> None:
        self._spent: dict[int, list[float]] = {}  # how much, and when that was so

    def spend(self, account_id: int, cost: float, rate: float, now: float) -> float:
        """Spend `cost` units; or the seconds after which there will be so many, and nothing is spent."""
        found = self._spent.get(account_id)
        if found is None:
            if len(self._spent) >= MAX_SPENDERS:
                del self._spent[next(iter(self._spent))]
            found = self._spent[account_id] = [0.0, now]
        spent = max(0.0, found[0] - max(0.0, now - found[1]) * rate)
        over = spent + cost - rate * BURST
        if over > 0.0 and spent > 0.0:  # what costs more than all can be asked for once
            return over / rate
        found[0], found[1] = spent + cost, now
        return 0.0
