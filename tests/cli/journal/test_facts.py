"""What the journals of a messenger say about it."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.pages import START, at, entry_of, micros, record, write
from vestnik.cli.journal.facts import about_account, about_room, account_of, client_spans, repeats, room_of
from vestnik.log.reading.query import BEGINNING, END, Query, Span
from vestnik.log.reading.reader import Reader


@pytest.mark.parametrize(
    ("fields", "account", "room"),
    [
        ({"account": "anna", "to": "#room"}, "anna", "#room"),
        ({"account": "anna", "to": "boris"}, "anna", None),
        ({"sender": "carl", "room": "#tea"}, "carl", "#tea"),
        ({"account": 5, "to": {}, "room": ["x"]}, 5, ["x"]),
        ({}, None, None),
    ],
)
def test_whose_and_where(fields: dict[str, Any], account: object, room: object) -> None:
    """An entry is counted for who did it, and for the room in which it was done."""
    facts = entry_of(record(START, **fields)).facts
    assert (account_of(facts), room_of(facts)) == (account, room)


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        ("400 value.not_object 12", [("400", "value.not_object", 12)]),
        ("401 login.missing 1, connection.opened 5", [("401", "login.missing", 1), (None, "connection.opened", 5)]),
        ("", []),
        (5, []),
        (None, []),
    ],
)
def test_what_an_entry_counts(kinds: object, found: list[object]) -> None:
    """An entry that counts others says how many of which kind; any other says nothing."""
    for event in ("request.repeated", "request.counted", "connection.repeated", "value.not_object", None):
        facts = entry_of(record(START, event=event, kinds=kinds)).facts
        assert list(repeats(facts)) == (found if event not in ("value.not_object", None) else [])


@pytest.mark.parametrize("field", ["account", "sender", "contact", "claimed", "name", "to"])
def test_roles(field: str) -> None:
    """An account is found in any role, a room by its name with or without the sign; neither in the other's fields."""
    account, room = (Query(names=(name,)).matcher("jsonl") for name in (about_account("Anna"), about_room("Tea")))
    assert account is not None
    assert room is not None
    assert account(entry_of(record(START, **{field: "ANNA"})))
    assert not account(entry_of(record(START, room="anna")))
    assert room(entry_of(record(START, room="#TEA")))
    assert room(entry_of(record(START, to="#tea")))
    assert not room(entry_of(record(START, **{field: "tea"})))
    assert about_room("#tea") == about_room("tea")


def fail(path: Path, error: Exception) -> None:
    """Nothing may be reported."""
    raise AssertionError(f"{path}: {error!r}")


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
