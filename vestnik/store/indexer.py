"""The thread that takes messages into the index for searching, behind the writer's back.

It works in slices of a few milliseconds while nothing is written; when that never pauses, now and then. No search waits
for it: what is not in the index yet is found by looking at the texts.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy.exc import DatabaseError

from vestnik.store.index_file import IndexFile, is_unusable
from vestnik.store.indexing import catch_up, take_out
from vestnik.store.queries.removed import MOST_REMOVED, removed

SLICE: Final = 500
"""Messages that are taken into the index at once, if there is time."""
SLICE_SECONDS: Final = 0.006
"""The time for that: a message that comes in meanwhile may have to wait for the interpreter."""
QUIET: Final = 0.05
"""Seconds in which nothing was written after which a slice is done. A busy loop takes less between two batches."""
BREATH: Final = 0.01
"""Seconds between two slices while it is quiet."""
SLICE_WITHIN: Final = 0.5
"""Seconds after which a slice is done though it was never quiet."""
SLICE_REST: Final = 40
"""How many times as long as a slice took there is no other one while work comes in."""
FAR_BEHIND: Final = 100_000
"""Messages that wait for their slice from which on there is less rest, so that they do not become more for ever."""
FAR_SLICE_REST: Final = 5
"""The rest that there is then."""
AGAIN: Final = 10.0
"""Seconds after which what has failed is tried again by itself: the disk may be full."""
MOST_BEHIND: Final = 300
"""Messages that may be missing in the index so that a search finds them all the same."""
BEHIND_SECONDS: Final = 0.1
"""The longest time that a search waits for them."""
CHECKPOINT_AFTER: Final = 0.1
"""Seconds of slices after which the file is brought up to date with its log: some thousand pages."""


class _Ask(NamedTuple):
    """A search that wants to be told when what was kept before is in the index."""

    done: "Future[None]"
    error: Exception | None  # what came of searching in a damaged file


class _Wake:
    """Says that there is something to do."""


_WAKE: Final = _Wake()
_Job = _Ask | _Wake | None


class Indexer:
    """Runs until `close`. `forget` is called in `loop` with the numbers of messages that have left the index."""

    def __init__(self, file: IndexFile, loop: asyncio.AbstractEventLoop, forget: Callable[[list[int]], None]) -> None:
        self._file = file
        self._loop = loop
        self._forget = forget
        # Bounded by its users: every connection waits for its own search, and one token wakes.
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._left = True  # there may be something to do
        self._forgetting = False  # what is gone is being forgotten
        self._written = 0.0  # when something was written last (`time.monotonic`)
        self._writing = False  # something is being written
        self._rests = 0.0  # until when nothing is tried, for it has failed (`time.monotonic`)
        self._due = 0.0  # when a slice is done though something is written
        self._worked = 0.0  # seconds of slices since the last checkpoint
        self.opened = False  # the file can be used
        self._thread = threading.Thread(target=self._run, name="store-indexer", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Something is being written. Called by the writer's thread before each transaction."""
        self._writing = True

    def wake(self) -> None:
        """Something was written. Called by the writer's thread after each transaction."""
        self._written = time.monotonic()
        self._writing = False
        if not self._left:
            self._left = True
            self._due = self._written + SLICE_WITHIN
            self._jobs.put(_WAKE)

    async def catch_up(self, error: Exception | None = None) -> None:
        """Wait until what was kept before is in the index, if that is not much.

        `error` is what came of a search in a file that is damaged: it is thrown away before.
        """
        done: Future[None] = Future()
        self._jobs.put(_Ask(done, error))
        await asyncio.wrap_future(done)

    def forgotten(self) -> None:
        """What `forget` was called with is done."""
        self._forgetting = False
        self.wake()

    def close(self) -> None:
        """End the thread; blocks until it has ended."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        self._guarded(self._open)
        while True:
            job = self._next()
            if job is None:
                break
            if isinstance(job, _Ask):
                if job.error is not None:
                    self._guarded(partial(self._file.discard, job.error))
                self._guarded(lambda: self._do_slice(MOST_BEHIND, BEHIND_SECONDS))
                if job.done.set_running_or_notify_cancel():
                    job.done.set_result(None)
        self._guarded(self._checkpoint)

    def _next(self) -> _Job:
        """The next job; meanwhile slices are done."""
        rested = 0.0
        while self._left:
            now = time.monotonic()
            quiet = max((now if self._writing else self._written) + QUIET, rested + BREATH)
            wait = max(min(self._due, quiet), self._rests) - now
            if wait > 0 or not self._jobs.empty():
                try:
                    return self._jobs.get(timeout=max(0.0, wait))
                except queue.Empty:  # no event: nothing to do is what is waited for
                    continue
            self._guarded(lambda: self._do_slice(SLICE, SLICE_SECONDS))
            rested = time.monotonic()
        return self._jobs.get()

    def _guarded(self, work: Callable[[], object]) -> None:
        """Do something with the file. If that turns out to be damaged, throw it away and do it once more."""
        try:
            try:
                work()
            except DatabaseError as error:  # no event: whoever throws the file away tells it
                if not is_unusable(error):
                    raise
                self._file.discard(error)
                self._left = True
                work()
        except Exception as error:  # noqa: BLE001  # no event: the loop has one, when it is told
            self._left, self._rests = True, time.monotonic() + AGAIN
            context = {"message": "the search index was not filled", "exception": error}
            self._loop.call_soon_threadsafe(self._loop.call_exception_handler, context)

    def _open(self) -> None:
        if not self.opened:
            self._file.open()
            self.opened = True

    def _do_slice(self, limit: int, seconds: float) -> None:
        self._left = False  # what is written from here on says so again
        self._open()
        began = time.monotonic()
        gone: list[int] = []
        with self._file.writing() as connection:
            left = catch_up(connection, limit, seconds)
            if not left and not self._forgetting:
                gone = removed(connection, MOST_REMOVED)
                take_out(connection, gone)
        self._worked += time.monotonic() - began
        if gone or self._worked >= CHECKPOINT_AFTER:
            self._finish(gone)
        ended = time.monotonic()
        if left or gone:
            self._left = True
        self._due = ended + (ended - began) * (SLICE_REST if left < FAR_BEHIND else FAR_SLICE_REST)

    def _finish(self, gone: list[int]) -> None:
        """Have the file on disk; what has left the index for good need not be remembered any more."""
        if self._checkpoint() and gone:
            self._forgetting = True
            self._loop.call_soon_threadsafe(self._forget, gone)

    def _checkpoint(self) -> bool:
        self._worked = 0.0
        return self._file.checkpoint()
