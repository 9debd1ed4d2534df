"""Retention: from time to time, what rooms keep no longer is removed, little by little between other work."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.clock import STEADY, judge, running_seconds
from vestnik.server.fanout import Fanout
from vestnik.server.tasks import Rounds
from vestnik.store.store import Store

PERIOD: Final = 3600.0
"""Seconds between two looks."""
SLICE: Final = 500
"""Messages that are removed in one transaction."""
DAY: Final = 86_400.0
ID_DAYS: Final = 30
"""Days for which the id of a message is remembered after the message was removed."""


class Retention:
    """Removes old messages while it is started. `clock` gives UNIX seconds, `running` those that the machine counts."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        fanout: Fanout,
        clock: Callable[[], float],
        running: Callable[[], float] = running_seconds,
    ) -> None:
        self._store = store
        self._journal = journal
        self._fanout = fanout
        self._clock = clock
        self._running = running
        self._judged: float | None = None  # when the clock was looked at, by what the machine counts
        self._doubted = False
        self._doubt = ("", "", 0)  # what the clock shows, what is known, hours until it is believed
        self._rounds = Rounds(journal)

    def start(self) -> None:
        """Look at once, and then once in a `PERIOD`."""
        self._rounds.start(self.apply, PERIOD, at_once=True)

    async def stop(self) -> None:
        """Stop; what is being removed is removed."""
        await self._rounds.stop()

    @journaled
    async def apply(self) -> None:
        """Remove what every room keeps no longer, with a line for each room; nothing if the clock is not believed."""
        now = await self._trusted_time()
        rooms = await self._store.retained_rooms()
        if now is None:
            if rooms and not self._doubted:
                self._doubted = True
                self._journal.record(catalogue.RETENTION_DOUBTED, *self._doubt)
            return
        self._doubted = False
        for room in rooms:
            count = 0
            while event := await self._store.expire(room.id, now - room.days * DAY, SLICE, now):
                self._fanout.expire(event)
                count += event.removed
                if event.removed < SLICE:
                    break
            if count:
                self._journal.record(catalogue.RETENTION_APPLIED, room.name, count)
        while await self._store.forget_ids(now - ID_DAYS * DAY, SLICE) == SLICE:
            pass

    async def _trusted_time(self) -> float | None:
        """What the clock shows, if that is to be believed."""
        running = self._running()
        elapsed = 0.0 if self._judged is None else running - self._judged
        shown = self._clock()
        known = judge(await self._store.known_clock(), shown, elapsed)
        await self._store.save_clock(known)
        self._judged = running
        self._doubt = (_moment(shown), _moment(known.trusted), round((STEADY - known.steady) / 3600))
        return shown if known.trusted == shown else None


def _moment(when: float) -> str:
    return datetime.fromtimestamp(when).astimezone().isoformat(sep=" ", timespec="seconds")
