"""Between which times all lines of a block are, found without reading the time of each.

Nothing is assumed about their order: clocks are put back, and several programs write. The times of a journal have a
form in which the earlier one is also the smaller text, so that the smallest and the largest line tell.
"""

import time
from datetime import UTC, datetime
from typing import Final, NamedTuple

from vestnik.log.days.names import Kind
from vestnik.log.reading.stamps import SECOND

DAY: Final = 86_400
EASTERNMOST: Final = 14 * 3600
WESTERNMOST: Final = -12 * 3600
"""The offsets of local times from UTC, in seconds, are between these two."""
_HEAD: Final = b'{"time":"'
_FORM: Final = b"0000-00-00 00:00:00"
_DIGITS: Final = bytes.maketrans(b"123456789T", b"000000000 ")


class Bounds(NamedTuple):
    """The earliest time, and one that is later than the latest, in microseconds since 1970."""

    first: int
    last: int

    def meets(self, since: int, until: int) -> bool:
        """Whether a time from `since` on and before `until` may be among them."""
        return self.first < until and self.last > since


def bounds_of(block: bytes, kind: Kind) -> Bounds | None:
    """The bounds of the times of whole lines; None if they cannot be told so, as where a line has no time."""
    lines = block.rstrip(b"\n").split(b"\n")
    if kind == "jsonl":
        return _of_json(lines)
    low, high = _wall(min(lines)), _wall(max(lines))
    return None if low is None or high is None or _wall(lines[0]) is None else _of_local(low, high)


def bounds_of_date(date: str, kind: Kind) -> Bounds:
    """The bounds of the times of all lines in the file of a date (YYYY-MM-DD), whatever zones it was written in.

    Lines of text have no zone and are taken as local time.
    """
    midnight = datetime.fromisoformat(date)
    start = int(midnight.replace(tzinfo=UTC).timestamp())
    if kind == "log" and (local := _of_local(midnight, midnight.replace(hour=23, minute=59, second=59))) is not None:
        return local
    return Bounds((start - EASTERNMOST) * SECOND, (start + DAY - WESTERNMOST) * SECOND)


def _of_json(lines: list[bytes]) -> Bounds | None:
    low, high = min(lines), max(lines)
    first, last = _wall(low[9:]), _wall(high[9:])
    if first is None or last is None or not low.startswith(_HEAD) or not high.startswith(_HEAD):
        return None
    try:
        offsets = [_offset(zone) for zone in {line[35:42] for line in lines}]
    except ValueError:
        return None  # a line that is none of ours, or a zone with seconds
    start = int(first.replace(tzinfo=UTC).timestamp()) - max(offsets)
    end = int(last.replace(tzinfo=UTC).timestamp()) - min(offsets)
    return Bounds(start * SECOND, (end + 1) * SECOND)


def _offset(zone: bytes) -> int:
    """The seconds that `+03:00"` is ahead of UTC. Raises ValueError."""
    if len(zone) != len(b'+03:00"') or zone[3:4] != b":" or zone[6:] != b'"' or zone[:1] not in (b"+", b"-"):
        raise ValueError(zone)
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return seconds if zone[:1] == b"+" else -seconds


def _of_local(low: datetime, high: datetime) -> Bounds | None:
    """The bounds of local times; None if the clocks are changed about then."""
    try:
        start, end = int(low.timestamp()), int(high.timestamp())
        offsets = {time.localtime(moment).tm_gmtoff for moment in (start - DAY, start, end, end + DAY)}
    except (ValueError, OverflowError, OSError):
        return None
    return Bounds(start * SECOND, (end + 1) * SECOND) if len(offsets) == 1 else None


def _wall(line: bytes) -> datetime | None:
    """The date and time that a line begins with, to the second."""
    stamp = line[: len(_FORM)]
    if stamp.translate(_DIGITS) != _FORM:
        return None
    try:
        return datetime.fromisoformat(stamp.decode("ascii"))
    except ValueError:
        return None
