"""Copies of a database that is in use."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.data import add_accounts, make_data
from tests.support.store import kept
from vestnik.store.errors import StoreForeign, StoreNewer
from vestnik.store.lock import Lock
from vestnik.store.schema import HEAD
from vestnik.store.snapshot import DatabaseDamaged, check_whole, take_snapshot, version_of
from vestnik.store.store import DATABASE


def taken(database: Path, target: Path) -> Path:
    """A snapshot."""
    target.touch(0o600)
    take_snapshot(database, target)
    return target


def talk(database: sqlite3.Connection, numbers: range) -> None:
    """Write messages, each in a transaction of its own."""
    for number in numbers:
        database.execute(
            "INSERT INTO message (conversation_id, seq, sender_id, client_id, time, text) VALUES (1, ?, 1, ?, 0, 'Hi')",
            (number, str(number)),
        )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a room and a message."""
    add_accounts(tmp_path, ["anna"], "secret")
    path = tmp_path / DATABASE
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("INSERT INTO conversation (id, created) VALUES (1, 0)")
        talk(writer, range(1, 2))
    return path


def test_of_a_closed_database(database: Path, tmp_path: Path) -> None:
    """It has what was there, and nothing is left beside either of them."""
    (tmp_path / "copy").mkdir()
    copy = taken(database, tmp_path / "copy" / DATABASE)
    check_whole(copy)
    assert kept(copy.parent) == kept(tmp_path)
    assert version_of(copy) == HEAD
    assert {path.name for path in tmp_path.iterdir()} == {DATABASE, "vestnik.lock", "copy"}
    assert [path.name for path in copy.parent.iterdir()] == [DATABASE]


def test_while_somebody_writes_on_and_on(database: Path, tmp_path: Path) -> None:
    """Beside a server it ends however much is written, and has the messages up to one moment, without a gap."""
    server = Lock(tmp_path)
    server.acquire()
    ended, begun = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, isolation_level=None)) as writer:
            number = 2
            while not ended.is_set():
                talk(writer, range(number, number + 10))
                number += 10
                begun.set()

    writing = threading.Thread(target=write)
    writing.start()
    begun.wait()
    (tmp_path / "copy").mkdir()
    try:
        copy = taken(database, tmp_path / "copy" / DATABASE)
    finally:
        ended.set()
        writing.join()
        server.release()
    check_whole(copy)
    seqs = [message.seq for message in kept(copy.parent)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert 11 <= len(seqs) <= len(kept(tmp_path))


def test_of_what_is_only_in_the_log(database: Path, tmp_path: Path) -> None:
    """What a killed program has left in the log of the database is there, and no server can begin meanwhile."""
    (tmp_path / "copy").mkdir()
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        talk(writer, range(2, 5))
        lock = Lock(tmp_path)
        lock.acquire()
        taken(database, tmp_path / "copy" / DATABASE)
        lock.release()
    assert len(kept(tmp_path / "copy")) == 4


def test_what_was_deleted_is_not_in_it(database: Path, tmp_path: Path) -> None:
    """A text that is gone is nowhere in the file."""
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("PRAGMA secure_delete = OFF")
        writer.execute("UPDATE message SET text = 'canary' || hex(randomblob(2000))")
        writer.execute("DELETE FROM message")
    assert b"canary" in database.read_bytes()
    assert b"canary" not in taken(database, tmp_path / "copy.db").read_bytes()


def test_what_is_refused(tmp_path: Path) -> None:
    """A file that is no database, is empty, or is of a newer program is left alone."""
    (tmp_path / "diary").write_text("diary" * 1000)
    (tmp_path / "empty").touch()
    make_data(tmp_path)
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    for name, refusal in (("diary", StoreForeign), ("empty", StoreForeign), (DATABASE, StoreNewer)):
        with pytest.raises(refusal):
            taken(tmp_path / name, tmp_path / f"copy of {name}")


def test_damage_is_found(database: Path, tmp_path: Path) -> None:
    """Pages that are not as they were written, and rows that lead nowhere, are found."""
    copy = taken(database, tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as writer, writer:
        writer.execute("INSERT INTO contact (account_id, contact_id) VALUES (1, 99)")
    with pytest.raises(DatabaseDamaged, match="contact"):
        check_whole(copy)
    copy = taken(database, tmp_path / "another.db")
    data = bytearray(copy.read_bytes())
    data[8192:16384] = bytes(8192)
    copy.write_bytes(data)
    with pytest.raises(DatabaseDamaged):
        check_whole(copy)
