"""The one thread of a journal: takes records from the queue, renders them and hands them to file and console.

It waits for a bell, holds a moment to gather, and works in small batches with a rest between them, so that
an event loop in the same process gets the interpreter back quickly.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final

from vestnik.log import events
from vestnik.log.console import Console
from vestnik.log.events import Event
from vestnik.log.files import DatedFiles
from vestnik.log.records import Queued
from vestnik.log.render import Renderer
from vestnik.log.trouble import Trouble

LIMIT: Final = 200_000
"""Records that may wait, in the queue or for a file that cannot be written; more are dropped and counted."""
LIMIT_BYTES: Final = 64 * 1024 * 1024
"""Bytes that may wait for a file that cannot be written."""
HOLD: Final = 0.02
"""Seconds in which records gather before they are written; WARNING and above do not wait."""
BATCH: Final = 64
"""Records rendered and written at once."""
SHOWN_AT_ONCE: Final = 1024
"""Lines handed to the console at once, after the file has them."""
REST: Final = 0.0002
"""Seconds between two batches."""
HURRY: Final = 50_000
"""So many waiting records are written without a rest."""
TIDY_EVERY: Final = 30.0
"""Seconds between looks at open files of other days."""
NEVER: Final = 1 << 30
"""A level that no record has."""


class Writer:
    """The queue of a journal and the thread behind it, which starts at the first ring.

    `clock` tells the time (seconds since 1970), `monotonic` intervals (seconds). `files` or `console` may be
    missing. `console_level` is the level from which on records are shown. `taken` counts the records that left
    the queue and the journal's own, `refused` those that found no room, `lost` lines that no file took.
    """

    def __init__(
        self,
        name: str,
        renderer: Renderer,
        files: DatedFiles | None,
        console: Console | None,
        *,
        console_level: int = logging.NOTSET,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        limit: int = LIMIT,
    ) -> None:
        self.queue: deque[Queued | threading.Event] = deque()
        self.room = limit
        self.ring_from = 0
        self.console_level = console_level
        self.taken = 0
        self.refused = 0
        self.lost = 0
        self._name = name
        self.renderer = renderer
        self._files = files
        self._console = console
        self._clock = clock
        self._trouble = Trouble(monotonic)
        self._limit = limit
        self._bell: SimpleQueue[int] = SimpleQueue()
        self._counting = threading.RLock()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._marks: list[threading.Event] = []
        self._unshown: list[str] = []
        self._at_once = False
        self._told: set[Event] = set()
        self._told_refused = 0
        self._told_hidden = 0
        self._has_old_files = False

    # The callers' side: any thread, never blocks, never raises.

    def ring(self, level: int) -> None:
        """Wakes the thread for a record of `level`; call it after appending if `level >= ring_from`."""
        self.ring_from = logging.WARNING if level < logging.WARNING else NEVER
        self._bell.put(level)
        if self._thread is None:
            self._start()

    def drop(self, count: int) -> None:
        """Counts `count` records for which there was no room."""
        with self._counting:
            self.refused += count

    def mark(self) -> threading.Event | None:
        """An event that is set when everything queued before is in the file; None if nothing is waiting."""
        if self._stopping or (self._thread is None and not self.queue):
            return None
        done = threading.Event()
        self.queue.append(done)
        self.ring(NEVER)
        return done

    @property
    def written(self) -> int:
        """Lines that are done: in the file, or rendered if there is no file."""
        return self.taken if self._files is None else self._files.written

    def abandon(self) -> None:
        """In the child of a fork: forgets records and files, which the parent's thread takes care of."""
        self.queue.clear()
        if self._files is not None:
            self._files.close()

    def stop(self, timeout: float) -> None:
        """Writes everything, ends the threads and closes the files. Waits at most `timeout` seconds."""
        self._stopping = True
        self.room = 0
        with self._starting:
            thread = self._thread
        if thread is None:
            self._finish()
        elif thread is not threading.current_thread():
            self._bell.put(NEVER)
            thread.join(timeout)

    def _start(self) -> None:
        if not self._starting.acquire(blocking=False):
            return  # another thread is just starting it
        try:
            if self._thread is None and not self._stopping:
                thread = threading.Thread(target=self._run, name=f"journal-{self._name}", daemon=True)
                thread.start()
                self._thread = thread
        except RuntimeError:
            self.ring_from = 0  # no more threads now: the next record tries again, `stop` writes in any case
        finally:
            self._starting.release()

    # The thread's side.

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._wait()
                self._drain()
            except Exception as error:  # noqa: BLE001 - the journal must live on, and says what happened
                self._say(events.JOURNAL_FAILED, repr(error), error=error)
        self._finish()

    def _finish(self) -> None:
        try:
            self._drain()
            if self._console is not None:
                self._console.close()
                self._look_around()
            if self._files is not None:
                self._at_once = True
                self._push(self._files)
        except Exception as error:  # noqa: BLE001 - the files must be closed all the same
            self._say(events.JOURNAL_FAILED, repr(error), error=error)
        if self._files is not None:
            self.lost += self._files.close()

    def _wait(self) -> None:
        """Sleeps until there is something to do, then a moment longer unless it is urgent."""
        self.ring_from = 0
        level = 0 if self.queue else self._listen(self._idle_time())
        self.ring_from = logging.WARNING
        if level < logging.WARNING and not self._stopping:
            self._listen(HOLD)
            self.ring_from = logging.WARNING

    def _listen(self, timeout: float | None) -> int:
        try:
            return self._bell.get(timeout=timeout)
        except Empty:
            return NEVER

    def _idle_time(self) -> float | None:
        if self._trouble.lasts:
            return self._trouble.wait
        return TIDY_EVERY if self._has_old_files else None

    def _drain(self) -> None:
        count = len(self.queue)
        while count > 0:
            self._batch(min(count, BATCH))
            count -= BATCH
            if 0 < count < HURRY and not self._stopping:
                time.sleep(REST)
        self._show()
        self._look_around()
        if self._files is not None:
            self._push(self._files)

    def _batch(self, size: int) -> None:
        """Takes `size` elements of the queue and writes and shows their lines."""
        renderer, popleft = self.renderer, self.queue.popleft
        level = NEVER if self._console is None else self.console_level
        date = renderer.date
        lines: list[str] = []
        marks = 0
        for _ in range(size):
            element = popleft()
            if not isinstance(element, tuple):
                self._marks.append(element)
                self._at_once = True
                marks += 1
                continue
            try:
                line = renderer.line(element)
            except Exception as error:  # noqa: BLE001 - not a record at all: the line says so in its place
                element = self._own(events.JOURNAL_FAILED, (repr(error),), error)
                line = renderer.line(element)
            if renderer.date != date:
                self._keep(date, lines)
                date, lines = renderer.date, []
            lines.append(line)
            if element[1].level >= level:
                self._unshown.append(line)
        self.taken += size - marks
        self._keep(date, lines)
        if self._files is not None:
            self._push(self._files)
        else:
            self._release_marks()
        if len(self._unshown) >= SHOWN_AT_ONCE:
            self._show()

    def _keep(self, date: str, lines: list[str]) -> None:
        if lines and self._files is not None:
            self._files.add(date, "".join(lines).encode(), len(lines))

    def _push(self, files: DatedFiles) -> None:
        """Writes what waits for the files, unless they fail and their time has not come."""
        trouble = self._trouble
        if files.waiting_lines and (self._at_once or not trouble.wait):
            try:
                files.push()
                if trouble.lasts:
                    self._say(events.JOURNAL_RESTORED, trouble.end())
                    files.push()
            except Exception as error:  # noqa: BLE001 - whatever it is, the lines wait, and it is said once
                if trouble.begin_or_go_on():
                    self._say(events.JOURNAL_DEGRADED, str(error) if isinstance(error, OSError) else repr(error))
        self._at_once = False
        if not files.waiting_lines:
            self._release_marks()
        if not self._stopping:
            full = files.waiting_bytes > LIMIT_BYTES
            self.room = 0 if full else self._limit - files.waiting_lines

    def _release_marks(self) -> None:
        for mark in self._marks:
            mark.set()
        self._marks.clear()

    def _look_around(self) -> None:
        """Says once what the callers were spared: dropped records, a console or a link that fails."""
        if self.refused != self._told_refused and not self._trouble.lasts and len(self.queue) < self._limit // 2:
            count, self._told_refused = self.refused - self._told_refused, self.refused
            self._say(events.JOURNAL_DROPPED, count)
        if self._files is not None:
            self._has_old_files = self._files.tidy()
            self._tell(events.JOURNAL_LINK_FAILED, self._files.link_error)
        if (console := self._console) is not None:
            self._tell(events.JOURNAL_CONSOLE_FAILED, console.error)
            if console.dropped != self._told_hidden and console.error is None and not console.waiting:
                count, self._told_hidden = console.dropped - self._told_hidden, console.dropped
                self._say(events.JOURNAL_CONSOLE_DROPPED, count)

    def _tell(self, event: Event, error: Exception | None) -> None:
        if error is None:
            self._told.discard(event)
        elif event not in self._told:
            self._told.add(event)
            self._say(event, f"{type(error).__name__}: {error}")

    def _own(self, event: Event, values: tuple[object, ...], error: BaseException | None) -> Queued:
        return (self._clock(), event, values, None, None, error)

    def _say(self, event: Event, *values: object, error: BaseException | None = None) -> None:
        """A record of the journal about itself: it takes no room in the queue."""
        line = self.renderer.line(self._own(event, values, error))
        self.taken += 1
        self._keep(self.renderer.date, [line])
        if event.level >= self.console_level:
            self._unshown.append(line)
        self._show()

    def _show(self) -> None:
        lines, self._unshown = self._unshown, []
        if lines and self._console is not None:
            self._console.show("".join(lines), len(lines))
