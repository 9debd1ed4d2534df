"""What has come and waits for the application."""

import asyncio

import pytest

from vestnik.client import event_queue as module
from vestnik.client.cursors import Cursor
from vestnik.client.event_queue import EventQueue, Reconnected


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
