"""How much of a disk a journal takes."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vestnik.log import events
from vestnik.log.events import EventType
from vestnik.log.journal import Journal, Keep
from vestnik.log.recording.files import DatedFiles
from vestnik.log.recording.inbox import Inbox
from vestnik.log.recording.quota import NOTHING, Quota, Space, space_at
from vestnik.protocol import answers
from vestnik.server import catalogue

from ..conftest import Clock

DAY = 86_400.0
DELIVERED = catalogue.of_answer(answers.MESSAGE_DELIVERED)


class Place:
    """A journal's inbox and files, and a disk of `size` bytes of which so many are `free`."""

    def __init__(self, directory: Path, clock: Clock, day_bytes: int, wanted: int) -> None:
        self.clock = clock
        self.free, self.size = 1_000_000, 1_000_000
        self.inbox = Inbox(clock)
        self.said: list[tuple[EventType, tuple[object, ...]]] = []
        self.files = [DatedFiles(directory, f"server.{kind}", clock=clock) for kind in ("log", "jsonl")]
        self._quota = Quota(
            self.files, day_bytes, wanted, clock=clock, monotonic=clock, space=lambda _path: Space(self.free, self.size)
        )

    def write(self, size: int) -> None:
        """Make both files of the day longer."""
        for files in self.files:
            with files.path("2021-06-12").open("ab") as file:
                file.write(bytes(size))

    def look(self) -> tuple[bool, bool, bool, bool]:
        """A second later: whether INFO, a refusal, a failure, and what is promised are taken."""
        self.clock.now += 1
        self._quota.apply(self.inbox, lambda event, *values: self.said.append((event, values)))
        kinds = (catalogue.CONNECTION_CLOSED, catalogue.of_answer(answers.ROOM_UNKNOWN), catalogue.REQUEST_FAILED)
        taken = [len(self.inbox.queue) < self.inbox.room or self.inbox.admits(kind) for kind in kinds]
        return (*taken, self.inbox.given < self.inbox.promises)  # type: ignore[return-value]  # there are three


def test_bytes_of_a_day(tmp_path: Path, clock: Clock) -> None:
    """Past its bytes INFO and refusals are left out, then failures; nothing that is promised; until the next day."""
    place = Place(tmp_path, clock, day_bytes=1000, wanted=0)
    assert place.look() == (True, True, True, True)
    place.write(499)
    assert place.look() == (True, True, True, True)
    assert not place.said
    place.write(1)
    assert place.look() == (False, False, True, True)
    assert place.look() == (False, False, True, True)
    place.write(125)
    assert place.look() == (False, False, False, True)
    assert place.said == [(events.JOURNAL_LIMITED, ("day_bytes=1000",))]
    begun = clock.now
    clock.now += DAY
    assert place.look() == (True, True, True, True)
    ((event, values),) = place.said[1:]
    assert (event, values[:2], values[4]) == (events.JOURNAL_LEFT_OUT, (7, "INFO 3, ERROR 4"), "day_bytes=1000")
    assert begun < clock.now


def test_free_bytes(tmp_path: Path, clock: Clock) -> None:
    """So it is when the disk has too few free bytes, until there are clearly more."""
    place = Place(tmp_path, clock, day_bytes=0, wanted=800)
    place.free = 800
    assert place.look() == (True, True, True, True)
    place.free = 799
    assert place.look() == (False, False, True, True)
    place.free = 399
    assert place.look() == (False, False, False, True)
    place.free = 850
    assert place.look() == (False, False, True, True)
    place.free = 900
    assert place.look() == (True, True, True, True)
    assert [event for event, _ in place.said] == [events.JOURNAL_LIMITED, events.JOURNAL_LEFT_OUT]
    assert {values[-1] for _, values in place.said} == {"free_bytes=800"}


def test_a_small_disk(tmp_path: Path, clock: Clock) -> None:
    """Of a disk that has not much more than is to be free, a part of it is."""
    place = Place(tmp_path, clock, day_bytes=0, wanted=800)
    place.size = 1600
    place.free = 100
    assert place.look() == (True, True, True, True)
    place.free = 99
    assert place.look() == (False, False, True, True)
    place.free = 49
    assert place.look() == (False, False, False, True)
    place.free = 113
    assert place.look() == (True, True, True, True)


def test_what_was_dropped_before(tmp_path: Path, clock: Clock) -> None:
    """What a full queue has dropped is told by itself, before the limit."""
    place = Place(tmp_path, clock, day_bytes=1, wanted=0)
    place.inbox.refuse(logging.INFO)
    place.write(1)
    place.look()
    place.look()
    assert [event for event, _ in place.said] == [events.JOURNAL_DROPPED, events.JOURNAL_LIMITED]


def test_nothing_to_look_at(tmp_path: Path, clock: Clock) -> None:
    """Without limits, and where neither files nor disk can be seen, everything is taken."""
    assert Place(tmp_path, clock, 0, 0).look() == (True, True, True, True)
    assert 0 < space_at(tmp_path).free < space_at(tmp_path).size

    def fail(_path: Path) -> Space:
        raise OSError("no disk")

    inbox = Inbox(clock)
    quota = Quota([DatedFiles(tmp_path / "none", "server.log")], 1, 1, clock=clock, monotonic=clock, space=fail)
    quota.apply(inbox, lambda *_: None)
    assert inbox.floor == 0
    inbox.limit_to(NOTHING)
    assert not inbox.admits(catalogue.SERVER_FAILED)


def test_a_journal(make: Callable[..., Journal], tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal past its limit says so once, goes on with what is promised, and says at the end what was left out."""
    monkeypatch.setattr("vestnik.log.recording.quota.LOOK_EVERY", 0.0)
    journal = make(keep=Keep(day_bytes=1000), json=True)
    messages: list[Any] = []

    def several() -> None:
        for number in range(20):
            journal.record(catalogue.CONNECTION_CLOSED, None)
            journal.record(DELIVERED, "anna", "boris", number)
        assert journal.flush()

    for _ in range(3):
        several()
    journal.close()
    lines = [line[24:] for line in (tmp_path / "server.log").read_text("utf-8").splitlines()]
    messages = [line for line in lines if "доставлено" in line]
    assert len(messages) == 60
    assert len([line for line in lines if "Клиент" in line]) < 41
    limited = [line for line in lines if "входы и администрирование: day_bytes=1000" in line]
    assert len(limited) == 1
    left = 60 - len([line for line in lines if "Клиент" in line])
    assert lines[-1].endswith(f"не записано {left} (INFO {left}). day_bytes=1000")
