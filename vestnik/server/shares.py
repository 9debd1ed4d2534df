"""How many connections one network or one account may have: half of what the others leave free.

So whoever opens as many as possible leaves as many for the rest, and the next one half of those: a dozen networks
together do not take the last. People who share an address and have several devices each are far from that.
"""

from typing import Final

LEAST: Final = 64
"""Connections that everybody may have, as long as there is room for any."""


def share_of(limit: int, others: int) -> int:
    """How many connections somebody may have where there is room for `limit`, and others have so many of them."""
    return max(LEAST, (limit - others) // 2)


class Networks:
    """How many connections there are from each network."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def enter(self, network: str) -> int:
        """One more; how many there are now."""
        count = self._counts[network] = self._counts.get(network, 0) + 1
        return count

    def leave(self, network: str) -> None:
        """One less."""
        count = self._counts.pop(network) - 1
        if count:
            self._counts[network] = count
