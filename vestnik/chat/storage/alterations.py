"""What is done with messages that are there, as the rules need it kept."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.rooms import Asker, Standing
from vestnik.chat.storage.rules import Rule
from vestnik.protocol.events import Delivery, Version


class MessageStanding(NamedTuple):
    """What the rules ask of a message when an account does something with it: read in the change's own transaction.

    `known` says whether there was such a message; `room` is None in a direct conversation. `others` counts the
    different reactions to the message, or the pinned messages, if what is wanted adds to them, else it is 0.
    In a direct conversation `blocked` says that the other one has blocked the account, `blocking` that it has them.
    """

    seq: int
    known: bool
    deleted: bool = False
    own: bool = False
    forwarded: bool = False
    others: int = 0
    room: Standing | None = None
    blocked: bool = False
    blocking: bool = False


AlterationRule: TypeAlias = Rule[MessageStanding]
Alteration: TypeAlias = ChangeEvent | None
"""What comes of an alteration; None: it was so before."""


class AlterationStorage(Protocol):
    """Each returns after its work is on disk. Times are UNIX seconds.

    Those with a `rule`, or a `reader` who has one, raise what it raises.
    """

    async def edit_message(
        self,
        conversation_id: int,
        seq: int,
        account_id: int,
        text: str,
        mentions: Sequence[AccountRecord],
        now: float,
        rule: AlterationRule,
    ) -> Alteration:
        """Change the text of a message, and whom it mentions."""

    async def delete_message(
        self, conversation_id: int, seq: int, account_id: int, now: float, rule: AlterationRule
    ) -> Alteration:
        """Take text, mentions, reactions and pin off a message."""

    async def versions(self, reader: Asker, conversation_id: int, seq: int, limit: int) -> list[Version] | None:
        """The first `limit` texts that a message had before, oldest first; None if there is no such message."""

    async def react(
        self, conversation_id: int, seq: int, account_id: int, emoji: str, now: float, rule: AlterationRule
    ) -> Alteration:
        """Put an emoji to a message."""

    async def unreact(
        self, conversation_id: int, seq: int, account_id: int, emoji: str, now: float, rule: AlterationRule
    ) -> Alteration:
        """Take the account's emoji off a message."""

    async def pin(
        self, conversation_id: int, seq: int, account_id: int, now: float, rule: AlterationRule
    ) -> Alteration:
        """Pin a message."""

    async def unpin(
        self, conversation_id: int, seq: int, account_id: int, now: float, rule: AlterationRule
    ) -> Alteration:
        """Take a message off the pinned ones."""

    async def pinned(self, reader: Asker, conversation_id: int) -> list[Delivery]:
        """The pinned messages of a conversation, newest pin first."""
