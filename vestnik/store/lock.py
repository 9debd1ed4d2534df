"""The lock file that keeps a second server off the same data."""

import fcntl
import os
from pathlib import Path

from vestnik.store.errors import StoreLocked


class Lock:
    """An exclusive lock on a directory, held while the process lives; the kernel frees it when the process dies.

    The file holds the holder's process id. A clean release empties it, so that `stale` tells the next holder
    that the previous one did not end properly.
    """

    def __init__(self, directory: Path) -> None:
        self.path = directory / "vestnik.lock"
        self.stale: int | None = None
        self._fd: int | None = None

    def acquire(self) -> None:
        """Take the lock. Raises StoreLocked when another process has it, OSError when the file cannot be made."""
        fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = self._read(fd) or 0
            os.close(fd)
            raise StoreLocked(self.path.parent, pid) from None
        self.stale = self._read(fd)
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
        self._fd = fd

    def release(self) -> None:
        """Empty the file and give the lock back; does nothing when it is not held."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            os.close(self._fd)
            self._fd = None

    @staticmethod
    def _read(fd: int) -> int | None:
        text = os.pread(fd, 32, 0)
        return int(text) if text.isdigit() else None
