"""Records that are on the disk before anything else is done."""

import errno
import os
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from vestnik.log.durable import NotRecorded, make_durable
from vestnik.log.events import TASK_FAILED
from vestnik.log.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal with both renderings in the test's directory."""
    with closing(Journal("admin", tmp_path, json=True)) as made:
        yield made


def record(journal: Journal, directory: Path, within: float = 60.0) -> list[str]:
    """Make a record that is sure; the files that were synced."""
    synced: list[str] = []
    dropped = journal.statistics.dropped
    journal.record(TASK_FAILED, "canary")
    make_durable(
        journal, directory, dropped, within, lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").resolve().name)
    )
    return synced


def test_both_files_are_synced(journal: Journal, tmp_path: Path) -> None:
    """When it returns the record is in text and objects, and both have been put on the disk."""
    today = date.today().isoformat()
    assert sorted(record(journal, tmp_path)) == [f"admin.jsonl.{today}", f"admin.log.{today}"]
    for kind in ("log", "jsonl"):
        assert "canary" in (tmp_path / f"admin.{kind}").read_text("utf-8")


@pytest.mark.parametrize("kind", ["log", "jsonl"])
def test_a_file_that_cannot_be_written(journal: Journal, tmp_path: Path, kind: str) -> None:
    """One rendering is not enough, and the reason names the file."""
    day = tmp_path / f"admin.{kind}.{date.today().isoformat()}"
    day.mkdir()
    with pytest.raises(NotRecorded, match=f"Is a directory: '{day}'"):
        record(journal, tmp_path, within=0.3)


def test_a_journal_that_is_closed(journal: Journal, tmp_path: Path) -> None:
    """After its end there is no record."""
    journal.close()
    with pytest.raises(NotRecorded):
        record(journal, tmp_path)


def test_a_disk_that_fails(journal: Journal, tmp_path: Path) -> None:
    """What the disk does not take is no record; the reason names the file."""

    def fail(_fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    journal.record(TASK_FAILED, "canary")
    with pytest.raises(NotRecorded, match=rf"Input/output error: '.*admin\.\w+\.{date.today().isoformat()}'"):
        make_durable(journal, tmp_path, 0, sync=fail)


def test_a_file_that_was_replaced(journal: Journal, tmp_path: Path) -> None:
    """A record in a file that is not the one at its path any more is none."""
    record(journal, tmp_path)
    day = tmp_path / f"admin.log.{date.today().isoformat()}"
    day.rename(tmp_path / "aside")
    day.write_text("", "utf-8")
    with pytest.raises(NotRecorded, match="Stale file handle"):
        make_durable(journal, tmp_path, journal.statistics.dropped)
