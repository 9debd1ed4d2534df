"""Making sure that what a file shows is on the disk.

A failed sync tells once that something did not get to the disk. The kernel keeps showing what was written and takes it
for written, so a later sync, also of another process, succeeds without it. Only what is written again after a failure
gets there; so that is what is done before anything is built on a log that may have seen one.
"""

import errno
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from vestnik.ownership import give, make_owned

BLOCK: Final = 1 << 20
"""Bytes that are written at once."""
PRIMARY: Final = 0xFF
"""The part of an error's number in SQLite that says what kind of error it is."""
ATTEMPTS: Final = 2
"""The first sync may tell of an earlier failure, which what was written again has mended."""


_CANNOT: Final = frozenset((errno.EINVAL, errno.ENOTSUP))
"""What file systems say that do not sync directories."""


def disk_failed(error: BaseException) -> bool:
    """Whether an error of SQLite's says that the disk failed, so that something may not have got there."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return code & PRIMARY == sqlite3.SQLITE_IOERR


def log_of(database: Path) -> Path:
    """The write-ahead log of a database."""
    return database.with_name(f"{database.name}-wal")


def write_again(path: Path) -> None:
    """Write a file's content over itself and sync it; nothing if it is not there. Raises OSError.

    Nobody may be writing to it meanwhile; reading it is no matter.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:  # no event: then nothing of it can be lost
            return
        try:
            at = 0
            while block := os.pread(fd, BLOCK, at):
                at += os.pwrite(fd, block, at)
            os.fsync(fd)
        except OSError:  # no event: the last one is raised
            if attempt == ATTEMPTS:
                raise
        else:
            return
        finally:
            os.close(fd)


def make_log_sure(database: Path, patience: float) -> None:
    """Have the log of a database on the disk, if it has one: an earlier process may have left it without.

    Waits up to `patience` seconds for others who write. Raises OSError when the disk fails; a file that is no database
    is left as it is.
    """
    log = log_of(database)
    if not log.exists() or log.stat().st_size == 0:
        return
    with closing(sqlite3.connect(database, timeout=patience, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:  # no event: whoever opens it says so
                return
            raise
        write_again(log)


def make_file(path: Path) -> None:
    """Make an empty file for the eyes of its owner only, if it is not there. Raises OSError."""
    fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        give(fd, path)
    finally:
        os.close(fd)


def sync_directory(path: Path) -> None:
    """Have the names of new files in a directory on the disk, if its file system can. Raises OSError."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno not in _CANNOT:  # no event: there is nothing else to do
            raise
    finally:
        os.close(fd)


def make_directory(path: Path) -> None:
    """Make a directory for its owner only, and its parents, if they are not there, with their names on the disk.

    Raises OSError.
    """
    new = [each for each in (path, *path.parents) if not each.exists()]
    make_owned(path, 0o700)
    for each in new:
        sync_directory(each.parent)
