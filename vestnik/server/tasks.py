"""Coroutines that run beside the requests that began them, until the server stops; and what is done again and again."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from vestnik.log.events import TASK_FAILED
from vestnik.log.journal import Journal


class Tasks:
    """Those of one server. Their users bound them: a connection has one for its request and one for what it missed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine to its end; an error is journaled."""
        task = self._loop.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def wait_within(self, seconds: float, work: asyncio.Task[None], then: Callable[[], None]) -> None:
        """Call `then` when `work` has ended, or after so many seconds if that takes longer."""
        self.spawn(self._within(seconds, work, then))

    async def _within(self, seconds: float, work: asyncio.Task[None], then: Callable[[], None]) -> None:
        await asyncio.wait({work}, timeout=seconds)
        then()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._journal.record(TASK_FAILED, type(error).__name__, error=error)

    def cancel(self) -> None:
        """End all of them where they wait."""
        for task in self._running:
            task.cancel()

    async def wait(self) -> None:
        """Return when all have ended that run now."""
        if self._running:
            await asyncio.wait(self._running)


class Rounds:
    """Does something from time to time, from `start` until `stop`.

    An error ends nothing but its round. It is journaled, though not again in the next rounds while it stays the same.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._task: asyncio.Task[None] | None = None
        self._told = ""

    def start(self, work: Callable[[], Awaitable[object]], period: float, *, at_once: bool = False) -> None:
        """Do `work` every `period` seconds, for the first time after so many or `at_once`."""
        self._task = asyncio.get_running_loop().create_task(self._run(work, period, at_once=at_once))

    async def stop(self) -> None:
        """Stop where it waits."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):  # no event: it was asked to
                await self._task

    async def _run(self, work: Callable[[], Awaitable[object]], period: float, *, at_once: bool) -> None:
        if not at_once:
            await asyncio.sleep(period)
        while True:
            try:
                await work()
                self._told = ""
            except Exception as error:  # noqa: BLE001
                if (said := repr(error)) != self._told:
                    self._told = said
                    self._journal.record(TASK_FAILED, type(error).__name__, error=error)
            await asyncio.sleep(period)
