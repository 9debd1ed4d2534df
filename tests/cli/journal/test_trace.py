"""The life of a message, from the journal alone."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.catalogue import EVENTS
from tests.support.pages import Record, at, micros, record, write
from vestnik.cli.journal import trace
from vestnik.cli.journal.trace import ENDINGS, LOGINS, SENDINGS, Endpoint, Life, Target, connections, lives
from vestnik.log.reading.reader import Reader


def opened(seconds: float, connection: str, port: int, account: str | None = None) -> list[Record]:
    """A connection that is opened and, if there is an account, logs in."""
    made = [record(at(seconds), "connection.opened", connection=connection, ip="10.0.0.1", port=port)]
    if account is not None:
        event = "login.accepted" if port % 2 else "login.resumed"
        made.append(record(at(seconds + 0.1), event, connection=connection, request=1, account=account))
    return made


def sent(seconds: float, event: str, connection: str | None = "1", **fields: Any) -> Record:
    """The record of a message."""
    code = {"message.delivered": 200, "message.kept": 202, "message.conflict": 409}.get(event)
    values = {"code": code, "connection": connection, "request": 3, "account": "anna", "to": "boris", "seq": 5}
    return record(at(seconds), event, **(values | {"id": "m1", "number": 42} | fields))


def of(directory: Path, target: Target, *records: Record, packed: bool = False) -> list[Life]:
    """The lives in a journal of these records."""

    def fail(path: Path, error: Exception) -> None:
        raise AssertionError(f"{path}: {error!r}")

    write(directory, records, packed=packed)
    return lives(Reader(directory, "server", fail), target)


MESSAGE = Target(id="m1")
PEOPLE = [*opened(1, "1", 501, "anna"), *opened(2, "2", 502, "boris"), *opened(3, "3", 503, "Boris")]
STARTED = record(at(0), "server.started")


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("target", [MESSAGE, Target(seq=5, people=frozenset(("anna", "boris")))])
def test_delivered_at_once(tmp_path: Path, target: Target, packed: bool) -> None:
    """Author, deliveries and who was behind each connection; the author's own connection gets nothing."""
    other = [sent(9, "message.delivered", seq=6, id="m2"), sent(9, "message.delivered", to="carl", id="m3")]
    message = sent(10, "message.delivered", recipients="1-3")
    (life,) = of(tmp_path, target, STARTED, *PEOPLE, *other, message, packed=packed)
    (sending,) = life.sendings
    assert sending.author == Endpoint("1", "10.0.0.1", 501, "anna")
    assert sending.entry.facts.get("number") == 42
    assert [delivery.peer for delivery in life.live] == [
        Endpoint("2", "10.0.0.1", 502, "boris"),
        Endpoint("3", "10.0.0.1", 503, "Boris"),
    ]
    assert all(delivery.arrived and delivery.time == micros(at(10)) for delivery in life.live)
    assert (life.account, life.refusals, life.later) == ("anna", [], [])


def test_room(tmp_path: Path) -> None:
    """A message to a room, looked for under its name however it is written."""
    message = sent(10, "message.delivered", to="#Чат", recipients="1,3")
    (life,) = of(tmp_path, Target(seq=5, room="#чат"), STARTED, *PEOPLE, message)
    assert [delivery.peer.connection for delivery in life.live] == ["3"]


def test_connections_of_an_earlier_run(tmp_path: Path) -> None:
    """Numbers of connections begin again with the server: an earlier run's connections are others."""
    late = [record(at(5), "server.started"), *opened(6, "1", 601, "anna")]
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, *late, sent(10, "message.delivered", recipients="1-2"))
    assert life.sendings[0].author == Endpoint("1", "10.0.0.1", 601, "anna")
    assert [delivery.peer for delivery in life.live] == [Endpoint("2")]


def test_the_last_login_counts(tmp_path: Path) -> None:
    """Whoever logged in last on a connection has the message."""
    again = record(at(4), "login.accepted", connection="2", account="carl")
    later = record(at(11), "login.accepted", connection="2", account="dora")
    message = sent(10, "message.delivered", recipients="2")
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, again, message, later)
    assert life.live[0].peer.account == "carl"


