"""Which bytes of a day are under a seal."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from vestnik.log.days.names import day_files
from vestnik.log.days.opening import read_all
from vestnik.log.sealing.seals import Seal, decode


class Gap(NamedTuple):
    """Bytes under no seal. `before` is the number of the seal that covers what comes next, None at the end."""

    start: int
    end: int
    before: int | None


class Coverage:
    """The bytes of one day that seals cover. Seals are known by numbers that grow with their order."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int, int]] = []  # start, end, number of the seal of the first bytes; apart

    @property
    def end(self) -> int:
        """The end of the last byte that is covered."""
        return self._ranges[-1][1] if self._ranges else 0

    def add(self, start: int, end: int, number: int) -> None:
        """The seal `number` covers this range."""
        if end <= start:
            return
        ranges = self._ranges
        if not ranges or start > ranges[-1][1]:
            ranges.append((start, end, number))
            return
        if start == ranges[-1][1]:  # the usual case
            ranges[-1] = ranges[-1][0], end, ranges[-1][2]
            return
        after = []
        while ranges and ranges[-1][0] > end:
            after.append(ranges.pop())
        while ranges and ranges[-1][1] >= start:
            first, last, known = ranges.pop()
            if first <= start:
                start, number = first, known
            end = max(end, last)
        ranges.append((start, end, number))
        ranges.extend(reversed(after))

    def cut(self, end: int) -> None:
        """What was covered from byte `end` on is no more."""
        while self._ranges and self._ranges[-1][1] > end:
            start, _, number = self._ranges.pop()
            if start < end:
                self._ranges.append((start, end, number))

    def gaps(self, size: int) -> Iterator[Gap]:
        """What is not covered of the first `size` bytes."""
        position = 0
        for start, end, number in self._ranges:
            if position >= size:
                return
            if start > position:
                yield Gap(position, min(start, size), number)
            position = end
        if position < size:
            yield Gap(position, size, None)

    def without(self, other: "Coverage") -> Iterator[tuple[int, int]]:
        """The ranges that are covered here and not there."""
        for start, end, _ in self._ranges:
            for gap in other.gaps(end):
                if gap.end > start:
                    yield max(start, gap.start), gap.end


def follow(coverage: Coverage, seal: Seal, file: str, number: int) -> None:
    """Puts into `coverage` of `file` what `seal` says about it."""
    for opened in seal.opened:
        if opened.file == file:
            coverage.cut(opened.end)
    for extent in (*seal.adopted, *seal.extents):
        if extent.file == file:
            coverage.add(extent.start, extent.end, number)


def sealed(directory: Path, name: str, date: str, files: Collection[str]) -> dict[str, Coverage]:
    """What the seals of the journal `name` say about `files` of the day `date`; those that none mentions are left out.

    Codes are not looked at: this is for a program that seals what is left, not for one that checks. Raises OSError,
    Damaged.
    """
    mentions = [(f'"{file}"'.encode(), file) for file in files]
    found: dict[str, Coverage] = {}
    for number, line in enumerate(_lines(directory, name, date)):
        mentioned = [file for mention, file in mentions if mention in line]
        if mentioned and (read := decode(line)) is not None:
            for file in mentioned:
                follow(found.setdefault(file, Coverage()), read.seal, file, number)
    return found


def _lines(directory: Path, name: str, date: str) -> Iterator[bytes]:
    """The seals since the day before `date`: a clock that was put back a little is no reason to seal twice."""
    dates = sorted({file.date for file in day_files(directory, name, "seals")})
    earlier = [known for known in dates if known < date]
    for known in dates[max(0, len(earlier) - 1) :]:
        yield from read_all(directory / f"{name}.seals.{known}").split(b"\n")
