"""What an event loop feels of a burst of records: how long the burst holds it, how late it is while they are written.

A burst is one loop pass that leaves all its records. After it, while the records are written, a ticker sleeps for a
millisecond again and again and looks how much later it wakes. The loop is uvloop's where there is one, and garbage
collection is set as in the server.
"""

import asyncio
import gc
import os
import statistics
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bench.journal_cost import DRAIN_SECONDS, WARM_UP, settle, spare_garbage_collection
from bench.journal_variants import VARIANTS, Opened, Variant, recorded
from bench.process import folder

TICK = 0.001
"""Seconds between two looks of the ticker."""
TICKS = 100
"""Looks after a burst when nothing is left to be written."""
PAUSE = 0.1
"""Seconds between two bursts."""


class Size(NamedTuple):
    """How much is measured in one process."""

    bursts: int
    records: int


FULL, QUICK = Size(10, 10_000), Size(2, 1_000)


@dataclass(frozen=True, slots=True)
class Kind:
    """What leaves the records; without a `variant` nothing does. `unread` gives it a console that nobody reads."""

    name: str
    label: str
    variant: Variant | None = None
    unread: bool = False

    @property
    def ours(self) -> bool:
        """Whether it is the journal."""
        return self.variant is not None and self.variant.ours


KINDS = {
    kind.name: kind
    for kind in (
        Kind("lag-idle", "nothing: the idle loop"),
        Kind("lag-file", VARIANTS["file"].label, VARIANTS["file"]),
        Kind("lag-queue", VARIANTS["queue"].label, VARIANTS["queue"]),
        Kind("lag-call", VARIANTS["call-json"].label, VARIANTS["call-json"]),
        Kind("lag-record", VARIANTS["record-json"].label, VARIANTS["record-json"]),
        Kind(
            "lag-console",
            f"{VARIANTS['record-json'].label}, and a console that nobody reads",
            VARIANTS["record-json"],
            unread=True,
        ),
    )
}
"""All kinds by name, in the order of the table."""


def loop_lag(kind: Kind, size: Size) -> dict[str, Any]:
    """Return in milliseconds: how long a burst holds the loop (`hold`, the median of the bursts), and how late the
    ticker is afterwards (`p50`, `p99`, `max`).

    With `problem` instead of figures if records are missing in the files.
    """
    if kind.variant is None:
        return _measured(Opened(lambda _numbers: None, lambda: True, lambda: None), size)
    with folder() as home:
        figures = _beside_unread_pipe(home, size) if kind.unread else _measured(kind.variant.open(home), size)
        problem = kind.variant.fault(home, WARM_UP + size.bursts * size.records)
    return {"problem": problem} if problem else figures


def _beside_unread_pipe(home: Path, size: Size) -> dict[str, float]:
    unread, end = os.pipe()
    with os.fdopen(end, "w") as pipe:
        opened = recorded(home, json=True, console=pipe)
        figures = _measured(opened, size)
        os.close(unread)  # now the thread that waits for a reader is told that there is none
    return figures


def _measured(opened: Opened, size: Size) -> dict[str, float]:
    opened.burst(range(WARM_UP))
    settle(opened.drained)
    spare_garbage_collection()
    gc.set_threshold(20_000, 50, 100)
    holds, lags = _runner()(_feel(opened, size))
    opened.close()
    lags.sort()
    p50, p99 = (lags[min(len(lags) - 1, len(lags) * share // 100)] for share in (50, 99))
    return {"hold": statistics.median(holds) * 1e3, "p50": p50 * 1e3, "p99": p99 * 1e3, "max": lags[-1] * 1e3}


def _runner() -> Callable[[Coroutine[Any, Any, tuple[list[float], list[float]]]], tuple[list[float], list[float]]]:
    try:
        import uvloop
    except ImportError:  # not made for this platform
        return asyncio.run
    return uvloop.run


async def _feel(opened: Opened, size: Size) -> tuple[list[float], list[float]]:
    """Seconds for which each burst held the loop, and by which the ticker was late in all of them."""
    holds, lags = [], []
    for number in range(size.bursts):
        await asyncio.sleep(PAUSE)
        first = WARM_UP + number * size.records
        began = time.perf_counter()
        opened.burst(range(first, first + size.records))
        holds.append(time.perf_counter() - began)
        lags += await _ticks(opened.drained)
    return holds, lags


async def _ticks(drained: Callable[[], bool]) -> list[float]:
    """How late the ticker is until all is written, in seconds. Raises TimeoutError."""
    lags: list[float] = []
    least = TICKS if drained() else 1
    deadline = time.perf_counter() + DRAIN_SECONDS
    while len(lags) < least or not drained():
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        woken = time.perf_counter()
        lags.append(max(0.0, woken - began - TICK))
        if woken > deadline:
            raise TimeoutError(f"records still wait after {DRAIN_SECONDS:.0f} s")
    return lags
