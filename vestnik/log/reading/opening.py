"""Opening the files of a day while others append to them, compress them and delete them."""

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from vestnik.log.days.names import DayFile
from vestnik.log.days.packing import Damaged, packed_part
from vestnik.log.reading.source import PackedFile, PlainFile

BUSY: Final = 2.0
"""Seconds that whoever compresses a file may hold it before it is read beside them."""
PAUSE: Final = 0.05
"""Seconds between two looks at such a file."""

OpenFile: TypeAlias = PlainFile | PackedFile
Identity: TypeAlias = tuple[int, int]
"""Device and inode of a file."""
Report: TypeAlias = Callable[[Path, Exception], None]
"""Is told what could not be read, or only in part, and why: OSError, EOFError or zlib.error."""


@dataclass(frozen=True)
class Snapshot:
    """How far a journal is read while somebody follows it from there on.

    Of the plain files from the date `since` on only the first bytes are read, as `sizes` says; what is not there, and
    all days after `until`, is not read. Of the dates in `json` what is new is expected as JSON.
    """

    since: str
    until: str
    sizes: dict[Identity, int] = field(default_factory=dict)
    json: set[str] = field(default_factory=set)

    def limit(self, date: str, identity: Identity) -> int | None:
        """How many bytes of a file are read, None for all."""
        return self.sizes.get(identity, 0) if date >= self.since else None


def identity_at(path: Path) -> Identity | None:
    """What is at `path`, None if there is nothing. Raises OSError."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def open_files(
    packed: DayFile | None, plain: DayFile | None, report: Report, snapshot: Snapshot | None
) -> list[OpenFile]:
    """Opens what there is of a day's lines of one kind, the compressed ones first: every line is in one of the files.

    Whoever compresses locks the plain file, puts a compressed one in place that has its lines too, and deletes the
    plain one (`packer`). So the two belong together if the compressed one is still the same when the plain one can be
    locked. If that was interrupted, `packing.packed_part` knows how much of the plain file is in the other one.
    """
    deadline = time.monotonic() + BUSY
    while True:
        first = _open(packed, report)
        second = _open(plain, report)
        late = time.monotonic() > deadline
        if late or _is_settled(packed, first, second):
            files: list[OpenFile] = []
            if first is not None and packed is not None:
                files.append(PackedFile(packed, os.fdopen(first, "rb")))
            if second is not None and plain is not None:
                found = os.fstat(second)
                limit = None if snapshot is None else snapshot.limit(plain.date, (found.st_dev, found.st_ino))
                start = 0 if packed is None else _packed_bytes(plain, second, report)
                files.append(PlainFile(plain, second, limit, start))
            return files
        for fd in (first, second):
            if fd is not None:
                os.close(fd)
        time.sleep(PAUSE)


def _open(file: DayFile | None, report: Report) -> int | None:
    if file is None:
        return None
    try:
        return os.open(file.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        return None  # compressed or deleted meanwhile, or never there
    except OSError as error:
        report(file.path, error)
        return None


def _is_settled(packed: DayFile | None, first: int | None, second: int | None) -> bool:
    """Whether the compressed file `first` and the plain one `second` together have each line once."""
    if packed is None:
        return True
    if second is not None and not _locked(second):
        return False
    found = None if first is None else os.fstat(first)
    try:
        return identity_at(packed.path) == (found and (found.st_dev, found.st_ino))
    except OSError:
        return True  # out of reach: there is nothing to wait for


def _locked(fd: int) -> bool:
    """Takes the lock under which files are put in place of others, shared; False if somebody is doing that."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a disk without locks: nothing is compressed there
    return True


def _packed_bytes(plain: DayFile, fd: int, report: Report) -> int:
    """How many bytes at the beginning of an open plain file are in the compressed one, too; gives the lock back."""
    try:
        found = packed_part(fd, plain.path)
        return 0 if found is None else found.last
    except (OSError, Damaged) as error:
        report(plain.path, error)
        return 0
    finally:
        with suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_UN)  # or a writer would think that another one has the file open
