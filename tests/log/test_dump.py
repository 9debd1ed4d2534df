"""What crashed processes leave beside the journal, and how it gets into it."""

import errno
import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import DEADLINE
from vestnik.log.dump import import_dumps
from vestnik.log.journal import Journal

DUMP = """Fatal Python error: Segmentation fault

Thread 0x01 (most recent call first):
  File "threading.py", line 982 in run

Current thread 0x02 (most recent call first):
  File "app.py", line 7 in main

Extension modules: msgspec._core (total: 1)
"""


def records(directory: Path, name: str = "server") -> list[dict[str, Any]]:
    """The records of a journal."""
    path = directory / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_crash_is_one_record(make: Callable[..., Journal], tmp_path: Path) -> None:
    """A file is one CRITICAL record on one line, with the thread that crashed first; then it is gone."""
    path = tmp_path / "server.4711.crash"
    path.write_text(DUMP)
    os.utime(path, (1_623_400_000, 1_623_400_000))
    journal = make(json=True)
    import_dumps(journal, tmp_path)
    import_dumps(journal, tmp_path)
    journal.close()
    (found,) = records(tmp_path)
    assert (found["event"], found["level"], found["pid"]) == ("program.crashed", "CRITICAL", 4711)
    assert found["moment"] == "2021-06-11 08:26:40"
    assert found["text"].startswith("Fatal Python error: Segmentation fault\n\nCurrent thread 0x02")
    assert sorted(found["text"].splitlines()) == sorted(DUMP.splitlines())
    assert len((tmp_path / "server.log").read_text("utf-8").splitlines()) == 1
    assert not path.exists()


def test_empty_files_are_removed(make: Callable[..., Journal], tmp_path: Path) -> None:
    """A process that was killed leaves an empty file, which says nothing and is removed."""
    (tmp_path / "server.12.crash").touch()
    journal = make()
    import_dumps(journal, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_living_process_keeps_its_file(make: Callable[..., Journal], tmp_path: Path) -> None:
    """A file that is locked belongs to a process that is alive, and stays."""
    path = tmp_path / "server.12.crash"
    path.write_text(DUMP)
    journal = make(json=True)
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        import_dumps(journal, tmp_path)
        assert path.exists()
    import_dumps(journal, tmp_path)
    assert not path.exists()
    journal.close()
    assert len(records(tmp_path)) == 1


@pytest.mark.parametrize(
    "name", ["client.12.crash", "server.crash", "server.x.crash", "server.12.crash.gz", "server.12"]
)
def test_other_files_stay(make: Callable[..., Journal], tmp_path: Path, name: str) -> None:
    """Only files with the name of a crash of this journal are looked at."""
    (tmp_path / name).write_text(DUMP)
    import_dumps(make(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_link_is_not_followed(make: Callable[..., Journal], tmp_path: Path) -> None:
    """A link of that name leads nowhere."""
    target = tmp_path / "target"
    target.write_text("text of somebody else")
    (tmp_path / "server.12.crash").symlink_to(target)
    import_dumps(make(), tmp_path)
    assert target.exists()
    assert not (tmp_path / "server.log").exists()


def test_a_journal_that_cannot_be_written(
    make: Callable[..., Journal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file stays until its record is in the journal."""

    def full(fd: int, data: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("vestnik.log.dump.FLUSH_WITHIN", 0.05)
    (tmp_path / "server.12.crash").write_text(DUMP)
    journal = make(write=full)
    import_dumps(journal, tmp_path)
    assert (tmp_path / "server.12.crash").read_text() == DUMP
    journal.close()


def test_no_directory(make: Callable[..., Journal], tmp_path: Path) -> None:
    """Before the first start there is nothing to look at."""
    import_dumps(make(), tmp_path / "none")


def test_a_process_of_the_same_number(tmp_path: Path) -> None:
    """In a container the next process may have the same number: it adds to a file that could not be journaled."""
    code = (
        "import os, sys; from pathlib import Path; from vestnik.log.dump import Dump\n"
        "path = Path(sys.argv[1]) / f'server.{os.getpid()}.crash'\n"
        "path.write_text('earlier\\n')\n"
        "dump = Dump(path.parent, 'server')\n"
        "dump.close()\n"
        "assert path.read_text() == 'earlier\\n'\n"
        "path.unlink()\n"
        "dump = Dump(path.parent, 'server')\n"
        "assert path.stat().st_mode & 0o777 == 0o640 & ~int(sys.argv[2])\n"
        "dump.close()\n"
        "assert not path.exists()\n"
        "held = path.open('w')\n"
        "import fcntl; fcntl.flock(held, fcntl.LOCK_EX)\n"
        "try: Dump(path.parent, 'server')\n"
        "except BlockingIOError: sys.exit(7)\n"
    )
    umask = os.umask(0o022)
    os.umask(umask)
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), str(umask)], timeout=DEADLINE, check=False)
    assert done.returncode == 7
