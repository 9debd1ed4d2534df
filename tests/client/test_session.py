"""A client whose connection is lost: against a real server in this process, and against servers that misbehave."""

import asyncio
import gc
from pathlib import Path
from typing import Any

import pytest

from tests.client.listening import Lines, Make, connected, news, positions, texts
from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.proxy import Proxy
from tests.support.scripted import Script, scripted
from vestnik.client import (
    ConnectionLost,
    Disconnected,
    OutboxFull,
    Reconnected,
    ServerClosing,
    event_queue,
    outbox,
)
from vestnik.log.journal import Journal


async def test_a_lost_connection(tmp_path: Path, make: Make, journaled: Lines) -> None:
    """What is sent to a client while its connection is lost comes when it is back; the application is told of both."""
    async with running_app(tmp_path, "anna", "boris") as app, Proxy(app.listener.port) as proxy:
        boris = make(app.listener.port, "boris", journal=Journal("client", None))
        async with make(proxy.port) as anna, boris:
            await anna.join("#tea")
            await boris.join("#tea")
            await boris.send("#tea", "one")
            events = anna.events()
            assert await texts(events, 1) == ["one"]
            proxy.cut(down=1)
            await boris.send("#tea", "two")
            lost = await news(events)
            assert await texts(events, 1) == ["two"]
            back = await news(events)
            await boris.send("anna", "three")
            assert await texts(events, 1) == ["three"]
            assert isinstance(lost, Disconnected)
            assert isinstance(lost.error, ConnectionLost)
            assert back == Reconnected(1)
            assert positions(anna) == {"#tea": (2, 2), "boris": (1, 0)}
            assert anna.token is not None
            await events.aclose()  # type: ignore[attr-defined]  # it is a generator
    lines = journaled()
    assert f"WARNING  client     Connection to server 127.0.0.1:{proxy.port} lost, it will be made again" in lines
    assert "INFO     client     Connecting again, attempt 1, in 0.0 s" in lines
    assert "INFO     client     User anna is resuming, conversations known: 1" in lines


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_requests_wait(tmp_path: Path, make: Make, port: int) -> None:
    """What is asked while there is no server is answered when there is one again, in the order of asking."""
    add_accounts(tmp_path, ["anna"], "secret")
    async with running_app(tmp_path, port=port):
        anna = make(port)
        await anna.connect()
        await anna.authenticate()
        await anna.join("#tea")
    events = anna.events()
    assert getattr(await anext(events), "code", 0) == 101
    lost = await news(events)
    assert isinstance(lost, Disconnected)
    assert isinstance(lost.error, ServerClosing)
    sending = [asyncio.create_task(anna.send("#tea", text)) for text in ("a", "b", "c")]
    joining = asyncio.create_task(anna.join("#cake"))
    given_up = asyncio.create_task(anna.send("#tea", "not this"))
    await asyncio.sleep(0)
    given_up.cancel()
    async with running_app(tmp_path, port=port):
        assert [(await each).seq for each in sending] == [1, 2, 3]
        assert (await joining).response == 200
        assert (await anna.send("#tea", "d")).seq == 4
        await anna.disconnect()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    gc.collect()  # asyncio of Python 3.11 forgets to close the socket of a connection that was refused


async def test_an_answer_that_was_lost(make: Make) -> None:
    """A message whose answer was lost is not sent again: it comes as a delivery, which is the answer."""
    again: list[str] = []

    async def talk(script: Script) -> None:
        if script.number == 1:
            await script.admit(tea={"seq": 4, "change": 0})
            await script.hear()
            await script.hear()
            return
        assert await script.login() == {"#tea": {"seq": 4, "change": 0}}
        script.say(response=200, conversations=[{"to": "#tea", "seq": 6, "change": 1}])
        script.deliver(5)
        script.deliver(6, sender="anna", id="m1")
        script.say(action="change", time=1, **{"from": "anna"}, to="#tea", change=1, kind="react", seq=4, emoji="x")
        script.say(action="resumed", time=1)
        asked = await script.hear()
        again.append(asked["action"])
        script.say(response=200, id=asked["id"])
        script.deliver(7)
        await script.hear()

    async with scripted(talk) as port:
        anna = make(port)
        async with connected(anna) as events:
            sending = asyncio.create_task(anna.send("#tea", "hello", message_id="m1"))
            reacting = asyncio.create_task(anna.react("#tea", 4, "x"))
            assert (await sending).seq == 6
            assert (await reacting).change == 1
            assert isinstance(await anext(events), Disconnected)
            assert await texts(events, 2) == ["5", "7"]
            assert anna.cursors == {"#tea": {"seq": 7, "change": 1}}
    assert again == ["react"]


