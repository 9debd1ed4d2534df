"""Lists that come page by page."""

from itertools import count

import pytest

from vestnik.cli.client import pages
from vestnik.cli.client.pages import all_pages
from vestnik.client import Page
from vestnik.protocol.events import Person


def people(*names: str) -> list[Person]:
    """Items of a list."""
    return [Person(name, "online") for name in names]


async def listed(*given: Page[Person]) -> tuple[list[str], list[str], bool]:
    """The names that come of these pages, what each was asked for with, and whether there would be more."""
    asked: list[str] = []

    async def ask(after: str) -> Page[Person]:
        asked.append(after)
        return given[len(asked) - 1]

    found = await all_pages(ask, lambda page: page.next or (page[-1].name if page else ""))
    return [each.name for each in found], asked, found.more


async def test_all_pages() -> None:
    """One page after the other is asked for, also behind one without anything, until there is no more."""
    pages_given = (
        Page(people("a", "b"), more=True),
        Page(people(), more=True, next_page="k"),
        Page(people("z")),
    )
    assert await listed(*pages_given) == (["a", "b", "z"], ["", "b", "k"], False)
    assert await listed(Page(people())) == ([], [""], False)


@pytest.mark.parametrize("again", ["a", ""])
async def test_a_server_that_goes_in_circles(again: str) -> None:
    """A page that begins where an earlier one did is the last."""
    pages_given = (Page(people("a"), more=True), Page(people("b", "a") if again else people(), more=True))
    names, asked, more = await listed(*pages_given)
    assert names == (["a", "b", "a"] if again else ["a"])
    assert asked == ["", "a"]
    assert more


@pytest.mark.parametrize("status", ["", "x" * 8000])
async def test_a_list_without_end(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much there is, the list ends after so many pages or bytes, and says that it is not all of it."""
    monkeypatch.setattr(pages, "MAX_BYTES", 100_000)
    numbers = count()

    async def ask(_after: str) -> Page[Person]:
        return Page([Person(str(next(numbers)), "online", status)], more=True)

    found = await all_pages(ask, lambda page: page[-1].name)
    assert found.more
    assert len(found) == (pages.MAX_PAGES if not status else 13)
