"""The times of lines: read from the first bytes of a line, without looking at the rest of it."""

from datetime import UTC, datetime
from typing import Final

from vestnik.log.days.names import Kind

SECOND: Final = 1_000_000
"""Times are microseconds since 1970."""
_JSON_HEAD: Final = b'{"time":"'
_LONGEST: Final = 48
"""A time in JSON has fewer bytes than this."""


class Stamps:
    """Reads the times of the lines of one file, which mostly share their second with the line before.

    `spread` says how much later than the time given the line may be, in microseconds: the text line names no zone, so
    in the hour that a change of the clocks repeats it may be either one.
    """

    __slots__ = ("_base", "_known", "_zone", "read", "spread")

    def __init__(self, kind: Kind) -> None:
        self.spread = 0
        self._known = b""
        self._zone = b""
        self._base = 0
        self.read = self._json if kind == "jsonl" else self._text

    def _json(self, line: bytes) -> int | None:
        """The time of a JSON line, None if it does not begin with one."""
        if line[9:28] != self._known or line[35:44] != self._zone:
            if line[:9] != _JSON_HEAD:
                return None
            end = line.find(b'"', len(_JSON_HEAD), _LONGEST)
            try:
                moment = datetime.fromisoformat(line[len(_JSON_HEAD) : max(end, 0)].decode("ascii"))
                base = int(moment.replace(microsecond=0).timestamp()) * SECOND
            except (ValueError, OverflowError):
                return None
            if moment.tzinfo is None or line[28:29] != b"." or not line[29:35].isdigit() or line[35:36].isdigit():
                return None
            self._known, self._zone, self._base = line[9:28], line[35:44], base
        fraction = line[29:35]
        if not fraction.isdigit() or len(fraction) < 6 or line[:9] != _JSON_HEAD:
            return None
        return self._base + int(fraction)

    def _text(self, line: bytes) -> int | None:
        """The time of a text line, None if it does not begin with one."""
        fraction = line[20:23]
        if line[19:20] != b"," or line[10:11] != b" " or not fraction.isdigit() or len(fraction) < 3:
            return None
        if line[:19] != self._known:
            try:
                moment = datetime.fromisoformat(line[:19].decode("ascii"))
                early, late = sorted(int(moment.replace(fold=fold).timestamp()) for fold in (0, 1))
            except (ValueError, OverflowError):
                return None
            self._known, self._base, self.spread = line[:19], early * SECOND, (late - early) * SECOND
        return self._base + int(fraction) * 1000


def iso(time: int) -> str:
    """A time as JSON lines have it: local, with microseconds and offset."""
    seconds, fraction = divmod(time, SECOND)
    moment = datetime.fromtimestamp(seconds, UTC).astimezone().replace(microsecond=fraction)
    return moment.isoformat(timespec="microseconds")
