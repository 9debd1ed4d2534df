"""A journal that version 0.3.0 has written, with late records and a run of its sweeper that was killed."""

import tarfile
from pathlib import Path

import pytest

from tests.support.scribe import DAY, JSON, TEXT, Scribe
from vestnik.log.days.opening import open_contents
from vestnik.log.days.packing import MARK
from vestnik.log.days.sweep import Sweeper
from vestnik.log.reading.query import Query
from vestnik.log.reading.reader import Reader
from vestnik.log.sealing.chain import tell_swept
from vestnik.log.sealing.keys import parse_key
from vestnik.log.sealing.verify import verify

from .conftest import NOON, Clock

RECORDED = Path(__file__).parent / "recorded" / "journal-0.3.0.tar.gz"
KEY = parse_key("vjk1-ke6a79ba25b93a0c9-a6e74f9f20fc03b6d484b4968c59409b3b5b8414a906007ed1983e990a2a7d70-9aad88e7")
FIRST = [f"line {number}" for number in range(20)] + ["late 1", "late 2", "late 3"]
SECOND = [f"second day {number}" for number in range(5)]
THIRD = [f"third day {number}" for number in range(5)] + ["the end"]


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """The directory of the journal.

    Of its first day late records are a second member of the compressed text and of the objects, and then in the plain
    files beside them; the plain objects have the mark, as their beginning is in the compressed ones already.
    """
    with tarfile.open(RECORDED) as archive:
        archive.extractall(tmp_path, filter="tar")
    (tmp_path / JSON).chmod(0o640 | MARK)
    assert (tmp_path / TEXT).exists()
    return tmp_path


def lines(directory: Path) -> list[str]:
    """The sentences of all lines, as the reader gives them."""

    def report(path: Path, error: Exception) -> None:
        raise AssertionError(f"{path}: {error}")

    entries = Reader(directory, "server", report).entries(Query())
    return [entry.raw.decode().partition('"message":"')[2].removesuffix('"}') for entry in entries]


def text(path: Path) -> list[str]:
    """The sentences of the lines of text of a day."""
    contents = open_contents(path)
    assert contents is not None
    with contents:
        return [line.partition("INFO     ")[2] for line in contents.read(0, contents.size).decode().splitlines()]


def test_read(journal: Path) -> None:
    """Every line is there once, in its place, as text and as an object."""
    assert lines(journal) == FIRST + SECOND + THIRD
    assert text(journal / TEXT) == FIRST


def test_verified(journal: Path) -> None:
    """It is as it was written, and a change in it is found."""
    report = verify(journal, "server", [KEY])
    assert (report.code, report.findings) == (0, [])
    plain = journal / TEXT
    plain.write_bytes(plain.read_bytes().replace(b"late 3", b"late 4"))
    (finding,) = verify(journal, "server", [KEY]).tampered
    assert (finding.file, finding.values["line"]) == (TEXT, 23)


def test_continued(journal: Path) -> None:
    """Writing, sealing and sweeping go on from it: what comes late now has a file of its own."""
    clock = Clock(NOON + 3 * DAY)
    told: list[object] = []
    sweeper = Sweeper(
        journal,
        "server",
        keep_days=0,
        keep_bytes=0,
        clock=clock,
        report=lambda *record: told.append(record),
        tell_swept=tell_swept,
    )
    for number in (4, 5):
        program = Scribe(journal, clock=clock, monotonic=clock)
        program.write(f"late {number}", date="2021-06-12")
        program.write(f"fourth day {number}")
        program.close()
        sweeper.sweep()
        clock.now += 1
    assert lines(journal) == [*FIRST, "late 4", "late 5", *SECOND, *THIRD, "fourth day 4", "fourth day 5"]
    assert text(journal / TEXT) == FIRST
    assert text(journal / f"{TEXT}.late") == ["late 4", "late 5"]
    assert (journal / f"{TEXT}").exists()
    assert len(told) == 3  # the third day: text, objects, seals
    report = verify(journal, "server", [KEY], clock=clock)
    assert (report.code, report.findings) == (0, [])
