"""Lists that come page by page, from a server that is not trusted to come to an end."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import msgspec

from vestnik.client import Page

T = TypeVar("T", bound=msgspec.Struct)

MAX_PAGES: Final = 1_000
"""Pages that are asked for."""
MAX_BYTES: Final = 16_777_216
"""Bytes of JSON that they may have together."""


class PageBudget:
    """The room that there still is for pages of a list."""

    def __init__(self) -> None:
        self._pages = MAX_PAGES
        self._bytes = MAX_BYTES

    def takes(self, page: Page[T]) -> bool:
        """Take a page; whether there is room for another."""
        self._pages -= 1
        self._bytes -= len(msgspec.json.encode(list(page)))
        return self._pages > 0 and self._bytes > 0


async def all_pages(ask: Callable[[str], Awaitable[Page[T]]], mark: Callable[[Page[T]], str]) -> Page[T]:
    """All items of a list in one page, which says whether there would be more. Raises ClientError.

    `ask` is given what a page begins behind, for the first one nothing; `mark` says what the next one begins behind. A
    page without anything, and one that begins where an earlier one did, is the last.
    """
    budget, after, begun = PageBudget(), "", {""}
    page = await ask(after)
    found: list[T] = list(page)
    while budget.takes(page) and page.more and (after := mark(page)) not in begun:
        begun.add(after)
        page = await ask(after)
        found += page
    return Page(found, more=page.more)
