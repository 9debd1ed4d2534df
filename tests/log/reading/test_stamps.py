"""The times of lines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import START, at, json_of, micros, record, text_of
from vestnik.log.reading.stamps import SECOND, Stamps, iso

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS)


@given(st.lists(MOMENTS, min_size=1, max_size=5))
def test_json_times_are_exact(moments: list[datetime]) -> None:
    """The time of a JSON line is exact to the microsecond in every zone, whichever line was read before."""
    stamps = Stamps("jsonl")
    for moment in moments:
        assert stamps.read(json_of(record(moment))) == micros(moment)
        assert stamps.read(json_of(record(moment + timedelta(microseconds=1)))) == micros(moment) + 1
    assert stamps.spread == 0


def test_text_times_are_local(zone: Callable[[str], None]) -> None:
    """A text line has the local time with milliseconds."""
    zone("Europe/Moscow")
    assert Stamps("log").read(b"2026-11-22 13:00:05,178 INFO     server     x") == micros(at(5)) + 178_000


def test_the_repeated_hour_has_two_times(zone: Callable[[str], None]) -> None:
    """In the hour that is repeated in autumn a text line may be either one; in the hour that is left out too."""
    zone("Europe/Berlin")
    stamps = Stamps("log")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert stamps.read(b"2026-10-25 02:30:00,000 INFO     server     x") == micros(first)
    assert stamps.spread == 3600 * SECOND
    assert stamps.read(b"2026-10-25 03:30:00,000 INFO     server     x") == micros(first) + 2 * 3600 * SECOND
    assert stamps.spread == 0


@pytest.mark.parametrize("kind", ["jsonl", "log"])
@pytest.mark.parametrize("read_before", [False, True])
def test_no_time(kind: str, read_before: bool) -> None:
    """What does not begin with a time has none, also directly after a line that does."""
    stamps = Stamps(kind)  # type: ignore[arg-type]  # a kind of lines
    whole = json_of(record(START)) if kind == "jsonl" else text_of(record(START))
    length = 44 if kind == "jsonl" else 23
    if read_before:
        assert stamps.read(whole) == micros(START)
    for cut in range(length - (9 if kind == "jsonl" else 0)):
        assert stamps.read(whole[:cut]) is None
    for bad in (b"", b"\xff" * 60, whole.replace(b"2026", b"2o26"), whole.replace(b"11-22", b"13-22"), b" " + whole):
        assert stamps.read(bad) is None
    assert Stamps("jsonl").read(b'{"time":"2026-11-22T10:00:00.000000","level":"INFO"}') is None
    assert Stamps("jsonl").read(b'{"time":"2026-11-22T10:00:00.0000001+00:00","level":"INFO"}') is None
    assert Stamps("jsonl").read(b'{"time":"2026-11-22T10:00:00+00:00","level":"INFO"}') is None


def test_offsets_with_seconds() -> None:
    """Historic zones have offsets with seconds."""
    zoned = datetime(2026, 11, 22, 12, 30, 17, tzinfo=timezone(timedelta(hours=2, minutes=30, seconds=17)))
    stamps = Stamps("jsonl")
    assert stamps.read(json_of(record(zoned))) == micros(START)
    assert stamps.read(json_of(record(zoned))) == micros(START)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_iso_is_what_json_has(moment: datetime) -> None:
    """A time is written as it is read."""
    assert Stamps("jsonl").read(f'{{"time":"{iso(micros(moment))}","level":"INFO"}}'.encode()) == micros(moment)
