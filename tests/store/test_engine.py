"""How a database is opened."""

from pathlib import Path
from sqlite3 import IntegrityError as SQLiteError

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from vestnik.store.engine import BUSY_TIMEOUT, driver_of, open_engine, transaction
from vestnik.store.store import prepare


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", BUSY_TIMEOUT),
        ("secure_delete", 1),
    ],
)
def test_pragmas(engine: Engine, pragma: str, value: object) -> None:
    """Write-ahead log, a sync with every commit, foreign keys, patience with others; what is deleted is overwritten."""
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_readers_cannot_write(database: Path) -> None:
    """A reading engine refuses to change anything."""
    reading = open_engine(database, connections=1, writing=False)
    with pytest.raises(OperationalError, match="readonly"), reading.begin() as connection:
        connection.exec_driver_sql("DELETE FROM account")
    reading.dispose()


def test_writers_take_the_lock_at_once(engine: Engine, database: Path) -> None:
    """A writing transaction has the write lock from its beginning; readers go on meanwhile."""
    other = open_engine(database, connections=1, writing=True)
    reading = open_engine(database, connections=1, writing=False)
    with other.begin() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")  # its only connection remembers it
    with engine.begin(), other.connect() as connection:
        with pytest.raises(OperationalError, match="locked"):
            connection.begin()
        with reading.begin() as reader:
            assert reader.exec_driver_sql("SELECT count(*) FROM account").scalar() == 0
    other.dispose()
    reading.dispose()


def test_rollback(engine: Engine) -> None:
    """A transaction that fails leaves nothing behind."""
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:  # noqa: PT012
        connection.exec_driver_sql("INSERT INTO conversation (created) VALUES (1.0)")
        raise ZeroDivisionError
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM conversation").scalar() == 0


@pytest.mark.parametrize(
    "name", ["plain", "with blank", "Данные", "hash#tag", "what?", "what?mode=ro", "100%41", "a'b", "a&b=c"]
)
def test_any_directory(tmp_path: Path, name: str) -> None:
    """The database is the file that was named, whatever characters its directory has."""
    data = tmp_path / name
    path = prepare(data)
    assert path.stat().st_size > 0
    assert [found.name for found in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("asked", [True, False], ids=["by SQLAlchemy", "by the driver"])
def test_a_commit_that_fails(engine: Engine, asked: bool) -> None:
    """After a commit has failed nothing of it is there, and the next transaction is one like any other."""
    nowhere = "INSERT INTO cursor (conversation_id, account_id, delivered, read) VALUES (4711, 4711, 1, 1)"
    with engine.connect() as connection:
        driver = driver_of(connection)
        with pytest.raises((IntegrityError, SQLiteError), match="FOREIGN KEY"), transaction(connection, driver):  # noqa: PT012
            driver.execute("PRAGMA defer_foreign_keys = ON")  # what points nowhere is found by the commit
            (connection.exec_driver_sql if asked else driver.execute)(nowhere)
        assert not driver.in_transaction
        for _ in range(2):
            with transaction(connection, driver):
                assert connection.exec_driver_sql("SELECT count(*) FROM cursor").scalar() == 0
