"""The one thread of a journal: takes records from the queue, renders them and hands them to file and console.

It waits for a bell, holds a moment to gather, and works in small batches with a rest between them, so that
an event loop in the same process gets the interpreter back quickly.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Final, cast

from vestnik.log import events
from vestnik.log.days.sweep_thread import SweepThread
from vestnik.log.events import EventType
from vestnik.log.recording.drafts import Drafts
from vestnik.log.recording.inbox import LIMIT, Inbox
from vestnik.log.recording.marks import Mark, Point, join, reach
from vestnik.log.recording.outputs import Outputs
from vestnik.log.recording.quota import LOOK_AGAIN, tell_refused
from vestnik.log.recording.records import Queued
from vestnik.log.recording.render import Renderer
from vestnik.log.trouble import Trouble, said

LIMIT_BYTES: Final = 64 * 1024 * 1024
"""Bytes that may wait for files that cannot be written."""
HOLD: Final = 0.02
"""Seconds in which records gather before they are written; WARNING and above do not wait."""
BATCH: Final = 128
"""Records rendered and written at once."""
SHOWN_AT_ONCE: Final = 1024
"""Lines handed to the console at once, after the file has them."""
REST: Final = 0.0002
"""Seconds between two batches."""
HURRY: Final = 50_000
"""So many waiting records are written without a rest."""
TIDY_EVERY: Final = 30.0
"""Seconds between looks at open files of other days."""
SYNC_EVERY: Final = 5.0
"""Seconds after which what was written is put on the disk itself; CRITICAL records are at once."""
FOLLOW_WITHIN: Final = 10.0
"""Seconds for which a writer waits for the one before it."""
SWEEP_WITHIN: Final = 2.0
"""Seconds for which the end waits for a file that is being compressed."""
NEVER: Final = 1 << 30
"""A level that no record has."""
_RECORDS: Final[set[type]] = {tuple}


class JournalWriter:
    """The inbox of a journal and the thread behind it, which starts at the first ring.

    `clock` tells the time (seconds since 1970), `monotonic` intervals (seconds). `lost` counts lines that no file took,
    `high_water` is the longest that the inbox was, `slowest` the longest write in seconds.
    """

    def __init__(
        self,
        name: str,
        renderer: Renderer,
        outputs: Outputs,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        limit: int = LIMIT,
    ) -> None:
        self.inbox = Inbox(clock, limit)
        self.ring_from = 0
        self.lost = 0
        self.high_water = 0
        self.slowest = 0.0
        self.renderer = renderer
        self._name = name
        self._outputs = outputs
        self._files = outputs.files
        self._drafts = Drafts(name, renderer, outputs, clock=clock)
        self._sweep: SweepThread | None = None
        self._clock = clock
        self._monotonic = monotonic
        self._trouble = Trouble(monotonic)
        self._failure: Exception | None = None  # the last one
        self._bell: SimpleQueue[int] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._previous: JournalWriter | None = None
        self.finished = threading.Event()
        self._gate = threading.Event()
        self._gate.set()
        self._steps = 0
        self._marks: list[threading.Event] = []
        self._at_once = False
        self._told: set[tuple[EventType, str | None]] = set()
        self._told_hidden = 0
        self._has_old_files = False
        self._offset = ""
        self._sync_at = 0.0

    # The callers' side: any thread, never blocks, never raises.

    def ring(self, level: int) -> None:
        """Wakes the thread for a record of `level`; call it after appending if `level >= ring_from`."""
        self.ring_from = logging.WARNING if level < logging.WARNING else NEVER
        self._bell.put(level)
        if self._thread is None:
            self._start()

    def mark(self) -> threading.Event | None:
        """An event that is set when everything queued before is in the file; None if nothing is waiting."""
        if self._stopping or (self._thread is None and not self.inbox.queue):
            return None
        return self._put(threading.Event())

    def point(self) -> Point:
        """The same, as a point that all files have in common."""
        return self._put(Point())

    def _put(self, mark: Mark) -> Mark:
        self.inbox.queue.append(mark)
        self.ring(NEVER)
        return mark

    def hold(self) -> None:
        """Writes nothing before `proceed` or `stop`; call it before the first record."""
        self._gate.clear()

    def proceed(self) -> None:
        """Ends `hold`."""
        self._gate.set()

    def _progress(self) -> int:
        """Grows with whatever is done: each batch, each write, each sync."""
        sealer = self._outputs.sealer
        return self._steps + sum(files.steps for files in self._files) + (0 if sealer is None else sealer.steps)

    @property
    def taken(self) -> int:
        """Records that left the inbox, and the journal's own."""
        return self._drafts.taken

    @property
    def written(self) -> int:
        """Records that are done: in every file, or rendered if there is no file."""
        return min((files.written for files in self._files), default=self.taken)

    @property
    def failure(self) -> Exception | None:
        """Why the files cannot be written at the moment; None if they can."""
        return self._failure if self._trouble.lasts else None

    def abandon(self) -> None:
        """In the child of a fork: forgets records and files, which the parent's thread takes care of."""
        self.inbox.queue.clear()
        if self._outputs.sealer is not None:
            self._outputs.sealer.abandon()
        if self._sweep is not None:
            self._sweep.after_fork()
        for files in self._files:
            files.close()

    def follow(self, previous: "JournalWriter") -> None:
        """Begins only when `previous` has finished, so that its lines and seals come first."""
        self._previous = previous

    def stop(self, patience: float, forced: threading.Event) -> None:
        """Writes everything, ends the threads and closes the files.

        Waits as long as there is progress within `patience` seconds, and not if it is `forced`.
        """
        self._stopping = True
        self.inbox.close()
        self._gate.set()
        with self._starting:
            thread = self._thread
        if thread is None:
            self._finish()
        elif thread is not threading.current_thread():
            self._bell.put(NEVER)
            join(thread, self._progress, patience, forced)

    def _start(self) -> None:
        if sys.is_finalizing() or not self._starting.acquire(blocking=False):
            return  # no thread would run any more; or another one is just starting it
        try:
            if self._thread is None and not self._stopping:
                if self._outputs.console is not None:
                    self._outputs.console.start()  # at the end of the program no thread can be started any more
                thread = threading.Thread(target=self._run, name=f"journal-{self._name}", daemon=True)
                thread.start()
                self._thread = thread
        except RuntimeError:
            self.ring_from = 0  # no more threads now: the next record tries again, `stop` writes in any case
        finally:
            self._starting.release()

    # The thread's side.

    def _run(self) -> None:
        self._gate.wait()
        if self._previous is not None:
            self._previous.finished.wait(FOLLOW_WITHIN)
            self._previous = None
        self._begin_sweeping()
        while not self._stopping:
            try:
                self._wait()
                self._drain()
            except Exception as error:  # noqa: BLE001 - the journal must live on, and says what happened
                self._say(events.JOURNAL_FAILED, repr(error), error=error)
        self._finish()

    def _begin_sweeping(self) -> None:
        if self._outputs.sweep is None or self._stopping:
            return
        try:
            sweep = self._outputs.sweep()
            sweep.start()
            self._sweep = sweep
        except (OSError, RuntimeError) as error:
            self._tell(events.JOURNAL_SWEEP_FAILED, error, "start")

    def _finish(self) -> None:
        if self._sweep is not None:
            self._sweep.stop(SWEEP_WITHIN)
        try:
            self._drain()
            if self._outputs.console is not None:
                self._outputs.console.close()
            self._look_around()
            self._at_once = True
            self._push()
        except Exception as error:  # noqa: BLE001 - the files must be closed all the same
            self._say(events.JOURNAL_FAILED, repr(error), error=error)
        self.lost += max([files.close() for files in self._files], default=0)
        if self._outputs.sealer is not None:
            self._outputs.sealer.close()
        self._previous = None
        self.finished.set()

    def _wait(self) -> None:
        """Sleeps until there is something to do, then a moment longer unless it is urgent."""
        self.ring_from = 0
        level = 0 if self.inbox.queue else self._listen(self._idle_time())
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
        times = [TIDY_EVERY if self._has_old_files else self._until_tomorrow()] if self._files else []
        if self.inbox.floor:
            times.append(LOOK_AGAIN)
        if any(files.unsynced for files in self._files):
            times.append(max(0.0, self._sync_at - self._monotonic()))
        if self._outputs.sealer is not None and (due := self._outputs.sealer.wait) is not None:
            times.append(due)
        return min(times, default=None)

    def _until_tomorrow(self) -> float:
        """Seconds until the files of today are those of another day; at most an hour, as clocks are set."""
        now = self._clock()
        year, month, day = time.localtime(now)[:3]
        return min(max(1.0, time.mktime((year, month, day + 1, 0, 0, 0, 0, 0, -1)) - now), 3600.0)

    def _drain(self) -> None:
        count = len(self.inbox.queue)
        self.high_water = max(self.high_water, count)
        while count > 0:
            self._batch(min(count, BATCH))
            count -= BATCH
            if 0 < count < HURRY and not self._stopping:
                time.sleep(REST)
        self._drafts.show()
        self._look_around()
        self._push()
        self._sync()
        self._seal()

    def _batch(self, size: int) -> None:
        """Takes `size` elements of the queue and writes and shows their lines."""
        drafts, popleft = self._drafts, self.inbox.queue.popleft
        elements = [popleft() for _ in range(size)]
        self._steps += 1
        records = cast(list[Queued], elements)
        if {*map(type, elements)} != _RECORDS:
            records = [element for element in elements if type(element) is tuple]
            for mark in elements:
                if type(mark) is not tuple:
                    self._mark(mark)
        promised = drafts.promised
        drafts.take(records)
        self.inbox.left += drafts.promised - promised
        drafts.hand_over()
        self._push()
        self._note_offset()
        if drafts.unshown >= SHOWN_AT_ONCE:
            drafts.show()

    def _mark(self, mark: object) -> None:
        """Notes a mark: it is reached when everything that was taken with it is in the files."""
        assert isinstance(mark, threading.Event)  # noqa: S101 - nothing else is put into the queue
        self._marks.append(mark)
        self._at_once = True

    def _push(self) -> None:
        """Writes what waits for the files, unless they fail and their time has not come."""
        trouble = self._trouble
        if self._waiting_lines and (self._at_once or not trouble.wait):
            began = self._monotonic()
            try:
                self._write()
                if trouble.lasts:
                    self._say(events.JOURNAL_RESTORED, trouble.end())
                    self._write()
            except Exception as error:  # noqa: BLE001 - whatever it is, the lines wait, and it is said once
                self._failure = error
                if trouble.begin_or_go_on():
                    self._say(events.JOURNAL_DEGRADED, said(error))
            self.slowest = max(self.slowest, self._monotonic() - began)
        self._at_once = False
        waiting = self._waiting_lines
        if not waiting:
            reach(self._marks, self._files)
        if not self._stopping:
            promised = max([files.waiting_promised for files in self._files], default=0)
            share = sum(files.waiting_bytes for files in self._files) / LIMIT_BYTES
            scale = max(1.0, self.inbox.limit * share / (waiting or 1))  # by lines or by bytes, whichever is more
            self.inbox.reserve(int(promised * scale), int((waiting - promised) * scale))

    @property
    def _waiting_lines(self) -> int:
        return max([files.waiting_lines for files in self._files], default=0)

    def _write(self) -> None:
        """Writes what waits, as far as each file can be written. Raises the first failure."""
        failure: Exception | None = None
        for files in self._files:
            try:
                files.push()
            except Exception as error:  # noqa: BLE001 - it is raised when the other has had its turn
                failure = failure or error
        if failure is not None:
            raise failure

    def _sync(self) -> None:
        now = self._monotonic()
        if self._drafts.urgent:
            self._drafts.urgent, self._sync_at = False, 0.0
        if now < self._sync_at or self._trouble.lasts:
            return
        self._sync_at = now + SYNC_EVERY
        for files in self._files:
            try:
                files.sync()
            except OSError as error:
                self._tell(events.JOURNAL_SYNC_FAILED, error)
            else:
                self._tell(events.JOURNAL_SYNC_FAILED, None)

    def _seal(self) -> None:
        sealer = self._outputs.sealer
        if sealer is None:
            return
        sealer.seal()
        self._tell(events.JOURNAL_SEAL_FAILED, sealer.error)
        for adopted in sealer.take_adopted():
            self._say(events.JOURNAL_ADOPTED, adopted.file, adopted.size)

    def _note_offset(self) -> None:
        """Says when the clock is put forward or back: the text line has no offset."""
        offset = self.renderer.offset
        if self._offset and offset and offset != self._offset:
            self._say(events.JOURNAL_OFFSET_CHANGED, self._offset, offset)
        self._offset = offset

    def _look_around(self) -> None:
        """Says once what the callers were spared: dropped records, a console or a link that fails."""
        if (quota := self._outputs.quota) is not None:
            quota.apply(self.inbox, self._say)
        if not self._trouble.lasts and (self._stopping or (self.inbox.roomy and not self.inbox.floor)):
            tell_refused(self.inbox, self._say, (quota.reason if quota is not None else "") or said(self._failure))
        old = False
        for files in self._files:
            old = files.tidy() or old
            self._tell(events.JOURNAL_LINK_FAILED, files.link_error, files.link)
        self._has_old_files = old
        if (console := self._outputs.console) is not None:
            self._tell(events.JOURNAL_CONSOLE_FAILED, console.error)
            if console.dropped != self._told_hidden and console.error is None and not console.waiting:
                count, self._told_hidden = console.dropped - self._told_hidden, console.dropped
                self._say(events.JOURNAL_CONSOLE_DROPPED, count)

    def _tell(self, event: EventType, error: Exception | None, of: str | None = None) -> None:
        """Says what fails when it begins to; `of` tells failures of one kind apart."""
        if error is None:
            self._told.discard((event, of))
        elif (event, of) not in self._told:
            self._told.add((event, of))
            reason = f"{type(error).__name__}: {error}"
            self._say(event, *((of, reason) if "file" in event.fields else (reason,)))

    def _say(self, event: EventType, *values: object, error: BaseException | None = None) -> None:
        """A record of the journal about itself: it takes no room in the queue."""
        self._drafts.say(event, values, error)
        self._drafts.hand_over()
        self._drafts.show()
