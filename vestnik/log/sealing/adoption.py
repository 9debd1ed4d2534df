"""Taking in what is under no seal: the last second of a program that was killed, or a file older than the seals."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.locks import Descriptors, InUse, locked
from vestnik.log.days.names import DayFile, day_file, day_files
from vestnik.log.days.opening import Contents, open_contents
from vestnik.log.days.packing import Damaged
from vestnik.log.sealing.coverage import Coverage, sealed
from vestnik.log.sealing.seals import Extent, Lines

EXTENT: Final = 256 * 1024
"""Bytes of an extent."""
CHECKED: Final = 4 * 1024 * 1024
"""Up to so many bytes have checks of their lines; more become `EXTENTS` larger extents without."""
EXTENTS: Final = 256
CHUNK: Final = 1024 * 1024


class Settled(NamedTuple):
    """What is known of the day before: the files that are under seals now, and what had to be taken in for that."""

    files: list[str]
    adopted: list[Extent]


def read_again(contents: Contents, file: str, start: int, end: int) -> Iterator[Extent]:
    """Extents of the bytes of `file` from `start` up to `end` as they are now. Raises OSError."""
    end = min(end, contents.size)
    checked = end - start <= CHECKED
    step = EXTENT if checked else max(CHUNK, (end - start) // EXTENTS + 1)
    while start < end:
        digest, lines, at = hashlib.sha256(), Lines(), start
        stop = min(start + step, end)
        while at < stop and (data := contents.read(at, stop if checked else min(at + CHUNK, stop))):
            if checked:
                data = data[: data.rfind(b"\n") + 1] or data  # so that a check is that of a whole line
                lines.add(data)
                stop = at + len(data)
            digest.update(data)
            at += len(data)
        if at == start:
            return  # it has become shorter
        yield Extent(file, start, at, digest.hexdigest(), lines.pack() if checked else "")
        start = at


def adopt(directory: Path, name: str, file: str, contents: Contents) -> list[Extent]:
    """What is under no seal of the day whose bytes are `contents`. Raises OSError."""
    day = day_file(directory / file)
    if day is None or not contents.size:
        return []
    return _missing(sealed(directory, name, day.date, [file]).get(file) or Coverage(), file, contents)


def settle(directory: Path, name: str, today: str, descriptors: Descriptors) -> Settled:
    """Sees to the files of the last day before `today` that nobody has open any more.

    Those that no seal mentions are older than the seals, or somebody else's, and stay as they are. What cannot be read
    stays as well.
    """
    days = [file for file in day_files(directory, name) if file.kind != "seals" and not file.packed]
    date = max((file.date for file in days if file.date < today), default="")
    files = [file for file in days if file.date == date]
    known = sealed(directory, name, date, [file.path.name for file in files]) if files else {}
    found = Settled([], [])
    for file in files:
        coverage = known.get(file.path.name)
        if coverage is not None:
            try:
                found.adopted.extend(_settle(file, coverage, descriptors))
            except (OSError, Damaged, InUse):
                continue  # the file of today must not suffer
            found.files.append(file.path.name)
    return found


def _settle(file: DayFile, coverage: Coverage, descriptors: Descriptors) -> list[Extent]:
    with descriptors.opened(file.path) as fd, locked(fd, file.path):
        size = os.fstat(fd).st_size
    contents = open_contents(file.path)
    if contents is None:
        return []
    with contents:
        contents.limit(size)
        return _missing(coverage, file.path.name, contents)


def _missing(coverage: Coverage, file: str, contents: Contents) -> list[Extent]:
    gaps = coverage.gaps(contents.size)
    return [extent for gap in gaps for extent in read_again(contents, file, gap.start, gap.end)]
