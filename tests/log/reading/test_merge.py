"""Several journals on one time line."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import at, entry_of, record
from vestnik.log.reading.merge import HELD, JITTER, merged, settled

SECONDS = st.lists(st.integers(0, 400).map(lambda number: number / 100), max_size=40)


@given(SECONDS)
def test_settled(seconds: list[float]) -> None:
    """Nothing is lost; what is out of order by less than the jitter is in order; equals stay in their order."""
    entries = [entry_of(record(at(each), message=str(number))) for number, each in enumerate(seconds)]
    found = list(settled(entries))
    assert sorted(map(id, found)) == sorted(map(id, entries))
    place = {id(entry): number for number, entry in enumerate(entries)}
    for one, other in pairwise(found):
        if one.time == other.time:
            assert place[id(one)] < place[id(other)]
    newest = max((entry.time for entry in entries), default=0)
    if all(entry.time > newest - JITTER for entry in entries):
        assert [entry.time for entry in found] == sorted(entry.time for entry in entries)


def test_settled_keeps_back_little() -> None:
    """However many entries are of the same moment, only so many wait for each other."""
    given = (entry_of(record(at(0), message=str(number))) for number in range(HELD * 2))
    found = settled(given)
    next(found)
    assert next(given).facts.get("message") == str(HELD + 1)


@given(st.lists(SECONDS.map(sorted), min_size=1, max_size=3))
def test_merged(journals: list[list[float]]) -> None:
    """Sorted journals become one sorted line, each entry with its side; at the same time, in the order of the sides."""
    sides = {
        str(side): [entry_of(record(at(each), message=f"{side} {number}")) for number, each in enumerate(seconds)]
        for side, seconds in enumerate(journals)
    }
    found = list(merged(sides))
    assert len(found) == sum(map(len, journals))
    assert [(each.time, each.side) for each in found] == sorted((each.time, each.side) for each in found)
    assert all(each.entry.facts.get("message").split()[0] == each.side for each in found)
