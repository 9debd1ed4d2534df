"""The bounded queue."""

import logging
from typing import Any

import pytest

from vestnik.log.events import EventType
from vestnik.log.recording.inbox import Inbox
from vestnik.log.recording.records import Queued
from vestnik.protocol import answers
from vestnik.server import catalogue

from ..conftest import Clock

PROMISED = catalogue.of_answer(answers.MESSAGE_DELIVERED)


def event(level: int, **how: Any) -> EventType:
    """An event that is not promised, of this level."""
    return EventType("own.event", level, **how)


def record(kind: EventType) -> Queued:
    """A record of an event."""
    return (0.0, kind, (), None, None, None, None)


def takes(inbox: Inbox, kind: EventType) -> bool:
    """Appends a record of this kind if there is room for it; whether there was."""
    if kind.promised:
        if inbox.given - inbox.left >= inbox.promises:
            return False
        inbox.given += 1
    elif len(inbox.queue) >= inbox.room and not inbox.admits(kind):
        return False
    inbox.queue.append(record(kind))
    return True


def fill(inbox: Inbox, kind: EventType) -> int:
    """Appends records until one is refused; how many were taken."""
    count = 0
    while takes(inbox, kind):
        count += 1
    return count


def test_what_matters_least_goes_first(clock: Clock) -> None:
    """What is worth least is refused from a quarter on, DEBUG from half on, INFO from three quarters on."""
    inbox = Inbox(clock, limit=200)
    assert fill(inbox, event(logging.ERROR, worth=0)) == 25
    assert fill(inbox, event(logging.DEBUG)) == 25
    assert fill(inbox, event(logging.INFO)) == 25
    assert fill(inbox, event(logging.ERROR, worth=logging.INFO)) == 0
    assert fill(inbox, event(logging.WARNING)) == 25
    assert fill(inbox, event(logging.CRITICAL)) == 0
    assert not inbox.admits(event(logging.DEBUG))


@pytest.mark.parametrize("order", [0, 1])
def test_promised(clock: Clock, order: int) -> None:
    """Half of the room is for what is promised, half for the rest, whichever comes first."""
    inbox = Inbox(clock, limit=200)
    kinds = (event(logging.CRITICAL), PROMISED)
    assert [fill(inbox, kinds[order]), fill(inbox, kinds[1 - order])] == [100, 100]
    for _ in range(150):
        _, kind, *_ = inbox.queue.popleft()  # type: ignore[misc]  # there are no marks
        inbox.left += kind.promised
    assert fill(inbox, kinds[order]) == 100
    assert fill(inbox, kinds[1 - order]) == 50


def test_reserved(clock: Clock) -> None:
    """Records that wait for a disk take up room, too, of their own kind."""
    inbox = Inbox(clock, limit=200)
    inbox.reserve(0, 60)
    assert not inbox.admits(event(logging.DEBUG))
    assert fill(inbox, event(logging.INFO)) == 15
    assert fill(inbox, PROMISED) == 100
    assert not inbox.roomy
    inbox.queue.clear()
    inbox.left = 100
    inbox.reserve(90, 0)
    assert fill(inbox, PROMISED) == 10
    assert fill(inbox, event(logging.INFO)) == 75
    inbox.queue.clear()
    inbox.left = 110
    inbox.reserve(10, 10)
    assert inbox.roomy


def test_refused(clock: Clock) -> None:
    """What was refused is told once, by level and with its first and last moment; the count stays."""
    inbox = Inbox(clock, limit=0)
    assert inbox.take_refused() is None
    assert not inbox.admits(event(logging.INFO))
    clock.now += 5
    inbox.refuse(logging.DEBUG, 3)
    assert inbox.take_refused() == ({logging.INFO: 1, logging.DEBUG: 3}, clock.now - 5, clock.now)
    assert inbox.take_refused() is None
    assert inbox.refused == {logging.INFO: 1, logging.DEBUG: 3}


def test_closed(clock: Clock) -> None:
    """A closed inbox has no room for anything."""
    inbox = Inbox(clock, limit=10)
    inbox.close()
    assert not inbox.admits(event(logging.CRITICAL))
    assert not takes(inbox, PROMISED)
