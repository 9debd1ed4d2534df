"""What the objects at the end of a journal say."""

import gzip
import logging
from pathlib import Path

from vestnik.log.journal import Journal
from vestnik.log.recovering.objects import last_object
from vestnik.server import catalogue

from ..conftest import NOON, Clock
from ..test_journal import DELIVERED

DAY = "2021-06-12"


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
