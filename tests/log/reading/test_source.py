"""The file of one day: its lines from both ends, and where those of some minutes are."""

import gzip
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.pages import at, day, json_of, micros, record, text_of, write
from vestnik.log.days.opening import Packed, Plain
from vestnik.log.days.packing import Damaged
from vestnik.log.reading import source
from vestnik.log.reading.query import BEGINNING, END
from vestnik.log.reading.source import PackedFile, PlainFile

FAST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces so small that little files have many of them."""
    for name, value in (("BLOCK", 256), ("GLANCE", 64), ("MAX_LINE", 4096)):
        monkeypatch.setattr(source, name, value)


def opened(path: Path, data: bytes, limit: int | None = None, start: int = 0) -> PlainFile:
    """A plain file with this content."""
    path.write_bytes(data)
    plain = Plain(os.open(path, os.O_RDONLY))
    plain.start, plain.size = start, len(data) if limit is None else limit
    return PlainFile(day(path), plain)


def unpacked(path: Path) -> PackedFile:
    """A compressed file."""
    return PackedFile(day(path), Packed(os.open(path, os.O_RDONLY), path))


@FAST
@given(st.lists(st.binary(max_size=600).map(lambda line: line.replace(b"\n", b"")), max_size=12), st.booleans())
def test_all_lines_from_both_ends(tmp_path: Path, lines: list[bytes], finished: bool) -> None:
    """Whatever the lines are, all are given once, in whole lines, in their order, or in blocks from the end."""
    data = b"\n".join(lines) + (b"\n" if finished and lines else b"")
    path = tmp_path / "server.log.2026-11-22"
    with closing(opened(path, data)) as file:
        assert b"".join(file.blocks(BEGINNING, END)) == data
        assert b"".join(list(file.blocks_backward(BEGINNING, END))[::-1]) == data
        assert all(block.endswith(b"\n") for block in list(file.blocks(BEGINNING, END))[:-1])
        assert file.end_of_lines() == data.rfind(b"\n") + 1
        assert file.last_line() == data.rstrip(b"\n").rpartition(b"\n")[2]


def test_limit_and_start(tmp_path: Path) -> None:
    """Only what lies between start and limit is read."""
    data = b"".join(b"line %d\n" % number for number in range(300))
    start, limit = data.index(b"line 7\n"), data.index(b"line 200\n")
    with closing(opened(tmp_path / "server.log.2026-11-22", data, limit, start)) as file:
        assert b"".join(file.blocks(BEGINNING, END)) == data[start:limit]
        assert b"".join(file.blocks(0, 1)) == data[start:limit]
        assert file.first_line() == b"line 7"
        assert file.last_line() == b"line 199"


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    """Of a line without end so much is given, and the lines around it."""
    data = b"before\n" + b"x" * 20_000 + b"\nafter\n"
    with closing(opened(tmp_path / "server.log.2026-11-22", data)) as file:
        blocks = list(file.blocks(BEGINNING, END))
        assert len(b"".join(blocks)) < 5000
        assert blocks[0].startswith(b"before\nxxx")
        assert blocks[-1].endswith(b"after\n")


def test_truncated_meanwhile(tmp_path: Path) -> None:
    """A file that is emptied while it is read just ends."""
    path = tmp_path / "server.log.2026-11-22"
    with closing(opened(path, b"line\n" * 1000)) as file:
        blocks = file.blocks(BEGINNING, END)
        assert next(blocks).startswith(b"line\n")
        os.truncate(path, 0)
        assert b"".join(blocks) == b""


def times(seconds: list[float], kind: str) -> bytes:
    """Lines at these times."""
    render = json_of if kind == "jsonl" else text_of
    return b"".join(render(record(at(each), message="x" * 30)) + b"\n" for each in seconds)


def within(blocks: Iterator[bytes], data: bytes, seconds: list[float], since: float, until: float, kind: str) -> int:
    """The bytes given, which must have every line of these times."""
    given_lines = b"".join(blocks)
    for second in seconds:
        if since <= second < until:
            assert times([second], kind) in given_lines
    assert given_lines == b"" or given_lines in data or len(given_lines) <= len(data)
    return len(given_lines)


@pytest.mark.parametrize("kind", ["jsonl", "log"])
def test_a_minute_of_a_day(tmp_path: Path, kind: str) -> None:
    """Few lines beside those of a minute are read, and few looks are needed to find them."""
    seconds = [float(number * 30) for number in range(2000)]
    data = times(seconds, kind)
    with closing(opened(tmp_path / f"server.{kind}.2026-11-22", data)) as file:
        for minute in range(0, 60_000, 7000):
            since, until = micros(at(minute)), micros(at(minute + 60))
            found = within(file.blocks(since, until), data, seconds, minute, minute + 60, kind)
            assert 0 < found < 5000
            assert found == len(b"".join(file.blocks_backward(since, until)))
        assert b"".join(file.blocks(micros(at(-3600)), micros(at(-1800)))) == b""
        assert b"".join(file.blocks(micros(at(90_000)), END)) == b""


@FAST
@given(st.lists(st.floats(0, 20), min_size=100, max_size=250), st.data())
def test_no_line_is_missed(tmp_path: Path, steps: list[float], data: st.DataObject) -> None:
    """With the jitter of writers, whole jumps ahead and a clock that is put back now and then, no line is missed."""
    seconds: list[float] = []
    now = 0.0
    for at_step, step in enumerate(steps):
        now += step if at_step % 40 else data.draw(st.floats(-1e5, 1e4))
        seconds.append(round(now + data.draw(st.floats(-0.02, 0.02)), 3))
    lines = times(seconds, "jsonl")
    path = tmp_path / "server.jsonl.2026-11-22"
    with closing(opened(path, lines)) as file:
        since = data.draw(st.sampled_from(seconds))
        until = since + data.draw(st.floats(0, 500))
        within(file.blocks(micros(at(since)), micros(at(until))), lines, seconds, since, until, "jsonl")


@pytest.mark.parametrize("jump", [-80_000, -3600, 3600, 80_000])
@pytest.mark.parametrize("where", [0, 37, 200, 399])
def test_clock_jumps_for_a_moment(tmp_path: Path, jump: int, where: int) -> None:
    """One line that was written while the clock was wrong is found, wherever it is, and hardly any other is read."""
    seconds = [float(number) for number in range(400)]
    seconds[where] += jump
    lines = times(seconds, "jsonl")
    with closing(opened(tmp_path / "server.jsonl.2026-11-22", lines)) as file:
        second = seconds[where]
        found = within(
            file.blocks(micros(at(second)), micros(at(second)) + 1), lines, [second], second, second + 1, "jsonl"
        )
        assert 0 < found < 1500


@pytest.mark.parametrize("by", [-55.0, 55.0])
def test_lines_out_of_order(tmp_path: Path, by: float) -> None:
    """Lines that are out of order by less than a minute are found, wherever the looks fall."""
    seconds = [number * 10 + (by if number % 9 == 0 else 0.0) for number in range(400)]
    lines = times(seconds, "jsonl")
    with closing(opened(tmp_path / "server.jsonl.2026-11-22", lines)) as file:
        for second in seconds:
            within(
                file.blocks(micros(at(second)), micros(at(second)) + 1), lines, [second], second, second + 1, "jsonl"
            )


def test_lines_without_a_time(tmp_path: Path) -> None:
    """A stretch that shows no time is not passed over."""
    data = times([0.0] * 30, "jsonl") + b"garbage\n" * 1000 + times([5000.0] * 30, "jsonl")
    with closing(opened(tmp_path / "server.jsonl.2026-11-22", data)) as file:
        assert b"garbage" in b"".join(file.blocks(micros(at(2000)), micros(at(2001))))


@pytest.mark.parametrize("members", [1, 3])
def test_packed(tmp_path: Path, members: int) -> None:
    """A compressed file of several members has all their lines."""
    path = tmp_path / "server.jsonl.2026-11-22.gz"
    for number in range(members):
        write(tmp_path, [record(at(number * 100 + each)) for each in range(100)], kinds=["jsonl"], packed=True)
    with closing(unpacked(path)) as file:
        for _ in range(2):
            lines = b"".join(file.blocks(BEGINNING, END)).splitlines()
            assert lines == [json_of(record(at(each))) for each in range(members * 100)]
        assert file.first_line() in lines[0]
        assert file.last_line() == lines[-1]


def test_packed_and_damaged(tmp_path: Path) -> None:
    """What comes before the damage is given, then the error."""
    path = tmp_path / "server.log.2026-11-22.gz"
    data = b"".join(b"line %d\n" % number for number in range(20_000))
    whole = gzip.compress(data)
    for damaged in (whole[:-5000], whole[:10_000] + b"\xff" * 100 + whole[10_100:], whole + b"more"):
        path.write_bytes(damaged)
        found: list[bytes] = []
        with closing(unpacked(path)) as file:
            blocks = file.blocks(BEGINNING, END)
            with pytest.raises(Damaged):
                found += blocks
        assert b"".join(found)[:10_000] == data[:10_000]


def test_packed_lines_without_end(tmp_path: Path) -> None:
    """A line that is too long, and one that is not finished, in a compressed file."""
    path = tmp_path / "server.log.2026-11-22.gz"
    path.write_bytes(gzip.compress(b"before\n" + b"x" * 100_000 + b"\nafter\nunfinished"))
    with closing(unpacked(path)) as file:
        lines = b"".join(file.blocks(BEGINNING, END)).split(b"\n")
    assert (lines[0], lines[2], lines[3]) == (b"before", b"after", b"unfinished")
