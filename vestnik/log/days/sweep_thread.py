"""The thread that sweeps: soon after the start, then an hour after each midnight, and every hour in between."""

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from vestnik.log import events
from vestnik.log.days.sweep import GRACE, Sweeper

START_AFTER: Final = 10.0
"""Seconds from the start to the first run: a program has other things to do first."""
AT_MOST: Final = 3600.0
AT_LEAST: Final = 1.0
"""Seconds between two runs."""
NICE: Final = 5
"""The thread's priority."""


class SweepThread:
    """Runs a sweeper's `sweep` in a thread of its own. `clock` gives seconds since 1970."""

    def __init__(
        self, sweeper: Sweeper, *, clock: Callable[[], float] = time.time, start_after: float = START_AFTER
    ) -> None:
        self._sweeper = sweeper
        self._clock = clock
        self._start_after = start_after
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts the thread, if it is not running. Raises RuntimeError if there can be no more threads."""
        if self._thread is None:
            stop = threading.Event()
            thread = threading.Thread(target=self._run, args=(stop,), name=f"sweep-{self._sweeper.name}", daemon=True)
            thread.start()
            self._stop, self._thread = stop, thread

    def stop(self, timeout: float) -> bool:
        """Ends the thread; a file that is being compressed stays as it was. Says whether it ended in `timeout` s."""
        thread, self._thread = self._thread, None
        self._stop.set()
        if thread is not None:
            thread.join(timeout)
        return thread is None or not thread.is_alive()

    def after_fork(self) -> None:
        """In the child of a fork: there is no thread until somebody starts one."""
        self._thread = None
        self._sweeper.after_fork()

    def _run(self, stop: threading.Event) -> None:
        _step_back()
        wait = self._start_after
        while not stop.wait(wait):
            try:
                self._sweeper.sweep(stop.is_set)
            except Exception as error:  # noqa: BLE001 - whatever it is, the next run may do better, and it is said
                self._sweeper.record(events.JOURNAL_SWEEP_FAILED, self._sweeper.directory.name, repr(error))
            wait = until_next(self._clock())


def until_next(now: float) -> float:
    """Seconds from `now` (since 1970) until the next run is due: when a day may be compressed, or in an hour."""
    year, month, day = time.localtime(now - GRACE)[:3]
    midnight = time.mktime((year, month, day + 1, 0, 0, 0, 0, 0, -1))
    wait = midnight + GRACE - now  # a midnight that the zone leaves out may give anything
    return max(wait, AT_LEAST) if 0 <= wait < AT_MOST else AT_MOST


def _step_back() -> None:
    """Lowers the priority of this thread, where a thread has one."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # no event: it is as quick as the others then
            os.setpriority(os.PRIO_PROCESS, thread, max(NICE, os.getpriority(os.PRIO_PROCESS, thread)))
