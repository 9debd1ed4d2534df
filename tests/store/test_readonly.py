"""The database for those who only look."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.exc import DatabaseError

from tests.support.process import clean_environment
from tests.support.waiting import DEADLINE
from vestnik.store.errors import StoreForeign, StoreNewer
from vestnik.store.readonly import looking
from vestnik.store.schema import account


def count(data: Path) -> int | None:
    """The number of accounts, None without a database."""
    with looking(data) as connection:
        return (
            None if connection is None else connection.execute(select(func.count()).select_from(account)).scalar_one()
        )


def add(engine: Engine, name: str) -> None:
    """One more account."""
    with engine.begin() as connection:
        values = {"name": name, "key": name, "password_hash": "", "disabled": False, "created": 0}
        connection.execute(insert(account).values(values))


def files(data: Path) -> dict[str, tuple[int, int]]:
    """The files beside the database, with size and time of change."""
    return {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in data.iterdir()}


def test_beside_somebody_who_writes(engine: Engine, tmp_path: Path) -> None:
    """Everything that was committed is seen, also while a transaction is open."""
    add(engine, "anna")
    assert count(tmp_path) == 1
    with engine.begin() as connection:
        connection.execute(text("UPDATE account SET name = 'x'"))
        assert count(tmp_path) == 1


def test_nothing_is_written(engine: Engine, tmp_path: Path) -> None:
    """Nobody can write, and no file is made or changed where nobody else is."""
    add(engine, "anna")
    with looking(tmp_path) as connection:
        assert connection is not None
        with pytest.raises(DatabaseError):
            connection.execute(text("DELETE FROM account"))
    engine.dispose()
    before = files(tmp_path)
    assert set(before) == {"vestnik.db"}
    assert count(tmp_path) == 1
    assert files(tmp_path) == before


def test_after_a_crash(tmp_path: Path, engine: Engine) -> None:
    """What a killed process has committed is seen though it is not in the main file yet."""
    engine.dispose()
    code = (
        "import os, sys, sqlite3; c = sqlite3.connect(sys.argv[1]); c.execute('PRAGMA journal_mode = WAL');"
        'c.execute("INSERT INTO account (id, name, key, password_hash, disabled, created)"'
        "\" VALUES (9, 'z', 'z', '', 0, 0)\"); c.commit(); os.kill(os.getpid(), 9)"
    )
    path = str(tmp_path / "vestnik.db")
    subprocess.run([sys.executable, "-c", code, path], env=clean_environment(), timeout=DEADLINE, check=False)
    assert (tmp_path / "vestnik.db-wal").stat().st_size > 0
    assert count(tmp_path) == 1


def test_no_database(tmp_path: Path) -> None:
    """Where there is none, none is made; an empty one is none."""
    assert count(tmp_path / "nowhere") is None
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "vestnik.db").touch()
    assert count(tmp_path) is None
    assert [path.name for path in tmp_path.iterdir()] == ["vestnik.db"]


def test_foreign_and_newer(tmp_path: Path, engine: Engine) -> None:
    """A database of somebody else or of a newer program is refused."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewer):
        count(tmp_path)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "vestnik.db").write_text("diary" * 1000)
    with pytest.raises(StoreForeign):
        count(foreign)
