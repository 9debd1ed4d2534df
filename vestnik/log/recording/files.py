"""The files of a journal: one per day, named by the date of the records in it.

A line goes to the file of its own date, so nothing is ever rotated: `server.log.2026-11-22` is today's file
and `server.log` a link to it. No file is renamed or deleted, and several processes may append to the same one. Lines
that come when their day is compressed already go to `server.log.2026-11-22.late`.
"""

import os
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from vestnik.log.days.appending import AlreadyPacked, late, open_to_append
from vestnik.log.days.link import adopt, point
from vestnik.log.days.locks import is_at
from vestnik.ownership import make_owned

CHECK_EVERY: Final = 1.0
"""Seconds after which a write first makes sure that its file still is the one at its path."""
KEEP_OPEN: Final = 60.0
"""Seconds for which the file of another day than the last written one stays open for late records."""
OPEN_AT_MOST: Final = 4
TRIES: Final = 5
RETRY: Final = 0.01
"""Looks at a file that ends in half a line, and seconds between two of them."""


class Extents(Protocol):
    """Who is told what is written where (`seal.Sealer`). `file` is the name of a file of a day."""

    def opened(self, file: str, fd: int) -> None:
        """The file has been opened; nothing has been written to it yet."""

    def wrote(self, file: str, start: int, data: bytes | memoryview) -> None:
        """`data` is in the file from byte `start` on."""

    def closed(self, file: str) -> None:
        """The file has been closed."""


@dataclass(slots=True)
class _Open:
    """An open file: its path, its descriptor, and when it was used and checked (monotonic, s)."""

    path: Path
    fd: int
    used: float
    checked: float


@dataclass(slots=True)
class _Chunk:
    """Whole lines of one date, some of which are `promised`; the first `done` bytes are written."""

    date: str
    data: bytes
    lines: int
    promised: int
    done: int = 0


