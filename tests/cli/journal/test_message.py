"""`vestnik journal message`: the life of one message."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from tests.cli.journal.test_main import run
from tests.support.data import make_data
from tests.support.pages import Record, at, record, write
from tests.support.process import ServerProcess, vestnik
from tests.support.store import allow
from tests.support.wire import Wire
from vestnik.chat.storage.messages import Delivered
from vestnik.store.engine import open_engine
from vestnik.store.queries import accounts
from vestnik.store.queries.messages import direct_conversation, save_cursors
from vestnik.store.queries.rooms import join_room
from vestnik.store.schema import message

pytestmark = pytest.mark.usefixtures("utc")
SENT: dict[str, Any] = {"connection": "1", "request": 3, "account": "anna", "to": "boris", "seq": 1, "id": "m1"}
OPENED = [
    record(at(0), "server.started"),
    record(at(1), "connection.opened", connection="1", ip="10.0.0.1", port=501),
    record(at(2), "login.accepted", connection="1", account="anna"),
    record(at(3), "connection.opened", connection="2", ip="::1", port=502),
    record(at(4), "login.accepted", connection="2", account="boris"),
]


def stored(data: Path, *, delivered: int = 0, room: bool = False) -> None:
    """A database with one message of anna, to boris or to a room, half a second after the tenth."""
    engine = open_engine(make_data(data), connections=1, writing=True)
    with engine.begin() as connection:
        for name in ("anna", "boris"):
            accounts.add_account(connection, name, name, "hash", 0, allow)
        to = (
            join_room(connection, "#чат", "#Чат", 1, 0, allow).room_id
            if room
            else direct_conversation(connection, 1, 2, 0)
        )
        values = {"id": 42, "conversation_id": to, "seq": 1, "sender_id": 1, "client_id": "m1", "text": "secret"}
        connection.execute(insert(message).values(values | {"time": at(10.4).timestamp()}))
        if delivered:
            save_cursors(connection, [Delivered(to, 2, delivered)])
    engine.dispose()


def told(data: Path, *records: Record, what: str = "m1", code: int = 0) -> list[str]:
    """What is told about a message whose journal has these records, without the date."""
    write(data / "log", records)
    found = run(data / "log", "message", what, "--data", str(data), code=code)
    assert "secret" not in found.output
    return [re.sub(r"^2026-11-22 ", "", line) for line in (found.stdout + found.stderr).splitlines()]


HEAD = ["Message 1 from anna to boris", "id m1"]
ACCEPTED = "10:00:10.300  accepted from connection 1 (10.0.0.1:501), account anna, request 3"
STORED = "10:00:10.400  stored as number 42 of all messages, 1 of its conversation"


def test_delivered_at_once(tmp_path: Path) -> None:
    """From its arrival to its delivery, each with its time."""
    stored(tmp_path)
    sent = record(at(10.5), "message.delivered", code=200, **SENT, number=42, recipients="2", duration_ms=200.0)
    assert told(tmp_path, *OPENED, sent) == [
        *HEAD,
        ACCEPTED,
        STORED,
        "10:00:10.500  answered to the author: 200",
        "10:00:10.500  delivered to boris: connection 2 ([::1]:502)",
        "Delivered to boris",
    ]


def test_a_message_is_not_stored_before_it_came(tmp_path: Path) -> None:
    """A duration is not exact: what seems to have come just after it was stored came before."""
    stored(tmp_path)
    sent = record(at(10.403), "message.kept", code=202, **SENT, number=42, duration_ms=1.0)
    assert [line[:21] for line in told(tmp_path, *OPENED, sent)[2:5]] == [
        *("10:00:10.400  accepte", "10:00:10.400  stored ", "10:00:10.403  answere"),
    ]


@pytest.mark.parametrize("what", ["m1", "anna/boris/1", "Boris/ANNA/1"])
def test_delivered_later(tmp_path: Path, what: str) -> None:
    """A message that waited, under each of its names."""
    stored(tmp_path)
    sent = record(at(10.5), "message.kept", code=202, **SENT, number=42, duration_ms=200.0)
    later = record(at(60), "backlog.delivered", connection="2", account="boris", count=1, messages="anna/1")
    assert told(tmp_path, *OPENED, sent, later, what=what)[4:] == [
        "10:00:10.500  answered to the author: 202",
        "10:01:00.000  delivered to boris with the messages kept for later: connection 2 ([::1]:502)",
        "Delivered to boris",
    ]


def test_waiting(tmp_path: Path) -> None:
    """A message that nobody has come for; the database may know better."""
    stored(tmp_path)
    sent = record(at(10.5), "message.kept", code=202, **SENT, number=42)
    assert told(tmp_path, *OPENED, sent)[-1] == "Waiting for boris to log in"
    (tmp_path / "other").mkdir()
    stored(tmp_path / "other", delivered=7)
    end = "Delivered to boris (up to 7), says the database; the journal does not have it"
    assert told(tmp_path / "other", *OPENED, sent)[-1] == end


def test_without_a_database(tmp_path: Path) -> None:
    """The journal alone: what it does not know is not claimed."""
    sent = record(at(10.5), "message.kept", code=202, **SENT, number=42, duration_ms=200.0)
    assert told(tmp_path, *OPENED, sent) == [
        *HEAD,
        ACCEPTED,
        "10:00:10.500  answered to the author: 202",
        "The journal has no delivery to boris",
        f"There is no database in {tmp_path}: only the journal was read",
    ]
    assert not (tmp_path / "vestnik.db").exists()


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ("connection.slow", "connection 2 closed as too slow, 1.5 s after the delivery"),
        ("connection.silent", "connection 2 ended, 1.5 s after the delivery"),
        ("server.started", "the server started anew, 1.5 s after the delivery to connection 2"),
    ],
)
def test_it_may_not_have_arrived(tmp_path: Path, event: str, line: str) -> None:
    """A connection that died soon after the delivery."""
    stored(tmp_path)
    sent = record(at(10.5), "message.delivered", code=200, **SENT, number=42, recipients="2")
    connection = None if event == "server.started" else "2"
    lines = told(tmp_path, *OPENED, sent, record(at(12), event, connection=connection))
    assert lines[-2:] == [
        f"10:00:12.000  {line}",
        "Written to boris, but as the connection ended it may not have arrived",
    ]


def test_it_was_not_taken(tmp_path: Path) -> None:
    """A connection whose client had not taken everything when it ended, long after; until the message came later."""
    (tmp_path / "taken").mkdir()
    sent = record(at(10.5), "message.delivered", code=200, **SENT, number=42, recipients="2")
    lost = record(at(70.5), "delivery.cut_off", connection="2", account="boris", count=3)
    end = record(at(70.6), "connection.closed", connection="2")
    stored(tmp_path)
    assert told(tmp_path, *OPENED, sent, lost, end)[-2:] == [
        "10:01:10.500  connection 2 ended, 60.0 s after the delivery, and its client had not taken everything",
        "Written to boris, but as the connection ended it may not have arrived",
    ]
    stored(tmp_path / "taken", delivered=1)
    assert told(tmp_path / "taken", *OPENED, sent, lost, end)[-1] == "Delivered to boris"


@pytest.mark.parametrize("what", ["m1", "#Чат/1"])
def test_room(tmp_path: Path, what: str) -> None:
    """A message to a room went to those who were connected, or to nobody."""
    stored(tmp_path, room=True)
    values = SENT | {"to": "#Чат", "number": 42, "code": 200}
    sent = record(at(10.5), "message.delivered", **values, recipients="1-3")
    lines = told(tmp_path, *OPENED, sent, what=what)
    assert lines[0] == "Message 1 from anna to #Чат"
    assert lines[-3:] == [
        "10:00:10.500  delivered to boris: connection 2 ([::1]:502)",
        "10:00:10.500  delivered to an account not in the journal: connection 3",
        "Delivered to the connections of the room: 2",
    ]
    (tmp_path / "alone").mkdir()
    stored(tmp_path / "alone", room=True)
    alone = record(at(10.5), "message.delivered", **values, recipients="1")
    assert told(tmp_path / "alone", *OPENED, alone, what=what)[-1] == "Kept; nobody else of the room was connected"


def test_refused(tmp_path: Path) -> None:
    """A message that was never accepted."""
    refused = record(at(5), "room.not_member", "403: no", code=403, connection="1", request=2, account="anna", id="m1")
    assert told(tmp_path, *OPENED, refused)[:-1] == [
        "A message from anna that was not accepted",
        "id m1",
        "10:00:05.000  refused to connection 1 (10.0.0.1:501), request 2: 403: no",
        "Refused: it was not stored",
    ]


def test_sent_again(tmp_path: Path) -> None:
    """Refused at first, accepted, sent again, and its id used for another message."""
    stored(tmp_path)
    lines = told(
        tmp_path,
        *OPENED,
        record(at(5), "room.not_member", "403: no", code=403, connection="1", request=2, account="anna", id="m1"),
        record(at(10.5), "message.kept", code=202, **SENT, number=42, duration_ms=200.0),
        record(at(11), "message.kept", code=202, **(SENT | {"request": 4})),
        record(at(12), "message.conflict", "409: other", code=409, **(SENT | {"to": "carl", "request": 5})),
    )
    assert [line[:12] + line[12:].split(" ")[2] for line in lines[2:-1]] == [
        *("10:00:05.000refused", "10:00:10.300accepted", "10:00:10.400stored", "10:00:10.500answered"),
        *("10:00:11.000sent", "10:00:11.000answered", "10:00:12.000refused"),
    ]
    assert lines[-1] == "Waiting for boris to log in"


def test_stored_anew(tmp_path: Path) -> None:
    """After the database was put back, the message that is in it is told from the one that is not any more."""
    stored(tmp_path)
    lost = record(at(4.5), "message.kept", code=202, **SENT, number=42, epoch="1f0c", duration_ms=200.0)
    restored = record(at(8), "store.restored", epoch="f00d")
    sent = record(at(10.5), "message.kept", code=202, **SENT, number=42, epoch="f00d", duration_ms=200.0)
    assert told(tmp_path, *OPENED, lost, restored, sent) == [
        *HEAD,
        " " * 25 + "not in the database",
        "10:00:04.300  accepted from connection 1 (10.0.0.1:501), account anna, request 3",
        "10:00:04.500  answered to the author: 202",
        "The journal has no delivery to boris",
        *HEAD,
        ACCEPTED,
        STORED,
        "10:00:10.500  answered to the author: 202",
        "Waiting for boris to log in",
    ]


def test_stored_but_not_journaled(tmp_path: Path) -> None:
    """A message that the journal lacks, because the process was killed, or because it is older than the journal."""
    stored(tmp_path)
    assert told(tmp_path, record(at(0), "server.started"))[2:] == [STORED, "Stored, but the journal does not have it"]
    (tmp_path / "late").mkdir()
    stored(tmp_path / "late")
    assert told(tmp_path / "late", record(at(500), "server.started"))[-1] == (
        "Stored before 2026-11-22 10:08:20.000, where the journal begins"
    )


def test_journaled_but_not_stored(tmp_path: Path) -> None:
    """A message that the database lacks, as when an older one was put back."""
    stored(tmp_path)
    sent = record(at(10.5), "message.kept", code=202, **(SENT | {"id": "m2", "seq": 9}), number=50)
    lines = told(tmp_path, *OPENED, sent, what="m2")
    assert f"{' ' * 23}  not in the database" in lines


def test_recovered(tmp_path: Path) -> None:
    """A message that was journaled at the start after a crash."""
    stored(tmp_path)
    sent = record(at(100), "message.recovered", account="anna", to="boris", seq=1, id="m1", number=42)
    assert told(tmp_path, *OPENED, sent)[2:] == [
        STORED,
        "10:01:40.000  the journal lacked it after a crash; found in the database when the server started",
        "Waiting for boris to log in",
    ]


@pytest.mark.parametrize(
    "what", ["nothing", "#none/1", "anna/boris/9", "anna/carl/1", "a/b/c/d/1", "\x1b[31m", "/", ""]
)
def test_unknown(tmp_path: Path, what: str) -> None:
    """What there is not is said in a sentence, with exit code 1."""
    stored(tmp_path)
    (line,) = told(tmp_path, *OPENED, what=what, code=1)
    shown = what.replace("\x1b", "\\x1b")
    assert line == f"There is no message {shown}: neither the journal nor the database in {tmp_path} has it"


def test_names_with_slashes(tmp_path: Path) -> None:
    """Names may have slashes in them."""
    values = SENT | {"account": "a/b", "to": "c/d"}
    lines = told(tmp_path, record(at(1), "message.kept", code=202, **values), what="c/d/a/b/1")
    assert lines[0] == "Message 1 from a/b to c/d"
    room = record(at(1), "message.delivered", code=200, **(SENT | {"to": "#x/y", "id": "m2"}))
    assert told(tmp_path, room, what="#x/y/1")[0] == "Message 1 from anna to #x/y"


def test_hostile_names(tmp_path: Path) -> None:
    """Nothing in names or ids does anything in a terminal."""
    values = SENT | {"account": "\x1b[31m", "to": "\u202eb", "id": "\x07"}
    for line in told(tmp_path, record(at(1), "message.kept", code=202, **values), what="\x07"):
        assert line.isprintable()


def test_no_journal_and_a_foreign_database(tmp_path: Path) -> None:
    """Without a journal, and with a database of somebody else, it ends with a sentence."""
    assert "There is no journal server" in run(tmp_path, "message", "m1", code=1).stderr
    (tmp_path / "vestnik.db").write_text("diary" * 1000)
    assert "not a Vestnik database" in told(tmp_path, *OPENED, code=1)[0]


def test_a_real_server(tmp_path: Path) -> None:
    """What a real server has journaled tells the life of a message, while it runs, in Russian."""
    for name in ("anna", "boris"):
        vestnik("user", "--data", str(tmp_path), "add", name, password="secret")

    def client(name: str, stdin: str) -> None:
        arguments = ["-p", str(server.port), "-u", name, "--log-dir", str(tmp_path / name)]
        done = vestnik("client", *arguments, stdin=stdin, password="secret")
        assert done.returncode == 0, done.stderr

    async def hear(name: str, last: str) -> None:
        async with await Wire.login(server.port, name) as wire:
            await wire.texts_to(last)

    with ServerProcess(tmp_path) as server:
        client("anna", "/to boris\nfirst\nsecond\n")
        server.wait_for("Клиент отключился")
        before = vestnik("journal", "message", "anna/boris/2", "--data", str(tmp_path))
        assert before.stdout.splitlines()[-1] == "Ждёт входа пользователя boris"
        asyncio.run(hear("boris", "second"))
        server.wait_for("отложенные")
        server.wait_for("Клиент отключился", count=2)
        after = vestnik("journal", "message", "anna/boris/2", "--data", str(tmp_path))
    assert (before.returncode, after.returncode, before.stderr, after.stderr) == (0, 0, "", "")
    lines = after.stdout.splitlines()
    assert lines[0] == "Сообщение 2 от anna к boris"
    said = [line.split("  ", 1)[1].split(" ")[0] for line in lines[2:6]]
    assert said == ["принято:", "записано", "ответ", "доставлено"]
    assert re.search(r"соединение 1 \(127\.0\.0\.1:\d+\), пользователь anna, запрос \d$", lines[2])
    assert re.search(r"доставлено boris с отложенными сообщениями: соединение 2 \(127\.0\.0\.1:\d+\)$", lines[5])


def test_recovered_in_a_room(tmp_path: Path) -> None:
    """To whom a message went that was journaled after a crash is not known, nor when that was found out."""
    values = {"account": "anna", "to": "#Чат", "seq": 1, "id": "m1", "number": 42, "recovered": True}
    for event in ("message.recovered", "message.delivered"):
        data = tmp_path / event
        data.mkdir()
        stored(data, room=True)
        assert told(data, *OPENED, record(at(10.4), event, **values))[2:] == [
            STORED,
            " " * 25 + "the journal lacked it after a crash; found in the database when the server started",
            "Kept; to whom of the room it was delivered is not known after the crash",
        ]


def test_taken_away_by_a_restore(tmp_path: Path) -> None:
    """A message that nobody was there for, and that the database lacks now, is not said to be kept."""
    stored(tmp_path)
    values = SENT | {"to": "#Чат", "number": 50, "code": 200, "id": "m2", "seq": 9}
    lines = told(tmp_path, *OPENED, record(at(10.5), "message.delivered", **values), what="m2")
    assert lines[-1] == "It was kept, but is not in the database any more"


def test_the_clock_was_put_back(tmp_path: Path) -> None:
    """What came later stands later, with the time that the clock showed."""
    stored(tmp_path)
    sent = record(at(10.5), "message.kept", code=202, **SENT, number=42, duration_ms=200.0)
    later = record(at(-60), "backlog.delivered", connection="2", account="boris", count=1, messages="anna/1")
    end = record(at(-50), "connection.slow", connection="2")
    assert told(tmp_path, *OPENED, sent, later, end)[3:] == [
        STORED,
        "10:00:10.500  answered to the author: 202",
        "09:59:00.000  delivered to boris with the messages kept for later: connection 2 ([::1]:502)",
        "09:59:10.000  connection 2 closed as too slow, 10.0 s after the delivery",
        "Written to boris, but as the connection ended it may not have arrived",
    ]
    sent = record(at(10.5), "message.delivered", code=200, **SENT, number=42, recipients="2", duration_ms=200.0)
    (tmp_path / "other").mkdir()
    stored(tmp_path / "other")
    assert told(tmp_path / "other", *OPENED, sent, record(at(-50), "connection.closed", connection="2"))[-2:] == [
        "09:59:10.000  connection 2 ended; how soon after the delivery is not known, for the clock was put back",
        "Written to boris, but as the connection ended it may not have arrived",
    ]
