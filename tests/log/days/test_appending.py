"""Opening a file of a day to add to it."""

import fcntl
import os
import stat
from pathlib import Path

import pytest

from vestnik.log.days import appending
from vestnik.log.days.appending import AlreadyPacked, late, open_to_append
from vestnik.log.days.locks import is_held, share

from ..conftest import descriptors


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of a day is."""
    return tmp_path / "server.log.2026-11-22"


def test_made_and_shared(path: Path) -> None:
    """The file is made, for owner and group, and several may have it open; nobody may put it away meanwhile."""
    first, second = open_to_append(path), open_to_append(path)
    os.write(first, b"one\n")
    os.write(second, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    with path.open("rb") as other:
        assert is_held(other.fileno())
        os.close(first)
        assert is_held(other.fileno())
        os.close(second)
        assert not is_held(other.fileno())


@pytest.mark.parametrize("left", [None, b"", b"lines\n"])
def test_compressed(path: Path, left: bytes | None) -> None:
    """Nothing is added to a day that is compressed, and no empty file is left there; what comes late has its place."""
    before = descriptors()
    path.with_name(f"{path.name}.gz").touch()
    if left is not None:
        path.write_bytes(left)
    with pytest.raises(AlreadyPacked):
        open_to_append(path)
    assert descriptors() == before
    assert (path.read_bytes() if path.exists() else b"") == (left or b"")
    assert path.exists() == bool(left)
    fd = open_to_append(late(path))
    assert late(path).name == "server.log.2026-11-22.late"
    os.close(fd)


def test_held_by_somebody(path: Path) -> None:
    """A file that somebody holds alone is waited for, but not for ever."""
    before = descriptors()
    path.touch()
    with path.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BlockingIOError, match=path.name):
            open_to_append(path, wait=0.01)
        with pytest.raises(BlockingIOError):
            open_to_append(path, wait=0.0)
    assert descriptors() == before
    os.close(open_to_append(path, wait=0.0))


def test_compressed_while_it_is_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that is compressed just before the file is held gets no line, and no line is in a file that is gone."""
    path.write_bytes(b"lines\n")
    packed = path.with_name(f"{path.name}.gz")

    def share_late(fd: int) -> bool:
        if not packed.exists():
            packed.touch()
            path.unlink()
        return share(fd)

    monkeypatch.setattr(appending, "share", share_late)
    with pytest.raises(AlreadyPacked):
        open_to_append(path)
    assert not path.exists()


def test_a_new_file_is_in_its_directory_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written to a new file, its name is on the disk; of one that has something it is already."""
    synced: list[Path] = []
    monkeypatch.setattr(appending, "sync_directory", synced.append)
    path = tmp_path / "server.log.2021-06-12"
    for expected in ([tmp_path], [tmp_path]):
        fd = open_to_append(path)
        assert synced == expected
        os.write(fd, b"line\n")
        os.close(fd)


def test_a_disk_that_has_no_such_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a directory cannot be synced, lines are written all the same."""

    def refuse(_path: Path) -> None:
        raise OSError("not here")

    monkeypatch.setattr(appending, "sync_directory", refuse)
    os.close(open_to_append(tmp_path / "server.log.2021-06-12"))
