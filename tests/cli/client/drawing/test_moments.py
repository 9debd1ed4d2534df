"""Times as people read them."""

from datetime import date

import pytest

from vestnik.cli.client.drawing.moments import day_name, day_of, moment, time_of_day


@pytest.fixture(autouse=True)
def _utc(utc: None) -> None:
    """Times are shown in UTC."""


def test_moment() -> None:
    """A time is local; a number that is no time stays a number."""
    assert moment(1795341600) == "2026-11-22 10:00:00"
    assert moment(1e30) == "1e+30"
    assert moment(float("nan")) == "nan"


def test_day_and_time() -> None:
    """Of a moment there is a day and a time of day, if any calendar has it."""
    assert (day_of(1795341600), time_of_day(1795341600)) == (date(2026, 11, 22), "10:00")
    assert (day_of(1e30), time_of_day(1e30)) == (None, "")


def test_day_name() -> None:
    """A day is called as people call it."""
    assert day_name(date(2026, 11, 30), "en") == "Monday, 30 November 2026"
    assert day_name(date(2027, 5, 1), "ru") == "суббота, 1 мая 2027"
