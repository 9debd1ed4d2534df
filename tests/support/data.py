"""Data directories of servers, made in a few milliseconds: the database is a copy of one that was migrated once."""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from argon2 import PasswordHasher
from sqlalchemy import Connection, Engine

from tests.support.store import allow
from vestnik.chat.names import name_key
from vestnik.store.engine import attach_index, open_engine
from vestnik.store.index_file import INDEX
from vestnik.store.indexing import make_tables
from vestnik.store.queries import accounts
from vestnik.store.store import DATABASE, prepare

CREATED = 100.0
"""When the accounts of tests were made (UNIX seconds)."""


def make_data(data: Path) -> Path:
    """Make the directory `data` with an empty database of this program's schema, if it has none; the database's path.

    What it makes is what `prepare` makes, which is for tests of start-up and of migrations.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / DATABASE
    if not path.exists():
        path.touch(0o600)
        database, epoch = _template()
        path.write_bytes(database.replace(epoch, secrets.token_hex(len(epoch) // 2).encode()))  # each has its own
    return path


def add_accounts(data: Path, names: Iterable[str], password: str) -> None:
    """Create accounts with one password in `data`, which is made if it is not there."""
    with writing(data) as connection:
        for name in names:
            accounts.add_account(connection, name, name_key(name), quick_hash(password), CREATED, allow)


def open_searched(path: Path) -> Engine:
    """An engine that writes the database `path` and the index for searching beside it, both in one transaction."""
    engine = open_engine(path, connections=1, writing=True)
    attach_index(engine, path.with_name(INDEX))
    with engine.begin() as connection:
        make_tables(connection)
    return engine


@contextmanager
def writing(data: Path) -> Iterator[Connection]:
    """A transaction in the database in `data`; nobody else can write meanwhile."""
    engine = open_engine(make_data(data), connections=1, writing=True)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@cache
def quick_hash(password: str) -> str:
    """A hash of `password` that is checked like every other, in a fraction of a millisecond."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@cache
def _template() -> tuple[bytes, bytes]:
    """An empty database, and the epoch in it."""
    with TemporaryDirectory() as directory:
        path = prepare(Path(directory))
        with closing(sqlite3.connect(path)) as database:
            ((epoch,),) = database.execute("SELECT epoch FROM epoch")
        return path.read_bytes(), str(epoch).encode()
