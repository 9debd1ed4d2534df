"""What waits in the queue between records: events that are set when everything before them is in the files."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from vestnik.log.recording.files import DatedFiles

Mark = TypeVar("Mark", bound=threading.Event)
POLL: Final = 0.05
"""Seconds between two looks whether there is progress."""
FORCED_PATIENCE: Final = 1.0
"""Seconds without progress after which an end is given up that is forced."""


class Point(threading.Event):
    """A mark that is set with the `sizes` of the open files (bytes, by name) when all of them have the same records."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: dict[str, int] = {}


def reach(marks: list[threading.Event], files: Iterable[DatedFiles]) -> None:
    """Sets all `marks`, for everything is in `files`. Raises OSError."""
    for mark in marks:
        if isinstance(mark, Point):
            mark.sizes = {name: size for each in files for name, size in each.sizes()}
        mark.set()
    marks.clear()


def join(thread: threading.Thread, progress: Callable[[], int], patience: float, forced: threading.Event) -> None:
    """Waits for the end of `thread` as long as there is `progress` within `patience` seconds, or less if `forced`."""
    done, since = progress(), time.monotonic()
    while thread.is_alive() and time.monotonic() - since < (FORCED_PATIENCE if forced.is_set() else patience):
        thread.join(POLL)
        if (now := progress()) != done:
            done, since = now, time.monotonic()
