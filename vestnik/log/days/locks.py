"""How the files of a journal are opened and held: the one place that knows about locks.

Whoever writes to a file holds it together with others (`share`), whoever puts away or deletes it holds it alone
(`locked`). Nobody waits in a system call: what is held is tried again, or left for later.
"""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from vestnik.ownership import give

READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
"""For whatever may be at a path: follows no link and waits for nobody at the other end of a pipe."""
POLL: Final = 0.002
"""Seconds between two tries to hold a file."""

Found = TypeVar("Found")


class InUse(Exception):
    """Somebody has the file open, or it is not there any more."""


def share(fd: int) -> bool:
    """Holds a file together with others; False if somebody holds it alone. A disk without locks has nobody who does."""
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def take(fd: int) -> bool:
    """Holds a file alone; False if somebody else holds it, whatever was held before is then lost.

    Raises OSError where there are no locks.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_alone(fd: int) -> bool:
    """Whether nobody else holds a file that is shared. It is afterwards, too."""
    try:
        found = take(fd)
    except OSError:
        return False
    fcntl.flock(fd, fcntl.LOCK_SH)
    return found


def is_held(fd: int) -> bool:
    """Whether anybody holds a file, which is not held by `fd` itself."""
    try:
        return not take(fd)
    except OSError:
        return True
    finally:
        release(fd)


def release(fd: int) -> None:
    """Gives a lock back. Closing would not do if the process was forked meanwhile."""
    with suppress(OSError):  # there are no locks
        fcntl.flock(fd, fcntl.LOCK_UN)


def patiently(seconds: float, attempt: Callable[[], Found | None]) -> Found | None:
    """What `attempt` gives at last, tried again and again for so many seconds; None if it gives nothing."""
    deadline = time.monotonic() + seconds
    while (found := attempt()) is None and time.monotonic() < deadline:
        time.sleep(POLL)
    return found


def is_at(fd: int, path: Path, *, follow: bool = False) -> bool:
    """Whether the open file is the one at `path`, or where a link there leads if they are followed. Raises OSError."""
    try:
        return os.path.samestat(path.stat(follow_symlinks=follow), os.fstat(fd))
    except FileNotFoundError:
        return False


def open_regular(path: Path, flags: int = READ, mode: int = 0) -> int:
    """Opens a regular file; its descriptor. Raises OSError, also if it is of another kind."""
    fd = os.open(path, flags, mode)
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode):
            if flags & os.O_CREAT:
                give(fd, path)
            return fd
        raise OSError(f"{path} is not a regular file")
    except BaseException:
        os.close(fd)
        raise


class Descriptors:
    """Opens and closes files, known by number so that the child of a fork can close them. For one thread at a time.

    The child has no such thread, but a copy of each descriptor and so of the lock on its file, which would outlive the
    parent's.
    """

    def __init__(self) -> None:
        self._open: set[int] = set()

    @contextmanager
    def opened(self, path: Path, flags: int = READ, mode: int = 0) -> Iterator[int]:
        """Opens a regular file for a while. Raises OSError, also if it is of another kind."""
        with self.held(open_regular(path, flags, mode)) as fd:
            yield fd

    @contextmanager
    def held(self, fd: int) -> Iterator[int]:
        """Closes an open file after use."""
        self._open.add(fd)
        try:
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
    """Holds `fd`, which is what is at `path`, alone. Raises InUse, OSError; never waits."""
    if not take(fd):
        raise InUse
    try:
        if not is_at(fd, path):
            raise InUse
        yield
    finally:
        release(fd)


def write_all(fd: int, data: bytes) -> None:
    """Writes all of `data`, in as many calls as it takes. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_directory(path: Path) -> None:
    """Puts on disk which files `path` has. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
