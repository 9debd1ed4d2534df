"""The store: opens the data, and answers the questions of `vestnik.chat.storage` from reader threads and the writer."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from vestnik.protocol.errors import VestnikError
from vestnik.store.access import Access, P, QueryFunction, T
from vestnik.store.durable import make_directory, make_file, make_log_sure, sync_directory
from vestnik.store.engine import BUSY_TIMEOUT, open_engine
from vestnik.store.index_file import IndexFile, is_unusable
from vestnik.store.indexer import Indexer
from vestnik.store.migrate import is_current, migrate
from vestnik.store.queries.removed import forget_removed
from vestnik.store.readers import CONNECTIONS, PAGES, Readers
from vestnik.store.writer import Changed, Committed, Messages, Unsafe, Writer, unheard, unnoticed, unsaid

DATABASE: Final = "vestnik.db"


def prepare(data: Path) -> Path:
    """Make the data directory and bring its database to this program's schema; the database's path.

    Only the holder of the lock file may call this for data that another process may be using. Raises StoreError
    when the database cannot be used, OSError when the directory or its disk cannot.
    """
    make_directory(data)
    path = data / DATABASE
    make_file(path)
    make_log_sure(path, BUSY_TIMEOUT / 1000)
    sync_directory(data)
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


def nobody(_reason: str) -> None:
    """Nobody wants to know."""


class Store(Access):
    """One database: reader threads and the writer thread. Implements `vestnik.chat.storage.Storage`.

    `committed` is called in the running loop for every batch of messages given to `submit`, `changed` with the events
    of any other change, in the context of whoever asked for it; both in commit order, before whoever waits goes on.
    `discarded` is called there when the index for searching is made anew, with the reason; `unsafe` when the disk has
    failed so that the process must end at once, without `close`. A store that is not `searched` leaves the index alone,
    for several may work with the same data.
    """

    def __init__(
        self,
        path: Path,
        committed: Committed,
        changed: Changed = unheard,
        discarded: Callable[[str], None] = nobody,
        unsafe: Unsafe = unsaid,
        *,
        searched: bool = True,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._reading: Engine = open_engine(path, connections=CONNECTIONS, writing=False)
        self._writing: Engine = open_engine(path, connections=1, writing=True)
        self._readers = Readers(self._reading)
        self._index = IndexFile(path, PAGES, lambda reason: self._tell(discarded, reason)) if searched else None
        self._forgetting: set[asyncio.Task[None]] = set()
        self._indexer = None if self._index is None else Indexer(self._index, self._loop, self._forget)
        noticing = (unnoticed, unnoticed) if self._indexer is None else (self._indexer.pause, self._indexer.wake)
        self._writer = Writer(self._writing, self._loop, committed, changed, *noticing, unsafe)

    async def close(self) -> None:
        """Write everything that was handed over, then end the threads and close the database."""
        await self._loop.run_in_executor(None, self._writer.close)
        await asyncio.sleep(0)  # the writer's last report
        await self._writer.idle.wait()
        if self._indexer is not None:
            await self._loop.run_in_executor(None, self._indexer.close)
        self._readers.close()
        if self._index is not None:
            self._index.close()
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

    async def _search(self, query: QueryFunction[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        index, indexer = self._index, self._indexer
        if index is None or indexer is None:
            raise AssertionError("a store that is not searched")

        def run(connection: Connection) -> T:
            return query(connection, *args, **kwargs)

        if not indexer.opened:
            await indexer.catch_up()
        try:
            return await self._readers.page(run, index.reading)
        except DatabaseError as error:  # no event: whoever throws the index away tells it
            if not is_unusable(error):
                raise
            await indexer.catch_up(error)
        return await self._readers.page(run, index.reading)

    def _forget(self, numbers: list[int]) -> None:
        """In the loop: messages that are gone have left the index too."""
        forgetting = self._loop.create_task(self._writer.change(partial(forget_removed, numbers=numbers)))
        self._forgetting.add(forgetting)
        forgetting.add_done_callback(self._forgotten)

    def _forgotten(self, forgetting: asyncio.Task[None]) -> None:
        self._forgetting.discard(forgetting)
        if self._indexer is not None and not forgetting.cancelled() and forgetting.exception() is None:
            self._indexer.forgotten()  # or else they are remembered until the next start

    def _tell(self, somebody: Callable[[str], None], reason: str) -> None:
        """Tell somebody in the loop."""
        self._loop.call_soon_threadsafe(somebody, reason)

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
