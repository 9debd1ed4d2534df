"""People as others see them, as the rules need them kept."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from vestnik.protocol.events import Person


class Seen(NamedTuple):
    """What is saved of an account's presence: its status text, and when it was last connected (UNIX seconds)."""

    account_id: int
    status: str
    seen: float


class KnownPerson(NamedTuple):
    """An account's presence as it was saved, as if nobody were connected."""

    account_id: int
    person: Person


class PeopleStorage(Protocol):
    """What the store knows of people's presence. What is changed is on disk when the method returns."""

    async def people(self, keys: Sequence[str]) -> dict[str, KnownPerson]:
        """The accounts whose names have these keys, by key."""

    async def everybody(self, after: str, limit: int) -> list[KnownPerson]:
        """At most `limit` accounts that are not disabled, in the order of their keys, from behind `after` on."""

    async def save_people(self, seen: Sequence[Seen]) -> None:
        """Keep what was seen of people."""
