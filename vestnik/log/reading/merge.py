"""Several journals on one time line, and which entries of a client belong to a connection of a server."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Final, NamedTuple

from vestnik.log.reading.entry import Entry, Facts
from vestnik.log.reading.query import BEGINNING, END, Query, Span
from vestnik.log.reading.reader import Reader
from vestnik.log.reading.stamps import SECOND

JITTER: Final = SECOND // 10
"""Within so many microseconds the lines of a journal are put in order: its threads and processes write side by side."""
HELD: Final = 10_000
"""Entries that are kept back at most to be put in order."""
APART: Final = 60 * SECOND
"""By how much the clocks of a client and a server may differ, in microseconds, for their lines to be joined."""
_ENDS: Final = frozenset({"client.disconnected", "client.connection_lost", "client.connected"})


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


def client_spans(server: Reader, client: Reader, connection: str, query: Query) -> tuple[Span, ...]:
    """Where in the journal of a client the entries of `connection` of a server are, for the times of `query`.

    The port on the client's side joins them: the server has it in `connection.opened`, the client in
    `client.connected`, and the two must be less than a minute apart. Raises OSError.
    """
    spans: list[Span] = []
    for opened in _openings(server, connection, query):
        port, time = opened.facts.port, opened.time
        wanted = Query(since=time - APART, until=time + APART, event="client.connected", also=partial(_has_port, port))
        begin = min(client.entries(wanted), key=lambda entry: abs(entry.time - time), default=None)
        if port is not None and begin is not None:
            spans.append(Span(begin.facts.connection, begin.time, _end(client, begin)))
    return tuple(spans)


def _openings(server: Reader, connection: str, query: Query) -> list[Entry]:
    """When a connection of this name was opened: within the times of `query`, and the last time before."""
    opened = "connection.opened"
    spans = (Span(connection),)
    found = list(server.entries(Query(since=query.since, until=query.until, event=opened, connections=spans)))
    before = []
    if query.since > BEGINNING:
        before = server.last(Query(until=query.since, event=opened, connections=spans), 1)
    return before + found


def _end(client: Reader, begin: Entry) -> int:
    """When the connection that began with this entry ended."""
    later = Query(since=begin.time, event="client.*", also=partial(_ends, begin.facts.connection))
    for entry in client.entries(later):
        if entry.raw != begin.raw:
            return entry.time if entry.facts.event == "client.connected" else entry.time + 1
    return END


def _has_port(port: object, facts: Facts) -> bool:
    return bool(facts.local_port == port)


def _ends(connection: object, facts: Facts) -> bool:
    return facts.event in _ENDS and bool(facts.connection == connection)
