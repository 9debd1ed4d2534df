"""Shared by the tests of the store: a database with some accounts, and connections to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from tests.support.data import make_data
from tests.support.store import allow
from vestnik.store.engine import open_engine
from vestnik.store.queries import accounts

NAMES = ("anna", "boris", "Вера")


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
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction in a database with the accounts anna (1), boris (2) and Вера (3)."""
    with engine.begin() as made:
        for name in NAMES:
            accounts.add_account(made, name, name.casefold(), f"hash of {name}", 100.0, allow)
        yield made
