"""Records that must be on the disk before anything else is done: a record that is only on its way is none."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from vestnik.log.journal import Journal

RECORD_WITHIN: Final = 5.0
"""Seconds for which a record may take to get into the files."""


class NotRecorded(Exception):
    """What was recorded is not in the files, or these are not on the disk; `cause` says why, and which file."""

    def __init__(self, cause: Exception | None = None) -> None:
        self.cause = cause if isinstance(cause, OSError) else OSError(errno.ETIMEDOUT, repr(cause))
        super().__init__(str(self.cause))


def make_durable(
    journal: Journal,
    directory: Path,
    dropped: int,
    within: float = RECORD_WITHIN,
    sync: Callable[[int], None] = os.fsync,
) -> None:
    """Return when everything that was recorded in `journal` is in its files in `directory`, and on the disk itself.

    `dropped` is `journal.statistics.dropped` from before the record. Waits `within` seconds. Raises NotRecorded.
    """
    sizes = journal.point(within)
    if sizes is None or journal.statistics.dropped != dropped:
        raise NotRecorded(journal.failure)
    try:
        for name, size in sizes.items():
            _put_on_disk(directory / name, size, sync)
    except OSError as error:
        raise NotRecorded(error) from error


def _put_on_disk(path: Path, size: int, sync: Callable[[int], None]) -> None:
    """Have so many bytes of the file that everybody sees on the disk. Raises OSError, also if it has fewer."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if os.fstat(fd).st_size < size:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(path))
        sync(fd)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(fd)
