"""A server that wants to fill or to busy its clients."""

import asyncio
from typing import Any

import pytest

from tests.client.listening import Lines, Make, connected, news
from tests.support.scripted import Script, scripted
from tests.support.waiting import DEADLINE
from vestnik.client import Delivery, Disconnected, Notice, NotJson, Reconnected, event_queue


async def test_probes_without_end(make: Make) -> None:
    """However often a client is probed, it says once that it lives, until that is answered."""
    heard: list[dict[str, Any]] = []

    async def talk(script: Script) -> None:
        await script.admit()
        for _ in range(2):
            for _ in range(5_000):
                script.say(action="probe", time=1)
            heard.append(await script.hear())
            script.say(response=200)
        script.say(action="notice", time=1, code=100, text="enough")
        heard.append(await script.hear())

    async with scripted(talk) as port:
        anna = make(port)
        async with connected(anna) as events:
            assert isinstance(await news(events), Notice)
            request = asyncio.create_task(anna.join("#tea"))
            assert isinstance(await news(events), Disconnected)
            request.cancel()
    assert [each["action"] for each in heard] == ["presence", "presence", "join"]


async def test_ends_without_end(make: Make, journaled: Lines) -> None:
    """The end of what was missed, and that the server stops, are journaled once, however often they are said."""

    async def talk(script: Script) -> None:
        await script.admit()
        for _ in range(5_000):
            script.say(action="resumed", time=1)
            script.say(action="notice", time=1, code=101, text="x")
        script.say(action="msg", time=1, **{"from": "boris"}, to="anna", message="x", seq=1)
        await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        while not isinstance(await news(events), Delivery):
            pass
        lines = journaled()
    assert len([line for line in lines if "is closing" in line and "WARNING" in line]) == 1
    assert len([line for line in lines if "resumed" in line.lower() and "INFO" in line]) <= 1
    assert len([line for line in lines if "DEBUG" not in line]) < 20


async def test_others_have_their_turn(make: Make) -> None:
    """A program that hears a flood of events still does other things."""

    async def talk(script: Script) -> None:
        await script.admit()
        for seq in range(1, 5_001):
            script.deliver(seq, "anna")
        await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        turns = 0

        async def live() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        living = asyncio.create_task(live())
        for _ in range(5_000):
            await anext(events)
        living.cancel()
    assert turns > 1


@pytest.mark.parametrize("length", [70_000, 5_000_000])
async def test_texts_without_end(make: Make, length: int) -> None:
    """What is longer than a message can be ends the connection, and is not kept."""

    async def talk(script: Script) -> None:
        await script.admit()
        if script.number == 1:
            script.say(action="msg", time=1, **{"from": "boris"}, to="anna", message="x" * length, seq=1)
        await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        lost = await news(events)
        assert isinstance(lost, Disconnected)
        assert isinstance(lost.error, NotJson)
        assert isinstance(await news(events), Reconnected)


async def test_long_texts_count_for_more(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages that wait for the application are bounded by their length; the rest comes again, and none is lost."""
    monkeypatch.setattr(event_queue, "MAX_WEIGHT", 100_000)
    asked: list[int] = []

    async def talk(script: Script) -> None:
        have = int((await script.login()).get("boris", {}).get("seq", 0))
        asked.append(have)
        state = {"to": "boris", "seq": 30, "change": 0, "kept": 1}
        script.say(response=200, conversations=[state])
        for seq in range(have + 1, 31):
            script.say(action="msg", time=1, **{"from": "boris"}, to="anna", message="x" * 10_000, seq=seq)
        script.say(action="resumed", time=1)
        await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        found: list[object] = []
        while len(found) < 30:
            event = await asyncio.wait_for(anext(events), DEADLINE)
            found += [event.seq] if isinstance(event, Delivery) else []
    assert found == list(range(1, 31))
    assert len(asked) > 1
