"""How long something has been failing, and when it is worth another try."""

from collections.abc import Callable
from typing import Final

FIRST_DELAY: Final = 0.5
MAX_DELAY: Final = 30.0
"""Seconds before another try: after the first failure, and at most. In between the time doubles."""


class Trouble:
    """Failures in a row. `lasts` says whether there is any; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.lasts = False
        self._monotonic = monotonic
        self._since = 0.0
        self._delay = 0.0
        self._retry_at = 0.0

    @property
    def wait(self) -> float:
        """Seconds until the next try is due; 0 without trouble."""
        return max(0.0, self._retry_at - self._monotonic()) if self.lasts else 0.0

    def begin_or_go_on(self) -> bool:
        """Something has failed (again); says whether this is the first time."""
        now, first = self._monotonic(), not self.lasts
        if first:
            self.lasts, self._since, self._delay = True, now, FIRST_DELAY
        elif now >= self._retry_at:
            self._delay = min(self._delay * 2, MAX_DELAY)
        self._retry_at = now + self._delay
        return first

    def end(self) -> float:
        """It works again; gives the seconds for which it did not."""
        self.lasts = False
        return round(self._monotonic() - self._since, 1)


def said(failure: Exception | None) -> str:
    """What the journal says of a failure, with all that the system knows of it; empty if there is none."""
    if failure is None:
        return ""
    return str(failure) if isinstance(failure, OSError) else repr(failure)
