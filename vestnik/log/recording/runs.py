"""Runs: records of one kind, which are rendered together, column by column.

What holds for all of them is found out once, and most of the rest needs no call of ours for each: one by one they cost
more than twice as much.
"""

from collections.abc import Hashable, Sequence
from types import NoneType
from typing import Any, Final, NamedTuple

from vestnik.log.events import EventType
from vestnik.log.recording.records import Message, Queued, Values

LEAST: Final = 4
"""Fewer records of one kind are rendered one by one."""
_NONE: Final = {NoneType}


class RecordRun(NamedTuple):
    """Records of one event, or of one template, level and logger of the stdlib; without errors.

    `places` say where they stand among the records that were divided. `event` is that of the first one, `micros` are
    their microseconds since the beginning of the second in which all are. `columns` holds their values: the first ones
    of all, then the second ones. `names` are those of their further fields, `more` the columns of these.
    """

    places: Sequence[int]
    event: EventType | Message
    micros: Sequence[int]
    connections: Sequence[object]
    requests: Sequence[object]
    columns: Sequence[Values]
    names: tuple[str, ...] = ()
    more: Sequence[Values] = ()

    @property
    def shared(self) -> set[int] | None:
        """The different ones of `micros` if they are few, as where a pass of the loop has left many; None if not."""
        different = set(self.micros)
        return different if 2 * len(different) <= len(self.micros) else None


class Divided(NamedTuple):
    """Runs, and the places of the records that are none of one."""

    runs: Sequence[RecordRun]
    rest: Sequence[int]


def divide(records: Sequence[Queued], micros: Sequence[int]) -> Divided:
    """The runs in `records`, all of one second, `micros` microseconds after it began.

    Raises TypeError or ValueError if one of them is no record.
    """
    _, events, _, _, _, errors, mores = columns = tuple(zip(*records, strict=True))
    if len(set(events)) == 1 and type(events[0]) is EventType and set(map(type, (*errors, *mores))) == _NONE:
        run = _run(range(len(records)), columns, micros)
        return Divided((), range(len(records))) if run is None else Divided((run,), ())
    runs: list[RecordRun] = []
    rest: list[int] = []
    for kind, places in _kinds(records).items():
        run = None
        if kind is not None and len(places) >= LEAST:
            columns = tuple(zip(*[records[at] for at in places], strict=True))
            run = _run(places, columns, [micros[at] for at in places])
        if run is None:
            rest += places
        else:
            runs.append(run)
    return Divided(runs, sorted(rest))


def _kinds(records: Sequence[Queued]) -> dict[Hashable, list[int]]:
    """The places of the records of each kind; None is the kind of those that are looked at one by one."""
    found: dict[Hashable, list[int]] = {}
    for at, (_, event, _, _, _, error, more) in enumerate(records):
        kind: Hashable
        if error is not None:
            kind = None
        elif type(event) is EventType:
            kind = (event, *more) if more else event
        elif type(event) is Message:
            kind = None if more else (event.template, event.level, event.logger)
        else:
            raise TypeError(f"{event!r} is no event")
        places = found.get(kind)
        if places is None:
            found[kind] = [at]
        else:
            places.append(at)
    return found


def _run(places: Sequence[int], columns: Sequence[Sequence[Any]], micros: Sequence[int]) -> RecordRun | None:
    """The run of the records of one kind at `places`, which are given as columns; None if their values do not fit."""
    _, events, rows, connections, requests, _, mores = columns
    event = events[0]
    if type(event) is Message:
        rows = [each.args for each in events]
    names = tuple(mores[0] or ())
    more: tuple[Values, ...] = ()
    try:
        if names:
            more = tuple(zip(*[each.values() for each in mores], strict=True))
        return RecordRun(places, event, micros, connections, requests, tuple(zip(*rows, strict=True)), names, more)
    except ValueError:
        return None  # not all have as many
