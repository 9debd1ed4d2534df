"""How a database is opened: SQLite in WAL mode, every commit with a sync."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import Final, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

BUSY_TIMEOUT: Final = 10_000
"""Milliseconds to wait for another process (a command, a backup) that is writing."""
_PRAGMAS: Final = (
    "synchronous = FULL",
    "foreign_keys = ON",
    f"busy_timeout = {BUSY_TIMEOUT}",
)
# Changes the file, so it is left to those who write: a file that is not ours is only looked at.
# What is deleted is overwritten where it stood; how SQLite was built says so otherwise, or not.
_WRITING: Final = ("journal_mode = WAL", "journal_size_limit = 67108864", "secure_delete = ON")


def open_engine(path: Path, *, connections: int, writing: bool) -> Engine:
    """An engine for the SQLite file `path` with at most `connections` connections.

    A writing engine takes the write lock when a transaction begins, a reading one refuses to write.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # texts of messages and password hashes have no place in an error
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: SQLiteConnection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in _PRAGMAS + (_WRITING if writing else ("query_only = ON",)):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not driver_of(connection).in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def driver_of(connection: Connection) -> SQLiteConnection:
    """The driver's connection below one of SQLAlchemy's."""
    return cast(SQLiteConnection, connection.connection.driver_connection)


@contextmanager
def transaction(connection: Connection, driver: SQLiteConnection) -> Iterator[None]:
    """A transaction that takes the write lock, of a connection and the driver's below it; both may be used inside.

    What SQLAlchemy does around one takes as long as keeping a message, so it only does that when it is asked something.
    """
    driver.execute("BEGIN IMMEDIATE")
    try:
        yield
        if connection.in_transaction():
            connection.commit()
        else:
            driver.commit()
    except BaseException:
        connection.rollback()  # also of a commit that failed, after which it says that it is in no transaction
        driver.rollback()
        raise


def attach_index(engine: Engine, index: Path) -> None:
    """Have the file of the index for searching attached to each new connection of `engine`, as `search`.

    Commits to it do not wait for the disk: a loss of power undoes the last ones, in whole and in order. Nothing that
    cannot be made again may be in it.
    """

    @event.listens_for(engine, "connect")
    def attach(connection: SQLiteConnection, _record: object) -> None:
        connection.execute("ATTACH DATABASE ? AS search", (str(index),))
        connection.execute("PRAGMA search.synchronous = NORMAL")


def open_indexing(path: Path, index: Path) -> Engine:
    """An engine with one connection that reads the database `path` and writes the file `index` of its index.

    What has been written reaches that file by checkpoints which the caller asks for, and so hears of their errors.
    """
    engine = open_engine(path, connections=1, writing=False)
    attach_index(engine, index)

    @event.listens_for(engine, "connect")
    def set_up(connection: SQLiteConnection, _record: object) -> None:
        for pragma in (
            "query_only = OFF",
            "search.journal_mode = WAL",
            "search.secure_delete = ON",
            "search.journal_size_limit = 67108864",
            "wal_autocheckpoint = 0",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine
