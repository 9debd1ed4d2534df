"""Several journals on one time line."""

from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import at, entry_of, micros, record, write
from vestnik.log.reading.merge import HELD, JITTER, client_spans, merged, settled
from vestnik.log.reading.query import BEGINNING, END, Query, Span
from vestnik.log.reading.reader import Reader

SECONDS = st.lists(st.integers(0, 400).map(lambda number: number / 100), max_size=40)


def fail(path: Path, error: Exception) -> None:
    """Nothing may be reported."""
    raise AssertionError(f"{path}: {error!r}")


@given(SECONDS)
def test_settled(seconds: list[float]) -> None:
    """Nothing is lost; what is out of order by less than the jitter is in order; equals stay in their order."""
    entries = [entry_of(record(at(each), message=str(number))) for number, each in enumerate(seconds)]
    found = list(settled(entries))
    assert sorted(map(id, found)) == sorted(map(id, entries))
    place = {id(entry): number for number, entry in enumerate(entries)}
    for one, other in pairwise(found):
        if one.time == other.time:
            assert place[id(one)] < place[id(other)]
    newest = max((entry.time for entry in entries), default=0)
    if all(entry.time > newest - JITTER for entry in entries):
        assert [entry.time for entry in found] == sorted(entry.time for entry in entries)


def test_settled_keeps_back_little() -> None:
    """However many entries are of the same moment, only so many wait for each other."""
    given = (entry_of(record(at(0), message=str(number))) for number in range(HELD * 2))
    found = settled(given)
    next(found)
    assert next(given).facts.message == str(HELD + 1)


@given(st.lists(SECONDS.map(sorted), min_size=1, max_size=3))
def test_merged(journals: list[list[float]]) -> None:
    """Sorted journals become one sorted line, each entry with its side; at the same time, in the order of the sides."""
    sides = {
        str(side): [entry_of(record(at(each), message=f"{side} {number}")) for number, each in enumerate(seconds)]
        for side, seconds in enumerate(journals)
    }
    found = list(merged(sides))
    assert len(found) == sum(map(len, journals))
    assert [(each.time, each.side) for each in found] == sorted((each.time, each.side) for each in found)
    assert all(each.entry.facts.message.split()[0] == each.side for each in found)


def journals(directory: Path) -> tuple[Reader, Reader]:
    """A server on which two connections had the name 7, and the journal of a client that had three connections."""
    server = [
        record(at(0), "server.started"),
        record(at(10), "connection.opened", connection="7", ip="10.0.0.1", port=50_001),
        record(at(11), "connection.opened", connection="8", ip="10.0.0.2", port=50_009),
        record(at(500), "server.started"),
        record(at(510), "connection.opened", connection="7", ip="10.0.0.1", port=50_003),
    ]
    client = [
        record(at(-9000), "client.connected", connection="50001", local_port=50_001, logger="client"),
        record(at(-40), "client.connected", connection="50001", local_port=50_001, logger="client"),
        record(at(9.5), "client.connected", connection="50001", local_port=50_001, logger="client"),
        record(at(12), "client.sending", connection="50001", logger="client"),
        record(at(13), "client.connected", connection="50009", local_port=50_009, logger="client"),
        record(at(20), "client.disconnected", connection="50001", logger="client"),
        record(at(21), "client.disconnected", connection="50009", logger="client"),
        record(at(510), "client.connected", connection="50003", local_port=50_003, logger="client"),
    ]
    write(directory, server)
    write(directory, client, name="client")
    return Reader(directory, "server", fail), Reader(directory, "client", fail)


def test_client_spans(tmp_path: Path) -> None:
    """A connection of the server is found at its client by the port, from its beginning to its end."""
    server, client = journals(tmp_path)
    assert client_spans(server, client, "7", Query()) == (
        Span("50001", micros(at(9.5)), micros(at(20)) + 1),
        Span("50003", micros(at(510)), END),
    )
    assert client_spans(server, client, "9", Query()) == ()


def test_client_spans_of_a_time(tmp_path: Path) -> None:
    """The connection may have been opened before the time that is looked at; later ones do not count."""
    server, client = journals(tmp_path)
    (span,) = client_spans(server, client, "7", Query(since=micros(at(15)), until=micros(at(16))))
    assert span.connection == "50001"
    assert client_spans(server, client, "7", Query(until=micros(at(5)))) == ()


def test_client_spans_without_names(tmp_path: Path) -> None:
    """A client that gives its connections no names had one at a time."""
    write(tmp_path, [record(at(0), "connection.opened", connection="1", port=5)])
    lines = [
        record(at(0), "client.connected", local_port=5, logger="client"),
        record(at(9), "client.connected", local_port=6, logger="client"),
    ]
    write(tmp_path, lines, name="client")
    spans = client_spans(Reader(tmp_path, "server", fail), Reader(tmp_path, "client", fail), "1", Query())
    assert spans == (Span(None, micros(at(0)), micros(at(9))),)
    assert spans[0].since > BEGINNING
