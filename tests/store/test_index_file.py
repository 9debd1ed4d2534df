"""The file of the index: used as it is, or thrown away and begun anew."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.support.data import open_searched
from tests.support.waiting import DEADLINE
from vestnik.store.engine import open_engine
from vestnik.store.index_file import INDEX, IndexFile, is_unusable


@pytest.fixture
def reasons() -> list[str]:
    """Why the file was thrown away."""
    return []


@pytest.fixture
def file(database: Path, reasons: list[str]) -> Iterator[IndexFile]:
    """The index of an empty database."""
    made = IndexFile(database, 1, reasons.append)
    made.open()
    yield made
    made.close()


def note(file: IndexFile, rules: str) -> None:
    """Write something into the index."""
    with file.writing() as connection:
        connection.execute(text("UPDATE search_state SET rules = :rules"), {"rules": rules})


def noted(file: IndexFile) -> str:
    """What was written."""
    with file.reading() as connection:
        return str(connection.exec_driver_sql("SELECT rules FROM search_state").scalar_one())


def test_beside_the_database(file: IndexFile, database: Path, reasons: list[str]) -> None:
    """What is written there is in a file of its own, and read together with the database."""
    note(file, "x")
    assert noted(file) == "x"
    assert file.path == database.with_name(INDEX)
    for path in database.parent.glob(f"{INDEX}*"):
        assert path.stat().st_mode & 0o777 == 0o600
    assert file.checkpoint()
    engine = open_engine(database, connections=1, writing=False)
    with engine.begin() as connection, pytest.raises(OperationalError):
        connection.exec_driver_sql("SELECT * FROM search_state")
    engine.dispose()
    assert reasons == []


def test_only_what_waits_for_no_disk(file: IndexFile, database: Path) -> None:
    """Commits to the index are not synced, those to the database are; no commit is to both."""
    with file.writing() as connection:
        levels = [connection.exec_driver_sql(f"PRAGMA {name}.synchronous").scalar_one() for name in ("search", "main")]
    assert levels == [1, 2]
    engine = open_engine(database, connections=1, writing=True)
    with engine.begin() as connection:
        databases = [row.name for row in connection.exec_driver_sql("PRAGMA database_list")]
    engine.dispose()
    assert databases == ["main"]


def test_of_another_database(file: IndexFile, database: Path, reasons: list[str]) -> None:
    """The index of another database is thrown away when it is opened."""
    note(file, "of somebody else")
    file.close()
    again = IndexFile(database, 1, reasons.append)
    again.open()
    assert noted(again) == ""
    again.close()
    assert reasons == ["not of this database"]


def test_readers_are_waited_for(file: IndexFile, reasons: list[str]) -> None:
    """While somebody reads the file is not thrown away; then nothing of it is left, and reading goes on."""
    note(file, "x")
    discarding = threading.Thread(target=file.discard, args=(OSError("disk"),))
    with file.reading() as connection:
        discarding.start()
        assert connection.exec_driver_sql("SELECT rules FROM search_state").scalar_one() == "x"
        assert reasons == []
    discarding.join(DEADLINE)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert (noted(file), reasons) == ("", ["disk"])


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_CORRUPT, True),
        (sqlite3.SQLITE_CORRUPT | 1 << 8, True),
        (sqlite3.SQLITE_NOTADB, True),
        (sqlite3.SQLITE_IOERR | 4 << 8, True),
        (sqlite3.SQLITE_FULL, False),
        (sqlite3.SQLITE_BUSY, False),
        (sqlite3.SQLITE_ERROR, False),
    ],
)
def test_what_makes_a_file_unusable(code: int, expected: bool) -> None:
    """Damage and a failing disk do; a full disk, a lock, and a question that makes no sense do not."""
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    assert is_unusable(OperationalError("x", None, error)) is expected
    assert not is_unusable(error)


def test_new_file(database: Path, reasons: list[str]) -> None:
    """A file that is not there yet is made, which is nothing to tell."""
    file = IndexFile(database, 1, reasons.append)
    file.open()
    file.close()
    open_searched(database).dispose()
    assert reasons == []
