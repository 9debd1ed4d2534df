"""The store: opens the data, and answers the questions of `vestnik.chat.storage` from reader threads and the writer."""

import asyncio
import os
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from vestnik.protocol.errors import VestnikError
from vestnik.store.access import Access, P, QueryFunction, T
from vestnik.store.engine import open_engine
from vestnik.store.migrate import is_current, migrate
from vestnik.store.readers import CONNECTIONS, Readers
from vestnik.store.search_index import catch_up
from vestnik.store.writer import Changed, Committed, Messages, Writer, unheard

SLICE: Final = 500
"""Messages that the writer takes into the index for searching at once, if there is time."""
SLICE_SECONDS: Final = 0.006
"""The time for that, and a few milliseconds for the commit: a message that comes in meanwhile waits."""
DATABASE: Final = "vestnik.db"


def prepare(data: Path) -> Path:
    """Make the data directory and bring its database to this program's schema; the database's path.

    Only the holder of the lock file may call this for data that another process may be using. Raises StoreError
    when the database cannot be used, OSError when the directory cannot.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / DATABASE
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    if not _is_current(path):
        engine = open_engine(path, connections=1, writing=True)
        try:
            migrate(engine)
        finally:
            engine.dispose()
    return path


def _is_current(path: Path) -> bool:
    engine = open_engine(path, connections=1, writing=False)
    try:
        return is_current(engine, path)
    finally:
        engine.dispose()


class Store(Access):
    """One database: reader threads and the writer thread. Implements `vestnik.chat.storage.Storage`.

    `committed` is called in the running loop for every batch of messages given to `submit`, `changed` with the events
    of any other change, in the context of whoever asked for it; both in commit order, before whoever waits goes on.
    """

    def __init__(self, path: Path, committed: Committed, changed: Changed = unheard) -> None:
        self._loop = asyncio.get_running_loop()
        self._reading: Engine = open_engine(path, connections=CONNECTIONS, writing=False)
        self._writing: Engine = open_engine(path, connections=1, writing=True)
        self._readers = Readers(self._reading)
        later = partial(catch_up, limit=SLICE, seconds=SLICE_SECONDS)
        self._writer = Writer(self._writing, self._loop, committed, later, changed)

    async def close(self) -> None:
        """Write everything that was handed over, then end the threads and close the database."""
        await self._loop.run_in_executor(None, self._writer.close)
        await asyncio.sleep(0)  # the writer's last report
        await self._writer.idle.wait()
        self._readers.close()
        self._reading.dispose()
        self._writing.dispose()

    def submit(self, new: Messages) -> None:
        """Keep messages; `committed` is called with the same sequence when they are on disk."""
        self._writer.submit(new)

    async def _read(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.page(lambda connection: query(connection, *args, **kwargs))

    async def _look_up(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.look_up(lambda connection: query(connection, *args, **kwargs))

    async def _log_in(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._readers.log_in(lambda connection: query(connection, *args, **kwargs))

    async def _change(self, change: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def run(connection: Connection) -> T | VestnikError:
            try:
                return change(connection, *args, **kwargs)
            except VestnikError as refusal:  # no event: it is raised below
                return refusal  # which has changed nothing, and does not end the transaction that others share

        outcome = await self._writer.change(run)
        if isinstance(outcome, VestnikError):
            raise outcome
        return outcome
