"""The small benchmark: what its loads are, what a run of one tells, and the quotients."""

import shutil

import pytest

from bench.peers import SERVERS
from bench.profiles import PROFILES, Result, build, measure, tiny
from bench.quick import COUNTS, HEADING, LEAST, OURS, quick, row

LOADS = {profile.name: profile for profile in PROFILES}


@pytest.mark.skipif(shutil.which("cc") is None, reason="the load generator is written in C")
@pytest.mark.xdist_group("loadgen")
@pytest.mark.parametrize("server", [OURS, LEAST])
def test_a_run(server: str) -> None:
    """A load of rich clients comes to its end on both servers, and tells how many messages a commit had."""
    build()
    figures = measure(SERVERS[server], tiny(LOADS["people-rich"]))
    assert figures["messages"] == 50
    assert 1 <= figures["per_commit"] <= 50
    assert figures["commits"] * figures["per_commit"] == pytest.approx(50, abs=1)
    assert figures["cpu_us"] > 0


@pytest.mark.parametrize("name", COUNTS)
def test_small_loads(name: str) -> None:
    """A small load is one of the others with fewer messages."""
    small, whole = quick(LOADS[name]), LOADS[name]
    assert 0 < small.messages["own"] < whole.messages["own"]
    assert (small.options, small.rooms, small.connections) == (whole.options, whole.rooms, whole.connections)


def test_quotients() -> None:
    """A quotient above one says that more processor time is needed, or that it is faster."""
    ours, least = Result(), Result()
    ours.rounds.append({"cpu_us": 30.0, "copies_per_s": 10_000.0, "per_commit": 200.0})
    least.rounds.append({"cpu_us": 20.0, "copies_per_s": 40_000.0})
    results = {(OURS, "pairs"): ours, (LEAST, "pairs"): least}
    told = dict(zip(HEADING, row(LOADS["pairs"], results), strict=True))
    assert told["CPU: Vestnik / sketch"] == "1.50 ×"
    assert told["speed"] == "0.25 ×"
    assert told["messages per commit"] == "200.0 / –"


def test_quotients_of_times() -> None:
    """Where times are measured, the shorter one is the faster one."""
    ours, least = Result(), Result()
    ours.rounds.append({"cpu_us": 8.0, "p50_us": 1000.0, "p99_us": 1000.0})
    least.rounds.append({"cpu_us": 8.0, "p50_us": 800.0, "p99_us": 900.0})
    results = {(OURS, "latency"): ours, (LEAST, "latency"): least}
    assert dict(zip(HEADING, row(LOADS["latency"], results), strict=True))["speed"] == "0.80 ×"
