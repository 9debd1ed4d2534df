"""Shared by the tests of the store: a database with some accounts, and connections to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert

from tests.support.data import make_data, open_searched
from tests.support.store import allow
from vestnik.store.engine import open_engine
from vestnik.store.queries import accounts
from vestnik.store.schema import conversation

NAMES = ("anna", "boris", "Вера")
TALK = 1


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """An empty database of this program's schema."""
    return make_data(tmp_path)


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    """An engine that may write."""
    made = open_engine(database, connections=1, writing=True)
    yield made
    made.dispose()


@pytest.fixture
def searched(database: Path) -> Iterator[Engine]:
    """An engine that may write, also the index for searching."""
    made = open_searched(database)
    yield made
    made.dispose()


@pytest.fixture
def connection(searched: Engine) -> Iterator[Connection]:
    """A transaction in a database with the accounts anna (1), boris (2) and Вера (3), and in the index of it."""
    with searched.begin() as made:
        for name in NAMES:
            accounts.add_account(made, name, name.casefold(), f"hash of {name}", 100.0, allow)
        yield made


@pytest.fixture
def talk(connection: Connection) -> Connection:
    """A transaction with a direct conversation of anna (1) and boris (2), which has the number TALK."""
    connection.execute(insert(conversation).values(id=TALK, created=0.0, low_id=1, high_id=2))
    return connection
