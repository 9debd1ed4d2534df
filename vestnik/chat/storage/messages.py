"""Messages and conversations, as the rules need them kept."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import msgspec

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol.events import Delivery, Forwarded

EVERYBODY: Final = AccountRecord(0, "all")
"""Whom `@all` mentions, in the place of an account."""


class Origin(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"from_": "from"}):
    """Where a forwarded message comes from: its author, `seq` there, and time (UNIX seconds).

    Written in room number `place`; or else, by the two accounts `people`, to the one called `to`. Who may know that is
    decided whenever it is shown.
    """

    from_: str
    seq: int
    time: float
    place: int = 0
    to: str = ""
    people: tuple[int, ...] = ()

    def shown(self, to: str) -> Forwarded:
        """For somebody to whom the place has the name `to`; an empty one for who may not know it."""
        return Forwarded(self.from_, to, self.seq, self.time)


class Extras(NamedTuple):
    """What only some messages have.

    `reply_to` is the `seq` of the message that it answers, `thread` that of the first message of their thread;
    `mentions` are in the order of the numbers of the accounts. `forwarded` is the `origin` as one recipient sees it.
    """

    reply_to: int | None = None
    thread: int | None = None
    forwarded: Forwarded | None = None
    mentions: tuple[AccountRecord, ...] = ()
    origin: Origin | None = None


class MessageEvent(msgspec.Struct, eq=False, gc=False):
    """A message: what happens in a conversation, once the store has given it its numbers.

    It is from account `author_id`, called `author`; in a direct conversation to account `to_id`, which is 0 in a room;
    `to` is what the author calls the conversation. `extras` is None for most messages. The store fills in `number`
    (which grows with every message it keeps), `seq` and `time` (UNIX seconds).
    """

    conversation_id: int
    author_id: int
    author: str
    to_id: int
    to: str
    text: str
    id: str | None
    extras: Extras | None = None
    number: int = 0
    seq: int = 0
    time: float = 0.0


class MessageRecord(NamedTuple):
    """A message that was kept. `time` and `deleted` in UNIX seconds; `thread` as in `Extras`."""

    author: str
    time: float
    text: str
    deleted: float | None
    thread: int | None
    origin: Origin | None


class KeptMessage(NamedTuple):
    """A direct message that waits for its recipient, as it is now. `number` grows with every message kept."""

    number: int
    conversation_id: int
    seq: int
    message: Delivery


class StoredMessage(NamedTuple):
    """A message without its text: who sent it where. `to` is `#room` or the name of a person."""

    number: int
    seq: int
    sender: str
    to: str
    id: str | None
    time: float


class Delivered(NamedTuple):
    """The last `seq` of a conversation that was written to a connection of an account."""

    conversation_id: int
    account_id: int
    seq: int


class HistoryPage(NamedTuple):
    """Messages in the order of their `seq`, and whether there are more in the direction that was asked for."""

    messages: list[Delivery]
    more: bool


class MessageStorage(Protocol):
    """Every method returns after the change is on disk; those with a `reader` raise what the rule of that raises.

    Times are UNIX seconds.
    """

    async def direct_conversation(self, one: int, other: int, now: float) -> int:
        """The number of the conversation of two accounts, which is begun if there is none."""

    async def find_direct_conversation(self, one: int, other: int) -> int | None:
        """The number of the conversation of two accounts, if there is one."""

    async def find_message(self, reader: Asker, conversation_id: int, seq: int) -> MessageRecord | None:
        """A message of a conversation, also a deleted one."""

    async def settle(self) -> None:
        """Return when everything that was kept until now has been handed on."""

    async def knows_id(self, account_id: int, client_id: str) -> bool:
        """Whether the account has sent a message under this id, of those that were handed over until now."""

    async def last_number(self) -> int:
        """The number of the newest message or change; 0 when there is none."""

    async def messages_after(self, number: int, limit: int) -> list[StoredMessage]:
        """Messages with higher numbers than `number`, oldest first."""

    async def kept_numbers(self, account_id: int, after: int, limit: int) -> list[int]:
        """Numbers of direct messages to the account that were never delivered: at most `limit` above `after`."""

    async def kept_messages(self, account_id: int, numbers: Sequence[int]) -> list[KeptMessage]:
        """The messages with these numbers as the account sees them, oldest first."""

    async def messages_behind(self, conversation_id: int, seq: int, limit: int) -> list[MessageEvent]:
        """Messages of one conversation behind a `seq`, as events."""

    async def save_cursors(self, delivered: Sequence[Delivered]) -> None:
        """Note how far conversations were delivered."""
