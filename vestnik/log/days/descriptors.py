"""Open files and their locks, known by number so that the child of a fork can close them.

The child has no such thread, but a copy of each descriptor and so of the lock on its file, which would outlive the
parent's.
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class InUse(Exception):
    """Somebody has the file open, or it is not there any more."""


class Descriptors:
    """Opens and closes files. Used by one thread at a time."""

    def __init__(self) -> None:
        self._open: set[int] = set()

    @contextmanager
    def opened(self, path: Path, flags: int, mode: int = 0) -> Iterator[int]:
        """Opens a regular file for a while. Raises OSError, also if it is of another kind."""
        fd = os.open(path, flags, mode)
        self._open.add(fd)
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise OSError(f"{path} is not a regular file")
            yield fd
        finally:
            self._close(fd)

    def close_all(self) -> None:
        """In the child of a fork: closes the copies and leaves the parent's locks alone."""
        for fd in list(self._open):
            self._close(fd)

    def _close(self, fd: int) -> None:
        self._open.discard(fd)  # first, or a child forked in between would close somebody else's
        with suppress(OSError):  # no event: what matters was synced before
            os.close(fd)


@contextmanager
def locked(fd: int, path: Path) -> Iterator[None]:
    """Holds the exclusive `flock` on `fd`, which is what is at `path`. Raises InUse, OSError; never waits."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InUse from None
    try:
        if not _is_at(fd, path):
            raise InUse
        yield
    finally:
        fcntl.flock(fd, fcntl.LOCK_UN)  # closing would not do if the process was forked meanwhile


def sync_directory(path: Path) -> None:
    """Puts on disk which files `path` has. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _is_at(fd: int, path: Path) -> bool:
    ours = os.fstat(fd)
    try:
        found = path.lstat()
    except FileNotFoundError:  # no event: somebody else deleted it
        return False
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)
