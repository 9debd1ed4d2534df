"""What the writer does while nothing waits, and now and then when something always does."""

import asyncio

import pytest
from sqlalchemy import Connection, Engine

from tests.store.test_writer import Desk, New
from tests.support.waiting import DEADLINE
from vestnik.store import writer as module


class Later:
    """Counts slices: `left` of them are to do; `wait` for the end of them."""

    def __init__(self, left: int = 0) -> None:
        self.left = left
        self.done: list[int] = []
        self.error: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def __call__(self, connection: Connection) -> int:
        """A slice; notes how many messages there are."""
        self.done.append(connection.exec_driver_sql("SELECT count(*) FROM message").scalar_one())
        self._loop.call_soon_threadsafe(self._news.set)
        if self.error is not None:
            raise self.error
        self.left = max(0, self.left - 1)
        return self.left

    async def slices(self, number: int) -> None:
        """Wait for so many slices."""
        while len(self.done) < number:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), DEADLINE)


async def test_slices_when_quiet(engine: Engine) -> None:
    """What can wait is done at the start, slice after slice until nothing is left, and again after messages."""
    later = Later(3)
    desk = Desk(engine, later)
    await later.slices(3)
    assert await desk.keep([New(1, 7)]) == [None]
    await later.slices(4)
    await desk.writer.change(lambda _connection: None)
    await desk.close()
    assert later.done == [0, 0, 0, 1]


async def test_slices_without_quiet(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """While messages never pause there is a slice now and then between them."""
    monkeypatch.setattr(module, "QUIET", 30.0)
    monkeypatch.setattr(module, "SLICE_WITHIN", 0.0)
    later = Later(1_000_000)
    desk = Desk(engine, later)
    while len(later.done) < 5:
        assert await desk.keep([New(1, 7)]) == [None]
    await desk.close()


async def test_failing_slice(engine: Engine) -> None:
    """A slice that fails hurts nobody, is told to the loop, and is tried again after the next messages."""
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["exception"]))
    later = Later(1)
    later.error = OSError("disk")
    desk = Desk(engine, later)
    await later.slices(1)
    assert await desk.keep([New(1, 7)]) == [None]
    await later.slices(2)
    assert await desk.keep([New(1, 7)]) == [None]
    assert told[0] is later.error
    await desk.close()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
