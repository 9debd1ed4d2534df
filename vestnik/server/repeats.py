"""What comes again and again from one source: how much of it is shown, and a count of the rest."""

import time
from collections import Counter
from typing import Final, NamedTuple

FIRST_WAIT: Final = 1.0
MAX_WAIT: Final = 64.0
"""Seconds after which a count is to be told: the first, and at most. In between the time doubles while it goes on."""


_NOTHING: Final[Counter[str]] = Counter()
"""What most sources have hidden; never changed."""


class Allowance(NamedTuple):
    """How much of it is shown: `most` at once, and `rate` per second for good."""

    most: int
    rate: float


class Counted(NamedTuple):
    """What was not shown: how many, of which kinds (as `name number, name number`), and between which times of day."""

    number: int
    kinds: str
    since: str
    until: str


class Repeats:
    """One source, called `label`: a connection, a network. `account` is who is logged in there, `network` where a
    stranger is.

    `now` is in monotonic seconds; `hidden` is how often what came that was not shown and not told yet, `due` when it is
    to be told.
    """

    __slots__ = (
        "_left",
        "_most",
        "_rate",
        "_seen",
        "_since",
        "_until",
        "_wait",
        "account",
        "due",
        "hidden",
        "label",
        "network",
    )

    def __init__(self, label: str, allowance: Allowance, now: float) -> None:
        self.label = label
        self.account: str | None = None
        self.network: str | None = None
        self._most, self._rate = allowance
        self.hidden = _NOTHING
        self.due = 0.0
        self._left = float(self._most)
        self._seen = now
        self._since = self._until = 0.0
        self._wait = FIRST_WAIT

    def allows(self, now: float) -> bool:
        """Whether one more may be shown; takes it out of the allowance."""
        self._left = min(self._left + (now - self._seen) * self._rate, self._most)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def hide(self, kind: str, at: float, now: float) -> None:
        """Count what is not shown, and came at the moment `at` (seconds since 1970)."""
        if not self.hidden:
            self._begin(at, now)
        self._until = at
        self.hidden[kind] += 1

    def take_over(self, other: "Repeats", now: float) -> None:
        """Count what is hidden at another source, which then has nothing hidden any more."""
        if not self.hidden:
            self._begin(other._since, now)
        self._since, self._until = min(self._since, other._since), max(self._until, other._until)
        self.hidden += other.hidden
        other.hidden = _NOTHING

    def _begin(self, at: float, now: float) -> None:
        self.hidden = Counter()
        self._since = self._until = at
        self._wait = FIRST_WAIT if now > self.due + self._wait else min(2 * self._wait, MAX_WAIT)
        self.due = now + self._wait

    def take(self) -> Counted:
        """What is hidden; from now on nothing is."""
        hidden, self.hidden = self.hidden, _NOTHING
        kinds = ", ".join([f"{kind} {count}" for kind, count in sorted(hidden.items())])
        since, until = (time.strftime("%H:%M:%S", time.localtime(at)) for at in (self._since, self._until))
        return Counted(hidden.total(), kinds, since, until)