@pytest.mark.parametrize(
    ("event", "seconds", "arrived"),
    [
        ("connection.slow", 5, False),
        ("connection.silent", 5, False),
        ("connection.closed", 0.5, False),
        ("connection.closed", 5, True),
        ("connection.closed", 20, True),
        ("server.started", 5, False),
    ],
)
def test_connections_that_end(tmp_path: Path, event: str, seconds: float, arrived: bool) -> None:
    """A connection that ends soon may not have got the message to its client."""
    message = sent(10, "message.delivered", recipients="2")
    connection = None if event == "server.started" else "2"
    ends = [record(at(10 + seconds), event, connection=connection), record(at(30), "connection.closed", connection="2")]
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, message, *ends)
    (delivery,) = life.live
    assert delivery.arrived == arrived
    assert (delivery.ended is None) == (seconds > 10)
    if delivery.ended is not None:
        assert delivery.ended.facts.get("event") == event


@pytest.mark.parametrize("event", ["message.kept", "message.recovered", "message.delivered"])
def test_delivered_later(tmp_path: Path, event: str) -> None:
    """A kept message goes to whoever logs in, among the messages of its sender."""
    other = record(at(15), "backlog.delivered", connection="7", account="carl", count=9, messages="anna/1-9")
    early = record(at(16), "backlog.delivered", connection="7", account="boris", count=2, messages="anna/1-4  carl/5")
    right = record(
        at(20), "backlog.delivered", connection="8", account="BORIS", count=3, messages="x y/1  Anna/5-6  x/5 anna/1"
    )
    records = [sent(10, event, connection=None), other, early, *opened(19, "8", 801, "Boris"), right]
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, *records)
    (delivery,) = life.later
    assert delivery.peer == Endpoint("8", "10.0.0.1", 801, "Boris")
    assert delivery.time == micros(at(20))
    assert life.sendings[0].author is None


def test_delivered_once_more_after_a_doubtful_delivery(tmp_path: Path) -> None:
    """What may not have arrived is looked for among the kept messages; what did arrive is not."""
    message = sent(10, "message.delivered", recipients="2")
    backlog = record(at(20), "backlog.delivered", connection="3", account="boris", count=1, messages="anna/5")
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, message, backlog)
    assert life.later == []
    slow = record(at(11), "connection.slow", connection="2", account="boris")
    (life,) = of(tmp_path / "slow", MESSAGE, STARTED, *PEOPLE, message, slow, backlog)
    assert [delivery.peer.connection for delivery in life.later] == ["3"]


def test_to_the_authors_other_connection_only(tmp_path: Path) -> None:
    """A message that only the author's other connection saw was not delivered: it is looked for later."""
    message = sent(10, "message.kept", recipients="4")
    backlog = record(at(20), "backlog.delivered", connection="2", account="boris", count=1, messages="anna/5")
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, *opened(4, "4", 504, "anna"), message, backlog)
    assert [delivery.peer.account for delivery in life.live] == ["anna"]
    assert len(life.later) == 1


def test_sent_again_and_refused(tmp_path: Path) -> None:
    """The same id again, to somebody else, and what was refused before: each with its connection at its time."""
    records = [
        record(at(5), "room.not_member", "403: no", code=403, connection="1", request=2, account="anna", id="m1"),
        sent(10, "message.kept", recipients=None),
        record(at(50), "server.started"),
        *opened(51, "1", 701, "anna"),
        sent(60, "message.delivered", number=None),
        sent(61, "message.conflict", to="carl", number=None),
        record(at(62), "room.joined", code=200, connection="1", account="anna", id="m1"),
    ]
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, *records)
    assert [each.author and each.author.port for each in life.sendings] == [501, 701]
    assert [each.entry.facts.get("event") for each in life.refusals] == ["room.not_member", "message.conflict"]
    assert [each.author and each.author.port for each in life.refusals] == [501, 701]


def test_two_accounts_with_one_id(tmp_path: Path) -> None:
    """An id is an account's own: two accounts may have used the same."""
    found = of(tmp_path, MESSAGE, sent(10, "message.kept"), sent(11, "message.kept", account="carl", seq=1))
    assert [life.account for life in found] == ["anna", "carl"]


def test_a_conflict_is_not_the_message_of_that_number(tmp_path: Path) -> None:
    """A refusal with 409 carries the number of another message, which it is not."""
    assert of(tmp_path, Target(seq=5, room="#x"), sent(1, "message.conflict", to="#x")) == []
    assert of(tmp_path, Target(id="nothing")) == []


@pytest.mark.parametrize(
    ("ranges", "names"),
    [
        ("2-4,60", {"2", "3", "4", "60"}),
        ("7", {"7"}),
        ("", set()),
        (None, set()),
        (5, set()),
        ("x,5-3,1-,2", {"2"}),
    ],
)
def test_ranges_of_connections(ranges: object, names: set[str]) -> None:
    """Ranges are expanded; what is none is passed over."""
    assert connections(ranges) == names


