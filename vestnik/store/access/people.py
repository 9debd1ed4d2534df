"""People's presence in the store."""

from collections.abc import Sequence

from vestnik.chat.storage.people import KnownPerson, Seen
from vestnik.store.access.base import Access
from vestnik.store.queries import people


class PeopleAccess(Access):
    """`vestnik.chat.storage.people.PeopleStorage`, and what the server saves of it."""

    async def people(self, keys: Sequence[str]) -> dict[str, KnownPerson]:
        """The accounts whose names have these keys, by key."""
        return await self._read(people.people, keys)

    async def save_people(self, seen: Sequence[Seen]) -> None:
        """Keep what was seen of people."""
        await self._change(people.save_people, seen)
