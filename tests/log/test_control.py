"""Signals to a running program about its journal."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

from vestnik.log.control import controlled, record_statistics, toggle_trace
from vestnik.log.journal import Journal
from vestnik.log.journaled import is_on
from vestnik.server import catalogue


def test_the_trace_is_turned_on_and_off(make: Callable[..., Journal], tmp_path: Path) -> None:
    """Each time the journaling of functions is turned to the other side, and a record says to which."""
    journal = make("tracing", json=True)
    states = []
    for _ in range(2):
        toggle_trace(journal)
        states.append(is_on("tracing"))
    journal.close()
    assert states == [True, False]
    found = [json.loads(line) for line in (tmp_path / "tracing.jsonl").read_text("utf-8").splitlines()]
    assert [(record["event"], record["level"], record["logger"], record["state"]) for record in found] == [
        ("journal.trace_switched", "INFO", "tracing", "on"),
        ("journal.trace_switched", "INFO", "tracing", "off"),
    ]


def test_statistics(make: Callable[..., Journal], tmp_path: Path) -> None:
    """The record says what became of the records before it: written, dropped by level, waiting."""
    journal = make(json=True, limit=8)
    for _ in range(20):
        journal.record(catalogue.ALL["admin.added"], "anna")
    journal.record(catalogue.SERVER_FORCED)
    assert journal.flush()
    before = journal.statistics
    assert before.dropped > 0
    record_statistics(journal)
    journal.close()
    found = json.loads((tmp_path / "server.jsonl").read_text("utf-8").splitlines()[-1])
    assert (found["event"], found["level"]) == ("journal.statistics", "INFO")
    assert (found["logged"], found["written"], found["dropped"]) == (before.logged, before.written, before.dropped)
    assert found["levels"] == f"INFO {before.dropped}"
    assert (found["high_water"], found["degraded"]) == (before.high_water, False)
    assert found["waiting"] <= 1  # the journal's own record of what was lost
    assert found["slowest_ms"] > 0


async def test_a_signal_is_ignored_again(make: Callable[..., Journal]) -> None:
    """What was ignored before is ignored afterwards: a late signal ends no program."""
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        with controlled(make()):
            assert signal.getsignal(signal.SIGUSR1) != signal.SIG_IGN
        assert signal.getsignal(signal.SIGUSR1) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGUSR1, before)


async def test_the_signals_are_given_back(make: Callable[..., Journal]) -> None:
    """The handlers are there only within, also when it ends with an exception."""
    journal = make()
    numbers = (signal.SIGUSR1, signal.SIGUSR2)
    before = [signal.getsignal(number) for number in numbers]
    try:
        with controlled(journal):
            assert all(signal.getsignal(number) != signal.SIG_DFL for number in numbers)
            raise ValueError
    except ValueError:
        assert [signal.getsignal(number) for number in numbers] == before
