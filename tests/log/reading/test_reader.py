"""The journal as one thing: its days in both forms, as JSON or as text, from either end."""

import fcntl
import gzip
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.pages import START, at, json_of, micros, record, text_of, write
from vestnik.log.days.packing import MARK
from vestnik.log.reading import opening
from vestnik.log.reading.opening import Snapshot
from vestnik.log.reading.query import NameCondition, Query
from vestnik.log.reading.reader import Reader

DAY = 86_400


def reader(directory: Path, name: str = "server") -> Reader:
    """A reader that must be able to read everything."""

    def report(path: Path, error: Exception) -> None:
        raise AssertionError(f"{path}: {error!r}")

    return Reader(directory, name, report)


def said(directory: Path, query: Query | None = None, snapshot: Snapshot | None = None) -> list[str]:
    """The sentences that match; the same must be found from the end."""
    query = query or Query()
    forward = [entry.facts.get("message") for entry in reader(directory).entries(query, snapshot)]
    backward = [entry.facts.get("message") for entry in reader(directory).backward(query, 10_000, snapshot)]
    assert backward == forward[::-1]
    return forward


def numbered(count: int, start: datetime = START, every: float = 1.0, first: int = 0) -> list[dict[str, Any]]:
    """Records whose sentences are numbers."""
    return [record(at(number * every, start), message=str(first + number)) for number in range(count)]


@pytest.mark.parametrize("packed", [False, True])
def test_days_in_their_order(tmp_path: Path, packed: bool) -> None:
    """All days are read, the oldest first; other journals and files are not."""
    for number in (2, 0, 1):
        write(tmp_path, numbered(3, at(number * DAY), first=number * 3), packed=packed and number < 2)
    write(tmp_path, numbered(3), name="client")
    (tmp_path / "server.seals.2026-11-22").write_text("{}\n")
    (tmp_path / "server.log.2026-11-22.old").write_text("x\n")
    assert said(tmp_path) == [str(number) for number in range(9)]


def test_times_across_days(tmp_path: Path) -> None:
    """A span of time may begin and end in different days; the first moment belongs to it, the last does not."""
    write(tmp_path, numbered(96, every=1800))
    since, until = micros(at(10 * 1800)), micros(at(70 * 1800))
    assert said(tmp_path, Query(since=since, until=until)) == [str(number) for number in range(10, 70)]
    assert said(tmp_path, Query(since=micros(at(1e9)))) == []
    assert said(tmp_path, Query(until=micros(at(-1e9)))) == []


