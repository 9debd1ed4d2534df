"""Conversations of an account, of the store."""

from collections.abc import Sequence
from functools import partial

from vestnik.chat.storage.conversations import Conversations, MissedChange, MissedMessage, Unread
from vestnik.chat.storage.messages import HistoryPage
from vestnik.store.access.base import Access
from vestnik.store.queries import conversations, history


class ConversationAccess(Access):
    """`vestnik.chat.storage.conversations.ConversationStorage`, and what the server sends to those who resume."""

    async def history(
        self,
        conversation_id: int,
        limit: int,
        *,
        before: int | None,
        after: int | None,
        around: int | None,
        thread: int | None,
    ) -> HistoryPage:
        """A page of a conversation."""
        ask = partial(history.history, before=before, after=after, around=around, thread=thread)
        return await self._read(ask, conversation_id, limit)

    async def conversations(self, account_id: int) -> Conversations:
        """All conversations of an account."""
        return await self._read(conversations.conversations, account_id)

    async def undelivered(self, account_id: int) -> dict[int, int]:
        """Where in direct conversations there is something that was never delivered."""
        return await self._read(conversations.undelivered, account_id)

    async def unread(self, account_id: int, places: Sequence[tuple[int, int, int]], limit: int) -> dict[int, Unread]:
        """What is unread in conversations."""
        return await self._read(conversations.unread, account_id, places, limit)

    async def read_up_to(self, conversation_id: int, account_id: int, seq: int) -> int | None:
        """Note how far an account has read."""
        return await self._change(conversations.read_up_to, conversation_id, account_id, seq)

    async def missed_messages(
        self, positions: Sequence[tuple[int, int]], horizon: int, limit: int
    ) -> list[MissedMessage]:
        """Messages behind a `seq` in each of some conversations."""
        return await self._read(conversations.missed_messages, positions, horizon, limit)

    async def changes_after(self, number: int, limit: int) -> list[MissedChange]:
        """Changes with higher numbers than `number`, oldest first."""
        return await self._read(conversations.changes_after, number, limit)

    async def missed_changes(
        self, positions: Sequence[tuple[int, int]], horizon: int, limit: int
    ) -> list[MissedChange]:
        """Changes behind a `change` in each of some conversations."""
        return await self._read(conversations.missed_changes, positions, horizon, limit)