async def test_a_gap(make: Make, journaled: Lines) -> None:
    """A server that leaves something out is asked for it again; what comes twice is not given twice."""

    async def talk(script: Script) -> None:
        if script.number == 1:
            await script.admit(tea={"seq": 4, "change": 0})
            for seq in (5, 5, 7, 8):
                script.deliver(seq)
            await script.hear()
        assert await script.login() == {"#tea": {"seq": 5, "change": 0}}
        script.say(response=200, conversations=[{"to": "#tea", "seq": 8, "change": 0}])
        for seq in (6, 7) if script.number == 2 else (6, 7, 8):
            script.deliver(seq)
        script.say(action="resumed", time=1)
        await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        assert await texts(events, 2) == ["5", "6"]
    assert any("missing in #tea: 6 should come, 7 came" in line for line in journaled())


async def test_what_is_missing_at_the_end(make: Make, journaled: Lines) -> None:
    """A server that says that everything has come, when it has not, is asked again from there on."""
    asked: list[dict[str, Any]] = []

    async def talk(script: Script) -> None:
        asked.append(await script.login())
        script.say(response=200, conversations=[{"to": "#tea", "seq": 6, "change": 0}])
        script.deliver(4 + script.number)
        script.say(action="resumed", time=1)
        await script.hear()

    async with scripted(talk) as port:
        anna = make(port, cursors={"#tea": 4})
        await anna.connect()
        with pytest.raises(ConnectionLost):
            await anna.authenticate()
        await anna.connect()
        await anna.authenticate()
        assert await texts(anna.events(), 2) == ["5", "6"]
        await anna.disconnect()
    assert [each["#tea"]["seq"] for each in asked] == [4, 5]
    assert any("missing in #tea: 6 should come, 6 came" in line for line in journaled())


async def test_more_than_can_be_read(
    tmp_path: Path, make: Make, journaled: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of events that nobody takes none is lost: the rest is fetched when those before are read."""
    monkeypatch.setattr(event_queue, "MAX_EVENTS", 3)
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with make(port) as anna, make(port, "boris", journal=Journal("client", None)) as boris:
            await anna.join("#tea")
            await boris.join("#tea")
            for number in range(10):
                await boris.send("#tea", str(number))
                if number % 4 == 0:
                    await anna.send("#tea", "mine")
            assert await texts(anna.events(), 10) == [str(number) for number in range(10)]
            assert (anna.cursors or {})["#tea"]["seq"] in (12, 13)
    assert any("More than 10000 events unread: the rest is fetched" in line for line in journaled())


async def test_too_many_requests(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """More requests than may wait are refused at once."""
    monkeypatch.setattr(outbox, "MAX_OUTBOX", 2)

    async def talk(script: Script) -> None:
        await script.admit()
        while True:
            await script.hear()

    async with scripted(talk) as port:
        anna = make(port)
        async with connected(anna):
            waiting = [asyncio.create_task(anna.join(room)) for room in ("#a", "#b")]
            await asyncio.sleep(0)
            with pytest.raises(OutboxFull):
                await anna.join("#c")
    for each in waiting:
        with pytest.raises(ConnectionLost):
            await each


async def test_kept_messages(tmp_path: Path, make: Make) -> None:
    """A new client gets the direct messages that nobody has got, once, and no others."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with make(port, "boris", journal=Journal("client", None)) as boris:
            async with make(port) as anna:
                await boris.send("anna", "seen")
                assert await texts(anna.events(), 1) == ["seen"]
            for text in ("kept", "too"):
                await boris.send("anna", text)
            async with make(port) as anna:
                assert anna.cursors is not None
                events = anna.events()
                assert await texts(events, 2) == ["kept", "too"]
                assert positions(anna) == {"boris": (3, 0)}
                await boris.send("anna", "live")
                assert await texts(events, 1) == ["live"]
