"""Work in a thread that nobody has to wait for."""

import asyncio
import threading

import pytest

from tests.support.waiting import DEADLINE
from vestnik.server.aside import aside


async def test_what_it_gives() -> None:
    """The result of a function, or its error, comes from another thread."""

    def work(number: int, *, more: int) -> tuple[int, bool]:
        return number + more, threading.current_thread() is threading.main_thread()

    assert await aside(work, 1, more=2) == (3, False)

    def fail() -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        await aside(fail)


def test_what_hangs() -> None:
    """A loop ends beside what hangs, and whoever has given up is told nothing."""
    hanging, over = threading.Event(), threading.Event()

    def hang() -> None:
        hanging.wait()
        over.set()

    async def give_up() -> None:
        waiting = asyncio.create_task(aside(hang))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(give_up())
    hanging.set()
    assert over.wait(DEADLINE)
