"""Ends connections whose tokens have expired meanwhile."""

from typing import Final

from vestnik.chat.chat import Chat
from vestnik.log.journal import Journal
from vestnik.server.tasks import Rounds

INTERVAL: Final = 1.0
"""Seconds between two looks."""


class TokenExpiry:
    """Looks every `interval` seconds, from `start` until `stop`."""

    def __init__(self, chat: Chat, journal: Journal, interval: float = INTERVAL) -> None:
        self._chat = chat
        self._interval = interval
        self._rounds = Rounds(journal)

    def start(self) -> None:
        """Begin to look."""
        self._rounds.start(self._look, self._interval)

    async def stop(self) -> None:
        """Look no more."""
        await self._rounds.stop()

    async def _look(self) -> None:
        self._chat.sessions.expel_expired(self._chat.clock())
