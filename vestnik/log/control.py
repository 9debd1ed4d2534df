"""Signals to a running program: what to do at them, and about its journal SIGUSR1 and SIGUSR2."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.log.journaled import is_on, switch


@contextmanager
def controlled(journal: Journal) -> Iterator[None]:
    """Within it, in a running event loop, SIGUSR1 turns the journaling of functions on and off again, and SIGUSR2
    journals the statistics of the journal."""
    with (
        handled(signal.SIGUSR1, partial(toggle_trace, journal)),
        handled(signal.SIGUSR2, partial(record_statistics, journal)),
    ):
        yield


@contextmanager
def handled(number: signal.Signals, react: Callable[[], object]) -> Iterator[None]:
    """Within it, in a running event loop, `react` is called at a signal; afterwards that does what it did before."""
    loop = asyncio.get_running_loop()
    before = signal.getsignal(number)
    loop.add_signal_handler(number, react)
    try:
        yield
    finally:
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL if before is None else before)


def toggle_trace(journal: Journal) -> None:
    """Turns the journaling of the functions of this journal's logger on or off."""
    on = not is_on(journal.name)
    switch(journal.name, on)
    journal.record(events.JOURNAL_TRACE_SWITCHED, journal.name, "on" if on else "off")


def record_statistics(journal: Journal) -> None:
    """Journals what became of the journal's records so far."""
    found = journal.statistics
    levels = ", ".join(f"{level} {count}" for level, count in found.dropped_levels.items())
    journal.record(
        events.JOURNAL_STATISTICS,
        found.logged,
        found.written,
        found.dropped,
        levels or "-",
        found.waiting,
        found.high_water,
        round(found.slowest * 1000, 3),
        found.degraded,
    )
