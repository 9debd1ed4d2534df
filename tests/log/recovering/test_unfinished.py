"""Text that is completed from the objects after a crash, where there is no checkpoint."""

import fcntl
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.scribe import Scribe, tampered
from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.log.recovering import unfinished
from vestnik.log.recovering.checkpoint import Checkpoint
from vestnik.log.recovering.unfinished import Addition, Unfinished
from vestnik.log.sealing.verify import verify
from vestnik.server import catalogue

from ..conftest import Clock
from ..test_journal import DELIVERED, rows

DAY = "2021-06-12"


def complete_text(directory: Path, name: str, checkpoint: Checkpoint | None = None) -> int:
    """Completes the text; the number of lines that it has more."""

    def count() -> int:
        return sum(path.read_bytes().count(b"\n") for path in directory.glob(f"{name}.log.*") if path.suffix != ".gz")

    before = count()
    found = Unfinished(directory, name, checkpoint, seals=False)
    found.mend(())
    found.close()
    return count() - before


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
    """Lines that only the JSON objects have are appended, exactly those, once; of half a line the rest."""
    path, lines = write(tmp_path, clock)
    path.write_bytes(b"".join(lines[: len(lines) - lost]) + torn)
    assert complete_text(tmp_path, "server") == lost
    assert path.read_bytes() == b"".join(lines)
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


def test_not_beside_a_writer(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody writes the journal, it is left alone."""
    monkeypatch.setattr(unfinished, "ALONE_WITHIN", 0.0)
    path, lines = write(tmp_path, clock)
    path.write_bytes(b"".join(lines[:-1]))
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert complete_text(tmp_path, "server") == 0
    assert complete_text(tmp_path, "server") == 1


def checkpoint(directory: Path, **sizes: int) -> Checkpoint:
    """A checkpoint of the files of the day, which has these sizes."""
    names = {"text": f"server.log.{DAY}", "objects": f"server.jsonl.{DAY}"}
    return Checkpoint(0.0, {names[kind]: size for kind, size in sizes.items()}, {})


def test_behind_a_checkpoint(tmp_path: Path, clock: Clock) -> None:
    """Only what is behind a checkpoint is compared; what the text alone has is given to who knows its object."""
    path, lines = write(tmp_path, clock, 5)
    objects = tmp_path / f"server.jsonl.{DAY}"
    made = objects.read_bytes().splitlines(keepends=True)
    head = len(b"".join(lines[:9])), len(b"".join(made[:9]))
    path.write_bytes(b"".join(lines).replace(b"0", b"x", 1))  # before the checkpoint, so it does not matter
    objects.write_bytes(b"".join(made[:12]) + made[12][:40])
    found = Unfinished(tmp_path, "server", checkpoint(tmp_path, text=head[0], objects=head[1]), seals=False)
    assert found.strays == [Addition(DAY, line) for line in lines[12:]]
    assert found.mend(Addition(DAY, line) for line in made[12:]) == []
    assert objects.read_bytes() == b"".join(made)


def test_nothing_new(tmp_path: Path, clock: Clock) -> None:
    """Where nothing was written since a checkpoint, nothing is looked at, also if it is not what it was."""
    path, _ = write(tmp_path, clock, 5)
    path.write_bytes(path.read_bytes()[:-30])
    sizes = {"text": path.stat().st_size, "objects": (tmp_path / f"server.jsonl.{DAY}").stat().st_size}
    found = Unfinished(tmp_path, "server", checkpoint(tmp_path, **sizes), seals=False)
    assert found.mend(()) == []
    assert found.strays == []


@pytest.mark.parametrize("kind", ["log", "jsonl"])
def test_half_a_line_under_a_seal(tmp_path: Path, clock: Clock, kind: str) -> None:
    """Half a line that nobody knows the rest of goes, unless it is under a seal."""
    for sealed in (False, True):
        directory = tmp_path / str(sealed)
        scribe = Scribe(directory, clock=clock, monotonic=clock)
        scribe.write("one")
        clock.now += 1
        assert scribe.sealer.seal()
        path = directory / f"server.{kind}.{DAY}"
        before = path.read_bytes()
        files = scribe.text if kind == "log" else scribe.json
        files.add(DAY, b"2021-06-12 0", 0)
        files.push()
        clock.now += 1
        if sealed:
            assert scribe.sealer.seal()
        scribe.kill()
        found = Unfinished(directory, "server", Checkpoint(0.0, {}, {}), seals=True, clock=clock)
        found.mend(())
        found.close()
        assert path.read_bytes() == before + (b"2021-06-12 0\n" if sealed else b"")
        after = Scribe(directory, clock=clock, monotonic=clock)
        after.write("two")
        after.close()
        assert tampered(directory) == []


def test_what_is_added_is_sealed(tmp_path: Path, clock: Clock) -> None:
    """A day whose text is missing altogether, long after that day, is written under seal; so is what was left."""
    journal = Journal("server", tmp_path, json=True, seals=True, clock=clock, monotonic=Clock())
    journal.record(catalogue.SERVER_FORCED)
    assert journal.flush()
    for path in tmp_path.iterdir():
        if not path.is_symlink():
            (tmp_path / "left").mkdir(exist_ok=True)
            (tmp_path / "left" / path.name).write_bytes(path.read_bytes())
    journal.close()
    directory = tmp_path / "left"
    (directory / f"server.log.{DAY}").unlink()
    clock.now += 3 * 86_400
    found = Unfinished(directory, "server", Checkpoint(0.0, {}, {}), seals=True, clock=clock)
    assert [adopted.file for adopted in found.mend(())] == []
    found.close()
    assert (directory / f"server.log.{DAY}").read_bytes().count(b"\n") == 1
    report = verify(directory, "server", clock=clock)
    assert report.tampered == []
    assert {file.file: file.size - file.sealed for file in report.files}[f"server.log.{DAY}"] == 0


def test_another_file_of_the_same_name(tmp_path: Path, clock: Clock) -> None:
    """Where a file was taken away since the checkpoint and begun anew, what is there is compared by its times."""
    path, lines = write(tmp_path, clock, 5)
    path.write_bytes(b"".join(lines[:12]))
    sizes = {"text": 10_000_000, "objects": 20_000_000}
    assert complete_text(tmp_path, "server", checkpoint(tmp_path, **sizes)) == len(lines) - 12
    assert path.read_bytes() == b"".join(lines)
