"""Guests who have no account, as the rules need them kept: as long as they are connected."""

from typing import Protocol

from vestnik.chat.storage.accounts import AccountRecord, NameRule
from vestnik.chat.storage.people import KnownPerson


class GuestStorage(Protocol):
    """What the store knows of guests. What is changed is on disk when the method returns. Times are UNIX seconds."""

    async def add_guest(self, name: str, key: str, now: float, rule: NameRule) -> AccountRecord:
        """Take a guest in under a name, which nobody else can have meanwhile. Raises what `rule` raises."""

    async def forget_guest(self, account_id: int, longest: int, now: float) -> None:
        """A guest has gone: is in no room any more, and has given the name back.

        What they wrote stays, under a name of at most `longest` characters that nobody else has. No change for who has
        gone before.
        """

    async def guests_left(self) -> list[int]:
        """The account numbers of guests who were connected when the server ended."""

    async def takes_guests(self, account_id: int, conversation_id: int) -> bool:
        """Whether guests may write to an account: it admits them, is one itself, or has written to them here."""

    async def hosts(self, limit: int) -> list[KnownPerson]:
        """At most `limit` accounts to whom guests may write, and the guests who are there, by name."""

    async def admit_guests(self, account_id: int, admit: bool) -> None:
        """Let guests write to an account, or not."""
