"""The database for those who only look: beside a running server, and without leaving a trace."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from vestnik.store.engine import BUSY_TIMEOUT
from vestnik.store.migrate import is_current
from vestnik.store.store import DATABASE


@contextmanager
def looking(data: Path) -> Iterator[Connection | None]:
    """A connection to the database in `data` that cannot write; None if there is no database of this program's schema.

    Without a `-wal` file nobody is writing and all is in the file itself: it is then read as it is, for otherwise
    SQLite would make files beside it. Raises StoreError for a foreign or newer database, and
    `sqlalchemy.exc.DatabaseError` when it cannot be read.
    """
    path = data / DATABASE
    if not path.is_file():
        yield None
        return
    query = {"mode": "ro", "uri": "true"}
    if not path.with_name(f"{DATABASE}-wal").exists():
        query["immutable"] = "1"
    engine = create_engine(
        URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=query),
        poolclass=NullPool,
        connect_args={"timeout": BUSY_TIMEOUT / 1000},
        hide_parameters=True,
    )
    try:
        if not is_current(engine, path):
            yield None
            return
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
