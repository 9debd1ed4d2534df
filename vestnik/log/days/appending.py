"""Opening a file of a day to add to it, so that nobody compresses or deletes it meanwhile."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from vestnik.log.days.locks import is_at, patiently, share, sync_directory
from vestnik.log.days.names import LATE, PACKED
from vestnik.ownership import give

MODE: Final = 0o640
FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
LOCK_WITHIN: Final = 0.5
"""Seconds for which a file is tried to be held: `packer` holds it for as long as a sync takes."""


class AlreadyPacked(Exception):
    """The day is compressed; nothing is added to it."""


def is_packed(path: Path) -> bool:
    """Whether the file of a day with this name is compressed."""
    return os.path.lexists(path.with_name(f"{path.name}{PACKED}"))


def late(path: Path) -> Path:
    """Where lines are that come when `path` is compressed already."""
    return path.with_name(f"{path.name}{LATE}")


def open_to_append(path: Path, flags: int = FLAGS, wait: float = LOCK_WITHIN) -> int:
    """The descriptor of the file at `path`, which is made if need be and shared with others until it is closed.

    A new file is in its directory on the disk itself, so that no loss of power takes what is written away with it.
    Raises AlreadyPacked, BlockingIOError if somebody holds it alone for longer than `wait` seconds, OSError.
    """

    def attempt() -> int | None:
        fd = os.open(path, flags, MODE)
        try:
            give(fd, path)
            if share(fd) and is_at(fd, path, follow=True):
                if not is_packed(path):
                    if not os.fstat(fd).st_size:
                        with suppress(OSError):  # no event: not every disk can, and what is written is not lost by it
                            sync_directory(path.parent)
                    return fd
                if not os.fstat(fd).st_size:
                    path.unlink(missing_ok=True)  # it was made just now
                raise AlreadyPacked(path)
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
        return None

    fd = patiently(wait, attempt)
    if fd is None:
        raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))
    return fd
