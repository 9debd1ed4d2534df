"""The journal as one thing: all its days, compressed or not, as JSON or as text only, from either end."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from vestnik.log.days.names import DayFile, Kind, day_files
from vestnik.log.reading.bounds import bounds_of_date
from vestnik.log.reading.entry import Entry, Source
from vestnik.log.reading.opening import UNREADABLE, OnUnreadable, OpenFile, Snapshot, open_alone, open_files
from vestnik.log.reading.query import BEGINNING, END, Query
from vestnik.log.reading.scan import Scanner
from vestnik.log.reading.source import PlainFile
from vestnik.log.reading.stamps import SECOND, Stamps

KINDS: Final[tuple[Kind, ...]] = ("jsonl", "log")
"""In which order they are preferred: JSON says more."""
LACKING: Final = SECOND
"""By how much the text of a day must begin before its JSON, or end after it, for lines to be taken from the text."""
OVER: Final = 10 * SECOND
"""By how much the text must go on after the JSON for this to be switched off, not only behind."""
MILLISECOND: Final = SECOND // 1000


class DayFiles(NamedTuple):
    """A file of each kind that a date has; in which forms its lines are is found out at the opening.

    `last_json` says that the next date has no JSON: it may have ended in the middle of this one.
    """

    files: dict[Kind, DayFile]
    last_json: bool


class TimeSlice(NamedTuple):
    """The entries of an open file that are wanted, by their times."""

    file: OpenFile
    since: int
    until: int


class Reader:
    """Reads the journal `name` in `directory`, or only `file`. What cannot be read is left out, and `report` is told.

    `text_only` collects the dates for which a query that asks for fields found nothing but text.
    """

    def __init__(self, directory: Path, name: str, report: OnUnreadable, *, file: DayFile | None = None) -> None:
        self.directory = directory
        self.name = name
        self.text_only: set[str] = set()
        self._report = report
        self._file = file

    def files(self) -> list[DayFile]:
        """The files with lines, sorted by date, a compressed file before the plain one. Raises OSError."""
        if self._file is not None:
            return [self._file]
        return [file for file in day_files(self.directory, self.name) if file.kind in KINDS]

    def entries(self, query: Query, snapshot: Snapshot | None = None) -> Iterator[Entry]:
        """What matches, day by day, within a day in the order of its file. Raises OSError."""
        for day in self._days(query, snapshot):
            with self._opened(day, query, snapshot) as parts:
                for part in parts:
                    scanner = self._scanner(part, query)
                    for block in self._guarded(part.file, part.file.blocks(part.since, part.until)):
                        yield from scanner.entries(block)

    def backward(self, query: Query, at_most: int, snapshot: Snapshot | None = None) -> Iterator[Entry]:
        """What matches, the last first; no more than `at_most` entries. Raises OSError."""
        return itertools.islice(self._backward(query, at_most, snapshot), at_most)

    def last(self, query: Query, count: int, snapshot: Snapshot | None = None) -> list[Entry]:
        """The last `count` entries that match, in their order. Raises OSError."""
        return list(self.backward(query, count, snapshot))[::-1]

    def json_is_over(self, files: dict[Kind, DayFile]) -> bool:
        """Whether a day that has plain files of both kinds goes on as text only."""
        if len(files) < len(KINDS):
            return False
        with ExitStack() as stack:
            opened = [self._alone(files[kind]) for kind in ("log", "jsonl")]
            for file in itertools.chain(*opened):
                stack.enter_context(closing(file))
            return all(opened) and _end(opened[0][0], opened[1][0], OVER) < END

    def _backward(self, query: Query, at_most: int, snapshot: Snapshot | None) -> Iterator[Entry]:
        for day in reversed(self._days(query, snapshot)):
            with self._opened(day, query, snapshot) as parts:
                for part in reversed(parts):
                    scanner = self._scanner(part, query, backward=isinstance(part.file, PlainFile))
                    if isinstance(part.file, PlainFile):
                        blocks = part.file.blocks_backward(part.since, part.until)
                        for block in self._guarded(part.file, blocks):
                            yield from reversed(list(scanner.entries(block)))
                    else:
                        kept: deque[Entry] = deque(maxlen=at_most)
                        for block in self._guarded(part.file, part.file.blocks(part.since, part.until)):
                            kept.extend(scanner.entries(block))
                        yield from reversed(kept)

    def _scanner(self, part: TimeSlice, query: Query, *, backward: bool = False) -> Scanner:
        file = part.file.day
        if file.kind == "log" and query.needs_fields:
            self.text_only.add(file.date)
        return Scanner(Source(file.path, file.kind, self.name), query, part.since, part.until, backward=backward)

    def _guarded(self, file: OpenFile, blocks: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from blocks
        except UNREADABLE as error:
            self._report(file.day.path, error)

    def _days(self, query: Query, snapshot: Snapshot | None) -> list[DayFiles]:
        """The days that may have entries of these times."""
        dates: dict[str, dict[Kind, DayFile]] = {}
        for file in self.files():
            if snapshot is None or file.date <= snapshot.until:
                dates.setdefault(file.date, {})[file.kind] = file
        following: list[dict[Kind, DayFile]] = [*dates.values(), {}][1:]
        return [
            DayFiles(files, last_json="jsonl" not in after)
            for (date, files), after in zip(dates.items(), following, strict=True)
            if not date or any(bounds_of_date(date, kind).meets(query.since, query.until) for kind in files)
        ]

    @contextmanager
    def _opened(self, day: DayFiles, query: Query, snapshot: Snapshot | None) -> Iterator[list[TimeSlice]]:
        """What to read for a day: its JSON, and before and after it what only the text has; or just the text."""
        with ExitStack() as stack:
            found: dict[Kind, list[OpenFile]] = {}
            for kind in KINDS:
                found[kind] = self._open(day.files[kind], snapshot) if kind in day.files else []
                for file in found[kind]:
                    stack.enter_context(closing(file))
            json, text = found["jsonl"], found["log"]
            parts = [TimeSlice(file, query.since, query.until) for file in json or text]
            if json and text:
                begin = _begin(text[0], json[0])
                awaited = snapshot is not None and json[-1].day.date in snapshot.json
                end = _end(text[-1], json[-1], LACKING) if day.last_json and not awaited else END
                before = [TimeSlice(file, query.since, min(query.until, begin)) for file in text if begin > BEGINNING]
                after = [TimeSlice(file, max(query.since, end), query.until) for file in text if end < END]
                parts = before + parts + after
            yield parts

    def _open(self, file: DayFile, snapshot: Snapshot | None) -> list[OpenFile]:
        return self._alone(file) if self._file is not None else open_files(file, self._report, snapshot)

    def _alone(self, file: DayFile) -> list[OpenFile]:
        try:
            found = open_alone(file)
        except OSError as error:
            self._report(file.path, error)
            return []
        return [] if found is None else [found]


def _begin(text: OpenFile, json: OpenFile) -> int:
    """The time until which only the text has lines, as on the day on which JSON was switched on; else BEGINNING."""
    first, second = _time(text, text.first_line), _time(json, json.first_line)
    if first is None or second is None or first[1] >= second[0] - LACKING:
        return BEGINNING
    return second[0]


def _end(text: OpenFile, json: OpenFile, by: int) -> int:
    """The time from which on only the text has lines, as on the day on which JSON was switched off; else END.

    That is so if the text ends later by more than `by`.
    """
    first, second = _time(json, json.last_line), _time(text, text.last_line)
    if first is None or second is None or second[0] <= first[0] + by:
        return END
    return first[0] + MILLISECOND


def _time(file: OpenFile, line: Callable[[], bytes]) -> tuple[int, int] | None:
    """The earliest and the latest time that a line may have; None if it has none or cannot be read.

    It is the time of the text line, which has no zone and milliseconds only, also for a line of JSON.
    """
    stamps = Stamps("log")
    try:
        found = line()
    except UNREADABLE:
        return None  # whoever reads all of the file says so
    if file.day.kind == "jsonl":
        found = found[9:19] + b" " + found[20:28] + b"," + found[29:32]
    time = stamps.read(found)
    return None if time is None else (time, time + stamps.spread)
