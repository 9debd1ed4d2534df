"""The bounded queue."""

import logging

from vestnik.log.recording.inbox import Inbox
from vestnik.log.recording.records import Queued
from vestnik.server import catalogue

from ..conftest import Clock

RECORD: Queued = (0.0, catalogue.SERVER_STOPPED, (), None, None, None, None)


def fill(inbox: Inbox, level: int) -> int:
    """Appends records of `level` until one is refused; the length of the queue."""
    while len(inbox.queue) < inbox.room or inbox.admits(level):
        inbox.queue.append(RECORD)
    return len(inbox.queue)


def test_what_matters_least_goes_first(clock: Clock) -> None:
    """Half full, DEBUG is refused; at three quarters INFO; WARNING and above fill the rest."""
    inbox = Inbox(clock, limit=100)
    assert fill(inbox, logging.DEBUG) == 50
    assert fill(inbox, logging.INFO) == 75
    assert fill(inbox, logging.WARNING) == 100
    assert fill(inbox, logging.CRITICAL) == 100
    assert not inbox.admits(logging.DEBUG)


def test_reserved(clock: Clock) -> None:
    """Records that wait for a disk take up room, too."""
    inbox = Inbox(clock, limit=100)
    inbox.reserve(60)
    assert not inbox.admits(logging.DEBUG)
    assert fill(inbox, logging.INFO) == 15
    assert not inbox.roomy
    inbox.reserve(10)
    assert inbox.roomy


def test_refused(clock: Clock) -> None:
    """What was refused is told once, by level and with its first and last moment; the count stays."""
    inbox = Inbox(clock, limit=0)
    assert inbox.take_refused() is None
    assert not inbox.admits(logging.INFO)
    clock.now += 5
    inbox.refuse(logging.DEBUG, 3)
    assert inbox.take_refused() == ({logging.INFO: 1, logging.DEBUG: 3}, clock.now - 5, clock.now)
    assert inbox.take_refused() is None
    assert inbox.refused == {logging.INFO: 1, logging.DEBUG: 3}


def test_closed(clock: Clock) -> None:
    """A closed inbox has no room for anything."""
    inbox = Inbox(clock, limit=10)
    inbox.close()
    assert not inbox.admits(logging.CRITICAL)
