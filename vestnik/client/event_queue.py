"""What has come and waits for the application."""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final, TypeAlias

from vestnik.client.cursors import Cursor
from vestnik.client.errors import ConnectionFailed
from vestnik.protocol.events import (
    Change,
    Delivery,
    InvitationNotice,
    Notice,
    PresenceNotice,
    ReadNotice,
    ReportNotice,
    TypingNotice,
)

MAX_EVENTS: Final = 10_000
"""Events that may wait for the application."""
MAX_WEIGHT: Final = 16_777_216
"""Characters that they may have together, about."""
FRAME: Final = 100
"""Characters that an event counts for beside its texts."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection was lost, and why; the client is connecting again."""

    error: ConnectionFailed


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The client is connected again, after so many attempts, and what was missed has come before this."""

    attempts: int


@dataclass(frozen=True, slots=True)
class BegunAnew:
    """The server's database is not what it was, for instance restored from a backup.

    Of these conversations everything that is there now comes from here on; what came before was numbered otherwise.
    """

    conversations: tuple[str, ...]


Event: TypeAlias = (
    Delivery
    | Change
    | ReadNotice
    | TypingNotice
    | InvitationNotice
    | ReportNotice
    | PresenceNotice
    | Notice
    | Disconnected
    | Reconnected
    | BegunAnew
)


class EventQueue:
    """A bounded queue of events, each with the cursor of its conversation if it has one."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Event, Cursor | None]] = deque()
        self._weight = 0
        self._news = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """Whether there is no room for another event."""
        return len(self._waiting) >= MAX_EVENTS or self._weight >= MAX_WEIGHT

    def put(self, event: Event, cursor: Cursor | None = None) -> None:
        """Add an event."""
        self._waiting.append((event, cursor))
        self._weight += _weight(event)
        self._news.set()

    def take(self) -> tuple[Event, Cursor | None]:
        """The oldest event. Raises IndexError if there is none."""
        event, cursor = self._waiting.popleft()
        self._weight -= _weight(event)
        return event, cursor

    def wake(self) -> None:
        """Let who waits look again."""
        self._news.set()

    async def news(self) -> None:
        """Return when something has been added or `wake` was called since the last time."""
        self._news.clear()
        await self._news.wait()


def _weight(event: Event) -> int:
    """How many characters an event has, about."""
    if isinstance(event, Delivery):
        return FRAME + len(event.message)
    if isinstance(event, Change):
        texts = (event.message, event.topic, event.description)
        return FRAME + sum(len(text) for text in texts if isinstance(text, str))
    if isinstance(event, PresenceNotice):
        return FRAME * len(event.people)
    if isinstance(event, BegunAnew):
        return FRAME * len(event.conversations)
    return FRAME + (len(event.text) if isinstance(event, Notice) else 0)
