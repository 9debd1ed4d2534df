"""Between commit and fan-out: the events of each conversation, one after the other, whoever they come from.

There is no order over all conversations. An event in turn goes on at once. One that was seen before is dropped. One
that comes early waits a moment for those before it; then what is missing is read from the store, which has everything.
So a source may lose, double, delay and reorder events: the store's writer does not, another process's bus may.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final, NamedTuple, Protocol

from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.session import Session
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import MessageEvent
from vestnik.log.journal import Journal
from vestnik.server import catalogue
from vestnik.server.tasks import Tasks

MOMENT: Final = 0.05
"""Seconds for which an early event waits for those before it."""
PAGE: Final = 500
"""Events of one conversation that are read from the store at a time."""
MAX_EARLY: Final = 1000
"""Early events of one conversation that are remembered; later ones are read from the store like those before them."""
MAX_HEADS: Final = 100_000
"""Conversations whose numbers are remembered; past it the one remembered longest is forgotten, rooms from memory."""


class Arrived(Protocol):
    """A message that was kept. `session` is where it comes from, None for one that comes from another process."""

    @property
    def message(self) -> MessageEvent:
        """The event."""

    @property
    def session(self) -> Session | None:
        """Its author's session."""


class Foreign:
    """A message of another process, or one that was read from the store."""

    __slots__ = ("message",)

    session: Final = None

    def __init__(self, message: MessageEvent) -> None:
        self.message = message


class AsSeen(NamedTuple):
    """A message as some of its recipients see it."""

    message: MessageEvent
    session: Session | None


class Deliveries(Protocol):
    """Where events go on to, in turn: the fan-out."""

    def deliver(self, arrived: Sequence[Arrived]) -> None:
        """Messages of one conversation."""

    def publish(self, event: ChangeEvent, origin: str | None) -> None:
        """A change, from connection `origin`; None: from another process."""


class Behind(Protocol):
    """The store, as far as it is asked for what is missing; oldest first, at most `limit`."""

    def messages_behind(self, conversation_id: int, seq: int, limit: int) -> Awaitable[list[MessageEvent]]:
        """The messages of a conversation behind `seq`."""

    def changes_behind(self, conversation_id: int, change: int, limit: int) -> Awaitable[list[ChangeEvent]]:
        """The changes of a conversation behind `change`."""

    def settle(self) -> Awaitable[None]:
        """Return when everything that this process has kept until now has been handed on by its writer."""


