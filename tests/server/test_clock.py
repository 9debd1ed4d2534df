"""Which clock is believed, before anything is removed."""

import pytest

from vestnik.chat.storage.retention import ClockRecord
from vestnik.server.clock import LEAP, STEADY, judge, running_seconds

NOW = 1_795_341_600.0
HOUR = 3600.0
KNOWN = ClockRecord(NOW, NOW)


@pytest.mark.parametrize(
    ("shown", "elapsed"), [(NOW, 0.0), (NOW + LEAP, 0.0), (NOW + 30 * LEAP, 29 * LEAP), (NOW - 400 * LEAP, HOUR)]
)
def test_believed(shown: float, elapsed: float) -> None:
    """A clock at most a day ahead of what is known and was counted is believed; also one that is behind."""
    assert judge(KNOWN, shown, elapsed) == ClockRecord(shown, shown)
    assert judge(None, shown, elapsed) == ClockRecord(shown, shown)


def test_doubted() -> None:
    """A clock that is 400 days ahead is not believed; what is known goes on as the machine counts."""
    ahead = NOW + 400 * LEAP
    first = judge(KNOWN, ahead, 0.0)
    assert first == ClockRecord(NOW, ahead)
    assert judge(first, ahead + HOUR, HOUR) == ClockRecord(NOW + HOUR, ahead + HOUR, HOUR)
    assert judge(first, NOW + HOUR, HOUR) == ClockRecord(NOW + HOUR, NOW + HOUR)


def test_believed_in_the_end() -> None:
    """A clock that stays ahead and goes on evenly is believed after three days of running, not before."""
    shown = NOW + 400 * LEAP
    known = judge(KNOWN, shown, 0.0)
    hours = 0
    while known.trusted != shown:
        shown += HOUR
        hours += 1
        known = judge(known, shown, HOUR)
    assert hours * HOUR == STEADY


def test_a_clock_that_jumps_again() -> None:
    """What was even before counts no more when the clock jumps again."""
    known = ClockRecord(NOW, NOW + 400 * LEAP, STEADY - 1.0)
    assert judge(known, NOW + 500 * LEAP, HOUR) == ClockRecord(NOW + HOUR, NOW + 500 * LEAP)


def test_running_seconds() -> None:
    """They only grow."""
    first = running_seconds()
    assert running_seconds() >= first
