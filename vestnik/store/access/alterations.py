"""What the store does with messages that are there."""

from collections.abc import Sequence

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.alterations import Alteration
from vestnik.protocol.events import Delivery, Version
from vestnik.store.access.base import Access
from vestnik.store.queries import alterations


class AlterationAccess(Access):
    """`vestnik.chat.storage.alterations.AlterationStorage`."""

    async def edit_message(
        self,
        conversation_id: int,
        seq: int,
        account_id: int,
        text: str,
        mentions: Sequence[AccountRecord],
        now: float,
    ) -> Alteration:
        """Change the text of a message of the account, and whom it mentions."""
        return await self._change(alterations.edit_message, conversation_id, seq, account_id, text, mentions, now)

    async def delete_message(
        self, conversation_id: int, seq: int, account_id: int, now: float, *, anybodys: bool
    ) -> Alteration:
        """Take text, mentions, reactions and pin off a message of the account, or of `anybodys`."""
        return await self._change(alterations.delete_message, conversation_id, seq, account_id, now, anybodys)

    async def versions(self, conversation_id: int, seq: int, limit: int) -> list[Version] | None:
        """The first `limit` texts that a message had before, oldest first."""
        return await self._read(alterations.versions, conversation_id, seq, limit)

    async def react(
        self, conversation_id: int, seq: int, account_id: int, emoji: str, limit: int, now: float
    ) -> Alteration:
        """Put an emoji to a message that has fewer than `limit` different ones, or has it already."""
        return await self._change(alterations.react, conversation_id, seq, account_id, emoji, limit, now)

    async def unreact(self, conversation_id: int, seq: int, account_id: int, emoji: str, now: float) -> Alteration:
        """Take the account's emoji off a message."""
        return await self._change(alterations.unreact, conversation_id, seq, account_id, emoji, now)

    async def pin(self, conversation_id: int, seq: int, account_id: int, limit: int, now: float) -> Alteration:
        """Pin a message, if fewer than `limit` are pinned in its conversation."""
        return await self._change(alterations.pin_message, conversation_id, seq, account_id, limit, now)

    async def unpin(self, conversation_id: int, seq: int, account_id: int, now: float) -> Alteration:
        """Take a message off the pinned ones."""
        return await self._change(alterations.unpin_message, conversation_id, seq, account_id, now)

    async def pinned(self, conversation_id: int) -> list[Delivery]:
        """The pinned messages of a conversation, newest pin first."""
        return await self._read(alterations.pinned, conversation_id)
