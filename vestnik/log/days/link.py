"""The link `server.log` to the file of today, and what to do with a plain file of that name."""

import errno
import os
import shutil
import stat
import time
from pathlib import Path
from typing import Final

from vestnik.log.days.appending import is_packed, late
from vestnik.log.days.locks import patiently, share, take

ADOPT_WITHIN: Final = 10.0
"""Seconds for which another process is waited for that takes the same file in."""


def point(link: Path, target: str) -> None:
    """Makes `link` a symbolic link to `target`, in one step for whoever reads.

    Raises OSError, also if there is something else of that name than a link.
    """
    try:
        mode = link.lstat().st_mode
    except FileNotFoundError:
        pass  # there is none yet, or another process is just making it, which may be replaced
    else:
        if not stat.S_ISLNK(mode):
            raise FileExistsError(f"{link} is not a link")
        if str(link.readlink()) == target:
            return
    _replace(link, target)


def _replace(link: Path, target: str) -> None:
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    try:
        fresh.replace(link)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def adopt(plain: Path) -> Path | None:
    """Makes a plain file of the link's name the file of the day of its last change; gives its new path.

    Its lines are appended to that day's file if there is one. Afterwards the old name is a link to it.
    Nothing happens (None) if there is no plain file. Raises OSError.
    """
    try:
        found = plain.lstat()
    except FileNotFoundError:
        return None  # the usual first start
    if not stat.S_ISREG(found.st_mode):
        return None
    date = time.strftime("%Y-%m-%d", time.localtime(found.st_mtime))
    dated = plain.with_name(f"{plain.name}.{date}")
    if is_packed(dated):
        dated = late(dated)
    try:
        os.link(plain, dated)
    except OSError:
        _append(plain, dated, found.st_ino)  # that day has a file already, or the disk knows no second names
    if not plain.is_symlink():
        _replace(plain, dated.name)
    return dated


def _append(plain: Path, dated: Path, inode: int) -> None:
    """Copies `plain` to the end of `dated`, unless another process has just done so."""
    with plain.open("rb") as source:
        if not patiently(ADOPT_WITHIN, lambda: take(source.fileno()) or None):
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(plain))
        done = plain.is_symlink() or not plain.exists() or plain.stat().st_ino != inode
        if done or plain.samefile(dated):
            return
        with dated.open("ab") as target:
            share(target.fileno())  # so that `sweep` leaves it alone
            shutil.copyfileobj(source, target)
        _replace(plain, dated.name)
