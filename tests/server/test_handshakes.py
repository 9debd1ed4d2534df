"""Turns for handshakes."""

import asyncio

import pytest

from tests.support.waiting import DEADLINE
from vestnik.server import handshakes
from vestnik.server.handshakes import Handshakes


class Someone:
    """Who shakes hands, and notes it."""

    def __init__(self, network: str, done: list[str], number: int = 0) -> None:
        self.network = network
        self._done = done
        self._number = number

    def shake(self) -> None:
        """It is their turn."""
        self._done.append(f"{self.network}{self._number}")


async def until_empty(waiting: Handshakes) -> None:
    """Return when nobody waits."""
    while waiting:
        await asyncio.sleep(0)


async def test_networks_take_turns() -> None:
    """Who comes from another network does not wait behind all those who came before from one."""
    done: list[str] = []
    waiting = Handshakes()
    for number in range(3):
        waiting.wait(Someone("a", done, number))
    waiting.wait(Someone("b", done))
    assert len(waiting) == 4
    await until_empty(waiting)
    assert done == ["a0", "b0", "a1", "a2"]


async def test_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """When handshakes have taken their time of a pass, the rest come later, and the loop goes on meanwhile."""
    monkeypatch.setattr(handshakes, "WORK", 0.0)
    ticks = iter(range(1000))
    monkeypatch.setattr(handshakes.time, "perf_counter", lambda: next(ticks) / 1000)
    done: list[str] = []
    waiting = Handshakes()
    for number in range(2):
        waiting.wait(Someone("a", done, number))
    monkeypatch.setattr(handshakes, "WORK", 0.0005)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert done == ["a0"]
    await until_empty(waiting)
    assert done == ["a0", "a1"]


async def test_one_that_breaks() -> None:
    """Whatever goes wrong with one handshake, the others have their turns, and those that come later."""
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(repr(context["exception"])))

    class Broken(Someone):
        def shake(self) -> None:
            raise ZeroDivisionError

    done: list[str] = []
    waiting = Handshakes()
    waiting.wait(Broken("a", done))
    waiting.wait(Someone("b", done))
    async with asyncio.timeout(DEADLINE):
        await until_empty(waiting)
        waiting.wait(Someone("c", done))
        await until_empty(waiting)
    assert done == ["b0", "c0"]
    assert told == ["ZeroDivisionError()"]


async def test_gone() -> None:
    """Whose connection is gone has no turn any more."""
    done: list[str] = []
    waiting = Handshakes()
    gone = Someone("a", done, 1)
    waiting.wait(gone)
    waiting.wait(Someone("a", done, 2))
    waiting.drop(gone)
    waiting.drop(Someone("a", done, 3))
    waiting.drop(Someone("b", done))
    await until_empty(waiting)
    assert done == ["a2"]
