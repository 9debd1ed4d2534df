"""Retention: from time to time, what rooms keep no longer is removed, little by little between other work."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from vestnik.log.events import TASK_FAILED
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.fanout import Fanout
from vestnik.store.store import Store

PERIOD: Final = 3600.0
"""Seconds between two looks."""
SLICE: Final = 500
"""Messages that are removed in one transaction."""
DAY: Final = 86_400.0


class Retention:
    """Removes old messages while it is started. `clock` gives UNIX seconds."""

    def __init__(self, store: Store, journal: Journal, fanout: Fanout, clock: Callable[[], float]) -> None:
        self._store = store
        self._journal = journal
        self._fanout = fanout
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look at once, and then once in a `PERIOD`."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop; what is being removed is removed."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):  # no event: it was asked to
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.apply()
            except Exception as error:  # noqa: BLE001
                self._journal.record(TASK_FAILED, type(error).__name__, error=error)
            await asyncio.sleep(PERIOD)

    @journaled
    async def apply(self) -> None:
        """Remove what every room keeps no longer, with a line for each room."""
        for room in await self._store.retained_rooms():
            before = self._clock() - room.days * DAY
            count = 0
            while event := await self._store.expire(room.id, before, SLICE):
                self._fanout.expire(event)
                count += event.removed
                if event.removed < SLICE:
                    break
            if count:
                self._journal.record(catalogue.RETENTION_APPLIED, room.name, count)
