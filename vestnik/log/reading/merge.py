"""Several journals on one time line."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final, NamedTuple

from vestnik.log.reading.entry import Entry
from vestnik.log.reading.query import BEGINNING
from vestnik.log.reading.stamps import SECOND

JITTER: Final = SECOND // 10
"""Within so many microseconds the lines of a journal are put in order: its threads and processes write side by side."""
HELD: Final = 10_000
"""Entries that are kept back at most to be put in order."""


class Sided(NamedTuple):
    """An entry and the journal it is from, by a name for people."""

    time: int
    side: str
    entry: Entry


def settled(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries in the order of their times as far as they are not further apart than JITTER. Stable.

    What is further behind, after the clock was put back, stays where it is.
    """
    held: list[tuple[int, int, Entry]] = []
    newest = BEGINNING
    for number, entry in enumerate(entries):
        heapq.heappush(held, (entry.time, number, entry))
        newest = max(newest, entry.time)
        while held and (held[0][0] <= newest - JITTER or len(held) > HELD):
            yield heapq.heappop(held)[2]
    while held:
        yield heapq.heappop(held)[2]


def merged(sides: Mapping[str, Iterable[Entry]]) -> Iterator[Sided]:
    """The entries of several journals in the order of their times; of the same time, in the order of the journals."""
    streams = [_sided(side, settled(entries)) for side, entries in sides.items()]
    return heapq.merge(*streams, key=attrgetter("time"))


def _sided(side: str, entries: Iterable[Entry]) -> Iterator[Sided]:
    for entry in entries:
        yield Sided(entry.time, side, entry)
