"""What a process leaves when the interpreter itself dies: a file next to the journal, journaled at the next start.

`faulthandler` writes the stacks of all threads into `NAME.<pid>.crash` on SIGSEGV, SIGFPE, SIGABRT, SIGBUS and SIGILL.
A living process holds a lock on its file, so that whoever gets the lock knows that the process is gone.
"""

import faulthandler
import os
import re
import time
from pathlib import Path
from typing import Final

from vestnik.log import events
from vestnik.log.days.appending import MODE
from vestnik.log.days.locks import take
from vestnik.log.journal import Journal
from vestnik.ownership import give, make_owned

LONGEST: Final = 65_536
"""Bytes that are read of a file."""
TRIES: Final = 5
"""How often the own file is opened, if another process that has just begun looks at it or removes it."""
FLUSH_WITHIN: Final = 2.0
"""Seconds within which a record must be in the file of the journal for the file of the crash to be removed."""
STDERR: Final = 2


def import_dumps(journal: Journal, directory: Path) -> None:
    """Journals what processes that are gone have left in `directory`, each as one record, and removes it.

    Never raises: a file that cannot be read or removed stays for the next start.
    """
    ours = re.compile(rf"{re.escape(journal.name)}\.(\d+)\.crash")
    try:
        found = sorted(directory.iterdir())
    except OSError:
        return  # no such directory yet, or the journal will say that it cannot be used
    for path in found:
        match = ours.fullmatch(path.name)
        if match:
            try:
                _import(journal, path, int(match[1]))
            except OSError:
                continue  # another user's, or another process has just removed it


def _import(journal: Journal, path: Path, pid: int) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        if not take(fd):
            return  # that process lives
        text = os.read(fd, LONGEST).decode("utf-8", "replace").strip()
        if text:
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(os.fstat(fd).st_mtime))
            journal.record(events.PROGRAM_CRASHED, pid, moment, _with_the_current_thread_first(text))
            if not journal.flush(FLUSH_WITHIN):
                return
        path.unlink()
    finally:
        os.close(fd)


def _with_the_current_thread_first(text: str) -> str:
    """A dump that may be cut at its end without losing the thread that crashed."""
    reason, *threads = text.split("\n\n")
    return "\n\n".join([reason, *sorted(threads, key=lambda thread: not thread.startswith("Current thread"))])


class Dump:
    """The file of this process; `faulthandler` writes into it until `close`. Raises OSError if it cannot be opened."""

    def __init__(self, directory: Path, name: str) -> None:
        make_owned(directory)
        self._pid = os.getpid()
        self._path = directory / f"{name}.{self._pid}.crash"
        self._fd = _open_locked(self._path)
        self._before = faulthandler.is_enabled()
        faulthandler.enable(self._fd)

    def close(self) -> None:
        """Gives the interpreter's crashes back to standard error, if they were shown at all, and removes the file."""
        if self._before:
            faulthandler.enable(STDERR)
        else:
            faulthandler.disable()
        try:
            if self._pid == os.getpid() and not os.fstat(self._fd).st_size:  # not in the child of a fork
                self._path.unlink(missing_ok=True)
        except OSError:
            return  # an empty file is removed at the next start
        finally:
            os.close(self._fd)


def _open_locked(path: Path) -> int:
    """The descriptor of the file at `path`, locked. Raises OSError."""
    for _ in range(TRIES):
        fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
        try:
            give(fd, path)
            if take(fd) and os.fstat(fd).st_nlink:
                return fd
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
    raise BlockingIOError(f"{path} is locked by another process")