class _Head:
    """How far a conversation has gone on, and what has come too early."""

    __slots__ = ("change", "changes", "messages", "reading", "seq", "waiting")

    def __init__(self, seq: int, change: int) -> None:
        self.seq = seq
        self.change = change
        self.messages: dict[int, Arrived] = {}
        self.changes: dict[int, tuple[ChangeEvent, str | None]] = {}
        self.reading = False  # what is missing is read, or will be in a moment
        self.waiting: list[asyncio.Future[bool]] = []

    def wake(self, read: bool) -> None:
        """Let those go on who wait for the conversation; `read` says that the store has no more of it."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(read)


UNKNOWN: Final = -1
"""The number of a direct conversation of which nothing was heard yet: its first event is in turn."""


class Order:
    """Puts the events of every conversation in order. A direct one begins with the first that is heard, or `begin`."""

    def __init__(
        self, deliveries: Deliveries, rooms: RoomDirectory, store: Behind, tasks: Tasks, journal: Journal
    ) -> None:
        self._deliveries = deliveries
        self._rooms = rooms
        self._store = store
        self._tasks = tasks
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._heads: dict[int, _Head] = {}

    def begin(self, conversation_id: int, seq: int, change: int) -> None:
        """What is numbered up to `seq` and `change` went on before."""
        self._heads[conversation_id] = _Head(seq, change)

    def position(self, conversation_id: int) -> tuple[int, int]:
        """How far a conversation has gone on (`seq`, `change`); UNKNOWN of a direct one that nothing was heard of."""
        head = self._head(conversation_id)
        return head.seq, head.change

    def _head(self, conversation_id: int) -> _Head:
        head = self._heads.get(conversation_id)
        if head is None:
            if len(self._heads) >= MAX_HEADS:
                del self._heads[next(iter(self._heads))]
            room = self._rooms.by_id(conversation_id)
            head = _Head(UNKNOWN, UNKNOWN) if room is None else _Head(room.seq, room.change)
            self._heads[conversation_id] = head
        return head

    # What has come.

    def take_messages(self, conversation_id: int, arrived: Sequence[Arrived]) -> None:
        """Messages of one conversation were kept."""
        head = self._heads.get(conversation_id) or self._head(conversation_id)
        first, last = arrived[0].message.seq, arrived[-1].message.seq
        if (first == head.seq + 1 or head.seq == UNKNOWN) and last - first == len(arrived) - 1 and not head.messages:
            head.seq = last
            self._deliveries.deliver(arrived)
        else:
            for each in arrived:
                self._take_message(head, each)
        if head.waiting or head.messages or head.changes:
            self._go_on(conversation_id, head)

    def _take_message(self, head: _Head, arrived: Arrived) -> None:
        seq = arrived.message.seq
        if seq == head.seq + 1 or head.seq == UNKNOWN:
            head.seq = seq
            self._deliveries.deliver((arrived,))
        elif seq > head.seq and len(head.messages) < MAX_EARLY:
            head.messages[seq] = arrived

    def take_change(self, event: ChangeEvent, origin: str | None = None) -> None:
        """A change was kept; `origin` is the name of the connection it comes from, None in another process."""
        head = self._head(event.conversation_id)
        if event.room is not None and head.change == UNKNOWN:
            head.seq, head.change = event.room.seq, event.change - 1
        self._take_change(head, event, origin)
        self._go_on(event.conversation_id, head)

    def _take_change(self, head: _Head, event: ChangeEvent, origin: str | None) -> None:
        if event.change == head.change + 1 or head.change == UNKNOWN:
            head.change = event.change
            self._deliveries.publish(event, origin)
        elif event.change > head.change and len(head.changes) < MAX_EARLY:
            head.changes[event.change] = event, origin

    def _go_on(self, conversation_id: int, head: _Head) -> None:
        """Let early events go on whose turn has come; if some still wait, see to what is missing."""
        while head.messages and (arrived := head.messages.pop(head.seq + 1, None)) is not None:
            self._take_message(head, arrived)
        while head.changes and (found := head.changes.pop(head.change + 1, None)) is not None:
            self._take_change(head, *found)
        head.wake(False)
        if head.messages or head.changes:
            self._read_later(conversation_id, head)

    # What is missing.

    async def reach(self, conversation_id: int, seq: int, change: int) -> None:
        """Return when a conversation has gone on up to there; what does not come by itself is read from the store."""
        head = self._head(conversation_id)
        read = False
        while (head.seq < seq or head.change < change) and not read:
            future: asyncio.Future[bool] = self._loop.create_future()
            head.waiting.append(future)
            self._read_later(conversation_id, head)
            read = await future

    def _read_later(self, conversation_id: int, head: _Head) -> None:
        if not head.reading:
            head.reading = True
            self._loop.call_later(MOMENT, self._begin_reading, conversation_id, head)

    def _begin_reading(self, conversation_id: int, head: _Head) -> None:
        self._tasks.spawn(self._read(conversation_id, head))

    async def _read(self, conversation_id: int, head: _Head) -> None:
        """Let everything go on that the store has; when it cannot be asked, that is done again in a moment."""
        try:
            await self._read_messages(conversation_id, head)
            await self._read_changes(conversation_id, head)
        except Exception as error:  # noqa: BLE001
            self._journal.record(catalogue.STORE_FAILED, type(error).__name__, error=error)
            head.reading = False
            self._go_on(conversation_id, head)
            return
        head.reading = False
        head.wake(True)
        self._go_on(conversation_id, head)

    async def _read_messages(self, conversation_id: int, head: _Head) -> None:
        while head.seq != UNKNOWN and (page := await self._store.messages_behind(conversation_id, head.seq, PAGE)):
            await self._store.settle()  # our own come by themselves, with their author
            for message in page:
                arrived = head.messages.pop(message.seq, None) or Foreign(message)
                if message.seq > head.seq:  # it may have come by itself meanwhile
                    head.seq = message.seq
                    self._deliveries.deliver((arrived,))
        # What still waits is not in the store any more, as is what would have been before it: retention removes both.
        for seq in sorted(head.messages):
            arrived = head.messages.pop(seq)
            if seq > head.seq:
                head.seq = seq
                self._deliveries.deliver((arrived,))

    async def _read_changes(self, conversation_id: int, head: _Head) -> None:
        while head.change != UNKNOWN and (page := await self._store.changes_behind(conversation_id, head.change, PAGE)):
            await self._store.settle()
            for event in page:
                _, origin = head.changes.pop(event.change, (event, None))
                if event.change > head.change:
                    head.change = event.change
                    self._deliveries.publish(event, origin)
        for number in [each for each in head.changes if each <= head.change]:
            del head.changes[number]
