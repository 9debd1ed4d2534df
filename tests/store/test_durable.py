"""What a file shows is made sure to be on the disk."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest

from vestnik.store import durable
from vestnik.store.durable import log_of, make_directory, make_log_sure, sync_directory, write_again


class FailingSyncs:
    """`os.fsync` whose first calls fail; remembers which files were synced."""

    def __init__(self, failing: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failing = failing
        self.synced: list[str] = []
        self._sync: Callable[[int], None] = os.fsync
        monkeypatch.setattr(os, "fsync", self)

    def __call__(self, fd: int) -> None:
        """A sync."""
        if self.failing:
            self.failing -= 1
            raise OSError(5, "Input/output error")
        self.synced.append(str(Path(f"/proc/self/fd/{fd}").readlink()))
        self._sync(fd)


@pytest.mark.parametrize("failing", [0, 1])
def test_write_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    """A file is written over with what it has and synced; one failure may be an old one, and is not the last word."""
    monkeypatch.setattr(durable, "BLOCK", 10)
    path = tmp_path / "file"
    path.write_bytes(bytes(range(95)))
    written: list[tuple[int, bytes]] = []
    pwrite = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, at: written.append((at, data)) or pwrite(fd, data, at))
    syncs = FailingSyncs(failing, monkeypatch)
    write_again(path)
    assert syncs.synced == [str(path)]
    assert b"".join(data for _, data in written) == path.read_bytes() * (1 + failing)
    assert path.read_bytes() == bytes(range(95))


def test_disk_that_fails_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sync that fails though everything was written again is the caller's to hear of."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    FailingSyncs(2, monkeypatch)
    with pytest.raises(OSError, match="Input/output"):
        write_again(path)


def test_nothing_to_write(tmp_path: Path) -> None:
    """A file that is not there is not made."""
    write_again(tmp_path / "file")
    make_log_sure(tmp_path / "file.db", 0.0)
    assert list(tmp_path.iterdir()) == []


def test_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log that a database has is on the disk before anything of it gets into the database."""
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE t (a)")
        for each in (path, log_of(path)):
            (tmp_path / "copy").mkdir(exist_ok=True)
            (tmp_path / "copy" / each.name).write_bytes(each.read_bytes())
    left = tmp_path / "copy" / "some.db"
    syncs = FailingSyncs(0, monkeypatch)
    make_log_sure(left, 0.0)
    assert syncs.synced == [str(log_of(left))]
    with closing(sqlite3.connect(left)) as database:
        assert database.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_file_of_others(tmp_path: Path) -> None:
    """What is no database stays as it is, and so does what is beside it."""
    path = tmp_path / "diary.db"
    path.write_bytes(b"Dear diary, " * 100)
    log_of(path).write_bytes(b"Dear log")
    make_log_sure(path, 0.0)
    assert path.read_bytes() == b"Dear diary, " * 100


@pytest.mark.parametrize(("number", "raised"), [(22, False), (95, False), (5, True)])
def test_directories_that_are_not_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: bool
) -> None:
    """A file system that cannot sync directories is no failure; a disk that fails is one."""

    def fsync(_fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input") if raised else nullcontext():
        sync_directory(tmp_path)


def test_make_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of new directories are on the disk, of old ones nothing is done."""
    syncs = FailingSyncs(0, monkeypatch)
    for _ in range(2):
        make_directory(tmp_path / "a" / "b")
    assert syncs.synced == [str(tmp_path / "a"), str(tmp_path)]
