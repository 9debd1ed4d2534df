"""The journal: callers record events, one thread writes them (`writer`).

A caller only appends to a bounded queue: no lock, no formatting, no system call, so that recording is safe from
any thread, from signal handlers and from `__del__`, and never waits for a disk or a terminal.
"""

import atexit
import logging
import os
import re
import threading
import time
import weakref
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Protocol, cast

from vestnik.language import DEFAULT_LANGUAGE, LANGUAGES
from vestnik.log.context import CORRELATION
from vestnik.log.events import EventType
from vestnik.log.recording.console import Stream
from vestnik.log.recording.inbox import LIMIT
from vestnik.log.recording.outputs import Keep, Wanted
from vestnik.log.recording.records import Queued, Record, named, plain_all
from vestnik.log.recording.redact import redact
from vestnik.log.recording.render import Renderer, sentence
from vestnik.log.recording.storm import Storms
from vestnik.log.recording.writer import JournalWriter
from vestnik.log.trouble import said

__all__ = ["Journal", "Keep", "Record", "Statistics"]

SILENT: Final = 1 << 30
"""A level that no record has."""
PATIENCE: Final = 10.0
"""Seconds without any progress after which `close` gives up on a disk that hangs."""


class Statistics(NamedTuple):
    """What became of the records: all that were `logged`, the lines `written` to the file, those `dropped`.

    `waiting` is the rest. The journal's own records are counted as well. `dropped_levels` counts the records that
    found no room by the name of their level, `high_water` is the longest that the queue was, `slowest` the longest
    write in seconds, `trouble` why the file cannot be written, empty if it can (`degraded` says which).
    """

    logged: int
    written: int
    dropped: int
    dropped_levels: dict[str, int]
    high_water: int
    slowest: float
    trouble: str

    @property
    def waiting(self) -> int:
        """Records that are neither written nor dropped yet."""
        return self.logged - self.written - self.dropped

    @property
    def degraded(self) -> bool:
        """Whether the file cannot be written at the moment."""
        return bool(self.trouble)


NO_STATISTICS: Final = Statistics(0, 0, 0, {}, 0, 0.0, "")


class Link(Protocol):
    """What a journal asks of the stdlib logger that it is attached to (`handler.JournalHandler`)."""

    wants: Callable[[int], bool]
    """Whether records of this level are to be made."""

    @property
    def threshold(self) -> int:
        """The logger's level, and so the journal's."""

    @threshold.setter
    def threshold(self, level: int) -> None: ...

    def shares(self) -> bool:
        """Whether somebody else listens: other handlers, filters, the loggers above."""

    def offer(self, record: Record, sentence: str) -> bool:
        """Hands `record` to everybody else; says whether the journal is to write it as well."""


