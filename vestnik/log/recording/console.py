"""The console: shows the lines of a journal to whoever watches, and never makes anyone else wait.

A paused terminal or a pipe that nobody reads blocks one thread of its own; what does not fit into its queue
is not shown (the file has it) and counted.
"""

import os
import select
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final, TextIO, TypeAlias

Stream: TypeAlias = TextIO | Callable[[], TextIO | None]
"""A text stream, or something that gives the one of the moment (`lambda: sys.stderr`)."""

MAX_UNSHOWN: Final = 10_000
"""Lines that may wait to be shown; more are dropped."""


class Console:
    """Writes lines to `stream` in a daemon thread, which starts with the first line if nobody has called `start`.

    `limit` is the number of lines that may wait. `error` is the last failure of the stream, None after a
    success.
    """

    def __init__(self, stream: Stream, *, name: str = "console", limit: int = MAX_UNSHOWN) -> None:
        self.error: Exception | None = None
        self._stream = stream
        self._name = name
        self._limit = limit
        self._queue: SimpleQueue[tuple[str, int] | threading.Event | None] = SimpleQueue()
        self._taken = 0
        self._shown = 0
        self._refused = 0
        self._lost = 0
        self._thread: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """The number of lines not shown yet."""
        return self._taken - self._shown

    @property
    def dropped(self) -> int:
        """The number of lines that were not shown: the queue was full, or the stream failed."""
        return self._refused + self._lost

    def start(self) -> None:
        """Starts the thread if there is none. From Python 3.12 on a program that ends can start no thread any more."""
        if self._thread is None:
            thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                self._show_without_thread(error)
            else:
                self._thread = thread

    def show(self, text: str, lines: int) -> None:
        """Queues `text`, which is that many whole `lines`. Never blocks and never raises. One thread only."""
        if self.waiting + lines > self._limit:
            self._refused += lines
            return
        self._taken += lines
        self._queue.put((text, lines))
        self.start()

    def flush(self, timeout: float = 1.0) -> bool:
        """Waits until everything is shown, at most `timeout` seconds; says whether it is."""
        if self._thread is None:
            return self._queue.empty()
        mark = threading.Event()
        self._queue.put(mark)
        return mark.wait(timeout)

    def close(self, timeout: float = 1.0) -> None:
        """Shows what waits and ends the thread. A stream that takes nothing for `timeout` seconds is left."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(timeout)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            self._take(item)

    def _show_without_thread(self, reason: RuntimeError) -> None:
        """Shows what waits if the stream takes it at once, else `reason` is why it still waits, or is lost if long."""
        while not self._queue.empty():
            if not _is_ready(self._now()):
                self.error = reason  # reported like any failure of the console
                return
            item = self._queue.get()
            if isinstance(item, tuple) and len(item[0].encode()) > select.PIPE_BUF:
                self.error = reason
                self._lost += item[1]
                self._shown += item[1]
            elif item is not None:
                self._take(item)

    def _take(self, item: tuple[str, int] | threading.Event) -> None:
        if isinstance(item, threading.Event):
            item.set()
            return
        text, lines = item
        try:
            self._write(text)
            self.error = None
        except Exception as error:  # noqa: BLE001 - the stream is anybody's; the writer reports the failure
            self.error = error.with_traceback(None)
            self._lost += lines
        self._shown += lines

    def _now(self) -> TextIO | None:
        return self._stream() if callable(self._stream) else self._stream

    def _write(self, text: str) -> None:
        stream = self._now()
        if stream is None:
            return  # a program without a console
        encoding = getattr(stream, "encoding", None) or "utf-8"
        data = text.encode(encoding, "backslashreplace")
        fd = _descriptor(stream)
        if fd is None:
            stream.write(data.decode(encoding))
            stream.flush()
        else:
            _write_all(fd, data)


def _descriptor(stream: TextIO) -> int | None:
    """The file descriptor under `stream`, if there is one.

    Writing there directly takes no lock of the stream: at the end of the program the interpreter needs that
    lock and gives up with an abort if a thread that waits for a paused terminal holds it.
    """
    try:
        return stream.fileno()
    except (AttributeError, OSError, ValueError):
        return None  # a stream in memory


def _is_ready(stream: TextIO | None) -> bool:
    """Whether a stream takes some lines (`select.PIPE_BUF` bytes) without waiting; of one in memory that is unknown."""
    fd = None if stream is None else _descriptor(stream)
    if fd is None:
        return stream is None
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(0))


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:  # somebody else made the terminal non-blocking
            poll = select.poll()
            poll.register(fd, select.POLLOUT)
            poll.poll()
