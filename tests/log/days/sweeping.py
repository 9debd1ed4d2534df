"""For the tests of sweeping: a writer that keeps to the rules, a reader that sees every line once, processes."""

import fcntl
import gzip
import hashlib
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from vestnik.log.days import anchors
from vestnik.log.days.packing import MARK, packed_part
from vestnik.log.days.sweep import Sweeper
from vestnik.log.events import EventType

TODAY = "2026-11-22"
"""The date of `at()` without arguments; `DAY` is the day before."""
DAY = "2026-11-21"
KILLED = 9
LINES = b"".join(b"%s 12:00:00,000 INFO     server     %032x\n" % (DAY.encode(), n * 7919**9) for n in range(60))
LATE = f"{DAY} 23:59:59,999 INFO     server     late\n".encode()


def at(text: str = f"{TODAY} 02:00") -> float:
    """Seconds since 1970 at a local date and time."""
    return time.mktime(datetime.strptime(text, "%Y-%m-%d %H:%M").timetuple())


class Reports(list[tuple[str, dict[str, object]]]):
    """What a sweeper has reported: names of events and their fields by name."""

    def __call__(self, event: EventType, *values: object) -> None:
        """Takes a record, which must have a value for each field."""
        assert len(values) == len(event.fields)
        self.append((event.name, dict(zip(event.fields, values, strict=True))))

    def files(self, name: str) -> list[object]:
        """The files of all records of one name."""
        return [values["file"] for event, values in self if event == name]


def sweeper(directory: Path, clock: Callable[[], float] = at, **options: object) -> tuple[Sweeper, Reports]:
    """A sweeper of the journal `server` and what it reports."""
    reports = Reports()
    chosen = {"keep_days": 0, "keep_bytes": 0} | options
    return Sweeper(directory, "server", clock=clock, report=reports, **chosen), reports  # type: ignore[arg-type]


class Writer:
    """Appends to one file as every writer does: shared lock, and another look if the file is still there."""

    def __init__(self, path: Path) -> None:
        while True:
            self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            fcntl.flock(self.fd, fcntl.LOCK_SH)
            if os.fstat(self.fd).st_nlink:
                return
            os.close(self.fd)

    def write(self, data: bytes) -> None:
        """Appends in one call."""
        assert os.write(self.fd, data) == len(data)

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self.fd)


def append(path: Path, data: bytes) -> None:
    """Opens, appends and closes as a writer."""
    writer = Writer(path)
    writer.write(data)
    writer.close()


def content(plain: Path) -> bytes:
    """All that the files of a day hold, as a reader sees it."""
    try:
        fd = os.open(plain, os.O_RDONLY)
    except FileNotFoundError:
        return unpacked(plain)
    try:
        fcntl.flock(fd, fcntl.LOCK_SH)
        known = packed_part(fd, plain)
        return unpacked(plain) + plain.read_bytes()[0 if known is None else known.last :]
    finally:
        os.close(fd)


def unpacked(plain: Path) -> bytes:
    """What the compressed file holds, nothing if there is none."""
    packed = Path(f"{plain}.gz")
    return gzip.decompress(packed.read_bytes()) if packed.exists() else b""


def check_anchors(plain: Path, expected: bytes) -> None:
    """The anchors of a file follow each other without gap or overlap and fit `expected`."""
    position = 0
    for anchor in anchors.read(plain.with_name("server.anchors")):
        if anchor.file == plain.name:
            part = expected[position : position + anchor.size]
            assert anchor.date == plain.name[-10:]
            assert anchor.offset == position
            assert anchor.records == part.count(b"\n") + (not part.endswith(b"\n") and bool(part))
            assert anchor.sha256 == hashlib.sha256(part).hexdigest()
            position += anchor.size
    assert position == len(expected)


def check_packed(plain: Path, expected: bytes) -> None:
    """The day is compressed, completely, and nothing else of it is left."""
    assert unpacked(plain) == expected
    left = {path.name for path in plain.parent.iterdir() if path.name.startswith(plain.name)}
    assert left == {f"{plain.name}.gz"}
    assert not Path(f"{plain}.gz").stat().st_mode & MARK
    check_anchors(plain, expected)


def fork(work: Callable[[], None]) -> int:
    """Does `work` in a process of its own; gives its id."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def wait(child: int) -> int:
    """How a process ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