class Journal:
    """The records of one program, in daily files and on the console.

    `name` stands in every line and names the files (`server`: `server.log.<date>` and the link `server.log`);
    letters, digits, `_`, `.` and `-` only. `directory` is where they are: a path, something that gives one when
    the first record is written, or None for no file. `console` is a text stream or gives one, `console_level`
    the level from which on it shows records, `level` the level from which on records are made at all.
    `language` is that of the sentences ("ru" or "en"). `json` says whether there is a JSON object of every record
    (`server.jsonl`) beside the line, `seals` whether changes to the files can be found out, `keep` how long days are
    kept, compressed; None: for ever, as they are. `clock` gives seconds since 1970, `limit` is the number of records
    that may wait. `monotonic` (seconds) and `write` (as `os.write`) are there for tests.

    Nothing is opened or started before the first record. Raises ValueError for a bad name or language.
    """

    def __init__(
        self,
        name: str,
        directory: Path | Callable[[], Path] | None,
        *,
        console: Stream | None = None,
        console_level: int = logging.NOTSET,
        level: int = logging.INFO,
        language: str = DEFAULT_LANGUAGE,
        json: bool = False,
        seals: bool = False,
        keep: Keep | None = None,
        clock: Callable[[], float] = time.time,
        limit: int = LIMIT,
        monotonic: Callable[[], float] = time.monotonic,
        write: Callable[[int, memoryview], int] = os.write,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} cannot be the name of a journal")
        self.name = name
        self._link: Link | None = None
        self._level = level
        self._language = _known_language(language)
        self.clock = self._clock = clock
        self._closed = False
        self._earlier = NO_STATISTICS
        self._lost = 0  # before the present writer

        self._limit = limit
        self._wanted = Wanted(name, directory, console, console_level, json, seals, keep, clock, monotonic, write)
        self._forced = threading.Event()
        self._writer = self._new_writer()
        _LIVE.add(self)

    def record(
        self,
        event: EventType,
        *values: object,
        connection: str | None = None,
        request: int | None = None,
        error: BaseException | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Records `event` now. Never raises and never waits, whatever becomes of file and console.

        `values` are those of `event.fields`, in order; what is not a str, int, float, bool or None becomes its
        text at once. `connection` and `request` say to what it belongs (otherwise the context does: `context`),
        `error` is shown with its traceback. `more` are further fields of the JSON rendering.
        """
        level = event.level
        link = self._link
        if (level < self._level) if link is None else not link.wants(level):
            return
        if connection is None and request is None:
            connection, request = CORRELATION.get()
        item = (self._clock(), event, plain_all(values), connection, request, error, named(more) if more else None)
        if link is not None and link.shares() and not self._offer(link, item):
            return
        self.accept(item)

    def extend(self, records: Sequence[Record]) -> None:
        """Records all of `records`, in order, in one go. Never raises and never waits.

        Their values must be short strings, int, float, bool or None: they are formatted later. Promised ones are
        expected to be known elsewhere: when there is little room, it is left to others (`lost`).
        """
        if not records:
            return
        lowest = highest = records[0][1].level
        promised = True
        for event in {record[1] for record in records}:
            level = event.level
            if level < lowest:
                lowest = level
            elif level > highest:
                highest = level
            promised = promised and event.promised
        link = self._link
        if (lowest < self._level) if link is None else not link.wants(lowest):
            wants = self._level.__le__ if link is None else link.wants
            records = [record for record in records if wants(record[1].level)]
        if link is not None and link.shares():
            records = [record for record in records if self._offer(link, record)]
        writer = self._writer
        inbox = writer.inbox
        count = len(records)
        full = inbox.given - inbox.left + count > inbox.promises - inbox.spare
        if full or not promised:
            for record in records:
                if full and record[1].promised:
                    inbox.lose(record[1].level)
                else:
                    self.accept(record)
        elif records:
            inbox.given += count
            inbox.queue.extend(records)
            if highest >= writer.ring_from:
                writer.ring(highest)

    def _new_writer(self) -> JournalWriter:
        wanted = self._wanted
        renderer = Renderer(self.name, self._language, Storms(wanted.monotonic))
        outputs = wanted.make(self.record)
        return JournalWriter(
            self.name, renderer, outputs, clock=self._clock, monotonic=wanted.monotonic, limit=self._limit
        )

    def _offer(self, link: Link, record: Record) -> bool:
        record = cast(Record, redact(record))
        return link.offer(record, sentence(self._language, record[1], record[2]))

    def accept(self, item: Queued) -> None:
        """Takes a record whose level somebody else has checked already. Never raises and never waits."""
        writer = self._writer
        inbox = writer.inbox
        event = item[1]
        level = event.level
        if event.promised:
            if inbox.given - inbox.left >= inbox.promises:
                inbox.lose(level)
                return
            inbox.given += 1
        elif len(inbox.queue) >= inbox.room and not inbox.admits(event):
            return
        inbox.queue.append(item)
        if level >= writer.ring_from:
            writer.ring(level)

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until everything recorded before is in the file, at most `timeout` seconds; says whether it is.

        After `close` there is nothing to wait for, and the answer is True.
        """
        mark = self._writer.mark()
        return mark is None or mark.wait(timeout)

    def point(self, timeout: float = 5.0) -> dict[str, int] | None:
        """The sizes in bytes of the open files, by name, at a moment when text and objects have the same records.

        Everything recorded before is in them. None if that takes more than `timeout` seconds, or after `close`.
        """
        if self._closed:
            return None
        point = self._writer.point()
        return point.sizes if point.wait(timeout) else None

    def hold(self) -> None:
        """Writes nothing before `proceed`, `release` or `close`; call it before the first record."""
        self._writer.hold()

    def proceed(self) -> None:
        """Ends `hold`."""
        self._writer.proceed()

    def force(self) -> None:
        """Lets `release` and `close` give up soon, from now on, on a disk that does nothing: the rest is lost."""
        self._forced.set()

    def release(self) -> None:
        """Writes everything, ends the threads and closes the files; the next record starts them again.

        However slow the disk is, that is waited for as long as there is progress.
        """
        if self._closed:
            return
        before, after = self._writer, self._new_writer()
        after.follow(before)
        self._writer = after
        before.stop(PATIENCE, self._forced)
        self._earlier = _sum(self._earlier, before)
        self._lost += before.inbox.lost

    def close(self) -> None:
        """Writes everything, ends the threads and closes the files, for good, as `release` does. Idempotent.

        Later records are dropped and counted.
        """
        if not self._closed:
            self._closed = True
            self._writer.stop(PATIENCE, self._forced)

    @property
    def lost(self) -> int:
        """How many promised records found no room so far; they are among those `dropped`."""
        return self._lost + self._writer.inbox.lost

    @property
    def relaxed(self) -> bool:
        """Whether there is room for what was lost: little that is promised waits, and the file is written."""
        writer = self._writer
        return writer.inbox.relaxed and writer.failure is None

    @property
    def failure(self) -> Exception | None:
        """Why the files cannot be written at the moment, as it was raised; None if they can."""
        return self._writer.failure

    def attach(self, link: Link | None) -> None:
        """Makes the level of a stdlib logger the journal's, and its other handlers listeners."""
        self._link = link

    def after_fork(self) -> None:
        """In the child of a fork: the records and files in hand are the parent's business."""
        if not self._closed:
            parents, self._writer = self._writer, self._new_writer()
            parents.abandon()
            self._earlier = NO_STATISTICS

    @property
    def keeps_objects(self) -> bool:
        """Whether there is an object of every record from INFO on."""
        return self._wanted.json and self.level <= logging.INFO

    @property
    def keeps_seals(self) -> bool:
        """Whether the files are sealed."""
        return self._wanted.seals

    @property
    def closed(self) -> bool:
        """Whether it was closed for good."""
        return self._closed

    @property
    def level(self) -> int:
        """The level from which on events are recorded; the logger's, if the journal is attached to one."""
        return self._level if self._link is None else self._link.threshold

    @level.setter
    def level(self, level: int) -> None:
        self._level = level
        if self._link is not None:
            self._link.threshold = level

    @property
    def language(self) -> str:
        """The language of the sentences, "ru" or "en"; setting another raises ValueError."""
        return self._language

    @language.setter
    def language(self, language: str) -> None:
        self._language = _known_language(language)
        self._writer.renderer.language = language

    @property
    def statistics(self) -> Statistics:
        """What became of the records so far."""
        return _sum(self._earlier, self._writer)


_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")
_LIVE: Final[weakref.WeakSet[Journal]] = weakref.WeakSet()


def _known_language(language: str) -> str:
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is not one of the languages {', '.join(LANGUAGES)}")
    return language


def _sum(earlier: Statistics, writer: JournalWriter) -> Statistics:
    refused = writer.inbox.refused
    levels = Counter(earlier.dropped_levels)
    levels.update({logging.getLevelName(level): count for level, count in dict(refused).items()})
    return Statistics(
        earlier.logged + writer.taken + len(writer.inbox.queue) + refused.total(),
        earlier.written + writer.written,
        earlier.dropped + writer.lost + refused.total(),
        dict(levels),
        max(earlier.high_water, writer.high_water),
        max(earlier.slowest, writer.slowest),
        said(writer.failure),
    )


def _release_all() -> None:
    for journal in list(_LIVE):
        journal.release()


def _after_fork() -> None:
    for journal in list(_LIVE):
        journal.after_fork()


atexit.register(_release_all)
os.register_at_fork(after_in_child=_after_fork)
