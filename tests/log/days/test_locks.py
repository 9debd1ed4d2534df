"""Open files and their locks."""

import fcntl
import os
from pathlib import Path

import pytest

from vestnik.log.days.locks import (
    READ,
    Descriptors,
    InUse,
    is_alone,
    is_at,
    is_held,
    locked,
    patiently,
    release,
    share,
    take,
)

from ..conftest import descriptors
from .sweeping import fork, wait


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file."""
    path = tmp_path / "file"
    path.touch()
    return path


def test_opened(path: Path) -> None:
    """A file is open for as long as it is used, whatever happens, and has its mode if it is made."""
    before = descriptors()
    table = Descriptors()
    with table.opened(path, READ) as fd:
        assert os.fstat(fd).st_ino == path.stat().st_ino
    with pytest.raises(ZeroDivisionError), table.opened(path.with_name("new"), READ | os.O_CREAT, 0o600):
        _ = 1 / 0
    assert path.with_name("new").stat().st_mode & 0o777 == 0o600
    assert descriptors() == before


@pytest.mark.parametrize("kind", ["directory", "link", "pipe"])
def test_only_regular_files(path: Path, kind: str) -> None:
    """Anything else is an error, and nobody waits for it."""
    other = path.with_name("other")
    {"directory": other.mkdir, "link": lambda: other.symlink_to(path), "pipe": lambda: os.mkfifo(other)}[kind]()
    before = descriptors()
    with pytest.raises(OSError), Descriptors().opened(other, READ):
        pytest.fail("opened")
    assert descriptors() == before


@pytest.mark.parametrize("change", ["nothing", "held", "deleted", "replaced"])
def test_locked(path: Path, change: str) -> None:
    """The lock is had only on a file that nobody holds and that is the one at its path."""
    with Descriptors().opened(path, READ) as fd, path.open("rb") as other:
        if change == "held":
            fcntl.flock(other, fcntl.LOCK_SH)
        elif change != "nothing":
            path.unlink()
        if change == "replaced":
            path.touch()
        if change == "nothing":
            with locked(fd, path), pytest.raises(BlockingIOError):
                fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
        else:
            with pytest.raises(InUse), locked(fd, path):
                pytest.fail("locked")


def test_shared_and_alone(path: Path) -> None:
    """Whoever shares a file finds out whether others do, and goes on sharing it."""
    with path.open("rb") as ours, path.open("rb") as theirs, path.open("rb") as third:
        fd, other = ours.fileno(), theirs.fileno()
        assert not is_held(other)
        assert share(fd)
        assert is_alone(fd)
        assert is_held(other)
        assert share(other)
        assert not is_alone(fd)
        assert not take(third.fileno())
        release(other)
        assert is_alone(fd)
        assert not take(other)
        release(fd)
        assert take(other)
        assert not share(fd)


def test_what_is_at_a_path(path: Path) -> None:
    """A file is at its path until it is deleted or replaced; behind a link only if links are followed."""
    link = path.with_name("link")
    link.symlink_to(path)
    with path.open("rb") as file:
        fd = file.fileno()
        assert is_at(fd, path)
        assert (is_at(fd, link), is_at(fd, link, follow=True)) == (False, True)
        path.unlink()
        assert not is_at(fd, path)
        path.touch()
        assert not is_at(fd, path)


def test_patience() -> None:
    """It is tried until something comes of it, at least once, and not for ever."""
    tried: list[int] = []

    def third() -> int | None:
        tried.append(len(tried))
        return tried[-1] if len(tried) > 2 else None

    assert patiently(10.0, third) == 2
    assert patiently(0.0, lambda: None) is None
    assert patiently(0.0, lambda: 7) == 7


def test_children(path: Path) -> None:
    """A lock ends with its owner's, also if a child was forked meanwhile and lives on."""
    table = Descriptors()
    told, tell = os.pipe()
    ended, end = os.pipe()

    def owner() -> None:
        with table.opened(path, READ) as fd, locked(fd, path):
            child = os.fork()
            if child == 0:
                os.close(end)
                table.close_all()
                os.write(tell, b"x")
                os.read(ended, 1)  # until the test ends
                os._exit(0)
            os._exit(7)  # killed with the lock in its hands

    assert wait(fork(owner)) == 7
    assert os.read(told, 1) == b"x"
    with Descriptors().opened(path, READ) as fd, locked(fd, path):
        pass
    for each in (told, tell, end, ended):
        os.close(each)
