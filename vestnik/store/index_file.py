"""The file of the index for searching: opened, thrown away when it cannot be used, and begun anew.

It is no part of what is kept: commits to it wait for no disk. So it lies beside the database and shares no log with it;
what a failing disk does to it does nothing to messages.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from vestnik.store.durable import PRIMARY, make_file, make_log_sure
from vestnik.store.engine import BUSY_TIMEOUT, attach_index, open_engine, open_indexing
from vestnik.store.indexing import fits, make_tables

INDEX: Final = "search.db"
"""The file's name, in the data directory."""
_BESIDE: Final = ("", "-wal", "-shm", "-journal")
_UNUSABLE: Final = frozenset(
    (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)
)
"""What SQLite says of a file that is no use any more, or of its disk."""


def is_unusable(error: BaseException) -> bool:
    """Whether an error says that the file, and not what was asked, is at fault."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return isinstance(error, DatabaseError) and code & PRIMARY in _UNUSABLE


class IndexFile:
    """The index of the database at `path`. One thread writes it (`writing`), up to `searches` others read (`reading`).

    `discarded` is told why the file was thrown away.
    """

    def __init__(self, path: Path, searches: int, discarded: Callable[[str], None]) -> None:
        self.path = path.with_name(INDEX)
        self._discarded = discarded
        self._writing = open_indexing(path, self.path)
        self._reading: Engine = open_engine(path, connections=searches, writing=False)
        attach_index(self._reading, self.path)
        self._searches = 0
        self._changed = threading.Condition()  # held while the file is thrown away

    def open(self) -> None:
        """Make the file usable: as it is, or anew if it is damaged or not the index of this database."""
        with self._changed:
            try:
                make_log_sure(self.path, BUSY_TIMEOUT / 1000)
                if self._usable():
                    return
                reason = "not of this database"
            except OSError as error:  # no event: whoever is told of the new file journals why
                reason = str(error)
            except DatabaseError as error:
                if not is_unusable(error):
                    raise
                reason = str(error.orig)
            self._begin_anew(reason)

    def discard(self, error: BaseException) -> None:
        """Throw the file away and begin a new one; waits until nobody reads it."""
        with self._changed:
            self._begin_anew(str(getattr(error, "orig", error)))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the one who writes."""
        with self._writing.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction in the database with its index, which cannot write."""
        with self._changed:
            self._searches += 1
        try:
            with self._reading.begin() as connection:
                yield connection
        finally:
            with self._changed:
                self._searches -= 1
                self._changed.notify_all()

    def checkpoint(self) -> bool:
        """Bring what was written from the log into the file and to the disk; whether all of it is there.

        Raises DatabaseError when the disk fails: the file may have holes then, and is to be thrown away.
        """
        with self.writing() as connection:
            _, logged, done = connection.exec_driver_sql("PRAGMA search.wal_checkpoint(PASSIVE)").one()
        return bool(logged == done)

    def close(self) -> None:
        """Close the file; nobody may be reading it any more."""
        self._reading.dispose()
        self._writing.dispose()

    def _usable(self) -> bool:
        self._make_file()
        with self.writing() as connection:
            found = connection.exec_driver_sql("SELECT count(*) FROM search.sqlite_master").scalar_one()
            make_tables(connection)
            return found == 0 or fits(connection)

    def _make_file(self) -> None:
        """As the database: it has all words."""
        make_file(self.path)

    def _begin_anew(self, reason: str) -> None:
        self._changed.wait_for(lambda: self._searches == 0)
        self.close()
        for beside in _BESIDE:
            self.path.with_name(INDEX + beside).unlink(missing_ok=True)
        self._make_file()
        with self.writing() as connection:
            make_tables(connection)
        self._discarded(reason)
