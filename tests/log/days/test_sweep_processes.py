"""Several processes write and sweep at once."""

import json
import os
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from vestnik.log.days.appending import is_packed, late

from .sweeping import DAY, TODAY, Writer, append, at, check_packed, content, fork, sweeper, unpacked, wait
from .test_sweep import days

WRITERS = 8
LINES_EACH = 400
LATE_EACH = 10
OLDEST = "2026-10-01"


class Gate:
    """Lets processes that were forked wait until all may go on."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()

    def wait(self) -> None:
        """In a child: until `open` is called."""
        os.close(self._write)
        os.read(self._read, 1)

    def open(self) -> None:
        """In the parent: lets all go on."""
        os.close(self._write)
        os.close(self._read)


def together(*works: Callable[[], None]) -> None:
    """Does all of it at once, each in a process."""
    gate = Gate()

    def begin(work: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            gate.wait()
            work()

        return run

    children = [fork(begin(work)) for work in works]
    gate.open()
    assert [wait(child) for child in children] == [0] * len(children)


def test_two_sweepers(tmp_path: Path) -> None:
    """Two processes that sweep the same days do everything once, whichever of them does it."""
    days = [str(date.fromisoformat(OLDEST) + timedelta(days=number)) for number in range(40)]
    expected = {}
    for number, day in enumerate(days):
        expected[day] = f"{day} a line\n".encode() * (number * 50 + 1)
        append(tmp_path / f"server.log.{day}", expected[day])

    def sweep(name: str) -> Callable[[], None]:
        def run() -> None:
            directory, results = tmp_path, tmp_path / name
            one, reports = sweeper(directory, keep_days=30)
            while any(directory.glob("server.log.????-??-??")):
                one.sweep()
            results.write_text(json.dumps(reports))

        return run

    together(sweep("first"), sweep("second"))
    reports = [record for name in ("first", "second") for record in json.loads((tmp_path / name).read_text())]
    told = Counter((event, values["file"]) for event, values in reports)
    kept = {day for day in days if day >= "2026-10-23"}
    assert told == Counter(("journal.compressed", f"server.log.{day}") for day in kept) + Counter(
        ("journal.deleted", f"server.log.{day}") for day in set(days) - kept
    )
    assert {path.name for path in tmp_path.glob("server.log.*")} == {f"server.log.{day}.gz" for day in kept}
    for day in kept:
        assert unpacked(tmp_path / f"server.log.{day}") == expected[day]


def write_over_midnight(directory: Path, number: int) -> None:
    """Writes a day's lines and then the next day's, now and then a late one of the day before; ends when that is over.

    Before its last late ones it waits until the day is compressed.
    """
    writer = Writer(directory / f"server.log.{DAY}")
    for line in range(LINES_EACH):
        writer.write(f"{number} {line}\n".encode())
    writer.close()
    writer = Writer(directory / f"server.log.{TODAY}")
    for line in range(LINES_EACH):
        writer.write(f"{number} {line}\n".encode())
        if line % (LINES_EACH // LATE_EACH) == 0:
            while line > LINES_EACH // 2 and not is_packed(directory / f"server.log.{DAY}"):
                os.sched_yield()
            append(directory / f"server.log.{DAY}", f"{number} late {line}\n".encode())
    writer.close()
    (directory / f"done.{number}").touch()


def sweep_all_the_time(directory: Path) -> None:
    """Sweeps until all writers are done."""
    one, reports = sweeper(directory, lambda: at(f"{TODAY} 03:00"))
    while len(list(directory.glob("done.*"))) < WRITERS:
        one.sweep()
    assert "journal.sweep_failed" not in [event for event, _ in reports]


def test_writers_over_midnight(tmp_path: Path) -> None:
    """Eight processes write over midnight while two sweep the day that is over: every line is there once, in order."""
    writers = [partial(write_over_midnight, tmp_path, number) for number in range(WRITERS)]
    together(*writers, *[partial(sweep_all_the_time, tmp_path)] * 2)
    sweeper(tmp_path)[0].sweep()
    day = tmp_path / f"server.log.{DAY}"
    check_packed(day, content(day))
    assert late(day).read_bytes().count(b"\n") >= WRITERS * (LATE_EACH // 2 - 1)
    came_late = range(0, LINES_EACH, LINES_EACH // LATE_EACH)
    for path, has_late in ((day, True), (tmp_path / f"server.log.{TODAY}", False)):
        lines = content(path).decode().splitlines()
        for number in range(WRITERS):
            own = [line for line in lines if line.startswith(f"{number} ")]
            usual = [f"{number} {line}" for line in range(LINES_EACH)]
            assert own == usual + [f"{number} late {line}" for line in came_late] * has_late
        assert len(lines) == WRITERS * (LINES_EACH + LATE_EACH * has_late)


def test_one_sweeper_at_a_time(tmp_path: Path) -> None:
    """While one sweeper is at work another one does nothing, in the same process or not."""
    days(tmp_path, DAY, kinds=("log",))
    first, reports = sweeper(tmp_path)
    second, others = sweeper(tmp_path)
    tried = []

    def stopped() -> bool:
        if not tried:
            second.sweep()
            tried.append(wait(fork(second.sweep)))
            assert (tmp_path / f"server.log.{DAY}").exists()
        return False

    first.sweep(stopped)
    assert tried == [0]
    assert len(reports) == 1
    assert others == []
    check_packed(tmp_path / f"server.log.{DAY}", f"{DAY}\n".ljust(100, "x").encode())
