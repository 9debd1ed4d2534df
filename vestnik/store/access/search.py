"""Searching, of the store."""

from typing import Final

from vestnik.chat.storage.search import Found, Question
from vestnik.store.access.base import Access
from vestnik.store.queries import search
from vestnik.store.search_index import catch_up

MOST: Final = 300
"""Messages that may be missing in the index so that a search finds them all the same."""


class SearchAccess(Access):
    """`vestnik.chat.storage.search.SearchStorage`."""

    async def search(self, question: Question) -> Found:
        """A page of the messages that fit.

        Everything that was kept before is found, unless the index is more than MOST messages behind: then what it has.
        """
        await self._change(catch_up, MOST)
        return await self._read(search.search, question)
