"""What the writer does when the disk fails."""

import asyncio
import sqlite3
from pathlib import Path
from sqlite3 import OperationalError as SQLiteError

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from tests.store.test_writer import Desk, New, rows, rows_after
from vestnik.store import backfill as backfill_module
from vestnik.store import writer as module
from vestnik.store.backfill import Backfill, LostPages


class Doubts:
    """What makes a log sure, and fails as often as it is to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failing = 0
        self.made_sure = 0
        monkeypatch.setattr(module, "write_again", self)

    def __call__(self, path: Path) -> None:
        """Make it sure."""
        if self.failing:
            self.failing -= 1
            raise OSError(5, "Input/output error", str(path))
        self.made_sure += 1


def failed_sync(_connection: Connection) -> None:
    """A change whose commit fails."""
    error = SQLiteError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR | 4 << 8  # SQLITE_IOERR_FSYNC
    raise OperationalError("COMMIT", None, error)


async def test_failed_disk(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a sync has failed nothing is kept before the log is on the disk, and then everything."""
    doubts = Doubts(monkeypatch)
    desk = Desk(engine)
    assert await desk.keep([New(1, 7)]) == [None]
    first = doubts.made_sure
    assert await desk.keep([New(1, 7)]) == [None]
    assert doubts.made_sure == first, "once is enough"
    with pytest.raises(OperationalError):
        await desk.writer.change(failed_sync)
    doubts.failing = 2
    for _ in range(2):
        (error,) = await desk.keep([New(1, 7, "a")])
        assert isinstance(error, OSError)
    assert await desk.keep([New(1, 7, "a")]) == [None]
    assert await desk.keep([New(1, 7, "a")]) == [None]
    assert doubts.made_sure == first + 1
    assert [row[1] for row in rows_after(desk, engine)] == [1, 2, 3]


async def test_log_that_cannot_be_trusted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """When pages of the database may be lost that is told once, and nothing is kept any more."""
    told: list[Exception] = []
    errors = iter([sqlite3.OperationalError("full"), LostPages("disk I/O error")])

    def run(_backfill: Backfill, _connection: object) -> None:
        raise next(errors)

    monkeypatch.setattr(Backfill, "run", run)
    monkeypatch.setattr(Backfill, "due", True)
    handled: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: handled.append(context["exception"]))
    desk = Desk(engine, told.append)
    assert await desk.keep([New(1, 7)]) == [None]
    assert await desk.keep([New(1, 7)]) == [None]
    (error,) = await desk.keep([New(1, 7)])
    assert told == [error]
    assert isinstance(error, LostPages)
    assert [str(each) for each in handled] == ["full"]
    with pytest.raises(LostPages):
        await desk.writer.change(lambda _connection: None)
    await desk.close()
    assert [row[1] for row in rows(engine)] == [1, 2]


async def test_log_is_brought_over(engine: Engine, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written gets from the log into the database by itself, when there is enough of it."""
    monkeypatch.setattr(backfill_module, "LEAST", 50)
    desk = Desk(engine)
    before = database.read_bytes()
    for _ in range(50):
        assert await desk.keep([New(1, 7, text="x" * 1000)]) == [None]
    await desk.writer.change(lambda _connection: None)
    assert database.read_bytes() != before
    await desk.close()
