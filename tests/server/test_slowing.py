"""What failures cost, and how long they are remembered."""

import pytest

from vestnik.server import slowing
from vestnik.server.slowing import FORGET, Growth, Slowing

GROWTH = Growth(free=2, first=1.0, new=3.0, tried=10.0)


def failed(times: int) -> Slowing:
    """What is remembered after some failures of the place "here", one each second from second 1 on."""
    made = Slowing(GROWTH)
    for second in range(1, times + 1):
        made.begin("here", second)
        made.fail("here", second)
    return made


@pytest.mark.parametrize(
    ("failures", "new", "tried"), [(0, 0, 0), (1, 0, 0), (2, 1, 1), (3, 2, 2), (4, 3, 4), (9, 3, 10)]
)
def test_growth(failures: int, new: float, tried: float) -> None:
    """The first failures cost nothing, each further one doubles the delay, up to a bound of each kind."""
    assert (GROWTH.delay(failures, tried=False), GROWTH.delay(failures, tried=True)) == (new, tried)
    assert GROWTH.delay(10**6, tried=True) == 10.0


def test_ready() -> None:
    """The delay counts from when the last attempt began, and only where attempts failed."""
    places = failed(3)
    assert places.ready("here", tried=True, now=3.0) == 5.0
    places.begin("here", 5.5)
    assert places.ready("here", tried=True, now=5.5) == 7.5
    assert places.ready("elsewhere", tried=True, now=3.0) == 0.0


def test_forgetting() -> None:
    """A success is forgiven at once, and failures are forgotten after a while without one."""
    places = failed(3)
    assert places.ready("here", tried=True, now=3.0 + FORGET) == 5.0
    assert places.ready("here", tried=True, now=3.1 + FORGET) == 0.0
    assert len(places) == 0
    places = failed(3)
    places.forgive("here")
    assert places.ready("here", tried=True, now=3.0) == 0.0


def test_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of too many places the one that failed longest ago is forgotten."""
    monkeypatch.setattr(slowing, "MAX_SLOWED", 2)
    places = Slowing(GROWTH)
    for place in ("a", "b", "a", "c"):
        places.fail(place, 1.0)
    places.fail("a", 1.0)
    assert len(places) == 2
    assert places.ready("a", tried=True, now=1.0) == 3.0
    places.fail("b", 1.0)
    assert places.ready("b", tried=True, now=1.0) == 1.0
