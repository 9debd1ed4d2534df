"""Times as people type them: `2026-11-22`, `2026-11-22 10:30`, `10:30`, `yesterday`, `15m` ago."""

import re
import time as clock
from datetime import datetime, time, timedelta
from typing import Final

from vestnik.log.reading.stamps import SECOND

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO: Final = re.compile(r"(\d{1,9})\s*([smhdw])(?:\s+ago)?", re.ASCII)
_DAYS: Final = {"today": 0, "yesterday": 1}


def parse_moment(text: str, now: datetime, *, late: bool = False) -> int:
    """The time that `text` means at `now` (local, without a zone), in microseconds since 1970.

    A date is its first moment, a time without a date is today's, a time without an offset is local. `late` chooses the
    second of the two moments that a time of day has when the clocks were put back; a local time that was left out when
    they were put forward is the moment of that. Raises ValueError.
    """
    given = text.strip().lower()
    if given == "now":
        return _micros(now, late=late)
    if match := _AGO.fullmatch(given):
        return _ago(now, int(match[1]), match[2], late=late)
    if given in _DAYS:
        midnight = datetime.combine(now.date(), time())
        return _micros(midnight - timedelta(days=_DAYS[given]), late=False)
    if ":" in given[:3]:
        return _micros(datetime.combine(now.date(), time.fromisoformat(given)), late=late)
    if not re.match(r"\d{4}-\d\d-\d\d", given):
        raise ValueError(text)
    return _micros(
        datetime.fromisoformat(given.upper().replace(",", ".")), late=late and len(given) > len("2026-11-22")
    )


def _ago(now: datetime, count: int, unit: str, *, late: bool) -> int:
    """Days and weeks ago it was the same time of day; hours and less are counted in hours that went by."""
    try:
        ago = timedelta(**{UNITS[unit]: count})
        if unit in "dw":
            return _micros(now - ago, late=late)
    except OverflowError as error:
        raise ValueError(str(error)) from None
    return _micros(now, late=late) - int(ago.total_seconds()) * SECOND


def _micros(moment: datetime, *, late: bool) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(fold=int(late))
    try:
        whole = moment.replace(microsecond=0)
        seconds = int(whole.timestamp())
        if moment.tzinfo is None and datetime.fromtimestamp(seconds) != whole:
            return _change(whole) * SECOND
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from None
    return seconds * SECOND + moment.microsecond


def _change(left_out: datetime) -> int:
    """When the clocks were put forward over a local time (seconds since 1970). Raises OverflowError, OSError."""
    before, after = sorted(int(left_out.replace(fold=fold).timestamp()) for fold in (0, 1))
    offset = clock.localtime(before).tm_gmtoff
    while after - before > 1:
        middle = (before + after) // 2
        if clock.localtime(middle).tm_gmtoff == offset:
            before = middle
        else:
            after = middle
    return after
