"""What is compressed and deleted, and when."""

import fcntl
import hashlib
import os
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from vestnik.log.days.appending import is_packed, late
from vestnik.log.recording.files import DatedFiles

from ..conftest import Clock
from .sweeping import DAY, LATE, LINES, TODAY, Writer, append, at, check_packed, content, sweeper, unpacked

KINDS = ("log", "jsonl", "seals")


def days(directory: Path, *dates: str, size: int = 100, kinds: tuple[str, ...] = KINDS) -> None:
    """Makes the plain files of some days, each of `size` bytes."""
    for day in dates:
        for kind in kinds:
            append(directory / f"server.{kind}.{day}", f"{day}\n".ljust(size, "x").encode())


def names(directory: Path) -> set[str]:
    """What is in a directory, except for what sweepers hold."""
    return {path.name for path in directory.iterdir()} - {"server.sweep"}


def dates(directory: Path) -> set[str]:
    """The days of which there is anything."""
    return {name.split(".")[2] for name in names(directory)}


def test_a_day_that_is_over(tmp_path: Path) -> None:
    """All kinds of files of a day that is over are compressed, with a record for each."""
    days(tmp_path, DAY, TODAY)
    run, reports = sweeper(tmp_path)
    run.sweep()
    assert names(tmp_path) == {f"server.{kind}.{TODAY}" for kind in KINDS} | {
        f"server.{kind}.{DAY}.gz" for kind in KINDS
    }
    for kind in KINDS:
        assert unpacked(tmp_path / f"server.{kind}.{DAY}") == f"{DAY}\n".ljust(100, "x").encode()
    for event, values in reports:
        name = str(values["file"])
        assert event == "journal.compressed"
        assert values == {
            "file": name,
            "records": 2,
            "bytes": 100,
            "packed": (tmp_path / f"{name}.gz").stat().st_size,
            "sha256": hashlib.sha256(unpacked(tmp_path / name)).hexdigest(),
        }
    assert len(reports) == 3
    assert stat.S_IMODE((tmp_path / "server.sweep").stat().st_mode) == 0o640


def test_nothing_to_do(tmp_path: Path) -> None:
    """Where nothing is over, nothing is made or told; a directory need not even be there."""
    days(tmp_path, TODAY)
    for directory in (tmp_path, tmp_path / "none"):
        run, reports = sweeper(directory, keep_days=1, keep_bytes=10_000)
        run.sweep()
        assert reports == []
    assert {path.name for path in tmp_path.iterdir()} == {f"server.{kind}.{TODAY}" for kind in KINDS}


def test_twice(tmp_path: Path) -> None:
    """A second run finds nothing left to do."""
    days(tmp_path, DAY)
    run, reports = sweeper(tmp_path)
    run.sweep()
    before = {path: path.stat() for path in tmp_path.iterdir()}
    run.sweep()
    assert {path: path.stat() for path in tmp_path.iterdir()} == before
    assert len(reports) == 3


def test_late_records(tmp_path: Path) -> None:
    """A compressed day never grows: late records are in a file beside it, which stays, however often they come."""
    plain = tmp_path / f"server.log.{DAY}"
    append(plain, LINES)
    run, reports = sweeper(tmp_path)
    expected = LINES
    for number in range(4):
        run.sweep()
        check_packed(plain, expected)
        append(plain, LATE * number)
        expected += LATE * number
        assert content(plain) == expected
        assert unpacked(plain) == LINES
    assert [values["records"] for _, values in reports] == [60]
    assert late(plain).read_bytes() == LATE * 6


