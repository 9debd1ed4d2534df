"""From time to time, rooms go in which nobody was for long, and names of before that nobody uses lead nowhere any more.

It is counted how often they are found so while the server runs, not for how long by a clock, which may be wrong.
"""

from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.storage.rooms import RemovalEvent
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.fanout import Fanout
from vestnik.server.tasks import Rounds
from vestnik.store.store import Store

PERIOD: Final = 3600.0
"""Seconds between two looks, the first of them after so many: a server that is restarted often counts nothing."""
SLICE: Final = 500
"""Messages or changes that are removed in one transaction."""
HOURS_SILENT: Final = 1
"""Hours after which a room without members goes in which there is no message."""


class Vacancies:
    """Looks after empty rooms and old names while it is started.

    `room_hours` is after how many hours an empty room goes, `name_hours` a name of before; 0: never.
    """

    def __init__(
        self, store: Store, journal: Journal, chat: Chat, fanout: Fanout, room_hours: int, name_hours: int
    ) -> None:
        self._store = store
        self._journal = journal
        self._chat = chat
        self._fanout = fanout
        self._room_hours = room_hours
        self._name_hours = name_hours
        self._rounds = Rounds(journal)

    def start(self) -> None:
        """Look once in a `PERIOD`."""
        self._rounds.start(self.apply, PERIOD)

    async def stop(self) -> None:
        """Stop; what is being removed is removed."""
        await self._rounds.stop()

    @journaled
    async def apply(self) -> None:
        """Look once: remove what has been found empty or idle often enough, with a line for each."""
        if self._room_hours:
            for room in await self._store.vacated_rooms(self._room_hours, min(HOURS_SILENT, self._room_hours)):
                while not await self._store.remove_room(room.id, SLICE, self._chat.clock()):
                    pass
                found = self._chat.rooms.by_id(room.id)
                if found is not None and not found.members:
                    self._fanout.remove(RemovalEvent(room.id))
                    self._journal.record(catalogue.RETENTION_ROOM_REMOVED, room.name)
        if self._name_hours:
            used = set(self._chat.rooms.used)
            gone = await self._store.idle_aliases(used, self._name_hours)
            self._chat.rooms.used -= used
            for key in gone:
                self._chat.rooms.forget_alias(key)
            if gone:
                self._journal.record(catalogue.RETENTION_NAMES_FREED, len(gone))
