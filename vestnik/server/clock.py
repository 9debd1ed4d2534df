"""Whether the clock can be believed, before anything is removed because of what it shows.

A clock without a battery, a mistyped date, a time server gone wrong show years that have not come yet, and what was
written a minute ago looks old. A jump ahead is therefore not believed at once: the time goes on from the last one that
was trusted, as far as the machine itself has counted seconds, until the clock has gone on evenly for long enough that
somebody would have set it right. Less is removed meanwhile, never more.
"""

import time
from typing import Final

from vestnik.chat.storage.retention import ClockRecord

LEAP: Final = 86_400.0
"""Seconds that the clock may be ahead of what is known: so long a server may have been off without being asked."""
STEADY: Final = 3 * 86_400.0
"""Seconds of running after which a clock that went on evenly is believed, though it is further ahead."""


def running_seconds() -> float:
    """Seconds that the machine has counted, those that it slept included; nobody can set them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def judge(known: ClockRecord | None, shown: float, elapsed: float) -> ClockRecord:
    """What is known now that the clock shows `shown`, `elapsed` seconds after the last judgement of this process.

    The clock is to be believed if that is what is `trusted`.
    """
    if known is None or shown <= known.trusted + elapsed + LEAP:
        return ClockRecord(shown, shown)
    even = abs(shown - known.shown - elapsed) <= LEAP
    steady = known.steady + elapsed if even else 0.0
    if steady >= STEADY:
        return ClockRecord(shown, shown)
    return ClockRecord(known.trusted + elapsed, shown, steady)