@pytest.mark.parametrize(
    ("name", "midnight"),
    [
        ("UTC", "2026-11-22 00:00"),
        ("Europe/Berlin", "2026-10-25 00:00"),
        ("Europe/Berlin", "2026-10-26 00:00"),
        ("Europe/Berlin", "2026-03-29 00:00"),
        ("Europe/Berlin", "2026-03-30 00:00"),
        ("Australia/Lord_Howe", "2026-04-05 00:00"),
        ("Australia/Lord_Howe", "2026-10-04 00:00"),
        ("Pacific/Apia", "2011-12-31 00:00"),
        ("Africa/Cairo", "2026-04-24 01:00"),
    ],
)
def test_an_hour_after_midnight(tmp_path: Path, zone: Callable[[str], None], name: str, midnight: str) -> None:
    """Yesterday is left alone until an hour has passed since midnight, whatever the clocks show then."""
    zone(name)
    today = date.fromisoformat(midnight[:10])
    yesterday = today - timedelta(days=2 if name == "Pacific/Apia" else 1)  # Apia had no 30th of December
    before = yesterday - timedelta(days=1)
    days(tmp_path, str(before), str(yesterday), str(today), kinds=("log",))
    clock = Clock(at(midnight) - 1)
    run, _ = sweeper(tmp_path, clock)
    run.sweep()
    assert names(tmp_path) == {f"server.log.{before}.gz", f"server.log.{yesterday}", f"server.log.{today}"}
    for seconds in (0, 1, 3599):
        clock.now = at(midnight) + seconds
        run.sweep()
        assert (tmp_path / f"server.log.{yesterday}").exists()
    clock.now = at(midnight) + 3600
    run.sweep()
    assert names(tmp_path) == {f"server.log.{before}.gz", f"server.log.{yesterday}.gz", f"server.log.{today}"}


def test_clock_that_is_set(tmp_path: Path) -> None:
    """A clock that goes ten days forward and back again costs no line; days to come are left alone."""
    packed: set[str] = set()
    clock = Clock(at())
    run, reports = sweeper(tmp_path, clock, keep_days=20)
    expected = {str(date.fromisoformat(TODAY) + timedelta(days=number)): b"" for number in range(-3, 12)}
    for step, shift in enumerate([0, 10, 0, -2, 10, 1, 0, 5, -1, 0]):
        clock.now = at() + shift * 86_400
        for day in expected:
            line = f"{day} step {step}\n".encode()
            append(tmp_path / f"server.log.{day}", line)
            expected[day] += line
        run.sweep()
        today = str(date.fromisoformat(TODAY) + timedelta(days=shift))
        packed |= {day for day in expected if day < today}
        for day, lines in expected.items():
            plain = tmp_path / f"server.log.{day}"
            assert content(plain) == lines
            assert is_packed(plain) == (day in packed) == (not plain.exists())
    assert {event for event, _ in reports} == {"journal.compressed"}


def test_in_use(tmp_path: Path) -> None:
    """A file that somebody has open is neither compressed nor deleted; nor is what is deleted together with it."""
    days(tmp_path, "2026-11-01", DAY)
    held = [Writer(tmp_path / f"server.log.{day}") for day in ("2026-11-01", DAY)]
    before = names(tmp_path)
    run, reports = sweeper(tmp_path, keep_days=10, keep_bytes=1)
    run.sweep()
    assert names(tmp_path) == before - {f"server.{kind}.{day}" for kind in KINDS[1:] for day in ("2026-11-01", DAY)} | {
        f"server.{kind}.{day}.gz" for kind in KINDS[1:] for day in ("2026-11-01", DAY)
    }
    assert {event for event, _ in reports} == {"journal.compressed"}
    for writer in held:
        writer.write(b"still here\n")
        writer.close()
    assert content(tmp_path / f"server.log.{DAY}").endswith(b"still here\n")
    run.sweep()
    assert dates(tmp_path) == set()


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("chunk", range(2, 5))
def test_opened_while_it_is_compressed(tmp_path: Path, stays: bool, chunk: int) -> None:
    """A file that a writer takes up while it is compressed is left to it, whether it has let go at the end or not."""
    plain = tmp_path / f"server.log.{DAY}"
    append(plain, LINES)
    writers: list[Writer] = []
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        if asked == chunk:
            writers.append(Writer(plain))
            writers[0].write(LATE)
            if not stays:
                writers[0].close()
        return False

    run, reports = sweeper(tmp_path)
    run.sweep(stopped)
    assert plain.read_bytes() == LINES + LATE
    assert names(tmp_path) == {plain.name}
    assert [event for event, _ in reports] == []
    if stays:
        writers[0].close()
    run.sweep()
    check_packed(plain, LINES + LATE)


