"""The file of one day, plain or compressed: its lines, and where in it the lines of some minutes are.

A plain file is read in pieces, not mapped: one that is truncated under a mapping would kill the reader.
"""

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from vestnik.log.days.names import DayFile
from vestnik.log.days.opening import Packed, Plain
from vestnik.log.days.packing import Damaged
from vestnik.log.reading.query import BEGINNING, END
from vestnik.log.reading.stamps import SECOND, Stamps

BLOCK: Final = 1024 * 1024
"""Bytes that are read at a time."""
MAX_LINE: Final = 8 * 1024 * 1024
"""Bytes of a line that are looked at; what goes beyond is passed over."""
STEP: Final = 4 * 1024 * 1024
"""Bytes from one look at the time to the next, when the lines of some minutes are looked for in a plain file."""
GLANCE: Final = 4096
"""Bytes that such a look reads at first."""
MARGIN: Final = 60 * SECOND
"""Lines are in the order of their times up to this many microseconds, if no look shows that the clock was put back."""

LineRange: TypeAlias = tuple[int, int]
"""Offsets in a file: the lines that begin from the first on and before the second."""


class PlainFile:
    """The lines of an open plain file."""

    def __init__(self, day: DayFile, plain: Plain) -> None:
        self.day = day
        self.plain = plain
        self.size = plain.size
        self._start = plain.start

    def close(self) -> None:
        """Close it."""
        self.plain.close()

    def first_line(self) -> bytes:
        """The first line, or the beginning of a long one. Raises OSError."""
        return self.plain.first_line(GLANCE)

    def last_line(self) -> bytes:
        """The last line. Raises OSError."""
        length = GLANCE
        while True:
            lines = self._lines(max(self._start, self.size - length), self.size).rstrip(b"\n")
            if lines or length >= min(MAX_LINE, self.size):
                return lines.rpartition(b"\n")[2]
            length *= 16

    def end_of_lines(self) -> int:
        """The offset after the last newline."""
        for start in reversed(range(0, self.size, BLOCK)):
            if found := self.plain.read(start, start + BLOCK).rfind(b"\n") + 1:
                return start + found
        return 0

    def blocks(self, since: int, until: int) -> Iterator[bytes]:
        """All lines whose times are in this range and some others, in whole lines. Raises OSError."""
        for start, end in self._ranges(since, until):
            for begin in range(start, end, BLOCK):
                if block := self._lines(begin, min(begin + BLOCK, end)):
                    yield block

    def blocks_backward(self, since: int, until: int) -> Iterator[bytes]:
        """The same from the end, each block with its lines in their order."""
        for start, end in reversed(self._ranges(since, until)):
            for begin in reversed(range(start, end, BLOCK)):
                if block := self._lines(begin, min(begin + BLOCK, end)):
                    yield block

    def _ranges(self, since: int, until: int) -> list[LineRange]:
        """Where lines of these times can be.

        The time of a line every few megabytes tells it. Between two looks the times are between theirs, give or take
        MARGIN; where the second is the earlier one, the clock was put back, and anything may be there.
        """
        if (since <= BEGINNING and until >= END) or self.size <= 2 * STEP:
            return [(self._start, self.size)]
        stamps = Stamps(self.day.kind)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self.plain.fd, 0, 0, os.POSIX_FADV_RANDOM)  # what is read ahead is read for nothing
        looks = [(offset, self._look(offset, stamps)) for offset in range(self._start, self.size, STEP)]
        looks.append((self.size, self._last_look(stamps)))
        found: list[LineRange] = []
        for (start, first), (end, last) in pairwise(looks):
            known = first is not None and last is not None and last[1] >= first[0] - MARGIN
            if known and (last[1] + MARGIN < since or first[0] - MARGIN >= until):  # type: ignore[index]  # both known
                continue
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found

    def _look(self, offset: int, stamps: Stamps) -> LineRange | None:
        """The earliest and latest time of the first line from `offset` on that has a time, None if none is near."""
        length = GLANCE
        while True:
            for line in self._read(offset, offset + length, whole=False).split(b"\n")[:-1]:
                if (time := stamps.read(line)) is not None:
                    return time, time + stamps.spread
            if length >= STEP or offset + length >= self.size:
                return None
            length = min(length * 16, STEP)

    def _last_look(self, stamps: Stamps) -> LineRange | None:
        """The times of the last line that has one."""
        for line in reversed(self._lines(max(0, self.size - BLOCK), self.size).split(b"\n")):
            if (time := stamps.read(line)) is not None:
                return time, time + stamps.spread
        return None

    def _lines(self, start: int, end: int) -> bytes:
        """The whole lines that begin from `start` on and before `end`."""
        return self._read(start, end, whole=True)

    def _read(self, start: int, end: int, *, whole: bool) -> bytes:
        """The lines that begin in this range, the last one finished if `whole` is wanted."""
        begin = max(start - 1, 0)
        data = self.plain.read(begin, end)
        if start:
            cut = data.find(b"\n")
            data = data[cut + 1 :] if cut >= 0 else b""
        if not data or data.endswith(b"\n") or not whole:
            return data
        return data + self._rest_of_line(end)

    def _rest_of_line(self, offset: int) -> bytes:
        parts: list[bytes] = []
        for start in range(offset, min(offset + MAX_LINE, self.size), BLOCK // 16):
            data = self.plain.read(start, start + BLOCK // 16)
            end = data.find(b"\n") + 1
            parts.append(data[:end] if end else data)
            if end:
                break
        return b"".join(parts)


class PackedFile:
    """The lines of an open compressed file, which is read from its beginning whatever is looked for."""

    def __init__(self, day: DayFile, packed: Packed) -> None:
        self.day = day
        self._packed = packed

    def close(self) -> None:
        """Close it."""
        self._packed.close()

    def blocks(self, _since: int, _until: int) -> Iterator[bytes]:
        """All lines, in whole lines. Raises Damaged, OSError."""
        rest = b""
        try:
            for piece in self._packed.pieces():
                rest += piece
                if len(rest) >= BLOCK and (end := rest.rfind(b"\n") + 1):
                    yield rest[:end]
                    rest = rest[end:]
                rest = rest[:MAX_LINE]
        except (Damaged, OSError):
            if rest:
                yield rest
            raise
        if rest:
            yield rest

    def first_line(self) -> bytes:
        """The first line. Raises as `blocks` does."""
        return self._packed.first_line(GLANCE)

    def last_line(self) -> bytes:
        """The last line, which only all of the file tells. Raises as `blocks` does."""
        last = b""
        for block in self.blocks(BEGINNING, END):
            last = block.rstrip(b"\n").rpartition(b"\n")[2]
        return last
