"""When the log is brought into the database, and what a failure of that means."""

import sqlite3
from typing import Any

import pytest

from vestnik.store.backfill import LEAST, MOST, PAGES, Backfill, LostPages


class Log:
    """A log in the place of SQLite's: what checkpoints find."""

    def __init__(self) -> None:
        self.found: tuple[int, int, int] = (0, PAGES, PAGES)
        self.error: sqlite3.Error | None = None

    def execute(self, _statement: str) -> "Log":
        """A checkpoint."""
        if self.error is not None:
            raise self.error
        return self

    def fetchone(self) -> tuple[int, int, int]:
        """What it has found."""
        return self.found

    def fail(self, code: int) -> None:
        """Let the next ones fail."""
        self.error = sqlite3.OperationalError("disk I/O error")
        self.error.sqlite_errorcode = code


FAILED_SYNC = sqlite3.SQLITE_IOERR | 4 << 8


@pytest.fixture
def log() -> Any:
    """A log of which all is brought over."""
    return Log()


@pytest.mark.parametrize(
    ("pages", "after"), [(PAGES, 1000), (10 * PAGES, LEAST), (1, MOST), (2 * PAGES, 500), (0, LEAST)]
)
def test_when(log: Any, pages: int, after: int) -> None:
    """The next one comes after as much work as made a thousand pages, within bounds."""
    backfill = Backfill()
    assert not backfill.due
    backfill.count(1000)
    assert backfill.due
    log.found = (0, pages, pages)
    backfill.run(log)
    assert not backfill.due
    backfill.count(after - 1)
    assert not backfill.due
    backfill.count(1)
    assert backfill.due


def test_failure_of_the_whole(log: Any) -> None:
    """When nothing was brought over before, a failure loses nothing: all of it is brought over the next time."""
    backfill = Backfill()
    backfill.run(log)
    log.fail(FAILED_SYNC)
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError):
            backfill.run(log)
    log.error = None
    backfill.run(log)


def test_failure_after_a_part(log: Any) -> None:
    """After a part was brought over a failed disk may have lost it, a full one or a lock has not."""
    backfill = Backfill()
    log.found = (0, PAGES, 10)
    backfill.run(log)
    for code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY):
        log.fail(code)
        with pytest.raises(sqlite3.OperationalError):
            backfill.run(log)
    log.fail(FAILED_SYNC)
    with pytest.raises(LostPages):
        backfill.run(log)


def test_the_rest_makes_it_whole(log: Any) -> None:
    """When the rest was brought over and synced, a later failure loses nothing."""
    backfill = Backfill()
    log.found = (0, PAGES, 10)
    backfill.run(log)
    log.found = (0, PAGES, PAGES)
    backfill.run(log)
    log.fail(FAILED_SYNC)
    with pytest.raises(sqlite3.OperationalError):
        backfill.run(log)
