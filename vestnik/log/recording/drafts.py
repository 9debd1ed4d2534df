"""Drafts: what records have become, line and object, until the files and the console take it."""

import logging
import sys
import time
from collections.abc import Callable, Sequence

from vestnik.log import events
from vestnik.log.events import EventType
from vestnik.log.recording.jsonl import JsonLines
from vestnik.log.recording.outputs import Outputs
from vestnik.log.recording.records import Queued
from vestnik.log.recording.render import Renderer
from vestnik.log.recording.runs import LEAST, RecordRun, divide


class Drafts:
    """Renders the records of the journal `name` for its `outputs`. Used by one thread at a time.

    `taken` counts those that came, `promised` those of them that are promised; `urgent` says that one was CRITICAL
    since somebody has set it to False. `clock` gives seconds since 1970.
    """

    def __init__(
        self, name: str, renderer: Renderer, outputs: Outputs, *, clock: Callable[[], float] = time.time
    ) -> None:
        self.taken = 0
        self.promised = 0
        self.urgent = False
        self._renderer = renderer
        self._json = JsonLines(name, renderer) if outputs.json is not None else None
        self._outputs = outputs
        self._clock = clock
        self._shown_from = outputs.console_level if outputs.console is not None else sys.maxsize
        self._date = ""  # of the lines and objects that the files do not have yet
        self._lines: list[str] = []
        self._objects: list[object] = []
        self._promised = 0  # before these
        self._unshown: list[str] = []

    @property
    def unshown(self) -> int:
        """Lines that the console does not have yet."""
        return len(self._unshown)

    def take(self, records: Sequence[Queued]) -> None:
        """Makes lines and objects of records."""
        self.taken += len(records)
        if len(records) < LEAST or not self._take_together(records):
            for record in records:
                self._take(record)
        self._renderer.forget()

    def say(self, event: EventType, values: tuple[object, ...], error: BaseException | None) -> None:
        """The same of a record of the journal about itself, of this moment."""
        self.taken += 1
        self._take(self._own(event, values, error))
        self._renderer.forget()

    def hand_over(self) -> None:
        """Hands what was made to the files; from now on lines are of the renderer's date."""
        count, promised, outputs = len(self._lines), self.promised - self._promised, self._outputs
        if count and outputs.json is not None and self._json is not None:
            outputs.json.add(self._date, self._json.lines(self._objects), count, promised)
        if count and outputs.text is not None:
            outputs.text.add(self._date, "".join(self._lines).encode(), count, promised)
        self._lines, self._objects, self._promised = [], [], self.promised
        self._date = self._renderer.date

    def show(self) -> None:
        """Hands what the files have to the console as well."""
        lines, self._unshown = self._unshown, []
        if lines and self._outputs.console is not None:
            self._outputs.console.show("".join(lines), len(lines))

    def _own(self, event: EventType, values: tuple[object, ...], error: BaseException | None) -> Queued:
        return (self._clock(), event, values, None, None, error, None)

    def _take(self, record: Queued) -> None:
        """Takes one record."""
        renderer = self._renderer
        try:
            line = renderer.line(record)
        except Exception as error:  # noqa: BLE001 - not a record at all: the line says so in its place
            record = self._own(events.JOURNAL_FAILED, (repr(error),), error)
            line = renderer.line(record)
        if renderer.date != self._date:
            self.hand_over()
        self._lines.append(line)
        if self._json is not None:
            self._objects.append(self._json.record())
        event = record[1]
        self.promised += event.promised
        if event.level >= self._shown_from:
            self._unshown.append(line)
        if event.level >= logging.CRITICAL:
            self.urgent = True

    def _take_together(self, records: Sequence[Queued]) -> bool:
        """Takes records of one second in their order, having made those of one kind together; says whether it could."""
        try:
            micros = self._renderer.enter([record[0] for record in records])
            if micros is None:
                return False
            lines, objects = self._made(records, *divide(records, micros))
        except Exception:  # noqa: BLE001 - one by one it is found out which of them is to blame
            return False
        if self._renderer.date != self._date:
            self.hand_over()
        self._lines += lines
        if self._json is not None:
            self._objects += objects
        happened = {record[1] for record in records}
        levels = {event.level for event in happened}
        highest = max(levels)
        if any(event.promised for event in happened):
            self.promised += sum([record[1].promised for record in records])
        if highest >= self._shown_from:
            alike = min(levels) >= self._shown_from
            shown = zip(lines, records, strict=True)
            self._unshown += lines if alike else [line for line, each in shown if each[1].level >= self._shown_from]
        if highest >= logging.CRITICAL:
            self.urgent = True
        return True

    def _made(
        self, records: Sequence[Queued], runs: Sequence[RecordRun], rest: Sequence[int]
    ) -> tuple[Sequence[str], Sequence[object]]:
        """The lines and the objects of records of the second that the renderer has entered."""
        renderer, json = self._renderer, self._json
        lines: list[str] = [""] * len(records)
        objects: list[object] = [None] * len(records)
        left = list(rest)
        for run in runs:
            sentences = renderer.run(run)
            made = json.run(run, sentences) if json is not None and sentences is not None else ()
            if sentences is None or made is None:
                left += run.places
                continue
            if len(run.places) == len(records):
                return renderer.lines(run, sentences), made
            for at, line in zip(run.places, renderer.lines(run, sentences), strict=True):
                lines[at] = line
            for at, each in zip(run.places, made, strict=False):
                objects[at] = each
        for at in sorted(left):
            lines[at] = renderer.line(records[at])
            if json is not None:
                objects[at] = json.record()
        return lines, objects
