"""The file of one day, plain or compressed: its lines, in blocks, without most of those of other times than are wanted.

A plain file is read in pieces, not mapped: one that is truncated under a mapping would kill the reader.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from vestnik.log.days.names import DayFile, Kind
from vestnik.log.days.opening import Packed, Plain
from vestnik.log.days.packing import Damaged
from vestnik.log.reading.bounds import bounds_of
from vestnik.log.reading.query import BEGINNING, END
from vestnik.log.reading.stamps import Stamps

BLOCK: Final = 1024 * 1024
"""Bytes that are read at a time."""
MAX_LINE: Final = 8 * 1024 * 1024
"""Bytes of a line that are looked at; what goes beyond is passed over."""
GLANCE: Final = 4096
"""Bytes that are read at first to find a first or a last line."""


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
        blocks = (self._lines(begin, min(begin + BLOCK, self.size)) for begin in self._begins())
        return _of_times(blocks, self.day.kind, since, until)

    def blocks_backward(self, since: int, until: int) -> Iterator[bytes]:
        """The same from the end, each block with its lines in their order."""
        blocks = (self._lines(begin, min(begin + BLOCK, self.size)) for begin in reversed(self._begins()))
        return _of_times(blocks, self.day.kind, since, until, forward=False)

    def _begins(self) -> range:
        return range(self._start, self.size, BLOCK)

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

    def blocks(self, since: int, until: int) -> Iterator[bytes]:
        """All lines whose times are in this range and some others, in whole lines. Raises Damaged, OSError."""
        return _of_times(self._blocks(), self.day.kind, since, until)

    def _blocks(self) -> Iterator[bytes]:
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


def _of_times(blocks: Iterable[bytes], kind: Kind, since: int, until: int, *, forward: bool = True) -> Iterator[bytes]:
    """Those of the blocks that may have lines of these times.

    A line without a time is as old as the one before it, which is given with it if that was in a block left out.
    """
    limited = since > BEGINNING or until < END
    before = b""
    for block in blocks:
        if not block:
            continue
        bounds = bounds_of(block, kind) if limited else None
        if bounds is None or bounds.meets(since, until):
            yield before + block if before and Stamps(kind).read(block.partition(b"\n")[0]) is None else block
            before = b""
        elif forward:
            before = block[block.rfind(b"\n", 0, -1) + 1 :]
