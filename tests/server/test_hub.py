"""The hub: batches of accepted messages, and when they go to the store."""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

import pytest

from tests.support.waiting import DEADLINE
from vestnik.chat.outcome import Post
from vestnik.server import hub as module
from vestnik.server.hub import MAX_BATCH, Hub

RUSH = 200


class Desk:
    """A store that takes batches and gives them back when it is told to; messages are numbers."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.hub = Hub(self.take)

    def take(self, posts: Sequence[Post]) -> None:
        """A batch is handed over."""
        self.batches.append(list(cast("Sequence[int]", posts)))

    def add(self, *numbers: int) -> None:
        """Messages are accepted."""
        for number in numbers:
            self.hub.add(cast(Post, number))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(DEADLINE):
            while not holds():
                await asyncio.sleep(0)


@pytest.fixture
def always_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any rate is a high one."""
    monkeypatch.setattr(module, "BUSY_RATE", 0)
    monkeypatch.setattr(module, "WINDOW", 0)


async def one_pass() -> None:
    """Let the loop go through one pass."""
    await asyncio.sleep(0)


async def test_one_pass_is_one_batch() -> None:
    """What comes in one pass of the loop goes at its end, together; a message that comes alone does not wait."""
    desk = Desk()
    desk.add(1, 2, 3)
    assert desk.batches == []
    await one_pass()
    assert desk.batches == [[1, 2, 3]]
    desk.hub.take_back()
    desk.add(4)
    await one_pass()
    assert desk.batches == [[1, 2, 3], [4]]


async def test_one_batch_at_a_time() -> None:
    """What comes while the store has a batch is the next one, which goes as soon as that comes back."""
    desk = Desk()
    desk.add(1)
    await one_pass()
    for number in (2, 3):
        desk.add(number)
        await one_pass()
    assert desk.batches == [[1]]
    desk.hub.take_back()
    assert desk.batches == [[1], [2, 3]]
    desk.hub.take_back()
    await one_pass()
    assert desk.batches == [[1], [2, 3]]


async def test_full_batches_do_not_wait() -> None:
    """A batch has a limit; a full one goes to the store behind those that it has."""
    desk = Desk()
    desk.add(*range(2 * MAX_BATCH + 1))
    assert [len(batch) for batch in desk.batches] == [MAX_BATCH, MAX_BATCH]
    for _ in range(2):
        desk.hub.take_back()
    await desk.until(lambda: len(desk.batches) == 3)
    assert len(desk.batches[2]) == 1


async def test_handed_over_before_something_else() -> None:
    """What was accepted goes at once when something must come behind it, also while the store has a batch."""
    desk = Desk()
    desk.add(1)
    desk.hub.hand_over()
    desk.add(2)
    desk.hub.hand_over()
    desk.hub.hand_over()
    assert desk.batches == [[1], [2]]
    await one_pass()
    desk.add(3)
    assert desk.hub.take_back() <= desk.hub.take_back()
    assert desk.batches == [[1], [2], [3]]


@pytest.mark.usefixtures("always_busy")
async def test_many_messages_gather() -> None:
    """At a high rate a batch waits for a moment in which nothing comes, and has all that came until then."""
    desk = Desk()
    desk.add(1)
    await one_pass()
    desk.add(2)
    assert desk.batches == []
    await desk.until(lambda: bool(desk.batches))
    assert desk.batches == [[1, 2]]


@pytest.mark.usefixtures("always_busy")
async def test_gathering_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch waits no longer than it may, however steadily messages come."""
    monkeypatch.setattr(module, "QUIET", 0)
    desk = Desk()
    async with asyncio.timeout(DEADLINE):
        while not desk.batches:
            desk.add(1)
            await one_pass()
    assert len(desk.batches[0]) < MAX_BATCH


@pytest.mark.usefixtures("always_busy")
async def test_handed_over_while_gathering() -> None:
    """A batch that is handed over while it gathers goes once; the next one gathers by itself."""
    desk = Desk()
    desk.add(1)
    await one_pass()
    desk.hub.hand_over()
    desk.add(2)
    desk.hub.take_back()
    await desk.until(lambda: len(desk.batches) == 2)
    assert desk.batches == [[1], [2]]


async def test_rate_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    """When few messages come again they do not wait, however many came before."""
    monkeypatch.setattr(module, "WINDOW", 0)
    desk = Desk()
    desk.add(*range(RUSH))
    await desk.until(lambda: bool(desk.batches))
    desk.hub.take_back()
    monkeypatch.setattr(module, "BUSY_RATE", float("inf"))
    desk.add(1)
    await one_pass()
    assert desk.batches[1:] == [[1]]
