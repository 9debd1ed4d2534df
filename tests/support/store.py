"""What a server has in its database, read behind its back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from vestnik.chat.storage.rooms import Asker, ReadStanding, Standing


class Kept(NamedTuple):
    """A row of the database."""

    conversation: int
    seq: int
    sender: str
    id: str
    text: str


def kept(data: Path) -> list[Kept]:
    """All messages in the database, conversation by conversation, by seq."""
    with closing(sqlite3.connect(data / "vestnik.db")) as database:
        rows = database.execute(
            "SELECT conversation_id, seq, account.name, client_id, text FROM message"
            " JOIN account ON account.id = sender_id ORDER BY conversation_id, seq"
        )
        return [Kept(*row) for row in rows]


def changes(data: Path) -> int:
    """How many changes there are in the database."""
    with closing(sqlite3.connect(data / "vestnik.db")) as database:
        return int(database.execute("SELECT count(*) FROM change").fetchone()[0])


def allow(_standing: Standing | ReadStanding) -> None:
    """A check of the rules that everything passes."""


def reader(account_id: int) -> Asker:
    """An account that may read everything."""
    return Asker(account_id, allow)  # type: ignore[arg-type]


def work(connection: Connection, ask: Callable[[], object]) -> int:
    """How many thousands of instructions SQLite takes for what is asked."""
    raw = connection.connection.driver_connection
    assert raw is not None
    taken = 0

    def count() -> None:
        nonlocal taken
        taken += 1

    raw.set_progress_handler(count, 1000)
    ask()
    raw.set_progress_handler(None, 0)
    return taken
