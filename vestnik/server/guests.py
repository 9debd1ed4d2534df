"""Forgets guests who have gone: they leave their rooms, and their names are free again."""

import asyncio

from vestnik.chat.chat import Chat
from vestnik.chat.session import Account
from vestnik.log.context import CORRELATION, NOWHERE
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.tasks import Tasks


class Departures:
    """Those of one server: at most as many at once as connections that end."""

    def __init__(self, chat: Chat, journal: Journal, tasks: Tasks) -> None:
        self._chat = chat
        self._journal = journal
        self._tasks = tasks
        self._leaving: dict[str, asyncio.Task[None]] = {}
        chat.sessions.depart = self.depart
        chat.guests.left = self.left

    def depart(self, account: Account) -> None:
        """A guest has no connection any more."""
        task = self._leaving[account.key] = self._tasks.spawn(self._forget(account))
        task.add_done_callback(lambda _done: self._leaving.pop(account.key, None))

    async def left(self, key: str) -> None:
        """Return when who had the name with this key has left."""
        task = self._leaving.get(key)
        if task is not None:
            await asyncio.wait({task})

    async def _forget(self, account: Account) -> None:
        CORRELATION.set(NOWHERE)  # it is nobody's request
        chat = self._chat
        await chat.storage.forget_guest(account.id, chat.limits.name, chat.clock())
        chat.known_names.add(account.key)
        self._journal.record(catalogue.GUEST_LEFT, account.name)

    @journaled
    async def forget_all(self) -> None:
        """Forget those who were connected when the server ended as it should not."""
        chat = self._chat
        for number in await chat.storage.guests_left():
            await chat.storage.forget_guest(number, chat.limits.name, chat.clock())
