"""The life of one message, as the journal of a server tells it: who sent it, to whom it went, and where it stopped."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Final, NamedTuple

import msgspec

from vestnik.log.reading.entry import Entry, Facts
from vestnik.log.reading.folding import fold
from vestnik.log.reading.query import BEGINNING, Query
from vestnik.log.reading.reader import Reader
from vestnik.log.reading.stamps import SECOND

SOON: Final = 10 * SECOND
"""A connection that is found dead within so many microseconds of a delivery may not have got it to the client."""
AT_ONCE: Final = SECOND
"""One that ends properly may not have if it does so within this."""
MANY: Final = 100
"""Records of one message that are looked at; a client may send the same one again as often as it likes."""
MAX_LOOKED_AT: Final = 500_000
"""Records of openings and logins that are gone through to find those of some connections."""
BACK: Final = 86_400 * SECOND
"""By how much a clock may have been put back, in microseconds: entries are looked for in their order, not by times."""
MAX_RECIPIENTS: Final = 100_000
"""Connections of one delivery that are looked at."""

DELIVERED: Final = "message.delivered"
KEPT: Final = "message.kept"
NOTED: Final = "message.noted"
CONFLICT: Final = "message.conflict"
RECOVERED: Final = "message.recovered"
LATER: Final = frozenset({"backlog.delivered", "session.resumed"})
OPENED: Final = "connection.opened"
STARTED: Final = "server.started"
RESTORED: Final = "store.restored"
SLOW: Final = "connection.slow"
CLOSED: Final = "connection.closed"
CUT_OFF: Final = "delivery.cut_off"
LOGINS: Final = frozenset({"login.accepted", "login.resumed"})
CUTS: Final = frozenset({CUT_OFF, STARTED})
ENDINGS: Final = frozenset({SLOW, CLOSED, "connection.silent", "connection.ended", STARTED})
SENDINGS: Final = frozenset({DELIVERED, KEPT, NOTED, RECOVERED})
FIRST_ERROR: Final = 400

_RANGE: Final = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?")
_MESSAGES: Final = re.compile(r"(.+?)/(\d{1,18})(?:-(\d{1,18}))?(?:  |$)")


class Target(NamedTuple):
    """Which message: the one with this `id`, or number `seq` of a room or of two people (folded names)."""

    id: str | None = None
    seq: int = 0
    room: str | None = None
    people: frozenset[str] = frozenset()

    def query(self, since: int) -> Query:
        """What finds its records from a time on."""
        if self.id is not None:
            literal = b'"id":' + msgspec.json.encode(self.id)
            return Query(since=since, literal=literal, also=partial(_has_id, self.id))
        return Query(since=since, literal=b'"seq":%d' % self.seq, also=self._is_it)

    def _is_it(self, facts: Facts) -> bool:
        to = facts.get("to")
        if facts.get("seq") != self.seq or facts.get("event") not in SENDINGS or type(to) is not str:
            return False
        to = fold(to)
        return to == self.room if self.room is not None else {fold(str(facts.get("account"))), to} == self.people


class Endpoint(NamedTuple):
    """A connection: its number, and, as far as the journal tells, the client's address and who was logged in."""

    connection: str
    ip: str | None = None
    port: int | None = None
    account: str | None = None


class TracedDelivery(NamedTuple):
    """A message was written to `peer`. `ended` is the record of an end of that connection soon after, or of an end at
    which its client had not taken all direct messages."""

    time: int
    peer: Endpoint
    ended: Entry | None = None

    @property
    def arrived(self) -> bool:
        """Whether there is nothing to say that it did not arrive; as when the clock was put back before the end."""
        if self.ended is None:
            return True
        return self.ended.facts.get("event") == CLOSED and self.ended.time - self.time >= AT_ONCE


class Told(NamedTuple):
    """A record about a message, and the connection it came from, if any."""

    entry: Entry
    author: Endpoint | None


class Life(NamedTuple):
    """What the journal has about a message of one account.

    `sendings` are its acceptance and what was sent again (the events SENDINGS), `refusals` answers with an error.
    `live` are deliveries at once, `later` those to somebody who came later.
    """

    account: str
    sendings: list[Told]
    refusals: list[Told]
    live: list[TracedDelivery]
    later: list[TracedDelivery]

    @property
    def recovered(self) -> bool:
        """Whether nobody can say any more to whom it went at once."""
        if not self.sendings:
            return False
        facts = self.sendings[0].entry.facts
        return facts.get("recovered") is True or facts.get("event") == RECOVERED

    @property
    def number(self) -> int | None:
        """Which of all messages of its epoch it is, if the journal tells."""
        return next((number for told in self.sendings if type(number := told.entry.facts.get("number")) is int), None)


def lives(reader: Reader, target: Target, since: int = BEGINNING) -> list[Life]:
    """What the journal has from `since` on, one life for each such message of each account. Raises OSError.

    An account has several if the database was put back meanwhile, so that numbers were given once more.
    """
    groups: dict[str, list[Entry]] = {}
    for entry in islice(reader.entries(target.query(since)), MANY):
        groups.setdefault(fold(str(entry.facts.get("account"))), []).append(entry)
    return [_life(reader, life) for entries in groups.values() for life in _kept_anew(entries)]


