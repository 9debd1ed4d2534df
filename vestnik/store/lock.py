"""The lock file that keeps a second server off the same data, and commands off those of a server."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from vestnik.ownership import give
from vestnik.store.errors import StoreLocked

LOCK_NAME: Final = "vestnik.lock"
"""The file, in the data directory."""
LOCK_AGAIN: Final = 0.02
"""Seconds between two attempts to get the lock."""


class Lock:
    """A lock on a directory, held while the process lives; the kernel frees it when the process dies.

    A server holds it alone. Commands share it among each other, for as long as they run without a server.

    The file holds the server's process id. A clean release empties it, so that `stale` tells the next server that the
    previous one did not end properly; commands leave it as it is.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / LOCK_NAME
        self.stale: int | None = None
        self._fd: int | None = None
        self._alone = False

    def acquire(self, patience: float = 0.0) -> None:
        """Take the lock alone; for commands that share it wait `patience` seconds.

        Raises StoreLocked when another server has it, or commands do for too long; OSError when the file cannot be
        made.
        """
        fd = self._open()
        until = time.monotonic() + patience
        while not _lock(fd, fcntl.LOCK_EX):
            if time.monotonic() >= until or not _lock(fd, fcntl.LOCK_SH):
                raise self._locked(fd)
            fcntl.flock(fd, fcntl.LOCK_UN)  # who waits is in nobody's way
            time.sleep(LOCK_AGAIN)
        self.stale = self._read(fd)
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
        self._fd, self._alone = fd, True

    def share(self) -> None:
        """Take the lock together with other commands. Raises StoreLocked when a server has it, OSError as above."""
        fd = self._open()
        if not _lock(fd, fcntl.LOCK_SH):
            raise self._locked(fd)
        self._fd = fd

    def release(self) -> None:
        """Give the lock back, and empty the file if it was held alone; does nothing when it is not held."""
        if self._fd is not None:
            if self._alone:
                os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd, self._alone = None, False

    def hand_back(self) -> None:
        """Give the lock back as it was found: that a server did not end properly is still for the next one to tell."""
        if self._fd is not None and self.stale is not None:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, str(self.stale).encode(), 0)
            self._alone = False
        self.release()

    def _open(self) -> int:
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give(fd, self.path)
        return fd

    def _locked(self, fd: int) -> StoreLocked:
        """The error that says who has the lock; closes `fd`."""
        pid = self._read(fd) or 0
        os.close(fd)
        return StoreLocked(self.path.parent, pid)

    @staticmethod
    def _read(fd: int) -> int | None:
        text = os.pread(fd, 32, 0)
        return int(text) if text.isdigit() else None


def _lock(fd: int, how: int) -> bool:
    """Whether the lock could be had at once, alone (LOCK_EX) or shared (LOCK_SH)."""
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:  # no event: the caller says so
        return False
    return True
