"""Bringing what is in the log into the database, from time to time, and hearing of it when the disk fails.

SQLite does this by itself after commits, and tells nobody how it went. Of a log that is brought over in parts, for
somebody still reads what was before, it syncs the database only with the last part. When that sync fails, it tries the
last part again, and what the kernel has forgotten of the others is on no disk when the log begins anew. So whoever
writes asks for checkpoints here. After such a failure all of the log must be brought over again, which a process does
that opens the database after this one has ended without closing it.
"""

import sqlite3
from typing import Final

from vestnik.store.durable import disk_failed

PAGES: Final = 1000
"""Pages in the log from which on it is brought over: about."""
LEAST: Final = 250
"""Units of work between two checkpoints, at least."""
MOST: Final = 8000
"""And at most."""


class Backfill:
    """When the log is brought over. How many pages a unit of work makes is learned from one time to the next."""

    def __init__(self) -> None:
        self._done = 0  # units since the last one
        self._after = LEAST
        self._partly = False  # something was brought over that was not synced yet

    def count(self, units: int) -> None:
        """So much has been written: messages, and some for each transaction."""
        self._done += units

    @property
    def due(self) -> bool:
        """Whether it is time."""
        return self._done >= self._after

    def run(self, connection: sqlite3.Connection) -> None:
        """Bring over what nobody needs in the log. Raises LostPages, or sqlite3.Error for what is no loss."""
        done, self._done = self._done, 0
        try:
            _, logged, brought = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:
            if self._partly and disk_failed(error):
                raise LostPages(str(error)) from error
            raise
        self._partly = brought < logged
        if not self._partly and logged > 0:
            self._after = min(MOST, max(LEAST, done * PAGES // logged))


class LostPages(Exception):  # it says what has happened
    """Pages of the database may not be on the disk though SQLite takes them for written."""
