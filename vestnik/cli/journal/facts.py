"""What the journals of a messenger say about it: whose names stand where, which entries belong to a connection."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from vestnik.chat.names import ROOM_SIGN
from vestnik.log.reading.entry import Entry, Facts
from vestnik.log.reading.folding import fold
from vestnik.log.reading.query import BEGINNING, END, NameCondition, Query, Span
from vestnik.log.reading.reader import Reader
from vestnik.log.reading.stamps import SECOND

ROLES: Final = ("account", "sender", "contact", "claimed", "name", "to")
"""Fields that may name an account."""
APART: Final = 60 * SECOND
"""By how much the clocks of a client and a server may differ, in microseconds, for their lines to be joined."""
_REPEATED: Final = frozenset({"session.repeated", "request.counted", "request.repeated", "connection.repeated"})
_KIND: Final = re.compile(r"(?:(\d{3}) )?([a-z_.]+) (\d{1,12})(?:, |$)")
_ENDS: Final = frozenset({"client.disconnected", "client.connection_lost", "client.connected"})


def about_account(name: str) -> NameCondition:
    """Entries about an account, in whatever role."""
    return NameCondition(ROLES, fold(name))


def about_room(name: str) -> NameCondition:
    """Entries about a room; the sign in front of its name may be left out."""
    return NameCondition(("room", "to"), fold(f"{ROOM_SIGN}{name.removeprefix(ROOM_SIGN)}"))


def account_of(facts: Facts) -> Any:
    """Whose doing it was, None if it was nobody's."""
    account = facts.get("account")
    return facts.get("sender") if account is None else account


def room_of(facts: Facts) -> Any:
    """The room in which it happened, None if it was in none."""
    to = facts.get("to")
    return to if type(to) is str and to.startswith(ROOM_SIGN) else facts.get("room")


def repeats(facts: Facts) -> Iterator[tuple[str | None, str, int]]:
    """What an entry stands for that has no line of its own: code if any, event, how often (`request.repeated`)."""
    kinds = facts.get("kinds")
    if facts.get("event") in _REPEATED and type(kinds) is str:
        for code, event, times in _KIND.findall(kinds):
            yield code or None, event, int(times)


def client_spans(server: Reader, client: Reader, connection: str, query: Query) -> tuple[Span, ...]:
    """Where in the journal of a client the entries of `connection` of a server are, for the times of `query`.

    The port on the client's side joins them: the server has it in `connection.opened`, the client in
    `client.connected`, and the two must be less than a minute apart. Raises OSError.
    """
    spans: list[Span] = []
    for opened in _openings(server, connection, query):
        port, time = opened.facts.get("port"), opened.time
        wanted = Query(since=time - APART, until=time + APART, event="client.connected", also=partial(_has_port, port))
        begin = min(client.entries(wanted), key=lambda entry: abs(entry.time - time), default=None)
        if port is not None and begin is not None:
            spans.append(Span(begin.facts.get("connection"), begin.time, _end(client, begin)))
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
    later = Query(since=begin.time, event="client.*", also=partial(_ends, begin.facts.get("connection")))
    for entry in client.entries(later):
        if entry.raw != begin.raw:
            return entry.time if entry.facts.get("event") == "client.connected" else entry.time + 1
    return END


def _has_port(port: object, facts: Facts) -> bool:
    return bool(facts.get("local_port") == port)


def _ends(connection: object, facts: Facts) -> bool:
    return facts.get("event") in _ENDS and bool(facts.get("connection") == connection)