def test_only_days_that_matter_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed days that cannot have lines of the time that is looked for, in any zone, are not unpacked."""
    for number in range(5):
        write(tmp_path, numbered(3, at(number * DAY)), packed=True)
    unpacked: list[str] = []
    original = opening.PackedFile

    def seen(day: Any, file: Any) -> Any:
        found = original(day, file)
        blocks = found.blocks
        monkeypatch.setattr(found, "blocks", lambda *times: unpacked.append(day.date) or blocks(*times))
        return found

    monkeypatch.setattr(opening, "PackedFile", seen)
    list(reader(tmp_path).entries(Query(since=micros(at(2 * DAY)), until=micros(at(2 * DAY + 60)))))
    assert set(unpacked) == {"2026-11-23", "2026-11-24", "2026-11-25"}
    unpacked.clear()
    list(reader(tmp_path).entries(Query(since=micros(at(2 * DAY + 4 * 3600)), until=micros(at(2 * DAY + 5 * 3600)))))
    assert set(unpacked) == {"2026-11-24", "2026-11-25"}


@pytest.mark.parametrize("packed", [False, True])
def test_written_in_another_zone(tmp_path: Path, zone: Callable[[str], None], packed: bool) -> None:
    """Files of a machine elsewhere have other dates; their times in JSON are found all the same."""
    zone("Pacific/Kiritimati")
    records = [record(at(number * 3600).astimezone(), message=str(number)) for number in range(48)]
    write(tmp_path, records, packed=packed)
    zone("Pacific/Pago_Pago")
    for first in range(0, 48, 5):
        found = said(tmp_path, Query(since=micros(at(first * 3600)), until=micros(at((first + 3) * 3600))))
        assert found == [str(number) for number in range(first, min(first + 3, 48))]
    assert len(said(tmp_path)) == 48


def test_plain_and_packed_of_one_day(tmp_path: Path) -> None:
    """Up to 0.3.0 a late record made the plain file of a compressed day again: both are read."""
    write(tmp_path, numbered(3), packed=True)
    write(tmp_path, numbered(2, at(100), first=3))
    assert said(tmp_path) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("packed", [False, True])
def test_text_where_there_is_no_json(tmp_path: Path, packed: bool) -> None:
    """Days without JSON are read from the text, and it is remembered when fields were asked for."""
    write(tmp_path, numbered(2), kinds=["log"], packed=packed)
    write(tmp_path, numbered(2, at(DAY), first=2), kinds=["jsonl"], packed=packed)
    write(tmp_path, numbered(2, at(2 * DAY), first=4), packed=packed)
    assert said(tmp_path) == ["0", "1", "2", "3", "4", "5"]
    found = reader(tmp_path)
    list(found.entries(Query(level=20)))
    assert found.text_only == set()
    list(found.entries(Query(event="*")))
    assert found.text_only == {"2026-11-22"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("following", [None, "log", "jsonl"])
@pytest.mark.parametrize("there", [range(10, 30), range(20), range(10, 20)])
def test_json_for_a_part_of_a_day(tmp_path: Path, packed: bool, following: str | None, there: range) -> None:
    """JSON that was switched on or off in the middle of a day: the rest of the day is taken from the text."""
    records = numbered(30, every=60.0005)
    write(tmp_path, records, kinds=["log"], packed=packed)
    write(tmp_path, [records[number] for number in there], kinds=["jsonl"], packed=packed)
    if following is not None:
        write(tmp_path, [record(at(DAY), message="last")], kinds=[following], packed=packed)
    expected = 30 if following != "jsonl" else there.stop  # switched on again overnight: nobody knows of it
    found = said(tmp_path)
    assert [each for each in found if each != "last"] == [str(number) for number in range(expected)]
    within = said(tmp_path, Query(since=micros(at(5 * 60)), until=micros(at(25 * 60))))
    assert within == [str(number) for number in range(5, min(25, expected))]


def test_the_parts_of_a_day_do_not_depend_on_the_zone(tmp_path: Path, zone: Callable[[str], None]) -> None:
    """Read in another zone, a day that has both is still read once."""
    write(tmp_path, numbered(10))
    for name in ("Asia/Tokyo", "America/Caracas"):
        zone(name)
        assert len(said(tmp_path)) == 10


def test_torn_and_foreign_lines(tmp_path: Path) -> None:
    """Lines that are not whole are given in their place, with the time of their neighbours; empty ones are none."""
    path = tmp_path / "server.jsonl.2026-11-22"
    whole = [json_of(each) for each in numbered(3, every=100)]
    path.write_bytes(b"\n".join([b"\xff\x00garbage", whole[0], whole[1][:60], b"", whole[1], b"\x1b[31m", whole[2]]))
    found = [(entry.time, entry.whole) for entry in reader(tmp_path).entries(Query())]
    zero, one, two = (micros(at(number * 100)) for number in range(3))
    assert found == [(zero, False), (zero, True), (one, False), (one, True), (one, False), (two, True)]
    assert len(said(tmp_path, Query(since=one, until=one + 1))) == 3
    assert len(said(tmp_path, Query(text="GARBAGE"))) == 1
    assert said(tmp_path, Query(level=10)) == ["0", "1", "2"]


def test_a_torn_line_has_the_time_of_the_line_before(tmp_path: Path) -> None:
    """That is so also when a search passes over the lines in between."""
    path = tmp_path / "server.jsonl.2026-11-22"
    path.write_bytes(b"\n".join([*(json_of(each) for each in numbered(200, every=10)), b"torn", b"torn"]))
    path.write_bytes(b"torn\n" + path.read_bytes())
    found = [entry.time for entry in reader(tmp_path).entries(Query(text="torn"))]
    assert found == [micros(at(0)), micros(at(1990)), micros(at(1990))]
    found = [entry.time for entry in reader(tmp_path).entries(Query(text="torn", since=micros(at(5))))]
    assert found == [micros(at(1990)), micros(at(1990))]


def test_long_lines_and_empty_files(tmp_path: Path) -> None:
    """A line of a megabyte is an entry, an empty file has none, and there may be no directory at all."""
    write(tmp_path, [record(START, message="x" * 1_000_000, account="anna"), *numbered(2, at(1))])
    (tmp_path / "server.jsonl.2026-11-23").touch()
    (tmp_path / "server.log.2026-11-23").touch()
    found = [entry.facts.get("message") for entry in reader(tmp_path).entries(Query())]
    assert (len(found[0]), found[1:]) == (1_000_000, ["0", "1"])
    assert len(list(reader(tmp_path).entries(Query(names=(NameCondition(("account",), "anna"),))))) == 1
    assert [entry.facts.get("message") for entry in reader(tmp_path).last(Query(), 2)] == ["0", "1"]
    assert said(tmp_path / "nowhere") == []


def test_last(tmp_path: Path) -> None:
    """The last entries that match are found from the end, through plain and compressed days."""
    for number in range(4):
        write(tmp_path, numbered(10, at(number * DAY), first=number * 10), packed=number % 2 == 0)
    for count in (0, 1, 5, 15, 27, 40, 100):
        found = [entry.facts.get("message") for entry in reader(tmp_path).last(Query(), count)]
        assert found == [str(number) for number in range(40)][max(40 - count, 0) :]
    odd = Query(also=lambda facts: facts.get("message")[-1] in "13579")
    assert [entry.facts.get("message") for entry in reader(tmp_path).last(odd, 3)] == ["35", "37", "39"]


def test_the_end_of_a_large_day_is_near(tmp_path: Path) -> None:
    """The last lines of a large file are found without reading it."""
    write(tmp_path, numbered(30_000), kinds=["jsonl"])
    before = io_read()
    assert len(reader(tmp_path).last(Query(), 10)) == 10
    assert io_read() - before < 2_200_000 < (tmp_path / "server.jsonl.2026-11-22").stat().st_size


def io_read() -> int:
    """The bytes that this process has read so far."""
    return int(Path("/proc/self/io").read_text().split()[1])


def test_damaged_and_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be read is reported, and everything else is given."""
    for number in range(3):
        write(tmp_path, numbered(5, at(number * DAY), first=number * 5), kinds=["jsonl"], packed=number == 0)
    first = tmp_path / "server.jsonl.2026-11-22.gz"
    first.write_bytes(first.read_bytes()[:-3])
    secret = tmp_path / "server.jsonl.2026-11-23"
    original = os.open

    def open_(path: Path, *flags: int) -> int:
        if path == secret:
            raise PermissionError(13, "Permission denied", str(path))
        return original(path, *flags)

    monkeypatch.setattr(os, "open", open_)
    reported: list[tuple[Path, str]] = []
    found = Reader(tmp_path, "server", lambda path, error: reported.append((path, type(error).__name__)))
    assert [entry.facts.get("message") for entry in found.entries(Query())] == [
        "0",
        "1",
        "2",
        "3",
        "4",
        *map(str, range(10, 15)),
    ]
    assert (first, "Damaged") in reported
    assert (secret, "PermissionError") in reported