def test_ranges_are_bounded() -> None:
    """A range that no server writes takes no memory."""
    assert len(connections("1-999999999999")) <= trace.MAX_RECIPIENTS + 1
    assert len(connections(",".join(f"{n}00000-{n}99999" for n in range(1, 50)))) <= 2 * trace.MAX_RECIPIENTS + 1


def test_the_names_are_those_of_the_catalogue() -> None:
    """The events that are looked for are recorded by those names."""
    for name in (*SENDINGS, *ENDINGS, *LOGINS, *trace.LATER, trace.OPENED, trace.STARTED, trace.CONFLICT):
        assert name in EVENTS
    assert {"recipients", "number", "id", "seq", "to", "account"} <= set(EVENTS[trace.DELIVERED].fields)
    for name in trace.LATER:
        assert {"account", "messages"} <= set(EVENTS[name].fields)
    assert {"ip", "port"} <= set(EVENTS[trace.OPENED].fields)
    assert "local_port" in EVENTS["client.connected"].fields


def test_kept_once_more(tmp_path: Path) -> None:
    """A message that was numbered anew, after the database was put back, is another one; who sends one again is not."""
    refused = record(at(20), "room.not_member", code=403, connection="1", account="anna", id="m1")
    first, second, third = of(
        tmp_path,
        MESSAGE,
        STARTED,
        *PEOPLE,
        sent(10, "message.kept", number=42),  # of a program that knew no epochs
        sent(11, "message.kept", number=None, epoch="1f0c"),
        record(at(15), "store.restored", epoch="f00d"),
        refused,
        sent(21, "message.kept", number=42, epoch="f00d"),
        sent(22, "message.delivered", number=None, epoch="f00d", recipients=None),
        sent(30, "message.kept", number=43, epoch="f00d"),
        record(at(40), "backlog.delivered", connection="2", account="boris", messages="anna/5"),
    )
    assert [len(life.sendings) for life in (first, second, third)] == [2, 2, 1]
    assert [life.number for life in (first, second, third)] == [42, 42, 43]
    assert [len(life.refusals) for life in (first, second, third)] == [0, 1, 0]
    assert [len(life.later) for life in (first, second, third)] == [0, 1, 1]


EARLIER = [record(at(-7200), "server.started"), *opened(-7100, "1", 401, "carl"), *opened(-7000, "2", 402, "carl")]
"""An earlier run, whose connections have the same numbers."""


def test_the_clock_was_put_back_before_it(tmp_path: Path) -> None:
    """Whose connection it was is told by the order of the entries, not by their times."""
    message = sent(-1800, "message.delivered", recipients="2")
    (life,) = of(tmp_path, MESSAGE, *EARLIER, STARTED, *PEOPLE, message)
    assert life.sendings[0].author == Endpoint("1", "10.0.0.1", 501, "anna")
    assert [delivery.peer for delivery in life.live] == [Endpoint("2", "10.0.0.1", 502, "boris")]


def test_the_clock_was_put_back_after_it(tmp_path: Path) -> None:
    """A later delivery is found though its time is an earlier one; what was delivered before is another message's."""
    other = record(at(8), "backlog.delivered", connection="2", account="boris", count=1, messages="anna/5")
    restored = record(at(9), "store.restored", epoch="f00d")
    right = record(at(-1800), "backlog.delivered", connection="3", account="boris", count=1, messages="anna/5")
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, other, restored, sent(10, "message.kept"), right)
    (delivery,) = life.later
    assert delivery.peer.connection == "3"
    assert delivery.arrived


@pytest.mark.parametrize("event", ["connection.slow", "connection.closed", "server.started"])
def test_the_clock_was_put_back_before_the_end(tmp_path: Path, event: str) -> None:
    """How soon a connection ended is not known then, so it is not said that the message has arrived."""
    end = record(at(-1800), event, connection=None if event == "server.started" else "2")
    (life,) = of(tmp_path, MESSAGE, STARTED, *PEOPLE, sent(10, "message.delivered", recipients="2"), end)
    assert [delivery.arrived for delivery in life.live] == [False]


@pytest.mark.parametrize("packed", [False, True])
def test_recovered(tmp_path: Path, packed: bool) -> None:
    """Of what the journal has got back after a crash nobody knows to whom it went at once."""
    for number, event in enumerate(("message.recovered", "message.delivered")):
        message = sent(10, event, connection=None, recovered=True)
        (life,) = of(tmp_path / str(number), MESSAGE, STARTED, *PEOPLE, message, packed=packed)
        assert life.recovered
    (life,) = of(tmp_path / "other", MESSAGE, STARTED, *PEOPLE, sent(10, "message.delivered"), packed=packed)
    assert not life.recovered
