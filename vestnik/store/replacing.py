"""Another database in the place of the one that is there, which is kept under another name.

Whoever does this holds the data's lock alone. At every moment there is a database at its place: what ends the work,
also a loss of power, leaves the old one or the new one, each whole, and never the log of one beside the other.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from vestnik.chat.storage.epochs import EpochRecord
from vestnik.store.durable import log_of, make_log_sure, sync_directory
from vestnik.store.engine import BUSY_TIMEOUT, open_engine
from vestnik.store.index_file import INDEX
from vestnik.store.migrate import is_current, migrate
from vestnik.store.queries.epochs import begin_epoch

BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite makes beside a database."""


def renew(database: Path) -> EpochRecord:
    """Bring a database that is to be put back to this program's schema, and begin a new epoch in it, which is returned.

    It is in one file then, and on the disk. Raises StoreError, sqlalchemy.exc.DatabaseError, OSError.
    """
    looking = open_engine(database, connections=1, writing=False)
    current = is_current(looking, database)
    looking.dispose()
    engine = open_engine(database, connections=1, writing=True)
    try:
        if not current:
            migrate(engine)
        with engine.begin() as connection:
            epoch = begin_epoch(connection)
    finally:
        engine.dispose()
    fd = os.open(database, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
    return epoch


def put_in_place(new: Path, database: Path, aside: Path) -> bool:
    """Put `new` in the place of `database`, on the same disk; says whether there was one, which is at `aside` then.

    The index for searching goes: it is built anew. Raises OSError.
    """
    directory = database.parent
    there = database.exists()
    if there:
        _set_aside(database, aside)
        sync_directory(directory)
        _remove_beside(database)
    index = database.with_name(INDEX)
    index.unlink(missing_ok=True)
    _remove_beside(index)
    sync_directory(directory)
    new.replace(database)
    sync_directory(directory)
    return there


def _set_aside(database: Path, aside: Path) -> None:
    """Give a database a second name, with what is in its log. One that is damaged has its log there, too."""
    os.link(database, aside)
    if not log_of(database).exists():
        return
    os.link(log_of(database), log_of(aside))  # first, for SQLite removes what it cannot use
    with suppress(sqlite3.Error):  # no event: then it needs its log, or a person who looks at both
        make_log_sure(database, BUSY_TIMEOUT / 1000)
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = FULL")
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            log_of(aside).unlink()


def _remove_beside(database: Path) -> None:
    for suffix in BESIDE:
        database.with_name(f"{database.name}{suffix}").unlink(missing_ok=True)
