"""The thread that sweeps, and when it does."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.waiting import DEADLINE
from vestnik.log.days import sweep_thread
from vestnik.log.days.locks import READ, Descriptors, locked
from vestnik.log.days.sweep import GRACE, Sweeper
from vestnik.log.days.sweep_thread import AT_LEAST, AT_MOST, SweepThread, until_next

from .sweeping import DAY, LINES, append, at, check_packed, fork, sweeper, wait


class Watched(Sweeper):
    """A sweeper that counts its runs, which fail with `error` if there is one."""

    def __init__(self, directory: Path) -> None:
        real, self.reports = sweeper(directory)
        vars(self).update(vars(real))
        self.runs = threading.Semaphore(0)
        self.error: Exception | None = None
        self.thread: threading.Thread | None = None

    def sweep(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """One run."""
        self.thread = threading.current_thread()
        try:
            if self.error is not None:
                raise self.error
            super().sweep(stopped)
        finally:
            self.runs.release()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A sweeper of the test's directory, at two o'clock."""
    return Watched(tmp_path)


@pytest.fixture
def thread(watched: Watched) -> Iterator[SweepThread]:
    """A thread that sweeps at once."""
    made = SweepThread(watched, clock=at, start_after=0)
    yield made
    assert made.stop(DEADLINE)


def test_runs_soon_after_the_start(tmp_path: Path, watched: Watched, thread: SweepThread) -> None:
    """A thread of its own sweeps once, then waits; starting it twice is starting it once."""
    plain = tmp_path / f"server.log.{DAY}"
    append(plain, LINES)
    thread.start()
    thread.start()
    assert watched.runs.acquire(timeout=DEADLINE)
    check_packed(plain, LINES)
    names = [each.name for each in threading.enumerate()]
    assert names.count("sweep-server") == 1
    assert watched.thread is not threading.main_thread()
    assert watched.thread is not None
    assert watched.thread.daemon
    assert not watched.runs.acquire(blocking=False)