def test_a_writer_that_waits(tmp_path: Path) -> None:
    """A writer that opened the file before it was deleted sees that it is gone, and writes where what is late goes."""
    plain = tmp_path / f"server.log.{DAY}"
    append(plain, LINES)
    opened = os.open(plain, os.O_WRONLY | os.O_APPEND)
    run, _ = sweeper(tmp_path)
    run.sweep()
    fcntl.flock(opened, fcntl.LOCK_SH)
    assert os.fstat(opened).st_nlink == 0
    os.close(opened)
    append(plain, LATE)
    assert late(plain).read_bytes() == LATE
    run.sweep()
    check_packed(plain, LINES + LATE)


def test_files_of_a_journal(tmp_path: Path, clock: Clock) -> None:
    """What a journal has open is left alone; what it writes late, and what it goes on with, is never lost."""
    files = DatedFiles(tmp_path, "server.log", clock=clock)
    run, reports = sweeper(tmp_path, clock)
    expected = b""
    for hours in range(60):
        line = f"{hours}\n".encode()
        clock.now += 3600
        files.add("2021-06-12", line, 1)
        files.add(str(date.fromtimestamp(clock.now)), line, 1)
        files.push()
        expected += line
        if hours % 5 == 4:
            assert files.close() == 0
        run.sweep()
        assert content(tmp_path / "server.log.2021-06-12").count(line) == 1 + (hours < 15)
    assert files.close() == 0
    run.sweep()
    assert content(tmp_path / "server.log.2021-06-12").replace(b"\n", b" ").split() == sorted(
        (expected + b"".join(b"%d\n" % hours for hours in range(15))).split(), key=int
    )
    assert reports.files("journal.compressed") == ["server.log.2021-06-12", "server.log.2021-06-13"]
    assert reports.files("journal.sweep_failed") == []


def test_keep_days(tmp_path: Path) -> None:
    """What is more than so many days old goes, all of its kinds and each with a record; 0 keeps everything."""
    days(tmp_path, "2026-10-22", "2026-10-23", "2026-11-22", "2025-01-01")
    run, _ = sweeper(tmp_path)
    run.sweep()
    assert len(names(tmp_path)) == 12
    append(tmp_path / "server.log.2026-10-22", b"late\n")
    run, reports = sweeper(tmp_path, keep_days=30)
    run.sweep()
    assert dates(tmp_path) == {"2026-10-23", "2026-11-22"}
    deleted = [values for event, values in reports if event == "journal.deleted"]
    assert {values["file"]: values["reason"] for values in deleted} == {
        f"server.{kind}.{day}.gz": "keep_days=30" for kind in KINDS for day in ("2025-01-01", "2026-10-22")
    } | {"server.log.2026-10-22.late": "keep_days=30"}
    assert {values["bytes"] for values in deleted if not str(values["file"]).endswith(".gz")} == {5}


