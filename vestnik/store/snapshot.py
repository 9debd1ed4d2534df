"""A copy of the database as it is at one moment, also beside a running server, and whether it is whole.

It is made in one transaction of a reader, so writers go on and it ends however much they write; and anew, page by page
of what there is, so nothing that was deleted is in it.
"""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from vestnik.store.durable import make_log_sure
from vestnik.store.engine import BUSY_TIMEOUT, open_engine
from vestnik.store.errors import StoreForeign, StoreLocked
from vestnik.store.lock import Lock
from vestnik.store.migrate import is_current, schema_version


class DatabaseDamaged(Exception):
    """A database is not whole; the text says what is wrong."""


def take_snapshot(database: Path, target: Path) -> None:
    """Write what `database` has at this moment to `target`, which is an empty file.

    Ctrl-C ends it. Raises StoreError for a file that is not ours, sqlite3.Error, OSError.
    """
    with _beside_others(database):
        version_of(database)
        connection = _open(database)
    with closing(connection), ThreadPoolExecutor(1) as thread:
        made = thread.submit(connection.execute, "VACUUM INTO ?", (str(target),))
        try:
            made.result()
        except KeyboardInterrupt:
            connection.interrupt()
            raise


def version_of(database: Path) -> str:
    """The version of a database's schema. Raises StoreForeign if it is not ours, StoreNewer, DatabaseError."""
    engine = open_engine(database, connections=1, writing=False)
    try:
        is_current(engine, database)
        with engine.connect() as connection:
            found = schema_version(connection)
    finally:
        engine.dispose()
    if found is None:
        raise StoreForeign(database, "0")
    return found


def check_whole(database: Path) -> None:
    """Look at all of a database. Raises DatabaseDamaged, OSError."""
    with closing(_open(database)) as connection:
        try:
            (fault,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise DatabaseDamaged(str(error)) from None
    if fault != "ok":
        raise DatabaseDamaged(fault)
    if dangling is not None:
        raise DatabaseDamaged(f"{dangling[0]} {dangling[1]}: {dangling[2]}")


@contextmanager
def _beside_others(database: Path) -> Iterator[None]:
    """While this lasts no server begins, and the database's log is on the disk; one that is there has seen to that."""
    lock = Lock(database.parent)
    try:
        lock.share()
    except StoreLocked:  # no event: it is there
        yield
        return
    try:
        make_log_sure(database, BUSY_TIMEOUT / 1000)
        yield
    finally:
        lock.release()


def _open(database: Path) -> sqlite3.Connection:
    """A connection for any thread; a database that is not there is not made. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        f"file:{quote(str(database.absolute()))}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=BUSY_TIMEOUT / 1000,
        check_same_thread=False,
    )
    connection.execute("PRAGMA schema_version").fetchone()  # opens the file, and its log
    return connection
