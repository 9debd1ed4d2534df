"""What is completed after a crash."""

import fcntl
import gzip
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.log.recover import complete_text, last_object
from vestnik.server import catalogue

from .conftest import NOON, Clock
from .test_journal import DELIVERED, rows

DAY = "2021-06-12"


def write(directory: Path, clock: Clock, count: int = 300) -> tuple[Path, list[bytes]]:
    """A journal with both renderings of `count` groups of records: its text file and its lines."""
    journal = Journal("server", directory, json=True, clock=clock)
    for number in range(count):
        clock.now += 0.0004
        journal.record(DELIVERED, "anna", "#a", number, "id", number + 1, "1f0c", "2", 0.5)
        journal.extend(rows(3, created=clock.now))
        if number % 50 == 0:
            journal.record(events.TASK_FAILED, "x\\y\n", error=ValueError("z"))
    journal.close()
    path = directory / f"server.log.{DAY}"
    return path, path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("lost", [0, 1, 2, 3, 5, 64, 700])
@pytest.mark.parametrize("torn", [b"", b"2021-06-12 08:20"])
def test_lines_are_made_again(tmp_path: Path, clock: Clock, lost: int, torn: bytes) -> None:
    """Lines that only the JSON objects have are appended, exactly those, once."""
    path, lines = write(tmp_path, clock)
    path.write_bytes(b"".join(lines[: len(lines) - lost]) + torn)
    assert complete_text(tmp_path, "server") == lost
    ended = torn + b"\n" if torn and lost else torn
    assert path.read_bytes() == b"".join(lines[: len(lines) - lost]) + ended + b"".join(lines[len(lines) - lost :])
    assert complete_text(tmp_path, "server") == 0


def test_equal_lines_are_counted(tmp_path: Path, clock: Clock) -> None:
    """Of lines that are all the same, as many are made again as are missing."""
    journal = Journal("server", tmp_path, json=True, clock=clock)
    journal.record(catalogue.SERVER_FORCED)
    clock.now += 1
    for _ in range(200):
        journal.record(catalogue.SERVER_FORCED)
    journal.close()
    path = tmp_path / f"server.log.{DAY}"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:50]))
    assert complete_text(tmp_path, "server") == 151
    assert path.read_bytes() == b"".join(lines)


def test_around_midnight(tmp_path: Path, clock: Clock, zone: Callable[[str], None]) -> None:
    """A day whose text was not even begun is made again, too."""
    zone("UTC")
    journal = Journal("server", tmp_path, json=True, clock=clock)
    journal.record(catalogue.SERVER_FORCED)
    clock.now += 86_400
    journal.record(catalogue.SERVER_FORCED)
    journal.close()
    path = tmp_path / "server.log.2021-06-13"
    line = path.read_bytes()
    path.unlink()
    assert complete_text(tmp_path, "server") == 1
    assert path.read_bytes() == line


@pytest.mark.parametrize("lost", [1, 2])
def test_late_lines(tmp_path: Path, clock: Clock, lost: int) -> None:
    """What came late is completed as well, and not where only one of the two kinds is compressed."""
    write(tmp_path, clock, 10)
    days = [tmp_path / f"server.{kind}.{DAY}" for kind in ("log", "jsonl")]
    for day in days:
        Path(f"{day}.gz").write_bytes(gzip.compress(day.read_bytes()))
        day.unlink()
    journal = Journal("server", tmp_path, json=True, clock=clock)
    for _ in range(2):
        journal.record(catalogue.SERVER_FORCED)
    journal.close()
    text = Path(f"{days[0]}.late")
    lines = text.read_bytes()
    text.write_bytes(b"".join(lines.splitlines(keepends=True)[lost:]))
    assert complete_text(tmp_path, "server") == lost
    assert text.read_bytes() == lines
    text.rename(days[0])
    Path(f"{days[0]}.gz").unlink()
    assert complete_text(tmp_path, "server") == 0
    assert not text.exists()


def test_text_alone(tmp_path: Path, clock: Clock) -> None:
    """Without JSON objects, or when the text goes on after them, nothing is made up."""
    path, lines = write(tmp_path, clock)
    clock.now += 60
    text = Journal("server", tmp_path, clock=clock)
    text.record(catalogue.SERVER_FORCED)
    text.close()
    before = path.read_bytes()
    assert before.splitlines(keepends=True)[:-1] == lines
    assert complete_text(tmp_path, "server") == 0
    (tmp_path / f"server.jsonl.{DAY}").unlink()
    assert complete_text(tmp_path, "server") == 0
    assert path.read_bytes() == before


def test_not_beside_a_writer(tmp_path: Path, clock: Clock) -> None:
    """While somebody writes the journal, it is left alone."""
    path, lines = write(tmp_path, clock)
    path.write_bytes(b"".join(lines[:-1]))
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert complete_text(tmp_path, "server") == 0
    assert complete_text(tmp_path, "server") == 1


def number(directory: Path) -> tuple[int, str] | None:
    """Number and epoch of the last message that the journal has."""
    found = last_object(directory, "server", "number")
    return None if found is None else (found["number"], found["epoch"])


def test_last_number(tmp_path: Path, clock: Clock) -> None:
    """The last message that the journal has; a name that looks like one does not count, nor does half a line."""
    assert number(tmp_path) is None
    journal = Journal("server", tmp_path, json=True, clock=clock)
    journal.record(DELIVERED, "anna", "#a", 3, "id", 41, "1f0c", "2", 0.5)
    journal.record(DELIVERED, "anna", "#a", 4, "id", 42, "1f0c", "2", 0.5)
    journal.record(DELIVERED, "anna", "#a", 4, "id", None, "1f0c", None, 0.5)
    journal.record(catalogue.REQUEST_FAILED, ',"number":99,')
    journal.close()
    assert number(tmp_path) == (42, "1f0c")
    with (tmp_path / f"server.jsonl.{DAY}").open("ab") as file:
        file.write(b'{"time":"2021-06-12","number":43,')
    assert number(tmp_path) == (42, "1f0c")


def test_last_number_of_an_earlier_day(tmp_path: Path, clock: Clock) -> None:
    """Days without a message do not hide it."""
    journal = Journal("server", tmp_path, json=True, clock=clock, level=logging.DEBUG)
    journal.record(DELIVERED, "anna", "#a", 3, "id", 41, "1f0c", "2", 0.5)
    clock.now = NOON + 2 * 86_400
    journal.record(catalogue.SERVER_STOPPED)
    journal.close()
    assert number(tmp_path) == (41, "1f0c")
    plain = tmp_path / f"server.jsonl.{DAY}"
    with gzip.open(f"{plain}.gz", "wb") as packed:
        packed.write(plain.read_bytes())
    plain.unlink()
    assert number(tmp_path) == (41, "1f0c")
