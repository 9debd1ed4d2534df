"""What the store has, in the order of the numbers."""

import pytest

from tests.server.test_recovery import Store
from vestnik.server.unjournaled import read_after


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_pages(page: int) -> None:
    """However few are read at a time, messages and changes come in order, and none is left out."""
    store = Store([1, 2, 3, 7, 9], [4, 5, 6, 8])
    number, found = 0, []
    while some := await read_after(store, number, page):  # type: ignore[arg-type]  # in its place
        found += [each.number for each in some]
        number = found[-1]
        assert len(some) <= 2 * page
    assert found == list(range(1, 10))


async def test_records() -> None:
    """The record of each says when it was kept, and that it was recovered."""
    for each in await read_after(Store([1], [2]), 0, 5):  # type: ignore[arg-type]  # in its place
        created, event, values, *_ = each.record("1f0c")
        assert event.name == ("message.recovered" if each.number == 1 else "change.recovered")
        assert dict(zip(event.fields, values, strict=True))["number"] == each.number
        assert created > 1
