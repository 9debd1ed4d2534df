"""Following a journal: new entries as they are written, past midnight, deletion, replacement and compression.

Files are followed by name. One that is taken away is read on for some seconds, because those who write notice it only
within a second.
"""

import os
import time
from collections.abc import Callable, Iterator
from typing import Final

from vestnik.log.days.names import LATE, DayFile, Kind
from vestnik.log.days.opening import Plain, open_plain
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.opening import Identity, OnUnreadable, Snapshot
from vestnik.log.reading.query import Query
from vestnik.log.reading.reader import Reader
from vestnik.log.reading.scan import Scanner
from vestnik.log.reading.source import BLOCK, MAX_LINE, PlainFile

AT_ONCE: Final = 8
"""Blocks of a file that are read before others get their turn."""
RETIRED: Final = 5.0
"""Seconds for which a file that is not at its path any more is read on."""
TEXT_AFTER: Final = 2.0
"""Seconds after which a new day that has text but no JSON is followed as text."""


class _Tail:
    """An open file and how far it was read. `gone` is when it was found not to be at its path any more (monotonic)."""

    def __init__(self, day: DayFile, plain: Plain, offset: int, scanner: Scanner) -> None:
        self.day = day
        self.identity = plain.identity
        self.gone: float | None = None
        self._fd = plain.fd
        self._offset = offset
        self._scanner = scanner

    def close(self) -> None:
        os.close(self._fd)

    def entries(self) -> Iterator[Entry]:
        """What is new, in whole lines; at most AT_ONCE blocks. Raises OSError."""
        if os.fstat(self._fd).st_size < self._offset:
            self._offset = 0  # emptied in place
        for _ in range(AT_ONCE):
            if not (block := self._block()):
                return
            self._offset += len(block)
            yield from self._scanner.entries(block)

    def remainder(self) -> Iterator[Entry]:
        """The line that nobody will finish any more."""
        rest = os.pread(self._fd, MAX_LINE, self._offset)
        self._offset += len(rest)
        yield from self._scanner.entries(rest)

    @property
    def behind(self) -> bool:
        """Whether there is more to read at once."""
        return bool(self._block())

    def _block(self) -> bytes:
        """The next whole lines; what is longer than a line may be counts as one."""
        length = BLOCK
        while True:
            data = os.pread(self._fd, length, self._offset)
            if end := data.rfind(b"\n") + 1:
                return data[:end]
            if len(data) < length:
                return b""
            if length >= MAX_LINE:
                return data
            length *= 2


class Follower:
    """Follows the journal that `reader` reads; nothing is closed but by `close`.

    `snapshot` is where it begins: everything before is the reader's. `monotonic` gives seconds. Raises OSError.
    """

    def __init__(
        self, reader: Reader, query: Query, report: OnUnreadable, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._reader = reader
        self._query = query
        self._report = report
        self._monotonic = monotonic
        self._tails: list[_Tail] = []
        self._kinds: dict[str, Kind] = {}
        self._waiting: dict[str, float] = {}
        files = reader.files()
        dates = sorted({file.date for file in files})
        self._since = dates[-2:][0] if dates else ""
        self.snapshot = Snapshot(self._since, dates[-1] if dates else "")
        for date, kinds in self._plain(files).items():
            for kind, file in kinds.items():
                tail = self._open(file, at_end=True)
                if tail is None:
                    continue
                if kind == self._choose_first(date, kinds):
                    self._tails.append(tail)
                else:
                    tail.close()

    def close(self) -> None:
        """Close all files."""
        for tail in self._tails:
            tail.close()
        self._tails = []

    @property
    def behind(self) -> bool:
        """Whether there is more to read already."""
        return any(tail.behind for tail in self._tails)

    def poll(self) -> Iterator[Entry]:
        """What is new and matches, the files of older days first."""
        self._look_around()
        for tail in list(self._tails):
            try:
                yield from tail.entries()
                if tail.behind:
                    return  # the lines of later days come after these
                if tail.gone is not None and self._monotonic() - tail.gone >= RETIRED:
                    yield from tail.remainder()
                    self._drop(tail)
            except OSError as error:
                self._report(tail.day.path, error)
                self._drop(tail)

    def _drop(self, tail: _Tail) -> None:
        tail.close()
        self._tails.remove(tail)

    def _look_around(self) -> None:
        """Opens what is new, and notes what is gone."""
        try:
            files = self._reader.files()
        except OSError as error:
            self._report(self._reader.directory, error)
            return  # what is open is read on
        for date in sorted({file.date for file in files})[-2:][:1]:
            self._since = max(self._since, date)
        known = {tail.identity: tail for tail in self._tails}
        present: set[Identity] = set()
        for date, kinds in self._plain(files).items():
            kind = self._choose(date, set(kinds))
            if kind is None or kind not in kinds:
                continue
            try:
                found = kinds[kind].path.stat()
            except OSError:
                continue  # just taken away
            identity = (found.st_dev, found.st_ino)
            if identity not in known and (tail := self._open(kinds[kind], at_end=False)) is not None:
                self._tails.append(tail)
                identity = tail.identity
            present.add(identity)
        now = self._monotonic()
        for tail in self._tails:
            if tail.identity in present:
                tail.gone = None
            elif tail.gone is None:
                tail.gone = now
        self._tails.sort(key=lambda tail: tail.day.date)

    def _plain(self, files: list[DayFile]) -> dict[str, dict[Kind, DayFile]]:
        """The files that may still grow, by date and kind; what comes late to a date is one of its own."""
        found: dict[str, dict[Kind, DayFile]] = {}
        for file in files:
            if not file.packed and file.date >= self._since:
                found.setdefault(f"{file.date}{LATE if file.late else ''}", {})[file.kind] = file
        return found

    def _choose_first(self, date: str, files: dict[Kind, DayFile]) -> Kind:
        """The kind of file that is followed for a date that was there before."""
        if date not in self._kinds:
            json = "jsonl" in files and not self._reader.json_is_over(files)
            self._kinds[date] = "jsonl" if json else "log"
            self.snapshot.json.update({date.removesuffix(LATE)} if json else ())
        return self._kinds[date]

    def _choose(self, date: str, present: set[Kind]) -> Kind | None:
        """The kind of file that is followed for a date: JSON, or text if after a while there is nothing else."""
        if date not in self._kinds:
            if "jsonl" in present:
                self._kinds[date] = "jsonl"
            elif self._monotonic() - self._waiting.setdefault(date, self._monotonic()) >= TEXT_AFTER:
                self._kinds[date] = "log"
        return self._kinds.get(date)

    def _open(self, file: DayFile, *, at_end: bool) -> _Tail | None:
        try:
            plain = open_plain(file.path.resolve())
        except OSError as error:
            self._report(file.path, error)
            return None
        if plain is None:
            return None
        offset = PlainFile(file, plain).end_of_lines() if at_end else 0
        self.snapshot.sizes.update({plain.identity: offset} if at_end else {})
        scanner = Scanner(
            Source(file.path, file.kind, self._reader.name), self._query, self._query.since, self._query.until
        )
        return _Tail(file, plain, offset, scanner)
