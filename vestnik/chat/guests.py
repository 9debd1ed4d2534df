"""Guests: whether there are any, how many may come, and in which room all of them are."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

from vestnik.chat.session import Account

MAX_NETWORKS: Final = 1_000
"""Networks that are told apart; past it the one from which nobody has come for longest is forgotten."""
OF_NETWORK: Final = (100, 1.0)
OF_ALL: Final = (500, 10.0)
"""Guests who may come at once, and in each second after that: from one network, from all. Each leaves some lines."""


async def nobody_leaves(_key: str) -> None:
    """Nobody is leaving."""


def stays(_account: Account) -> None:
    """Nobody looks after guests who go."""


class Guests:
    """Whether guests are `admitted`; `common` is the name of the room that all of them are in.

    `left` returns when who had the name with a key before, and is leaving, has left; whoever looks after that sets it.
    """

    def __init__(self, admitted: bool = False, common: str = "#all") -> None:
        self.admitted = admitted
        self.common = common
        self.left: Callable[[str], Awaitable[None]] = nobody_leaves
        self._networks: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._all = (float(OF_ALL[0]), 0.0)

    def take(self, network: str, now: float) -> bool:
        """Whether one more may come from a network at the time `now` (UNIX seconds); then that is counted."""
        few, rest = _refilled(self._networks.pop(network, (float(OF_NETWORK[0]), now)), OF_NETWORK, now)
        many, _ = self._all = _refilled(self._all, OF_ALL, now)
        may = few >= 1 and many >= 1
        self._networks[network] = (few - may, rest)
        self._all = (many - may, now)
        if len(self._networks) > MAX_NETWORKS:
            self._networks.popitem(last=False)
        return may


def _refilled(bucket: tuple[float, float], allowance: tuple[int, float], now: float) -> tuple[float, float]:
    left, since = bucket
    most, rate = allowance
    return min(float(most), left + max(now - since, 0.0) * rate), now
