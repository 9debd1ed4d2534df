"""Those who wait to try a password, in lines: one for each network and name, and who of them is next or gives up.

In a network the names take turns. Connections that have not failed go before those that have, and these before those
that have closed their side, who may want the answer or be gone.
"""

import math
from collections import deque
from collections.abc import Iterator
from typing import Final, Protocol, TypeVar

from vestnik.server.slowing import Growth, Slowing

MAX_HUNG_UP: Final = 16
"""Attempts of one network that wait though their clients have closed their side."""

NAME_GROWTH: Final = Growth(free=5, first=0.05, new=0.05, tried=2.0)
"""The delay between attempts with one name from one network."""
NETWORK_GROWTH: Final = Growth(free=20, first=0.01, new=0.02, tried=0.25)
"""The delay between any attempts from one network."""
EVERYWHERE_GROWTH: Final = Growth(free=50, first=0.05, new=1.0, tried=5.0)
"""The delay between attempts with one name from all networks from which nobody has got in with it."""
MAX_OWNERS: Final = 10_000
"""Networks and names that got in from there that are remembered; past it the one of longest ago is forgotten."""


class Waiting(Protocol):
    """Somebody who waits: for the name with `key`, after having `failed` on the same connection or not."""

    key: str
    failed: bool

    def hung_up(self) -> bool:
        """Whether the client has closed its side of the connection."""


W = TypeVar("W", bound=Waiting)


class Delays:
    """How failures slow down attempts: by network, by name in it, and by name from all networks but those from which
    somebody has got in with it. `owners` are these, as network and name, the latest last."""

    def __init__(self) -> None:
        self.names = Slowing(NAME_GROWTH)
        self.networks = Slowing(NETWORK_GROWTH)
        self.everywhere = Slowing(EVERYWHERE_GROWTH)
        self.owners: dict[tuple[str, str], None] = {}

    def ready(self, network: str, key: str, tried: bool, now: float) -> float:
        """From when on an attempt may begin; `tried` says that its connection has failed before."""
        there = max(self.networks.ready(network, tried, now), self.names.ready((network, key), tried, now))
        return there if (network, key) in self.owners else max(there, self.everywhere.ready(key, tried, now))

    def begin(self, network: str, key: str, now: float) -> None:
        """An attempt begins."""
        self.networks.begin(network, now)
        self.names.begin((network, key), now)
        if (network, key) not in self.owners:
            self.everywhere.begin(key, now)

    def fail(self, network: str, key: str, now: float) -> None:
        """It has failed."""
        self.networks.fail(network, now)
        self.names.fail((network, key), now)
        self.everywhere.fail(key, now)

    def forgive(self, network: str, key: str) -> None:
        """It has succeeded: whoever knows the password has mistyped it before, and may do so again from there."""
        self.names.forgive((network, key))
        self.owners.pop((network, key), None)
        if len(self.owners) >= MAX_OWNERS:
            del self.owners[next(iter(self.owners))]
        self.owners[network, key] = None


class _Line(dict[bool, deque[W]]):
    """The attempts for one name: those of connections that have failed (True), and the others."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__({False: deque(), True: deque()})

    @property
    def length(self) -> int:
        """How many there are."""
        return len(self[False]) + len(self[True])


class LoginLines(dict[str, _Line[W]]):
    """The lines of one network by name, the next one first, and the attempts `behind` them, of those that hung up."""

    __slots__ = ("behind", "network", "size")

    def __init__(self, network: str) -> None:
        super().__init__()
        self.network = network
        self.behind: deque[W] = deque()
        self.size = 0

    def add(self, attempt: W) -> None:
        """Let an attempt wait."""
        line = self.get(attempt.key)
        if line is None:
            line = self[attempt.key] = _Line()
        line[attempt.failed].append(attempt)
        self.size += 1

    def remove(self, attempt: W) -> bool:
        """Take an attempt out, if it is there."""
        line = self.get(attempt.key)
        for found in (self.behind,) if line is None else (*line.values(), self.behind):
            if attempt in found:
                found.remove(attempt)
                self.size -= 1
                if line is not None and not line.length:
                    del self[attempt.key]
                return True
        return False

    def next(self, delays: Delays, now: float) -> tuple[W | None, float]:
        """Who is next, and is taken out; if nobody may begin yet, when somebody may.

        The turn of its name comes after those of the others then.
        """
        soonest = math.inf
        for tried in (False, True):
            for key, line in self.items():
                if line[tried]:
                    ready = delays.ready(self.network, key, tried, now)
                    if ready <= now:
                        return self._take(key, tried), now
                    soonest = min(soonest, ready)
        if self.behind:
            ready = delays.ready(self.network, self.behind[0].key, True, now)
            if ready <= now:
                self.size -= 1
                return self.behind.popleft(), now
            soonest = min(soonest, ready)
        return None, soonest

    def _take(self, key: str, tried: bool) -> W:
        line = self.pop(key)
        attempt = line[tried].popleft()
        if line.length:
            self[key] = line
        self.size -= 1
        return attempt

    def put_behind(self, attempt: W) -> bool:
        """Let an attempt that is not in the lines wait behind them, if not too many do."""
        if len(self.behind) >= MAX_HUNG_UP:
            return False
        self.behind.append(attempt)
        self.size += 1
        return True

    def those_who_hung_up(self) -> list[W]:
        """The attempts in the lines whose clients have closed their side."""
        return [attempt for attempt in self._all() if attempt.hung_up()]

    def _all(self) -> Iterator[W]:
        for line in self.values():
            yield from line[False]
            yield from line[True]

    def loser(self, newcomer: W | None) -> W | None:
        """Who gives up its place: who hung up, then the last in the longest line of those that have failed, then the
        last in the longest line of the others. None: nobody, or the `newcomer` of the same network, if there is one.
        """
        if self.behind:
            return self.behind[-1]
        for tried in (True, False) if self else ():
            longest = max(self.values(), key=lambda line: len(line[tried]))[tried]
            if newcomer is not None and newcomer.failed == tried:
                own = self.get(newcomer.key)
                return longest[-1] if len(longest) > 1 + (len(own[tried]) if own else 0) else None
            if longest:
                return longest[-1]
        return None
