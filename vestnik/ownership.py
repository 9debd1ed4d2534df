"""Whom new files belong to: root leaves nothing of its own in the data of another user.

Otherwise a command that root gives once leaves files that the server's user cannot write: its journal, its database.
SQLite does the same for the files that it makes beside a database.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

ROOT: Final = 0
"""The user who may do everything."""


def give(fd: int, path: Path) -> None:
    """Give the file or directory `path`, which is open as `fd`, to whom the directory belongs to that it is in.

    Only root gives, and only what is root's. What has a second name stays: it may be a file from elsewhere.
    """
    if os.geteuid() != ROOT:
        return
    with suppress(OSError):  # no event: not every root may give; who cannot write there then says so
        found, above = os.fstat(fd), path.absolute().parent.stat()
        lone = stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1)
        if lone and found.st_uid == ROOT != above.st_uid:
            os.fchown(fd, above.st_uid, above.st_gid)


def make_owned(path: Path, mode: int = 0o777) -> None:
    """Make a directory, and those above it, if they are not there, as `Path.mkdir` does; each given as above.

    Raises OSError.
    """
    new = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    for each in reversed(new):
        fd = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            give(fd, each)
        finally:
            os.close(fd)