class DatedFiles:
    """Appends lines to `directory / f"{name}.<date>"` and keeps `directory / name` pointing to today's.

    `directory` is a path or gives one when the first line is written. `clock` tells the time (seconds since
    1970), `monotonic` intervals (seconds), `write` is `os.write`. Used by one thread at a time.
    Nothing is created before the first `push`. `written` counts lines; `waiting_lines`, of which so many are
    `waiting_promised`, and `waiting_bytes` are still to be written; `link` is the name of the link, `link_error` says
    why the link is not right, None if it is; `steps` counts writes and syncs.
    """

    def __init__(
        self,
        directory: Path | Callable[[], Path],
        name: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        write: Callable[[int, memoryview], int] = os.write,
        extents: Extents | None = None,
    ) -> None:
        self.link = name
        self.link_error: OSError | None = None
        self.written = 0
        self.steps = 0
        self.waiting_lines = 0
        self.waiting_promised = 0
        self.waiting_bytes = 0
        self._directory = directory
        self._name = name
        self._clock = clock
        self._monotonic = monotonic
        self._write = write
        self._extents = extents
        self._open: dict[str, _Open] = {}
        self._chunks: deque[_Chunk] = deque()
        self._linked = ""
        self._unsynced: set[str] = set()

    def add(self, date: str, data: bytes, lines: int, promised: int = 0) -> None:
        """Queues `data`, which is that many whole `lines` of `date` (YYYY-MM-DD), of which so many are `promised`.

        `push` writes them.
        """
        self._chunks.append(_Chunk(date, data, lines, promised))
        self.waiting_lines += lines
        self.waiting_promised += promised
        self.waiting_bytes += len(data)

    def push(self) -> None:
        """Writes everything that waits. Raises OSError; what is not written then still waits."""
        while self._chunks:
            chunk = self._chunks[0]
            self._append(chunk)
            self._chunks.popleft()
            self.waiting_lines -= chunk.lines
            self.waiting_promised -= chunk.promised
            self.waiting_bytes -= len(chunk.data)
            self.written += chunk.lines

    def sync(self) -> None:
        """Returns when what was written is on the disk itself. Raises OSError."""
        while self._unsynced:
            date = next(iter(self._unsynced))
            if (file := self._open.get(date)) is not None:
                os.fdatasync(file.fd)
                self.steps += 1
            self._unsynced.discard(date)

    @property
    def unsynced(self) -> bool:
        """Whether something was written that may not be on the disk itself yet."""
        return bool(self._unsynced)

    def sizes(self) -> Iterator[tuple[str, int]]:
        """The open files, and the bytes of each. Raises OSError."""
        for file in self._open.values():
            yield file.path.name, os.fstat(file.fd).st_size

    def tidy(self) -> bool:
        """Closes the files of other days that were not used for a while; says whether any such is left."""
        today = self._today()
        old = [date for date in self._open if date != today]
        if self._chunks:
            return bool(old)  # the file of a half-written line stays open
        now = self._monotonic()
        for date in old:
            if now - self._open[date].used >= KEEP_OPEN:
                self._forget(date)
        return any(date in self._open for date in old)

    def close(self) -> int:
        """Closes every file; gives the number of lines that never could be written. Idempotent."""
        for date in list(self._open):
            self._forget(date)
        lost, self.waiting_lines, self.waiting_promised, self.waiting_bytes = self.waiting_lines, 0, 0, 0
        self._chunks.clear()
        self._linked = ""
        return lost

    def path(self, date: str) -> Path:
        """The file of `date` (YYYY-MM-DD)."""
        return self._folder() / f"{self._name}.{date}"

    def _folder(self) -> Path:
        if not isinstance(self._directory, Path):
            self._directory = self._directory()
        return self._directory

    def _append(self, chunk: _Chunk) -> None:
        file = self._file(chunk)
        view = memoryview(chunk.data)
        while chunk.done < len(view):
            chunk.done += self._put(chunk.date, file, view[chunk.done :])
        file.used = self._monotonic()

    def _put(self, date: str, file: _Open, data: memoryview) -> int:
        """Writes some of `data`, says how much, and tells where it is."""
        count = self._write(file.fd, data)
        self.steps += 1
        self._unsynced.add(date)
        if self._extents is not None:
            end = os.lseek(file.fd, 0, os.SEEK_CUR)
            self._extents.wrote(file.path.name, end - count, data[:count])
        return count

    def _file(self, chunk: _Chunk) -> _Open:
        """The open file for `chunk`. A half-written line is begun again if its file is gone."""
        date, now = chunk.date, self._monotonic()
        file = self._open.get(date)
        if file is not None and now - file.checked >= CHECK_EVERY:
            if _is_current(file):
                file.checked = now
                self._link(date)
            else:
                self._forget(date)
                self._linked = ""
                file = None
        if file is None:
            chunk.done = chunk.data.rfind(b"\n", 0, chunk.done) + 1
            file = self._open_file(chunk, now)
        if date != self._linked:
            self._link(date)
        return file

    def _open_file(self, chunk: _Chunk, now: float) -> _Open:
        path = self.path(chunk.date)
        self._link_to(None)
        make_owned(path.parent)
        try:
            file = _Open(path, open_to_append(path), now, now)
        except AlreadyPacked:
            path = late(path)
            file = _Open(path, open_to_append(path), now, now)
        try:
            if stat.S_ISREG(os.fstat(file.fd).st_mode):
                if self._extents is not None:
                    self._extents.opened(path.name, file.fd)
                if _is_torn(path, file.fd):
                    self._put(chunk.date, file, memoryview(b"\n"))  # a killed process left half a line
        except BaseException:
            os.close(file.fd)
            raise
        self._open[chunk.date] = file
        while len(self._open) > OPEN_AT_MOST:
            self._forget(min((date for date in self._open if date != chunk.date), key=self._last_used))
        return file

    def _last_used(self, date: str) -> float:
        return self._open[date].used

    def _link(self, date: str) -> None:
        """Points `server.log` to the file of `date` if that is today's, or if there is no such link yet."""
        if date == self._today() or not (self._linked or (self._folder() / self._name).is_symlink()):
            self._link_to(self._open[date].path)
            self._linked = date

    def _today(self) -> str:
        return time.strftime("%Y-%m-%d", time.localtime(self._clock()))

    def _link_to(self, path: Path | None) -> None:
        """Takes in a plain file that stands where the link should be, and sets the link if there is a `path`."""
        link = self._folder() / self._name
        try:
            adopt(link)
            if path is not None:
                point(link, path.name)
            self.link_error = None
        except OSError as error:
            self.link_error = error  # the writer reports it; the lines themselves are safe

    def _forget(self, date: str) -> None:
        file = self._open.pop(date)
        self._unsynced.discard(date)
        if self._extents is not None:
            self._extents.closed(file.path.name)
        with suppress(OSError):  # no event: a network disk tells here what it lost and cannot be written again
            os.close(file.fd)


def _is_current(file: _Open) -> bool:
    try:
        return is_at(file.fd, file.path, follow=True)
    except OSError:
        return False  # out of reach: opening it again tells, and raises the reason


def _is_torn(path: Path, fd: int) -> bool:
    """Whether the file ends in half a line, and not because another process is in the middle of a write."""
    for _ in range(TRIES):
        size = os.fstat(fd).st_size
        if not size or _ends_line(path, size):
            return False
        time.sleep(RETRY)
    return True


def _ends_line(path: Path, size: int) -> bool:
    with path.open("rb") as file:
        file.seek(size - 1)
        return file.read(1) in (b"\n", b"")
