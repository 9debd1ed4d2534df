"""Times as people type them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pages import micros
from vestnik.log.reading.moments import parse_moment

NOW = datetime(2026, 11, 22, 17, 43, 5, 178402)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-11-20", datetime(2026, 11, 20)),
        ("2026-11-20 10:30", datetime(2026, 11, 20, 10, 30)),
        ("2026-11-20T10:30:15", datetime(2026, 11, 20, 10, 30, 15)),
        ("2026-11-20 10:30:15,178", datetime(2026, 11, 20, 10, 30, 15, 178000)),
        ("2026-11-20T10:30:15.178402+03:00", datetime(2026, 11, 20, 7, 30, 15, 178402)),
        ("2026-11-20t10:30:15z", datetime(2026, 11, 20, 10, 30, 15)),
        ("10:30", datetime(2026, 11, 22, 10, 30)),
        (" 10:30:15 ", datetime(2026, 11, 22, 10, 30, 15)),
        ("now", NOW),
        ("today", datetime(2026, 11, 22)),
        ("Yesterday", datetime(2026, 11, 21)),
        ("30s", datetime(2026, 11, 22, 17, 42, 35, 178402)),
        ("15m", datetime(2026, 11, 22, 17, 28, 5, 178402)),
        ("2h", datetime(2026, 11, 22, 15, 43, 5, 178402)),
        ("2h ago", datetime(2026, 11, 22, 15, 43, 5, 178402)),
        ("3d", datetime(2026, 11, 19, 17, 43, 5, 178402)),
        ("1 w", datetime(2026, 11, 15, 17, 43, 5, 178402)),
    ],
)
def test_meaning(text: str, meant: datetime) -> None:
    """Every form means what the help says; local time is UTC here."""
    assert parse_moment(text, NOW) == micros(meant.replace(tzinfo=UTC))


NO_TIMES = ("", "x", "10", "1:1", "25:00", "2026", "2026-13-01", "2026-11-31", "tomorrow", "m", "15", "-3d", "1.5h")


@pytest.mark.parametrize("text", [*NO_TIMES, "999999999w", "٣d", "10:30 x", "\x1b[31m"])
def test_not_a_time(text: str) -> None:
    """Anything else is a ValueError."""
    with pytest.raises(ValueError):
        parse_moment(text, NOW)


@given(st.text())
def test_any_text(text: str) -> None:
    """No text does anything but give a time or raise ValueError."""
    with suppress(ValueError):
        assert isinstance(parse_moment(text, NOW), int)


def test_the_repeated_hour(zone: Callable[[str], None]) -> None:
    """A beginning in the repeated hour is the first one, an end the second, so that nothing is left out."""
    zone("Europe/Berlin")
    first = micros(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert parse_moment("2026-10-25 02:30", NOW) == first
    assert parse_moment("2026-10-25 02:30", NOW, late=True) == first + 3600 * 1_000_000


def test_days_ago_are_days(zone: Callable[[str], None]) -> None:
    """A day ago it was the same time of day, though the day had 25 hours; 24 hours ago it was not."""
    zone("Europe/Berlin")
    now = datetime(2026, 10, 26, 1, 0)
    assert parse_moment("1d", now) == micros(datetime(2026, 10, 24, 23, 0, tzinfo=UTC))
    assert parse_moment("24h", now) == micros(datetime(2026, 10, 25, 0, 0, tzinfo=UTC))
