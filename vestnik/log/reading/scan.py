"""From blocks of lines to the entries in them that match."""

from collections.abc import Iterator
from typing import Final

from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.query import BEGINNING, Query
from vestnik.log.reading.stamps import Stamps

STAMP: Final = 64
"""Bytes at the beginning of a line that hold its time."""
NEAR: Final = 32 * 1024
"""Bytes around a line without a time in which a line that has one is looked for."""


class Scanner:
    """Finds the entries of one file that match `query` and are of the times from `since` on and before `until`.

    Blocks come one after the other, or from the end (`backward`).
    """

    def __init__(self, source: Source, query: Query, since: int, until: int, *, backward: bool = False) -> None:
        self._source = source
        self._since = since
        self._until = until
        self._stamps = Stamps(source.kind)
        self._matches = query.matcher(source.kind)
        self._prefilter = query.prefilter(source.kind)
        self._backward = backward
        self._last: int | None = None

    def entries(self, block: bytes) -> Iterator[Entry]:
        """The matching entries of whole lines, in their order. An empty line is none."""
        stamps, matches = self._stamps, self._matches
        since, until = self._since, self._until
        last = self._last
        for start, line in self._candidates(block):
            time = stamps.read(line)
            spread = stamps.spread
            if time is None:
                time, spread = self._near(block, start) if last is None or self._prefilter else last, 0
            last = time
            if time < until and time + spread >= since:
                entry = Entry(time, line, self._source)
                if matches is None or matches(entry):
                    yield entry
        if not self._backward:
            self._last = self._end(block)

    def _candidates(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """Lines that may match, each with its offset."""
        prefilter = self._prefilter
        if prefilter is None:
            start = 0
            for line in block.split(b"\n"):
                if line:
                    yield start, line
                start += len(line) + 1
            return
        start = 0
        while (found := prefilter.find(block, start)) >= 0:
            begin = block.rfind(b"\n", start, found) + 1 or start
            end = block.find(b"\n", found)
            end = len(block) if end < 0 else end
            yield begin, block[begin:end]
            start = end + 1

    def _end(self, block: bytes) -> int | None:
        """The time of the last line that has one, if that is near the end; else what was known before."""
        found = self._before(block, len(block) + 1)
        return self._last if found is None else found

    def _near(self, block: bytes, start: int) -> int:
        """The time of the last line before `start` that has one, else of the first one after it."""
        if (time := self._before(block, start)) is not None:
            return time
        if self._last is not None:
            return self._last
        for line in block[start : start + NEAR].split(b"\n"):
            if (time := self._stamps.read(line)) is not None:
                return time
        return self._since if self._since > BEGINNING else 0

    def _before(self, block: bytes, start: int) -> int | None:
        """The time of the last line before `start` that has one, None if none is near."""
        end = start - 1
        while end > max(0, start - NEAR):
            begin = block.rfind(b"\n", 0, end) + 1
            if (time := self._stamps.read(block[begin : begin + STAMP])) is not None:
                return time
            end = begin - 1
        return None
