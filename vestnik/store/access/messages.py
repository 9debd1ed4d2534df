"""Messages and conversations of the store."""

from collections.abc import Sequence

from vestnik.chat.storage.messages import Delivered, KeptMessage, MessageRecord, StoredMessage
from vestnik.store.access.base import Access
from vestnik.store.queries import changes, messages, retention


class MessageAccess(Access):
    """`vestnik.chat.storage.messages.MessageStorage`, and what the server delivers later."""

    async def direct_conversation(self, one: int, other: int, now: float) -> int:
        """The number of the conversation of two accounts."""
        return await self._change(messages.direct_conversation, one, other, now)

    async def find_message(self, conversation_id: int, seq: int) -> MessageRecord | None:
        """A message of a conversation."""
        return await self._read(messages.find_message, conversation_id, seq)

    async def last_number(self) -> int:
        """The number of the newest message or change; 0 when there is none."""
        return await self._read(changes.last_number)

    async def messages_after(self, number: int, limit: int) -> list[StoredMessage]:
        """Messages with higher numbers than `number`, oldest first."""
        return await self._read(messages.messages_after, number, limit)

    async def kept_messages(self, account_id: int, first: int, last: int, limit: int) -> list[KeptMessage]:
        """Direct messages to the account, numbered from `first` to `last`, that were never delivered."""
        return await self._read(messages.kept_messages, account_id, first, last, limit)

    async def save_cursors(self, delivered: Sequence[Delivered]) -> None:
        """Note how far conversations were delivered."""
        await self._change(messages.save_cursors, delivered)

    async def retained_rooms(self) -> list[retention.Retained]:
        """The rooms that do not keep their messages for ever."""
        return await self._read(retention.retained_rooms)

    async def expire(self, room_id: int, before: float, limit: int) -> int:
        """Remove old messages of a room; how many."""
        return await self._change(retention.expire, room_id, before, limit)
