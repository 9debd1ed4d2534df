"""What one record of a logger costs, and one call of a `@journaled` function: measured in a process of their own."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

from bench.journal_variants import Variant, journal
from bench.process import folder
from vestnik.log.journaled import journaled, switch

RECORDS, QUICK_RECORDS = 20_000, 1_000
WARM_UP = 200
DRAIN_SECONDS = 60.0
CALLS, QUICK_CALLS = 5_000, 200
REPEATS = 7
ROOM = "#geekbrains"


def settle(drained: Callable[[], bool]) -> None:
    """Wait until everything is written. Raises TimeoutError."""
    deadline = time.monotonic() + DRAIN_SECONDS
    while not drained():
        if time.monotonic() > deadline:
            raise TimeoutError(f"records still wait after {DRAIN_SECONDS:.0f} s")
        time.sleep(0.001)


def spare_garbage_collection() -> None:
    """Leave what was imported out of collections: no logger is to pay for the modules of another."""
    gc.collect()
    gc.freeze()


def record_cost(variant: Variant, records: int) -> dict[str, Any]:
    """Return CPU microseconds of one record: `caller`, of the thread that records; `total`, of the process.

    `total` goes on until the logger is closed and everything is in its files. With `problem` instead of figures
    if something is missing there or not in the format.
    """
    with folder() as home:
        opened = variant.open(home)
        opened.burst(range(WARM_UP))
        settle(opened.drained)
        spare_garbage_collection()
        numbers = range(WARM_UP, WARM_UP + records)
        caller, total = time.thread_time(), time.process_time()
        opened.burst(numbers)
        caller = time.thread_time() - caller
        opened.close()
        total = time.process_time() - total
        problem = variant.fault(home, numbers.stop)
    return {"problem": problem} if problem else {"caller": caller / records * 1e6, "total": total / records * 1e6}


class Rooms:
    """What is called: it does nothing, so that only the call costs something."""

    def function(self, room: str) -> str:
        """A function."""
        return room

    async def coroutine(self, room: str) -> str:
        """A coroutine."""
        return room

    def generator(self, room: str) -> Iterator[str]:
        """A generator of one value."""
        yield room

    async def async_generator(self, room: str) -> AsyncIterator[str]:
        """An asynchronous generator of one value."""
        yield room


Work = Callable[[Rooms, str], Any]


async def _functions(work: Work, rooms: Rooms, count: int) -> None:
    for _ in range(count):
        work(rooms, ROOM)


async def _coroutines(work: Work, rooms: Rooms, count: int) -> None:
    for _ in range(count):
        await work(rooms, ROOM)


async def _generators(work: Work, rooms: Rooms, count: int) -> None:
    for _ in range(count):
        for _room in work(rooms, ROOM):
            pass


async def _async_generators(work: Work, rooms: Rooms, count: int) -> None:
    for _ in range(count):
        async for _room in work(rooms, ROOM):
            pass


KINDS: dict[str, tuple[Work, Callable[[Work, Rooms, int], Coroutine[Any, Any, None]]]] = {
    "function": (Rooms.function, _functions),
    "coroutine": (Rooms.coroutine, _coroutines),
    "generator": (Rooms.generator, _generators),
    "asynchronous generator": (Rooms.async_generator, _async_generators),
}


def call_costs(calls: int) -> dict[str, Any]:
    """Return for each kind of function CPU microseconds of one call.

    `plain` without the decorator; what it adds while it is `off`, and while it is `on`: for the caller, and in
    `total` until the record is in the files. Each is the least of some repeats, for only noise makes it more.
    """
    costs = {}
    with folder() as home:
        made = journal(home, json=True)
        for kind, (function, burst) in KINDS.items():
            wrapped = journaled(arguments=("room",), logger=made.name)(function)
            taken: dict[str, list[float]] = {"plain": [], "off": [], "on": [], "total": []}
            for _ in range(REPEATS):
                taken["plain"].append(_cpu(burst, function, calls))
                taken["off"].append(_cpu(burst, wrapped, calls))
                switch(made.name, True)
                total = time.process_time()
                taken["on"].append(_cpu(burst, wrapped, calls))
                settle(lambda: made.statistics.waiting <= 0)
                taken["total"].append(time.process_time() - total)
                switch(made.name, False)
            least = {name: min(times) / calls * 1e6 for name, times in taken.items()}
            plain = least["plain"]
            costs[kind] = {name: cost if name == "plain" else cost - plain for name, cost in least.items()}
        written = made.statistics
        made.close()
    expected = len(KINDS) * REPEATS * calls
    return costs if written.written == expected else {"problem": f"{written.written} of {expected} calls are written"}


def _cpu(burst: Callable[[Work, Rooms, int], Coroutine[Any, Any, None]], work: Work, calls: int) -> float:
    """CPU seconds of this thread for so many calls."""

    async def run() -> float:
        began = time.thread_time()
        await burst(work, Rooms(), calls)
        return time.thread_time() - began

    return asyncio.run(run())
