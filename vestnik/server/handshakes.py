"""Turns for TLS handshakes, each of which costs a signature: networks take turns, and messages go on meanwhile."""

import asyncio
import time
from collections import deque
from typing import Final, Protocol

WORK: Final = 0.002
"""Seconds of a pass of the event loop for handshakes; then as long a rest."""


class Handshaker(Protocol):
    """Who waits for a turn, and is of a `network`."""

    network: str

    def shake(self) -> None:
        """Go on with the handshake."""


class Handshakes:
    """Those who wait, at most as many as there are connections, by network; whose turn is next comes first."""

    def __init__(self) -> None:
        self._networks: dict[str, deque[Handshaker]] = {}
        self._timer: asyncio.Handle | None = None

    def __len__(self) -> int:
        return sum(map(len, self._networks.values()))

    def wait(self, handshaker: Handshaker) -> None:
        """Give it a turn, which may be at once."""
        self._networks.setdefault(handshaker.network, deque()).append(handshaker)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_soon(self._go_on)

    def drop(self, handshaker: Handshaker) -> None:
        """Its connection is gone."""
        line = self._networks.get(handshaker.network)
        if line is not None and handshaker in line:
            line.remove(handshaker)
            if not line:
                del self._networks[handshaker.network]

    def _go_on(self) -> None:
        began = now = time.perf_counter()
        try:
            while self._networks and now - began < WORK:
                network = next(iter(self._networks))
                line = self._networks.pop(network)
                next_one = line.popleft()
                if line:
                    self._networks[network] = line  # behind the others
                next_one.shake()
                now = time.perf_counter()
        finally:  # whatever has gone wrong with one, the others have their turns
            rest = now - began
            self._timer = asyncio.get_running_loop().call_later(rest, self._go_on) if self._networks else None
