"""Compresses the days of a journal that are over, and deletes those that are too old or too much.

Only regular files that `days` knows by name are touched, and of these only what nobody has open: a writer holds a
shared `flock` on its file, so whoever gets the exclusive one is alone with it.
"""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final, Protocol

from vestnik.log import events
from vestnik.log.days.locks import Descriptors, InUse, locked
from vestnik.log.days.names import DayFile, day_files, unfinished
from vestnik.log.days.packer import Packer
from vestnik.log.days.packing import Damaged, Part

GRACE: Final = 3600.0
"""Seconds after midnight for which the day before is left alone: late records may come."""


MODE: Final = 0o640
GONE_OR_USED: Final = (InUse, FileNotFoundError)
"""A writer that comes late takes away again what it has made in the place of a file that is compressed."""
FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Stopped(Exception):
    """The run was told to end."""


class TellSwept(Protocol):
    """Told before a day of a journal is deleted, so that it can be known later that it was (`sealing.chain`)."""

    def __call__(
        self, directory: Path, name: str, day: str, descriptors: Descriptors, clock: Callable[[], float], /
    ) -> None:
        """`day` (YYYY-MM-DD) of the journal `name` is to be deleted. Raises OSError."""


class Sweeper:
    """Sweeps the journal `name` in `directory`.

    A file is deleted when its date is more than `keep_days` before today, and the oldest days go while all files of
    the journal together have more than `keep_bytes`; 0 means for ever, and as many as there are. A day goes as a
    whole, today never. `clock` gives seconds since 1970. `report` is called with an event and its values, as
    `Journal.record`. Of several sweepers in threads or processes one is at work at a time, the one that holds the empty
    file `server.sweep`; the others do nothing.
    """

    def __init__(
        self,
        directory: Path,
        name: str,
        *,
        keep_days: int,
        keep_bytes: int,
        clock: Callable[[], float] = time.time,
        report: Callable[..., None],
        tell_swept: TellSwept,
    ) -> None:
        self.directory = directory
        self.name = name
        self.record = report
        self._tell_swept = tell_swept
        self._keep_days = keep_days
        self._keep_bytes = keep_bytes
        self._clock = clock
        self._descriptors = Descriptors()
        self._failed: set[Path] = set()

    def sweep(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """One run. `stopped` is asked between chunks; when it says True the run ends and leaves nothing half done.

        What fails is reported, once for each file, and tried again by the next run.
        """

        def check() -> None:
            if stopped():
                raise Stopped

        self._failed.clear()
        try:
            if not self._has_work():
                return
            path = self.directory / f"{self.name}.sweep"
            with self._descriptors.opened(path, FLAGS, MODE) as fd, locked(fd, path):
                self._clean()
                self._expire()
                self._pack(Packer(self._descriptors, self._tell, check), check)
                self._shrink()
        except (InUse, Stopped):  # no event: another sweeper is at work, or the program ends
            return
        except OSError as error:
            self._fail(self.directory, error)

    def after_fork(self) -> None:
        """In the child of a fork: the run that is under way is the parent's."""
        self._descriptors.close_all()

    def _files(self) -> list[DayFile]:
        return day_files(self.directory, self.name)

    def _has_work(self) -> bool:
        files = self._files()
        return (
            any(self._is_over(file) or self._is_expired(file) for file in files)
            or bool(self._keep_bytes and sum(map(_size, files)) > self._keep_bytes)
            or bool(unfinished(self.directory, self.name))
        )

    def _is_over(self, file: DayFile) -> bool:
        """Whether it is time to compress it."""
        return not file.packed and not file.late and file.date < _date(self._clock() - GRACE)

    def _is_expired(self, file: DayFile) -> bool:
        age = date.fromisoformat(_date(self._clock())) - date.fromisoformat(file.date)
        return 0 < self._keep_days < age.days

    def _clean(self) -> None:
        for path in unfinished(self.directory, self.name):
            try:
                path.unlink()
            except OSError as error:
                self._fail(path, error)

    def _pack(self, packer: Packer, check: Callable[[], None]) -> None:
        for file in self._files():
            if self._is_over(file):
                check()
                try:
                    packer.pack(file)
                except GONE_OR_USED:  # no event: that is usual, and the next run tries again
                    continue
                except (OSError, Damaged) as error:
                    self._fail(file.path, error)

    def _expire(self) -> None:
        for _, files in groupby(self._files(), lambda file: file.date):
            day = list(files)
            if self._is_expired(day[0]):
                self._delete(day, f"keep_days={self._keep_days}")

    def _shrink(self) -> None:
        """Deletes the oldest days until the rest is small enough. For a day that is in use, the next one goes."""
        if not self._keep_bytes:
            return
        found = self._files()
        excess = sum(map(_size, found)) - self._keep_bytes
        today = _date(self._clock())
        for day, files in groupby(found, lambda file: file.date):
            if excess <= 0 or day >= today:
                return
            excess -= self._delete(list(files), f"keep_bytes={self._keep_bytes}")

    def _delete(self, files: list[DayFile], reason: str) -> int:
        """Deletes the files of a day, or none if one of them is in use; gives the bytes that were deleted."""
        deleted = 0
        file = files[0]
        try:
            with ExitStack() as stack:
                for file in files:
                    fd = stack.enter_context(self._descriptors.opened(file.path))
                    stack.enter_context(locked(fd, file.path))
                self._tell_seals(file.date)
                for file in sorted(files, key=_is_seals):
                    size = _size(file)
                    file.path.unlink()
                    deleted += size
                    self.record(events.JOURNAL_DELETED, file.path.name, size, reason)
        except GONE_OR_USED:  # no event: that is usual, and the next run tries again
            return deleted
        except OSError as error:
            self._fail(file.path, error)
        return deleted

    def _tell_seals(self, date: str) -> None:
        """Says under seal that a day goes. If that cannot be done it goes all the same: the disk may be full."""
        try:
            self._tell_swept(self.directory, self.name, date, self._descriptors, self._clock)
        except OSError as error:
            self.record(events.JOURNAL_SEAL_FAILED, str(error))

    def _tell(self, file: DayFile, part: Part, packed: int) -> None:
        size, records, sha256 = part
        self.record(events.JOURNAL_COMPRESSED, file.path.name, records, size, packed, sha256)

    def _fail(self, path: Path, error: Exception) -> None:
        if path not in self._failed:
            self._failed.add(path)
            self.record(events.JOURNAL_SWEEP_FAILED, path.name, str(error))


def _date(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(moment))


def _is_seals(file: DayFile) -> bool:
    """The seals of a day go last: a run that is killed leaves no lines without them."""
    return file.kind == "seals"


def _size(file: DayFile) -> int:
    try:
        return file.path.lstat().st_size
    except FileNotFoundError:  # no event: somebody else deleted it
        return 0
