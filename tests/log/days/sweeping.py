"""For the tests of sweeping: a writer that keeps to the rules, a reader that sees every line once, processes."""

import gzip
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from vestnik.log.days.appending import AlreadyPacked, late, open_to_append
from vestnik.log.days.opening import open_contents
from vestnik.log.days.sweep import Sweeper
from vestnik.log.events import EventType
from vestnik.log.sealing.chain import tell_swept

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
    return Sweeper(directory, "server", clock=clock, report=reports, tell_swept=tell_swept, **chosen), reports  # type: ignore[arg-type]


class Writer:
    """Appends to one file as every writer does, or to that of what comes late."""

    def __init__(self, path: Path) -> None:
        try:
            self.fd = open_to_append(path, wait=10.0)
        except AlreadyPacked:
            self.fd = open_to_append(late(path), wait=10.0)

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
    found = b""
    for path in (plain, late(plain)):
        if (contents := open_contents(path)) is not None:
            with contents:
                found += contents.read(0, contents.size)
    return found


def unpacked(plain: Path) -> bytes:
    """What the compressed file holds, nothing if there is none."""
    packed = Path(f"{plain}.gz")
    return gzip.decompress(packed.read_bytes()) if packed.exists() else b""


def check_packed(plain: Path, expected: bytes) -> None:
    """The day is compressed, completely but for what came late, and nothing else of it is left."""
    came_late = late(plain).read_bytes() if late(plain).exists() else b""
    assert unpacked(plain) + came_late == expected
    left = {path.name for path in plain.parent.iterdir() if path.name.startswith(plain.name)}
    assert left == {f"{plain.name}.gz"} | ({late(plain).name} if late(plain).exists() else set())


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