def test_a_snapshot_ends_where_it_was_taken(tmp_path: Path) -> None:
    """Lines after the snapshot, files that came later, and later days are not read."""
    paths = write(tmp_path, numbered(3))
    sizes = {(path.stat().st_dev, path.stat().st_ino): path.stat().st_size for path in paths}
    snapshot = Snapshot("2026-11-22", "2026-11-22", sizes)
    write(tmp_path, numbered(3, at(10), first=3))
    write(tmp_path, numbered(3, at(DAY), first=6))
    write(tmp_path, numbered(1, at(-DAY), first=99))
    assert said(tmp_path, snapshot=snapshot) == ["99", "0", "1", "2"]
    assert said(tmp_path, snapshot=replace(snapshot, sizes={})) == ["99"]


class Compression:
    """Compresses a plain file step by step, as `packer` does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.packed = path.with_name(f"{path.name}.gz")

    def put_in_place(self) -> None:
        """Put the compressed file in place: all lines of the plain one are in both."""
        fresh = self.packed.with_name("fresh")
        fresh.write_bytes(gzip.compress(self.path.read_bytes()))
        fresh.replace(self.packed)

    def finish(self) -> None:
        """Delete the plain one."""
        self.path.unlink()


def test_compressed_meanwhile(tmp_path: Path) -> None:
    """Whoever reads while a day is compressed gets every line once, whatever step that is at."""
    write(tmp_path, numbered(5), kinds=["log"])
    work = Compression(tmp_path / "server.log.2026-11-22")
    for step in (lambda: None, work.put_in_place, work.finish):
        step()
        assert said(tmp_path) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("finish", [True, False])
@pytest.mark.parametrize("moment", ["before", "between", "after"])
def test_compressed_while_it_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, finish: bool
) -> None:
    """A day that is compressed just while its two forms are opened is read once, and all of it."""
    write(tmp_path, numbered(5), kinds=["log"])
    work = Compression(tmp_path / "server.log.2026-11-22")
    begun: list[str] = []

    def compress(now: str) -> None:
        if now == moment and not begun:
            begun.append(now)
            work.put_in_place()
            if finish:
                work.finish()

    plain, packed = opening.open_plain, opening.open_packed
    monkeypatch.setattr(opening, "open_plain", lambda path: (compress("before"), plain(path), compress("between"))[1])
    monkeypatch.setattr(opening, "open_packed", lambda path: (packed(path), compress("after"))[0])
    found = [entry.facts.get("message") for entry in reader(tmp_path).entries(Query())]
    assert found == ["0", "1", "2", "3", "4"]
    assert begun == [moment]


def test_compressed_between_listing_and_opening(tmp_path: Path) -> None:
    """A day that was plain when it was listed and is compressed when it is opened is read all the same."""
    write(tmp_path, numbered(5), kinds=["jsonl"])
    found = reader(tmp_path)
    listed = found.files()
    work = Compression(listed[0].path)
    work.put_in_place()
    work.finish()
    found.files = lambda: listed  # type: ignore[method-assign]  # what it was
    assert [entry.facts.get("message") for entry in found.entries(Query())] == ["0", "1", "2", "3", "4"]


def test_late_lines(tmp_path: Path) -> None:
    """Lines that came when their day was compressed belong to that day, wherever one begins to read."""
    write(tmp_path, numbered(3), packed=True)
    write(tmp_path, numbered(2, at(DAY), first=5))
    for kind in ("log", "jsonl"):
        plain = tmp_path / f"server.{kind}.2026-11-22"
        write(tmp_path, numbered(2, at(100), first=3), kinds=[kind])
        plain.rename(f"{plain}.late")
    assert said(tmp_path) == [str(number) for number in range(7)]
    assert said(tmp_path, Query(since=micros(at(2)), until=micros(at(101)))) == ["2", "3"]
    assert said(tmp_path, Query(until=micros(at(DAY)))) == ["0", "1", "2", "3", "4"]
    (tmp_path / "server.jsonl.2026-11-22.gz").unlink()
    (tmp_path / "server.log.2026-11-22.gz").unlink()
    assert said(tmp_path) == ["3", "4", "5", "6"]


def test_compression_that_an_earlier_version_did_not_finish(tmp_path: Path) -> None:
    """A marked plain file that was left beside its compressed form is read once, with the lines added since."""
    write(tmp_path, numbered(5), kinds=["log"])
    work = Compression(tmp_path / "server.log.2026-11-22")
    work.put_in_place()
    work.path.chmod(0o640 | MARK)
    assert said(tmp_path) == ["0", "1", "2", "3", "4"]
    write(tmp_path, numbered(2, at(100), first=5), kinds=["log"])
    assert said(tmp_path) == ["0", "1", "2", "3", "4", "5", "6"]


def test_reading_holds_nothing(tmp_path: Path) -> None:
    """Whoever reads keeps nobody from compressing, and waits for nobody."""
    write(tmp_path, numbered(3))
    with (tmp_path / "server.jsonl.2026-11-22").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        entries = reader(tmp_path).entries(Query())
        next(entries)
        fcntl.flock(file, fcntl.LOCK_UN)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert len(list(entries)) == 2


def test_text_lines_of_the_repeated_hour(tmp_path: Path, zone: Callable[[str], None]) -> None:
    """Text of the hour that comes twice is given for both."""
    zone("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for moment in (first, first + timedelta(hours=1)):
        write(tmp_path, [record(moment.astimezone(), message=str(moment.hour))], kinds=["log"])
        assert text_of(record(moment.astimezone())).startswith(b"2026-10-25 02:30:00,000")
    for moment in (first, first + timedelta(hours=1)):
        assert said(tmp_path, Query(since=micros(moment), until=micros(moment) + 1)) == ["0", "1"]
