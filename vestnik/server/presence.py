"""Announces once a second whose presence has changed, and saves when people were last seen."""

import asyncio
from collections.abc import Iterator
from typing import Final

from vestnik.chat.session import Session
from vestnik.chat.storage.people import Seen
from vestnik.log.journaled import journaled
from vestnik.protocol.events import Person, PresenceNotice
from vestnik.server import catalogue
from vestnik.server.services import Services
from vestnik.server.tasks import Rounds
from vestnik.store.store import Store

INTERVAL: Final = 1.0
"""Seconds between two rounds."""


class Announcer:
    """Ends a round of `vestnik.chat.presence.Presences` every `interval` seconds, from `start` until `stop`."""

    def __init__(self, services: Services, store: Store, interval: float = INTERVAL) -> None:
        self._services = services
        self._presence = services.chat.presence
        self._store = store
        self._interval = interval
        self._rounds = Rounds(services.journal)
        self._saving: asyncio.Task[bool] | None = None

    def start(self) -> None:
        """Begin with the first round."""
        self._rounds.start(self._round, self._interval)

    @journaled
    async def stop(self) -> None:
        """End the rounds, and save everybody's presence."""
        await self._rounds.stop()
        if self._saving is not None:
            await self._saving
        self._presence.save_all()
        while (seen := self._presence.take_unsaved()) and await self._save(seen):
            pass

    async def _round(self) -> None:
        self.end_round()

    def end_round(self) -> None:
        """Announce what has changed: the same bytes to all who listen. Begin to save, unless that still goes on."""
        people = self._presence.next_round()
        listeners = tuple(self._presence.listeners)
        if people and listeners:
            for shown, some in self._as_seen(people, listeners):
                self._services.fanout.send(PresenceNotice(self._services.chat.clock(), shown), some)
            self._services.fanout.check_buffers()
            self._services.journal.record(catalogue.PRESENCE_ANNOUNCED, len(people), len(listeners))
        if self._saving is None and (seen := self._presence.take_unsaved()):
            self._saving = asyncio.create_task(self._save(seen))

    def _as_seen(
        self, people: list[Person], listeners: tuple[Session, ...]
    ) -> Iterator[tuple[list[Person], list[Session]]]:
        """What is announced, and to whom: not the presence of who has blocked them."""
        blocks = self._services.chat.blocks
        hidden: dict[int, set[int]] = {}
        for number in self._presence.announced:
            for blocked in blocks.blocked_by(number):
                hidden.setdefault(blocked, set()).add(number)
        parts: dict[int, list[Session]] = {}
        for session in listeners:
            viewer = session.speaker.id
            parts.setdefault(viewer if viewer in hidden else 0, []).append(session)
        for viewer, sessions in parts.items():
            numbered = zip(self._presence.announced, people, strict=True)
            seen = [person for number, person in numbered if number not in hidden.get(viewer, ())]
            if seen:
                yield seen, sessions

    async def _save(self, seen: list[Seen]) -> bool:
        """Whether it is on disk."""
        done = False
        try:
            await self._store.save_people(seen)
            done = True
        except Exception as error:  # noqa: BLE001
            self._services.journal.record(catalogue.STORE_FAILED, type(error).__name__, error=error)
        self._presence.saved(done)
        self._saving = None
        return done