def test_keep_bytes(tmp_path: Path) -> None:
    """The oldest days go until all the rest fits, today counted in, and not one more."""
    for number in range(1, 7):
        days(tmp_path, f"2026-11-0{number}")
    run, _ = sweeper(tmp_path)
    run.sweep()
    packed = sum(path.stat().st_size for path in tmp_path.glob("*.gz"))
    days(tmp_path, TODAY, size=1000)
    run, reports = sweeper(tmp_path, keep_bytes=packed // 2 + 3000)
    run.sweep()
    assert dates(tmp_path) == {"2026-11-04", "2026-11-05", "2026-11-06", TODAY}
    assert [values["reason"] for _, values in reports] == [f"keep_bytes={packed // 2 + 3000}"] * 9
    run.sweep()
    assert len(reports) == 9


def test_today_is_never_deleted(tmp_path: Path) -> None:
    """However small the limits, today's files stay, and those of days to come."""
    days(tmp_path, TODAY, "2026-12-31", DAY)
    run, reports = sweeper(tmp_path, keep_days=1, keep_bytes=1)
    run.sweep()
    assert dates(tmp_path) == {TODAY, "2026-12-31"}
    assert len(reports.files("journal.deleted")) == 3


def test_a_day_in_use_is_passed_over(tmp_path: Path) -> None:
    """For a day that somebody has open the next one goes."""
    days(tmp_path, "2026-11-01", "2026-11-02", "2026-11-03")
    writer = Writer(tmp_path / "server.seals.2026-11-01")
    run, _ = sweeper(tmp_path)
    run.sweep()
    size = sum(path.stat().st_size for path in tmp_path.glob("server.*.2026-*"))
    run, _ = sweeper(tmp_path, keep_bytes=size - 1)
    run.sweep()
    assert dates(tmp_path) == {"2026-11-01", "2026-11-03"}
    writer.close()


ZOO = [
    "server.log.2026-01-01.bak",
    "server.log.2026-01-01.gz.bak",
    "server.log.2026-01-01.gz.tmp.bak",
    "server.log.2026-01-01.late.bak",
    "server.anchors",
    "server.log.2026-1-01",
    "server.log.2026-02-30",
    "server.log.2026-01-01 ",
    "server.log.2026-01-01\n",
    "Server.log.2026-01-01",
    "xserver.log.2026-01-01",
    "server.log.log.2026-01-01",
    "client.log.2026-01-01",
    "client.log.2026-01-01.gz.tmp",
    "server.txt.2026-01-01",
    "server.seals.key",
    "server.log.tmp",
    ".server.log.4711",
    "serverXlog.2026-01-01",
    "vestnik.db",
]


def test_zoo(tmp_path: Path) -> None:
    """Nothing but regular files of exactly our names is touched."""
    for name in ZOO:
        (tmp_path / name).write_text(name)
    days(tmp_path, TODAY, kinds=("log", "jsonl"))
    (tmp_path / "server.log").symlink_to(f"server.log.{TODAY}")
    (tmp_path / "server.jsonl").symlink_to("server.jsonl.2026-01-01")  # nobody has made that one
    outside = tmp_path / "outside"
    outside.write_text("precious")
    (tmp_path / "server.log.2026-01-02").symlink_to(outside)
    (tmp_path / "server.log.2026-01-02.gz.tmp").symlink_to(outside)
    (tmp_path / "server.jsonl.2026-01-02.gz").symlink_to("nowhere")
    (tmp_path / "server.log.2026-01-03").mkdir()
    (tmp_path / "server.log.2026-01-03.gz.tmp").mkdir()
    (tmp_path / "server.log.2026-01-03" / "server.log.2026-01-01").write_text("deep")
    os.mkfifo(tmp_path / "server.log.2026-01-04")
    os.mkfifo(tmp_path / "server.seals.2026-01-04.gz")
    before = {path: (path.lstat(), path.read_bytes() if path.is_file() else b"") for path in tmp_path.rglob("*")}
    days(tmp_path, "2026-01-01", DAY)
    run, reports = sweeper(tmp_path, keep_days=30, keep_bytes=1)
    run.sweep()
    run.sweep()
    after = {path: (path.lstat(), path.read_bytes() if path.is_file() else b"") for path in tmp_path.rglob("*")}
    after.pop(tmp_path / "server.sweep")
    unmoved = [path for path in before if path.name != "server.log.2026-01-02" or path.is_symlink()]
    assert {path: after[path][1] for path in after} == {path: before[path][1] for path in before}
    for path in unmoved:
        assert (after[path][0].st_ino, after[path][0].st_mode) == (before[path][0].st_ino, before[path][0].st_mode)
    assert len(reports.files("journal.deleted")) == 6


def test_a_link_put_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was a file when the directory was read and is a link when it is opened is not followed."""
    plain = tmp_path / f"server.log.{DAY}"
    precious = tmp_path / "precious"
    precious.write_bytes(LINES)
    append(plain, LINES)
    run, reports = sweeper(tmp_path, keep_days=1)
    real = os.open

    def swap(path: Path, flags: int, mode: int = 0o777) -> int:
        if Path(path) == plain and not plain.is_symlink():
            plain.unlink()
            plain.symlink_to(precious)
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", swap)
    run.sweep()
    assert precious.read_bytes() == LINES
    assert names(tmp_path) == {plain.name, precious.name}
    assert reports.files("journal.sweep_failed") == [plain.name]


def test_taken_away_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone when its turn comes is nothing to be told: a writer that came late had made it by mistake."""
    days(tmp_path, "2026-11-20", DAY, kinds=("log",))
    gone = tmp_path / "server.log.2026-11-20"
    real = os.open

    def take_away(path: Path, flags: int, mode: int = 0o777) -> int:
        if Path(path) == gone:
            gone.unlink(missing_ok=True)
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", take_away)
    run, reports = sweeper(tmp_path)
    run.sweep()
    assert [event for event, _ in reports] == ["journal.compressed"]
    assert names(tmp_path) == {f"server.log.{DAY}.gz"}


def test_leftovers(tmp_path: Path) -> None:
    """What a dead run has left is deleted, also of a day whose files are gone, and of today."""
    days(tmp_path, TODAY, kinds=("log",))
    for name in (f"server.log.{DAY}.gz.tmp", f"server.log.{TODAY}.gz.tmp", "server.jsonl.2020-01-01.tmp"):
        (tmp_path / name).write_text("half")
    run, reports = sweeper(tmp_path)
    run.sweep()
    assert names(tmp_path) == {f"server.log.{TODAY}"}
    assert reports == []


def test_one_failure_is_one_record(tmp_path: Path) -> None:
    """A file that cannot be opened, deleted or compressed is said once in a run, and the others are not held up."""
    days(tmp_path, "2026-11-19", "2026-11-20", DAY, kinds=("log",))
    (tmp_path / "server.log.2026-11-20.gz").write_bytes(b"not gzip")
    run, reports = sweeper(tmp_path)
    for number in (1, 2):
        run.sweep()
        assert reports.files("journal.sweep_failed") == ["server.log.2026-11-20"] * number
    assert names(tmp_path) == {
        "server.log.2026-11-19.gz",
        "server.log.2026-11-20",
        "server.log.2026-11-20.gz",
        f"server.log.{DAY}.gz",
    }


def test_what_cannot_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be deleted is said once in a run; the other days go all the same."""
    days(tmp_path, "2026-01-01", "2026-01-02")
    real = os.unlink

    def refuse(path: Path) -> None:
        if Path(path).name == "server.jsonl.2026-01-01":
            raise PermissionError(1, "Operation not permitted")
        real(path)

    monkeypatch.setattr(os, "unlink", refuse)
    run, reports = sweeper(tmp_path, keep_days=30)
    run.sweep()
    assert reports.files("journal.sweep_failed") == ["server.jsonl.2026-01-01"]
    assert dates(tmp_path) == {"2026-01-01"}
    monkeypatch.undo()
    run.sweep()
    assert names(tmp_path) == set()


def test_leftover_that_cannot_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leftover that cannot be deleted is said, and is no reason to end."""
    days(tmp_path, DAY, kinds=("log",))
    leftover = tmp_path / f"server.log.{TODAY}.gz.tmp"
    leftover.touch()
    real = os.unlink

    def refuse(path: Path) -> None:
        if Path(path) == leftover:
            raise PermissionError(1, "Operation not permitted")
        real(path)

    monkeypatch.setattr(os, "unlink", refuse)
    run, reports = sweeper(tmp_path)
    run.sweep()
    assert reports.files("journal.sweep_failed") == [leftover.name]
    assert names(tmp_path) == {f"server.log.{DAY}.gz", leftover.name}


def test_unreadable_directory(tmp_path: Path) -> None:
    """A directory that is none is said, and is no reason to end."""
    (tmp_path / "log").write_text("not a directory")
    run, reports = sweeper(tmp_path / "log")
    run.sweep()
    assert reports.files("journal.sweep_failed") == ["log"]


@pytest.mark.parametrize("kind", ["directory", "link", "pipe"])
def test_something_else_to_hold(tmp_path: Path, kind: str) -> None:
    """Where something else has the place of what sweepers hold, no day is compressed or deleted."""
    held = tmp_path / "server.sweep"
    {"directory": held.mkdir, "link": lambda: held.symlink_to("x"), "pipe": lambda: os.mkfifo(held)}[kind]()
    days(tmp_path, DAY, "2026-01-01")
    before = names(tmp_path)
    run, reports = sweeper(tmp_path, keep_days=1)
    run.sweep()
    assert names(tmp_path) == before
    assert len(reports.files("journal.sweep_failed")) == 1
