"""Which lines of text belong to which objects: what one of the two renderings has and the other has not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import zip_longest
from typing import Final, NamedTuple

import msgspec

from vestnik.log.escape import escape, escape_at_most
from vestnik.log.recording.render import FORMAT, MESSAGE_CAP

_STAMP: Final = len("2026-11-22 17:43:05,178")
_SAID: Final = _STAMP + len(" INFO     server     ")
"""Where the sentence of a line begins, if its logger has a short name."""


class _Object(msgspec.Struct):
    time: str
    level: str
    logger: str
    message: str
    traceback: str | None = None


class Difference(NamedTuple):
    """Lines of text that only the objects tell of (`missing`), and those that no object tells of (`strays`)."""

    missing: list[bytes]
    strays: list[bytes]


def compare(objects: Iterable[bytes], text: Iterable[bytes]) -> Difference:
    """Compares whole lines of both kinds from a point on that they have in common.

    What follows the first difference is compared without its order: several programs may have written both.
    """
    pairs = zip_longest(_known(line_of, objects), _known(whole, text))
    wanted: list[bytes] = []
    present: list[bytes] = []
    for line, written in pairs:
        if wanted or present or line != written:
            wanted += [] if line is None else [line]
            present += [] if written is None else [written]
    return Difference(*_unlike(*_without_common(wanted, present)))


def compare_by_time(objects: Iterable[bytes], text: Iterable[bytes]) -> list[bytes]:
    """The lines of text that are missing at the end, where no point is known that both kinds have in common.

    They are compared from the first on that has the time of the last line of text. If the objects have none of that
    time, they were not kept all the time, and nothing is known to be missing.
    """
    wanted, present = list(_known(line_of, objects)), list(_known(whole, text))
    if not present:
        return wanted
    stamp = present[-1][:_STAMP]
    first, begin = _first(present, stamp), _first(wanted, stamp)
    if first is None or begin is None:
        return []
    return _unlike(*_without_common(wanted[begin:], present[first:]))[0]


def _first(lines: Iterable[bytes], stamp: bytes) -> int | None:
    return next((at for at, line in enumerate(lines) if line.startswith(stamp)), None)


def _known(shape: Callable[[bytes], bytes | None], lines: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in map(shape, lines) if line is not None)


def _without_common(wanted: list[bytes], present: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """What is in only one of the two, each in its order; equal lines are counted."""
    there, common = Counter(present), Counter(wanted) & Counter(present)
    missing = []
    for line in wanted:
        if there[line]:
            there[line] -= 1
        else:
            missing.append(line)
    strays = []
    for line in present:
        if common[line]:
            common[line] -= 1
        else:
            strays.append(line)
    return missing, strays


def _unlike(missing: list[bytes], strays: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The same without lines of one moment, level and logger: very long ones are not cut in the same place."""
    if not missing or not strays:
        return missing, strays
    common = Counter(map(_head, missing)) & Counter(map(_head, strays))
    return _beyond(missing, common), _beyond(strays, common)


def _beyond(lines: list[bytes], common: Counter[bytes]) -> list[bytes]:
    left, found = Counter(common), []
    for line in lines:
        if left[_head(line)]:
            left[_head(line)] -= 1
        else:
            found.append(line)
    return found


def _head(line: bytes) -> bytes:
    return line[:_SAID]


def whole(line: bytes) -> bytes | None:
    """A line of text itself; None for half of one, or for what is none."""
    return line if line.endswith(b"\n") and moment(line) is not None else None


def line_of(data: bytes) -> bytes | None:
    """The line of text of an object; None for what is none."""
    try:
        found = msgspec.json.decode(data, type=_Object)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    sentence = found.message if found.traceback is None else f"{found.message}\n{found.traceback}"
    fields = {
        "asctime": f"{found.time[:10]} {found.time[11:19]},{found.time[20:23]}",
        "levelname": escape(found.level).replace(" ", "_"),
        "name": escape(found.logger).replace(" ", "_"),
        "message": escape_at_most(sentence, MESSAGE_CAP),
    }
    return f"{FORMAT % fields}\n".encode()


def moment(line: bytes) -> datetime | None:
    """The local time of a line of text; None if it has none."""
    try:
        return datetime.fromisoformat(line[:_STAMP].decode().replace(",", "."))
    except ValueError:
        return None
