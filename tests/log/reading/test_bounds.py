"""Between which times the lines of a block, or of a day, are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import at, json_of, micros, record, text_of
from vestnik.log.reading.bounds import Bounds, bounds_of, bounds_of_date
from vestnik.log.reading.stamps import SECOND, Stamps

pytestmark = pytest.mark.usefixtures("utc")
OFFSETS = st.sampled_from([-720, -570, -60, 0, 180, 345, 630, 840]).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
MOMENTS = st.lists(st.tuples(st.floats(0, 1e7), OFFSETS), min_size=1, max_size=20)


@given(MOMENTS)
def test_objects(moments: list[tuple[float, timezone]]) -> None:
    """In whatever order and zones lines are, each is within; and the bounds are as narrow as zones allow."""
    made = [record(at(round(seconds, 6)).astimezone(zone)) for seconds, zone in moments]
    bounds = bounds_of(b"".join(json_of(each) + b"\n" for each in made), "jsonl")
    assert bounds is not None
    times = [micros(datetime.fromisoformat(each["time"])) for each in made]
    assert bounds.first <= min(times) <= max(times) < bounds.last
    if len({zone for _, zone in moments}) == 1:
        assert min(times) - bounds.first < SECOND >= bounds.last - max(times)


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=20))
def test_text(moments: list[float]) -> None:
    """Lines of text are local time."""
    made = [record(at(round(seconds, 3))) for seconds in moments]
    bounds = bounds_of(b"".join(text_of(each) + b"\n" for each in made), "log")
    times = [micros(datetime.fromisoformat(each["time"])) for each in made]
    assert bounds is not None
    assert bounds.first <= min(times) <= max(times) < bounds.last
    assert min(times) - bounds.first < SECOND >= bounds.last - max(times)


@pytest.mark.parametrize("kind", ["log", "jsonl"])
@pytest.mark.parametrize("where", [0, 1, 2])
@pytest.mark.parametrize("strange", [b"torn", b"", b"0", b"{}", b'{"time":"x', b"9999-99-99 99:99:99,999", b"\xff"])
def test_lines_without_a_time(kind: str, where: int, strange: bytes) -> None:
    """Where a line may have no time nothing is known."""
    shape = json_of if kind == "jsonl" else text_of
    lines = [shape(record(at(second))) for second in range(2)]
    lines.insert(where, strange)
    if where < 2 or strange:
        assert bounds_of(b"\n".join(lines), kind) is None  # type: ignore[arg-type]  # a kind of lines


def test_clocks_are_changed(zone: Callable[[str], None]) -> None:
    """Of text about a change of the clocks nothing is known; objects have their zones."""
    zone("Europe/Berlin")
    made = record(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone())
    assert bounds_of(text_of(made), "log") is None
    start = micros(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert bounds_of(json_of(made), "jsonl") == Bounds(start, start + SECOND)


@given(st.floats(0, 1e7), OFFSETS)
def test_days(seconds: float, zone: timezone) -> None:
    """A line is within its date, wherever on the earth it was written."""
    made = record(at(round(seconds, 6)).astimezone(zone))
    bounds = bounds_of_date(made["time"][:10], "jsonl")
    assert bounds.first <= micros(at(round(seconds, 6))) < bounds.last


@pytest.mark.parametrize("name", ["Africa/Cairo", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe"])
def test_days_of_text(zone: Callable[[str], None], name: str) -> None:
    """A line of text is within its date, also on days that begin or end with a change of the clocks."""
    zone(name)
    for start in (
        datetime(2023, 4, 26, tzinfo=UTC),
        datetime(2011, 12, 28, tzinfo=UTC),
        datetime(2026, 10, 31, tzinfo=UTC),
    ):
        for quarter in range(4 * 96):
            line = text_of(record(at(quarter * 900, start).astimezone()))
            stamps = Stamps("log")
            time = stamps.read(line)
            assert time is not None
            bounds = bounds_of_date(line[:10].decode(), "log")
            assert bounds.first <= time <= time + stamps.spread < bounds.last


def test_meets() -> None:
    """The first moment of a span belongs to it, the last does not."""
    bounds = Bounds(10, 20)
    assert [bounds.meets(since, since + 1) for since in (8, 9, 10, 19, 20)] == [False, False, True, True, False]
