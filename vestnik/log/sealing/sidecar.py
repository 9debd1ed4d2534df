"""The files with the seals of a journal, one for each date, read in the order in which the seals were made."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.opening import first_line, read_all
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing.seals import Sealed, decode

LONGEST: Final = 16 * 1024 * 1024
"""Bytes of the longest seal that is looked at before it is its turn."""


class Line(NamedTuple):
    """The line `number` of a sidecar, and the seal that it is, if it is one."""

    file: str
    number: int
    sealed: Sealed | None


class Sidecar:
    """The seals of one date. `half` is what comes after the last whole line, if a program was killed while it wrote.

    `limit` is the size of the plain file up to which is read, None for all of it; `error` says why it cannot be read,
    None if it can.
    """

    def __init__(self, directory: Path, name: str, date: str, limit: int | None = None) -> None:
        self.date = date
        self.file = f"{name}.seals.{date}"
        self.half = b""
        self.error: OSError | Damaged | None = None
        self._path = directory / self.file
        self._limit = limit
        self._lines: list[bytes] | None = None
        self._at = 0
        self._next: Sealed | None = None

    def lines(self) -> list[bytes]:
        """All lines; none if it cannot be read."""
        if self._lines is None:
            *self._lines, self.half = self._read().split(b"\n")
            self._peek()
        return self._lines

    def release(self) -> None:
        """Frees the memory; what is asked for later is read again."""
        self._lines = None

    def next(self) -> Sealed | None:
        """The next seal, None if there is none or if the next line is no seal."""
        if self._lines is None and self._next is None and not self.error:
            self._next = decode(self._first_line())
        return self._next

    def take(self) -> Line | None:
        """The next line, None after the last one."""
        if self._at >= len(self.lines()):
            return None
        line = Line(self.file, self._at + 1, self._next)
        self._at += 1
        self._peek()
        return line

    def _peek(self) -> None:
        assert self._lines is not None  # noqa: S101 - they have just been read
        self._next = decode(self._lines[self._at]) if self._at < len(self._lines) else None

    def _first_line(self) -> bytes:
        try:
            return first_line(self._path, LONGEST)
        except (OSError, Damaged):
            return b""  # it is said when it is its turn

    def _read(self) -> bytes:
        try:
            return read_all(self._path, self._limit)
        except (OSError, Damaged) as error:
            self.error = error
            return b""


def in_order(sidecars: Sequence[Sidecar], expected: Callable[[], tuple[str, int] | None]) -> Iterator[Line]:
    """All lines, in the order of the dates.

    A sidecar is left for another one only where its next seal is not the expected one (chain and epoch), and that of
    the other is: so it is when the clock was put back across midnight.
    """
    rest = list(sidecars)
    if len(rest) > 1 and (first := _beginning(rest)) is not None:
        rest.remove(first)
        rest.insert(0, first)
    while rest:
        current = rest[0]
        current.lines()
        other = _elsewhere(current, rest, expected()) if len(rest) > 1 else None
        if other is not None:
            rest.remove(other)
            rest.insert(0, other)
        elif (line := current.take()) is not None:
            yield line
        else:
            current.release()
            rest.remove(current)


def _beginning(sidecars: Sequence[Sidecar]) -> Sidecar | None:
    """The sidecar with the first seal of all; the one with the earliest date unless the clock was put back."""
    firsts = [(sidecar, found.seal) for sidecar in sidecars if (found := sidecar.next()) is not None]
    for sidecar, seal in firsts:
        if not seal.prev:
            return sidecar
    ours = [(sidecar, seal) for sidecar, seal in firsts if seal.chain == firsts[0][1].chain]
    return min(ours, key=lambda each: each[1].epoch)[0] if ours else None


def _elsewhere(current: Sidecar, rest: Sequence[Sidecar], expected: tuple[str, int] | None) -> Sidecar | None:
    """The sidecar whose next seal is the expected one, if that of `current` is another."""
    found = current.next()
    if expected is None or found is None or _place(found) == expected:
        return None
    for other in rest:
        theirs = None if other is current else other.next()
        if theirs is not None and _place(theirs) == expected:
            return other
    return None


def _place(sealed: Sealed) -> tuple[str, int]:
    return sealed.seal.chain, sealed.seal.epoch
