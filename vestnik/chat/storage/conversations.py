"""Conversations of an account, and what of them it has read or has not got yet, as the rules need them kept."""

from collections.abc import Mapping, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import HistoryPage
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol.events import Delivery

T = TypeVar("T")


class DirectRecord(NamedTuple):
    """A direct conversation as one of its accounts sees it: with whom, and the last `seq` and `change`."""

    id: int
    name: str
    seq: int
    change: int


class ConversationRecords(NamedTuple):
    """What the store has of an account's conversations.

    By the number of the conversation: `read` is how far it is read, `since` the last `seq` of a room when the account
    became a member, `floors` up to which `seq` retention has removed messages.
    """

    directs: Sequence[DirectRecord]
    read: Mapping[int, int]
    since: Mapping[int, int]
    floors: Mapping[int, int]


class Unread(NamedTuple):
    """How many messages of others are unread, and how many of these mention the reader; counted up to a limit."""

    messages: int
    mentions: int


class MissedMessage(NamedTuple):
    """A message that a session has not got, with the number of its conversation."""

    conversation_id: int
    message: Delivery


class MissedChange(NamedTuple):
    """A change that a session has not got, and what its author calls the conversation."""

    to: str
    change: ChangeEvent


class UnreadPage(NamedTuple):
    """What was found of some conversations, by number, and how many of them were `looked` at, from the first on."""

    found: dict[int, Unread]
    looked: int


class MissedPage(NamedTuple, Generic[T]):
    """Some of what a session has not got, in order, and whether there may be more."""

    found: list[T]
    more: bool


class ConversationStorage(Protocol):
    """Every method returns after the change is on disk; those with a `reader` raise what the rule of that raises.

    Times are UNIX seconds.
    """

    async def history(
        self,
        reader: Asker,
        conversation_id: int,
        limit: int,
        *,
        before: int | None,
        after: int | None,
        around: int | None,
        thread: int | None,
    ) -> HistoryPage:
        """At most `limit` messages before, after or around a `seq`, or else the newest; of one `thread` if given."""

    async def conversations(self, account_id: int) -> ConversationRecords:
        """All conversations of an account."""

    async def ends(self, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
        """How far conversations go, by their numbers: the last `seq` and `change` of each."""

    async def undelivered(self, account_id: int) -> dict[int, int]:
        """The first `seq` of each direct conversation that was never delivered to the account, where there is one."""

    async def unread(self, account_id: int, places: Sequence[tuple[int, int, int]], limit: int) -> UnreadPage:
        """What is unread in conversations: their numbers, how far each is read, the last `seq`; up to `limit`.

        Rooms that the account is not a member of are left out. What would take long is left for the next question.
        """

    async def read_up_to(self, reader: Asker, conversation_id: int, seq: int) -> int | None:
        """Note how far somebody has read, at most to the end; how far that is, None if it was so before."""

    async def changes_after(self, number: int, limit: int) -> list[MissedChange]:
        """Changes with higher numbers than `number`, oldest first."""

    async def missed_messages(
        self, account_id: int, positions: Sequence[tuple[int, int]], limit: int
    ) -> MissedPage[MissedMessage]:
        """Messages behind a `seq` in each of some conversations (number, `seq`), at most `limit` in all.

        There are none in rooms that the account is not a member of.
        """

    async def missed_changes(
        self, account_id: int, positions: Sequence[tuple[int, int]], limit: int
    ) -> MissedPage[MissedChange]:
        """Changes behind a `change` in each of some conversations (number, `change`), in the same way."""

    async def changes_behind(self, conversation_id: int, number: int, limit: int) -> list[ChangeEvent]:
        """Changes of one conversation behind a `change`, as events."""
