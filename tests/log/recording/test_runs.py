"""Which records are rendered together."""

import pytest

from vestnik.log.recording.records import Message, Queued
from vestnik.log.recording.runs import LEAST, divide
from vestnik.server import catalogue

from ..conftest import NOON

STOPPED, STARTED = catalogue.SERVER_STOPPED, catalogue.SERVER_STARTED


def started(port: object = 7777, **more: object) -> Queued:
    """A record with two values."""
    return (NOON, STARTED, ("localhost", port), "7", 1, None, more or None)


def stopped(error: BaseException | None = None) -> Queued:
    """A record without values."""
    return (NOON, STOPPED, (), None, None, error, None)


def test_one_kind() -> None:
    """Records of one event are one run, with their values in columns."""
    ports = list(range(LEAST))
    (run,), rest = divide([started(port) for port in ports], ports)
    assert run.event is STARTED
    assert run.columns == (("localhost",) * LEAST, tuple(ports))
    assert (list(run.places), run.micros, rest) == (ports, ports, ())
    assert run.shared is None


def test_mixed() -> None:
    """Records of several kinds are several runs; those with errors, and kinds of which there are few, are none."""
    records = [started(), stopped()] * LEAST + [stopped(ValueError()), started(id="a"), started(id="b")]
    runs, rest = divide(records, [5] * len(records))
    assert [(run.event, list(run.places)) for run in runs] == [(STARTED, [0, 2, 4, 6]), (STOPPED, [1, 3, 5, 7])]
    assert rest == [8, 9, 10]
    assert runs[0].shared == {5}


def test_further_fields() -> None:
    """Records with the same further fields are a run, with columns for these."""
    (run,), rest = divide([started(id=name) for name in "abcd"], [0] * 4)
    assert (run.names, run.more, list(rest)) == (("id",), (("a", "b", "c", "d"),), [])


def test_messages() -> None:
    """Records of the stdlib are of one kind if template, level and logger are the same."""
    records: list[Queued] = [
        (NOON, Message("server", 20, template, (number,)), (), None, None, None, None)
        for number in range(4)
        for template in ("one %d", "two %d")
    ]
    runs, rest = divide(records, [0] * 8)
    assert [list(run.places) for run in runs] == [[0, 2, 4, 6], [1, 3, 5, 7]]
    assert [run.columns for run in runs] == [((0, 1, 2, 3),)] * 2
    assert rest == []


def test_values_that_do_not_fit() -> None:
    """Records of one event that do not have as many values are looked at one by one."""
    records = [started() for _ in range(4)] + [stopped()] * 4
    records[1] = (NOON, STARTED, ("localhost",), None, None, None, None)
    runs, rest = divide(records, [0] * 8)
    assert [run.event for run in runs] == [STOPPED]
    assert rest == [0, 1, 2, 3]


@pytest.mark.parametrize("record", [(NOON, STOPPED), (NOON, "stopped", (), None, None, None, None)])
def test_no_record(record: Queued) -> None:
    """What is no record is said to be none."""
    with pytest.raises((TypeError, ValueError)):
        divide([stopped(), record], [0, 0])