def _kept_anew(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries divided by where the message was kept another time; what is between two belongs to what follows it."""
    life: list[Entry] = []
    between: list[Entry] = []
    kept: tuple[object, object] | None = None
    for entry in entries:
        facts = entry.facts
        between.append(entry)
        if facts.get("event") not in SENDINGS:
            continue
        if (number := facts.get("number")) is not None:
            place = facts.get("epoch"), number
            if kept not in {None, place}:
                yield life
                life = []
            kept = place
        life += between
        between = []
    yield life + between


def _life(reader: Reader, entries: list[Entry]) -> Life:
    told: list[Told] = []
    for entry in entries:
        name = entry.facts.get("connection")
        told.append(Told(entry, _peers(reader, {name}, entry)[name] if type(name) is str else None))
    sendings = [each for each in told if each.entry.facts.get("event") in SENDINGS]
    refusals = [each for each in told if each.entry.facts.get("event") not in SENDINGS]
    live: list[TracedDelivery] = []
    for entry, author in sendings:
        live += _deliveries(reader, entry, connections(entry.facts.get("recipients")) - {author and author.connection})
    later = _later(reader, sendings[0].entry, live) if sendings else []
    return Life(str(entries[0].facts.get("account")), sendings, refusals, live, later)


def _later(reader: Reader, sending: Entry, live: Iterable[TracedDelivery]) -> list[TracedDelivery]:
    """Deliveries to a person who came later, if none at once is known to have arrived."""
    facts = sending.facts
    to = fold(str(facts.get("to")))
    arrived = any(delivery.arrived and fold(str(delivery.peer.account)) == to for delivery in live)
    seq = facts.get("seq")
    if to.startswith("#") or arrived or type(seq) is not int:
        return []
    covers = partial(_covers, to, fold(str(facts.get("account"))), seq)
    found: list[TracedDelivery] = []
    query = Query(since=sending.time - BACK, events=LATER | {RESTORED}, also=covers, besides=sending.raw)
    for entry in islice(_behind(sending, reader.entries(query)), MANY):
        if entry.facts.get("event") == RESTORED:
            break
        found += _deliveries(reader, entry, {str(entry.facts.get("connection"))})
    return found


def _behind(entry: Entry, entries: Iterable[Entry]) -> Iterator[Entry]:
    """Of entries, in either direction, those that come after `entry`, which is one of them."""
    rest = iter(entries)
    for each in rest:
        if each.raw == entry.raw:
            break
    return rest


def _deliveries(reader: Reader, told: Entry, names: set[str]) -> list[TracedDelivery]:
    if not names:
        return []
    peers, ends = _peers(reader, names, told), _ends(reader, names, told)
    if not str(told.facts.get("to")).startswith("#"):
        ends |= _cut_off(reader, names, told)
    order = sorted(names, key=lambda name: (len(name), name))
    return [TracedDelivery(told.time, peers[name], ends.get(name)) for name in order]


def _peers(reader: Reader, names: set[str], told: Entry) -> dict[str, Endpoint]:
    """The connections called `names` before an entry: numbers begin again with every start of the server."""
    found = {name: Endpoint(name) for name in names}
    missing = set(names)
    query = Query(until=told.time + BACK, events=LOGINS | {OPENED, STARTED}, besides=told.raw)
    for entry in _behind(told, reader.backward(query, MAX_LOOKED_AT)):
        facts = entry.facts
        if facts.get("event") == STARTED or not missing:
            break
        if (name := facts.get("connection")) not in missing:
            continue
        if facts.get("event") == OPENED:
            found[name] = found[name]._replace(ip=facts.get("ip"), port=facts.get("port"))
            missing.discard(name)
        elif found[name].account is None:
            found[name] = found[name]._replace(account=facts.get("account"))
    return found


def _ends(reader: Reader, names: set[str], told: Entry) -> dict[str, Entry]:
    """How those connections called `names` ended that ended soon after an entry, or may have: a clock was put back."""
    found: dict[str, Entry] = {}
    query = Query(since=told.time - BACK, until=told.time + BACK, events=ENDINGS, besides=told.raw)
    for entry in _behind(told, reader.entries(query)):
        if entry.time > told.time + SOON:
            break
        if entry.facts.get("event") == STARTED:
            return dict.fromkeys(names, entry) | found
        if (name := entry.facts.get("connection")) in names:
            found.setdefault(str(name), entry)
    return found


def _cut_off(reader: Reader, names: set[str], told: Entry) -> dict[str, Entry]:
    """Which of the connections called `names` ended before their clients had taken all direct messages."""
    found: dict[str, Entry] = {}
    query = Query(since=told.time - BACK, until=told.time + BACK, events=CUTS, besides=told.raw)
    for entry in islice(_behind(told, reader.entries(query)), MAX_LOOKED_AT):
        if entry.facts.get("event") == STARTED:
            break
        if (name := entry.facts.get("connection")) in names:
            found[str(name)] = entry
    return found


def connections(ranges: object) -> set[str]:
    """The names in a list of ranges of connections, as `2-57,60`; of what is no such list, none."""
    found: set[str] = set()
    for part in ranges.split(",") if type(ranges) is str else ():
        if match := _RANGE.fullmatch(part):
            first = int(match[1])
            last = min(int(match[2] or first), first + MAX_RECIPIENTS)
            found.update(map(str, range(first, last + 1)))
        if len(found) > MAX_RECIPIENTS:
            break
    return found


def _covers(to: str, sender: str, seq: int, facts: Facts) -> bool:
    """Whether a delivery of kept messages to `to` has the message `seq` of `sender`; or nothing after this can."""
    if facts.get("event") == RESTORED:
        return True
    messages = facts.get("messages")
    if fold(str(facts.get("account"))) != to or type(messages) is not str:
        return False
    return any(
        fold(name) == sender and int(first) <= seq <= int(last or first)
        for name, first, last in _MESSAGES.findall(messages)
    )


def _has_id(wanted: str, facts: Facts) -> bool:
    """Whether the record is about a message with this id, or a refusal of a request with it."""
    if facts.get("id") != wanted:
        return False
    code = facts.get("code")
    return facts.get("event") in SENDINGS or (type(code) is int and code >= FIRST_ERROR)
