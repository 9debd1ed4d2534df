"""How much of a disk a journal takes: past that, only what is promised is written.

Nothing is deleted to make room: that is for `days.sweep`, and only as the settings say.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from vestnik.log import events
from vestnik.log.recording.files import DatedFiles
from vestnik.log.recording.inbox import Dropped, Inbox

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at files and disk."""
LOOK_AGAIN: Final = 10.0
"""Seconds after which it is looked whether there is room again, though nothing is written."""
NOTHING: Final = 1 << 30
"""What no record is worth."""
MORE: Final = 1.25
"""By what factor a day is longer when warnings and failures are not written either; for free bytes it is half."""
AGAIN: Final = 1.125
"""By what factor the disk has to have more free bytes than the limit until everything is written again."""


SMALL: Final = 16
"""What part of a small disk has to be free, where the limit is more than that."""


class Space(NamedTuple):
    """Bytes that are free on a disk, and all that it has."""

    free: int
    size: int


def space_at(directory: Path) -> Space:
    """What the disk of a directory has. Raises OSError."""
    found = os.statvfs(directory)
    return Space(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)


Saying: TypeAlias = Callable[..., None]
"""Makes a record of the journal about itself, of an event and its values."""


def tell_refused(inbox: Inbox, say: Saying, reason: str) -> None:
    """Says how many records were refused, if any were since the last time, and the `reason`."""
    if (refused := inbox.take_refused()) is not None:
        say(events.JOURNAL_LEFT_OUT if inbox.floor else events.JOURNAL_DROPPED, *refused.values, reason)


class Quota:
    """Limits for the `files` of a journal: `day_bytes` of a day in all of them, `free` bytes on the disk; 0: none.

    `clock` gives seconds since 1970, `monotonic` seconds, `space` what the disk of a directory has. `reason` is the
    limit that is passed, as it is set; empty if none is.
    """

    def __init__(
        self,
        files: Sequence[DatedFiles],
        day_bytes: int,
        free: int,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        space: Callable[[Path], Space] = space_at,
    ) -> None:
        self.reason = ""
        self._files = files
        self._day_bytes = day_bytes
        self._free = free
        self._clock = clock
        self._monotonic = monotonic
        self._space = space
        self._next = 0.0
        self._told = False  # that there is a limit, which is nothing to tell of until something is left out
        self._since = 0.0

    def apply(self, inbox: Inbox, say: Saying) -> None:
        """Lets `inbox` take as much as the limits allow. Records say from when to when something is left out."""
        now = self._monotonic()
        if now < self._next:
            return
        self._next = now + LOOK_EVERY
        floor, reason = max(self._floor_of_day(), self._floor_of_disk())
        if floor and not inbox.floor:
            tell_refused(inbox, say, "")
        elif self._told and not floor:
            left_out = inbox.take_refused() or Dropped({}, self._since, self._clock())
            say(events.JOURNAL_LEFT_OUT, *left_out.values, self.reason)
            self._told = False
        self.reason = reason
        if floor != inbox.floor:
            self._since = self._clock()
            inbox.limit_to(floor)
        if floor and inbox.refusing and not self._told:
            say(events.JOURNAL_LIMITED, reason)
            self._told = True

    def _floor_of_day(self) -> tuple[int, str]:
        """What a record must be worth for the sake of today's files, and why."""
        if not self._day_bytes:
            return 0, ""
        date = time.strftime("%Y-%m-%d", time.localtime(self._clock()))
        used = 0
        for files in self._files:
            with suppress(OSError):  # no event: there is none yet, or it cannot be written either
                used += files.path(date).stat().st_size
        reason = f"day_bytes={self._day_bytes}"
        if used >= self._day_bytes * MORE:
            return NOTHING, reason
        return (logging.WARNING, reason) if used >= self._day_bytes else (0, "")

    def _floor_of_disk(self) -> tuple[int, str]:
        """What a record must be worth for the sake of the disk, and why."""
        if not self._free or not self._files:
            return 0, ""
        reason = f"free_bytes={self._free}"
        try:
            found = self._space(self._files[0].path("").parent)
        except OSError:  # no event: writing says what is wrong with it
            return 0, ""
        limit = min(self._free, found.size / SMALL)
        if found.free < limit / 2:
            return NOTHING, reason
        enough = limit * (AGAIN if reason == self.reason else 1)
        return (logging.WARNING, reason) if found.free < enough else (0, "")