def test_again(watched: Watched, thread: SweepThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """It sweeps again whenever the time has come, also after a failure nobody expected, which is said."""
    monkeypatch.setattr(sweep_thread, "until_next", lambda now: 0.0)
    watched.error = ZeroDivisionError("surprise")
    thread.start()
    for _ in range(3):
        assert watched.runs.acquire(timeout=DEADLINE)
    assert watched.reports[0][1]["reason"] == "ZeroDivisionError('surprise')"
    watched.error = None
    for _ in range(3):
        assert watched.runs.acquire(timeout=DEADLINE)


def test_stop_while_waiting(watched: Watched, thread: SweepThread) -> None:
    """A thread that waits for its time ends at once, and may be started again."""
    for _ in range(2):
        thread.start()
        assert watched.runs.acquire(timeout=DEADLINE)
        assert thread.stop(DEADLINE)
        assert "sweep-server" not in [each.name for each in threading.enumerate()]
    assert thread.stop(0)


def test_stop_while_compressing(tmp_path: Path, thread: SweepThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is being compressed is let go between two chunks, and stays as it was."""
    plain = tmp_path / f"server.log.{DAY}"
    append(plain, LINES)
    started, go = threading.Event(), threading.Event()
    real = os.fchmod  # between compressing and reading back

    def hold(fd: int, mode: int) -> None:
        started.set()
        assert go.wait(DEADLINE)
        real(fd, mode)

    monkeypatch.setattr(os, "fchmod", hold)
    thread.start()
    assert started.wait(DEADLINE)
    assert not thread.stop(0)
    go.set()
    for each in threading.enumerate():
        if each.name == "sweep-server":
            each.join(DEADLINE)
    assert plain.read_bytes() == LINES
    assert {path.name for path in tmp_path.iterdir()} == {plain.name, "server.sweep"}


@pytest.mark.skipif(sys.platform != "linux", reason="a thread has a priority of its own on Linux only")
def test_priority(watched: Watched, thread: SweepThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread steps back behind the others of the process, and only this one."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    found = []
    monkeypatch.setattr(
        watched.reports.__class__, "__call__", lambda *_: found.append(os.getpriority(os.PRIO_PROCESS, 0))
    )
    watched.error = ZeroDivisionError()
    thread.start()
    assert watched.runs.acquire(timeout=DEADLINE)
    assert thread.stop(DEADLINE)
    assert found == [max(before, sweep_thread.NICE)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


def test_fork(tmp_path: Path, watched: Watched, thread: SweepThread, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child of a fork in the middle of a run has no thread and no lock, until it starts a thread itself."""
    plain = tmp_path / f"server.log.{DAY}"
    append(plain, LINES)
    started, go = threading.Event(), threading.Event()
    real = os.fchmod

    def hold(fd: int, mode: int) -> None:
        started.set()
        assert go.wait(DEADLINE)
        real(fd, mode)

    monkeypatch.setattr(os, "fchmod", hold)
    thread.start()
    assert started.wait(DEADLINE)

    def child() -> None:
        thread.after_fork()
        assert threading.active_count() == 1
        links = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        assert not [link for link in links if link.is_relative_to(tmp_path)]
        watched.runs = threading.Semaphore(0)
        thread.start()
        assert watched.runs.acquire(timeout=DEADLINE)
        assert thread.stop(DEADLINE)

    assert wait(fork(child)) == 0
    assert plain.read_bytes() == LINES  # the parent is still at it, so the child did nothing
    go.set()
    assert watched.runs.acquire(timeout=DEADLINE)
    check_packed(plain, LINES)
    held = tmp_path / "server.sweep"
    with Descriptors().opened(held, READ) as fd, locked(fd, held):
        pass


def date_of(moment: float) -> str:
    """The local date."""
    return time.strftime("%Y-%m-%d", time.localtime(moment))


ZONES = [
    ("UTC", "2026-11-20 00:00"),
    ("Europe/Berlin", "2026-03-27 12:00"),
    ("Europe/Berlin", "2026-10-23 12:00"),
    ("Australia/Lord_Howe", "2026-04-03 12:00"),
    ("Australia/Lord_Howe", "2026-10-02 12:00"),
    ("Pacific/Apia", "2011-12-27 12:00"),
    ("Africa/Cairo", "2026-04-22 12:00"),
    ("Atlantic/Azores", "2026-03-27 12:00"),
    ("America/Sao_Paulo", "2018-11-01 12:00"),
]


@pytest.mark.parametrize("late", [0.0, 0.7, 1000.0])
@pytest.mark.parametrize(("name", "start"), ZONES)
def test_when(zone: Callable[[str], None], name: str, start: str, late: float) -> None:
    """A run comes when a day may be compressed, or within an hour after that where the zone leaves midnight out."""
    zone(name)
    now, beginning = at(start), date_of(at(start))
    met: dict[str, float] = {}
    for _ in range(24 * 6):
        pause = until_next(now)
        assert AT_LEAST <= pause <= AT_MOST
        now += pause + late
        met.setdefault(date_of(now - GRACE), now)
    assert len(met) >= 6
    for day, moment in met.items():
        if day > beginning:
            over = next(moment - back for back in range(5000) if date_of(moment - back - 1 - GRACE) != day)
            without_midnight = name in ("Africa/Cairo", "Atlantic/Azores", "America/Sao_Paulo")
            assert moment - over < (AT_MOST if without_midnight else 1) + late


def test_one_o_clock() -> None:
    """The last wait before one o'clock ends then, however short it is; any other is an hour."""
    assert until_next(at("2026-11-22 00:59")) == 60.0
    assert until_next(at("2026-11-22 01:00") - 0.001) == AT_LEAST
    for moment in ("2026-11-22 01:00", "2026-11-22 12:00", "2026-11-22 23:59", "2026-11-22 00:00"):
        assert until_next(at(moment)) == AT_MOST
