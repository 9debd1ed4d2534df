"""How failed logins slow down the next ones from the same place: a bounded memory of failures, and their delays."""

from collections.abc import Hashable, Iterable
from typing import Final, NamedTuple

MAX_SLOWED: Final = 10_000
"""Places whose failures are remembered; past it the one that failed longest ago is forgotten."""
FORGET: Final = 600.0
"""Seconds without a failure after which those before are forgotten."""


class Growth(NamedTuple):
    """How the seconds between two attempts grow: not for the first `free` failures, then from `first`, doubled by each.

    Up to `new` for a connection that has not failed itself, and up to `tried` for one that has.
    """

    free: int
    first: float
    new: float
    tried: float

    def delay(self, failures: int, tried: bool) -> float:
        """Seconds after so many failures."""
        if failures < self.free:
            return 0.0
        return min(self.first * 2.0 ** min(failures - self.free, 30), self.tried if tried else self.new)


class _Place:
    """Where attempts failed: how often, when last, and when the last attempt began (monotonic, s)."""

    __slots__ = ("began", "failed", "failures")

    def __init__(self) -> None:
        self.failures = 0
        self.failed = 0.0
        self.began = 0.0


class Slowing:
    """What is remembered of some places, whose delays grow as `growth` says. A place may be anything hashable."""

    def __init__(self, growth: Growth) -> None:
        self._growth = growth
        self._places: dict[Hashable, _Place] = {}  # the one that failed last is last

    def __len__(self) -> int:
        return len(self._places)

    def ready(self, place: Hashable, tried: bool, now: float) -> float:
        """From when on an attempt from there may begin."""
        found = self._places.get(place)
        if found is None:
            return 0.0
        if now - found.failed > FORGET:
            del self._places[place]
            return 0.0
        return found.began + self._growth.delay(found.failures, tried)

    def begin(self, place: Hashable, now: float) -> None:
        """An attempt from there begins."""
        found = self._places.get(place)
        if found is not None:
            found.began = now

    def fail(self, place: Hashable, now: float) -> None:
        """An attempt from there has failed."""
        found = self._places.pop(place, None)
        if found is None:
            found = _Place()
            found.began = now
            if len(self._places) >= MAX_SLOWED:
                del self._places[next(iter(self._places))]
        found.failures += 1
        found.failed = now
        self._places[place] = found

    def forgive(self, place: Hashable) -> None:
        """An attempt from there has succeeded."""
        self._places.pop(place, None)

    def kept(self) -> list[tuple[Hashable, int, float]]:
        """Everything that is remembered: the place, how often and when last (monotonic, s) an attempt failed there."""
        return [(place, found.failures, found.failed) for place, found in list(self._places.items())]

    def restore(self, kept: Iterable[tuple[Hashable, int, float]]) -> None:
        """Remember again what was kept, the latest last."""
        for place, failures, failed in kept:
            found = self._places[place] = _Place()
            found.failures, found.failed = failures, failed
        while len(self._places) > MAX_SLOWED:
            del self._places[next(iter(self._places))]
