"""What comes again and again from one source."""

from collections import Counter

import pytest

from vestnik.server.repeats import MAX_WAIT, Allowance, Repeats


def test_allowance() -> None:
    """So many at once, then one for each part of a second; what is not used does not pile up."""
    source = Repeats("7", Allowance(3, 2.0), 100.0)
    assert [source.allows(100.0) for _ in range(4)] == [True, True, True, False]
    assert [source.allows(100.5), source.allows(100.5)] == [True, False]
    assert [source.allows(1000.0) for _ in range(4)] == [True, True, True, False]


def test_counts() -> None:
    """What is hidden is counted by its kind, with its first and last moment, and told once."""
    source = Repeats("7", Allowance(0, 0.0), 100.0)
    for at, kind in ((3600.0, "400 b"), (3601.0, "a"), (3660.0, "400 b")):
        source.hide(kind, at, 100.0)
    number, kinds, since, until = source.take()
    assert (number, kinds) == (3, "400 b 2, a 1")
    assert (since[-5:], until[-5:]) == ("00:00", "01:00")
    assert not source.hidden


def test_more_and_more_seldom() -> None:
    """A count is due after a second; while it goes on, after twice the time, at most about a minute; then anew."""
    source = Repeats("7", Allowance(0, 0.0), 100.0)
    now, waits = 100.0, []
    for _ in range(9):
        source.hide("a", 0.0, now)
        waits.append(source.due - now)
        now = source.due
        source.take()
    assert waits == [1, 2, 4, 8, 16, 32, 64, 64, MAX_WAIT]
    now += MAX_WAIT + 1
    source.hide("a", 0.0, now)
    assert source.due - now == 1


@pytest.mark.parametrize("own", [True, False])
def test_counted_elsewhere(own: bool) -> None:
    """One source can count what another one has hidden."""
    one, other = (Repeats(label, Allowance(0, 0.0), 100.0) for label in ("1", "2"))
    other.hide("a", 50.0, 100.0)
    other.hide("b", 60.0, 100.0)
    if own:
        one.hide("a", 55.0, 100.0)
    one.take_over(other, 100.0)
    assert not other.hidden
    assert one.hidden == Counter(a=2 if own else 1, b=1)
    assert one.take()[2:] == _taken(50.0, 60.0)


def _taken(since: float, until: float) -> tuple[str, str]:
    source = Repeats("3", Allowance(0, 0.0), 0.0)
    source.hide("a", since, 0.0)
    source.hide("a", until, 0.0)
    return source.take()[2:]
