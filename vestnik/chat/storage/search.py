"""Searching messages, as the rules need it."""

from typing import NamedTuple, Protocol

from vestnik.chat.storage.words import Word
from vestnik.protocol.events import Delivery


class SearchPosition(NamedTuple):
    """How far a search has got: `rank` (0 is the best) and the number of the last message looked at."""

    rank: int
    number: int


class Question(NamedTuple):
    """What is looked for among the messages that account `account_id` may read, and how many of them at most.

    All `words` must occur. `since` and `until` are UNIX seconds, `has`
    what the request calls so. `after` is where the page before has ended.
    """

    account_id: int
    words: tuple[Word, ...]
    limit: int
    author_id: int | None = None
    conversation_id: int | None = None
    since: float | None = None
    until: float | None = None
    has: frozenset[str] = frozenset()
    after: SearchPosition | None = None


class SearchPage(NamedTuple):
    """A page of messages, each with its `snippet`; `next` is where the next page begins, None after the last one."""

    messages: list[Delivery]
    next: SearchPosition | None


class SearchStorage(Protocol):
    """Finds messages."""

    async def search(self, question: Question) -> SearchPage:
        """A page of the messages that fit: those with the words, then with words that begin so, then with parts."""
