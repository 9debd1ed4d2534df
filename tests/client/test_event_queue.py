"""What has come and waits for the application."""

import asyncio

import pytest

from vestnik.client import event_queue as module
from vestnik.client.cursors import Cursor
from vestnik.client.event_queue import BegunAnew, Event, EventQueue, Reconnected
from vestnik.protocol.events import Change, Delivery, Notice, Person, PresenceNotice


async def test_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events come out as they were put in, each with its cursor; it is full when it holds as many as it may."""
    monkeypatch.setattr(module, "MAX_EVENTS", 2)
    queue = EventQueue()
    tea = Cursor("#tea")
    with pytest.raises(IndexError):
        queue.take()
    queue.put(Reconnected(1), tea)
    assert not queue.full
    queue.put(Reconnected(2))
    assert queue.full
    assert [queue.take(), queue.take()] == [(Reconnected(1), tea), (Reconnected(2), None)]
    assert len(queue) == 0
    assert not queue.full


@pytest.mark.parametrize(
    "event",
    [
        Delivery(0, "boris", "#tea", "x" * 1000),
        Change(0, "boris", "#tea", 1, "edit", message="x" * 1000),
        Change(0, "boris", "#tea", 1, "set_room", topic="x" * 500, description="x" * 500),
        PresenceNotice(0, [Person("boris", "online")] * 10),
        Notice(0, 100, "x" * 1000),
        BegunAnew(("#tea",) * 10),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_large_events(monkeypatch: pytest.MonkeyPatch, event: Event) -> None:
    """What waits is bounded by its texts, too, and not only by how many there are."""
    monkeypatch.setattr(module, "MAX_WEIGHT", 3000)
    queue = EventQueue()
    for _ in range(3):
        assert not queue.full
        queue.put(event)
    assert queue.full
    for _ in range(3):
        queue.take()
    queue.put(Reconnected(1))
    assert not queue.full


async def test_who_waits_is_woken() -> None:
    """Who waits is woken by an event and by a wake, and not by what was there before they began to wait."""
    queue = EventQueue()
    queue.put(Reconnected(1))
    for wake in (lambda: queue.put(Reconnected(2)), queue.wake):
        waiting = asyncio.create_task(queue.news())
        await asyncio.sleep(0)
        assert not waiting.done()
        wake()
        await waiting
    assert len(queue) == 2
