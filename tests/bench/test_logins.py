"""The benchmark of logins: that it runs, and what it takes for good."""

import pytest
import uvloop

from bench.logins import LEAST_LOGINS, MOST_SECONDS, judge, measure
from bench.peers import vestnik


@pytest.mark.xdist_group("loadgen")
def test_runs() -> None:
    """A few clients log in, are cut, and come back."""
    with vestnik(5, settings='lang = "en"\n') as server:
        per_second, seconds, spent = uvloop.run(measure(server, 5))
    assert per_second > 0
    assert seconds > 0
    assert spent > 0


def test_goals() -> None:
    """Both figures have to be there and within their limits."""
    assert [goal.met for goal in judge(10, LEAST_LOGINS, MOST_SECONDS)] == [True, True]
    assert [goal.met for goal in judge(10, LEAST_LOGINS - 1, MOST_SECONDS + 1)] == [False, False]
    assert [goal.met for goal in judge(10, None, None)] == [False, False]
