"""What is done with messages that are there, as the rules need it kept."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol, TypeAlias

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeRecord
from vestnik.protocol.events import Delivery, Version


class Refusal(Enum):
    """Why a message was not altered: it is not there (any more), it is not the account's, or it has enough of that."""

    UNKNOWN = auto()
    NOT_OWN = auto()
    FULL = auto()


Alteration: TypeAlias = ChangeRecord | Refusal | None
"""What comes of an alteration; None: it was so before."""


class AlterationStorage(Protocol):
    """Each of these checks and does its work in one step, and returns after it is on disk. Times are UNIX seconds."""

    async def edit_message(
        self,
        conversation_id: int,
        seq: int,
        account_id: int,
        text: str,
        mentions: Sequence[AccountRecord],
        now: float,
    ) -> Alteration:
        """Change the text of a message of the account, and whom it mentions; but not of one that was forwarded."""

    async def delete_message(
        self, conversation_id: int, seq: int, account_id: int, now: float, *, anybodys: bool
    ) -> Alteration:
        """Take text, mentions, reactions and pin off a message of the account, or of `anybodys`."""

    async def versions(self, conversation_id: int, seq: int, limit: int) -> list[Version] | None:
        """The first `limit` texts that a message had before, oldest first; None if there is no such message."""

    async def react(
        self, conversation_id: int, seq: int, account_id: int, emoji: str, limit: int, now: float
    ) -> Alteration:
        """Put an emoji to a message that has fewer than `limit` different ones, or has it already."""

    async def unreact(self, conversation_id: int, seq: int, account_id: int, emoji: str, now: float) -> Alteration:
        """Take the account's emoji off a message."""

    async def pin(self, conversation_id: int, seq: int, account_id: int, limit: int, now: float) -> Alteration:
        """Pin a message, if fewer than `limit` are pinned in its conversation."""

    async def unpin(self, conversation_id: int, seq: int, account_id: int, now: float) -> Alteration:
        """Take a message off the pinned ones."""

    async def pinned(self, conversation_id: int) -> list[Delivery]:
        """The pinned messages of a conversation, newest pin first."""
