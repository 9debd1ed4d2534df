"""How a client comes back to a server, and when it gives up: against servers that misbehave."""

import asyncio
import gc
from pathlib import Path
from typing import Any

import pytest

from tests.client.listening import Lines, Make, connected, texts
from tests.support.scripted import Script, scripted
from vestnik.client import (
    AnswerTimeout,
    Backoff,
    BegunAnew,
    ConnectionLost,
    Disconnected,
    LinkState,
    Reconnected,
    Refused,
)


async def test_silence(make: Make) -> None:
    """A server that does not answer is left for another connection; what it does not answer there is given up."""
    asked: list[list[str]] = []

    async def talk(script: Script) -> None:
        await script.admit()
        heard: list[str] = []
        asked.append(heard)
        while True:
            request = await script.hear()
            heard.append(request["room"])
            if script.number == 3:
                script.say(response=200)

    async with scripted(talk) as port:
        anna = make(port, timeout=1)
        async with connected(anna):
            first, second = asyncio.create_task(anna.join("#a")), asyncio.create_task(anna.join("#b"))
            with pytest.raises(AnswerTimeout):
                await first
            assert (await second).response == 200
    assert asked == [["#a", "#b"], ["#a", "#b"], ["#b"]]


async def test_the_end_while_there_is_no_connection(make: Make) -> None:
    """Who disconnects while a connection is being made is told so everywhere, and no other one is made."""
    connections = 0

    async def talk(script: Script) -> None:
        nonlocal connections
        connections += 1
        if script.number == 1:
            await script.admit()

    forever = asyncio.Event()
    async with scripted(talk) as port:
        anna = make(port, backoff=Backoff(sleep=lambda _: forever.wait()))
        async with connected(anna) as events:
            assert isinstance(await anext(events), Disconnected)
            waiting = asyncio.create_task(anna.join("#tea"))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(waiting), 0)
            await anna.disconnect()
            with pytest.raises(ConnectionLost):
                await waiting
            with pytest.raises(StopAsyncIteration):
                await anext(events)
    assert connections == 1


async def test_a_token_that_has_ended(tmp_path: Path, make: Make) -> None:
    """A client whose token is refused logs in by password; without one, or with a wrong one, it gives up."""
    logins: list[dict[str, Any]] = []

    async def talk(script: Script) -> None:
        if script.number == 1:
            await script.admit()
            return
        logins.append((await script.hear())["user"])
        script.say(response=402, error="no")
        logins.append((await script.hear())["user"])
        script.say(response=402, error="no")
        await script.hear()

    async with scripted(talk) as port:
        async with connected(make(port)) as events:
            assert isinstance(await anext(events), Disconnected)
            with pytest.raises(Refused) as caught:
                await anext(events)
        assert caught.value.status == 402
        assert [sorted(login) for login in logins] == [["account_name", "token"], ["account_name", "password"]]
    logins.clear()
    async with scripted(talk) as port:
        anna = make(port, password=None, token="old")
        async with connected(anna) as events:
            assert isinstance(await anext(events), Disconnected)
            with pytest.raises(Refused):
                await anext(events)
            with pytest.raises(Refused):
                await anna.join("#tea")
    assert [sorted(login) for login in logins] == [["account_name", "token"]]


async def test_a_server_that_is_busy(make: Make, journaled: Lines) -> None:
    """A server that cannot let the client in at the moment is asked again."""

    async def talk(script: Script) -> None:
        if script.number == 2:
            await script.hear()
            script.say(response=500, error="busy")
            await script.hear()
        await script.admit()
        if script.number == 3:
            await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        assert isinstance(await anext(events), Disconnected)
        assert await anext(events) == Reconnected(2)
    assert any("Server answered with an error: 500 busy" in line for line in journaled())


async def test_lost_at_once(make: Make) -> None:
    """A connection that is lost as soon as it is live is followed by one other, and by no more than one."""
    connections = 0

    async def talk(script: Script) -> None:
        nonlocal connections
        connections += 1
        await script.admit()
        if script.number == 20:
            await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        for _ in range(19):
            assert isinstance(await anext(events), Disconnected)
            assert await anext(events) == Reconnected(1)
    assert connections == 20


async def test_an_unexpected_error(make: Make, journaled: Lines) -> None:
    """When connecting again fails in a way that nobody thought of, the application is told, and the journal why."""

    async def talk(script: Script) -> None:
        await script.admit()

    async def fail(_seconds: float) -> None:
        raise ZeroDivisionError

    async with scripted(talk) as port, connected(make(port, backoff=Backoff(sleep=fail))) as events:
        assert isinstance(await anext(events), Disconnected)
        with pytest.raises(ConnectionLost):
            await anext(events)
    assert any("Unexpected error in the client: ZeroDivisionError" in line for line in journaled())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_nobody_listens_for_a_while(make: Make, journaled: Lines) -> None:
    """Attempts that fail are journaled with their reasons, and followed by others."""
    attempts = 0

    async def talk(script: Script) -> None:
        await script.admit()
        if script.number == 2:
            await script.hear()

    async def move(_seconds: float) -> None:
        nonlocal attempts
        attempts += 1
        anna.port = port if attempts == 3 else 1

    async with scripted(talk) as port:
        anna = make(port, backoff=Backoff(jitter=lambda: 0.5, sleep=move))
        async with connected(anna) as events:
            assert isinstance(await anext(events), Disconnected)
            assert await anext(events) == Reconnected(3)
    refused = "Error! Server 127.0.0.1:1 refused the connection, check the port or the server"
    assert [line for line in journaled() if "ttempt" in line] == [
        "INFO     client     Connecting again, attempt 1, in 0.0 s",
        f"WARNING  client     Attempt 1 to connect again failed: {refused}",
        "INFO     client     Connecting again, attempt 2, in 0.25 s",
        f"WARNING  client     Attempt 2 to connect again failed: {refused}",
        "INFO     client     Connecting again, attempt 3, in 0.5 s",
    ]
    gc.collect()  # asyncio of Python 3.11 forgets to close the socket of a connection that was refused


async def test_reconnecting_by_hand(make: Make) -> None:
    """Nobody has to wait for the next attempt, nor for a connection to be lost that seems dead."""
    waits: list[float] = []
    waiting = asyncio.Event()

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            waiting.set()
            await asyncio.Event().wait()

    async def talk(script: Script) -> None:
        await script.admit()
        if script.number > 1:
            await script.hear()

    async with scripted(talk) as port:
        anna = make(port, backoff=Backoff(sleep=wait))
        assert not anna.reconnect()
        async with connected(anna) as events:
            assert anna.link == LinkState(True, 0, 0.0)
            assert isinstance(await anext(events), Disconnected)
            await waiting.wait()
            assert anna.link == LinkState(False, 1, 0.0)
            assert anna.reconnect()
            assert await anext(events) == Reconnected(1)
            assert anna.link.connected
            assert anna.reconnect()
            assert isinstance(await anext(events), Disconnected)
            assert await anext(events) == Reconnected(1)
        assert not anna.reconnect()
    assert waits == [0.0, 0.0, 0.0]


async def test_away(make: Make) -> None:
    """Who was away is away on the next connection, too, and who is back is not."""
    heard: list[dict[str, Any]] = []

    async def presence(script: Script) -> None:
        heard.append((await script.hear())["user"])
        script.say(response=200)

    async def talk(script: Script) -> None:
        if script.number == 2:
            await script.hear()
            script.say(response=200)
            await presence(script)
            await script.hear()
            script.say(response=200, conversations=[])
            script.say(action="resumed", time=1)
        else:
            await script.admit()
        if script.number < 3:
            await presence(script)
        else:
            await script.hear()

    async with scripted(talk) as port:
        anna = make(port)
        async with connected(anna) as events:
            for number, state in enumerate(("away", "online")):
                await anna.presence("lunch", state)  # type: ignore[arg-type]  # a literal
                assert isinstance(await anext(events), Disconnected)
                assert await anext(events) == Reconnected(1), number
    assert [user.get("state") for user in heard] == ["away", "away", "online"]
    assert [user.get("status") for user in heard] == ["lunch", None, "lunch"]


async def test_connecting_anew(make: Make) -> None:
    """Who connects while there is a connection gets a new one; what waits for an answer on the old one is told."""

    async def talk(script: Script) -> None:
        while True:
            await script.hear()
            if script.number == 2:
                script.say(response=200)

    async with scripted(talk) as port:
        anna = make(port, reconnect=False)
        await anna.connect()
        waiting = asyncio.create_task(anna.join("#tea"))
        await asyncio.sleep(0)
        old = anna._connection
        await anna.connect()
        assert old is not None
        old.abort()
        with pytest.raises(ConnectionLost):
            await waiting
        assert (await anna.join("#tea")).response == 200
        await anna.disconnect()


async def test_the_first_connection(make: Make) -> None:
    """The first connection is not tried again, however far it has come."""

    async def talk(script: Script) -> None:
        if script.number == 1:
            await script.login()
        else:
            raise AssertionError

    async with scripted(talk) as port:
        with pytest.raises(ConnectionLost):
            async with make(port):
                pass


async def test_a_plain_server(make: Make) -> None:
    """A server of plain JIM, which cannot resume, is served without counting."""

    async def talk(script: Script) -> None:
        await script.login()
        script.say(response=400, error="unknown action")
        script.say(action="msg", time=1, **{"from": "boris"}, to="anna", message="hello")
        if script.number == 2:
            await script.hear()

    async with scripted(talk) as port, connected(make(port)) as events:
        assert await texts(events, 2) == ["hello", "hello"]


async def test_another_epoch(make: Make, journaled: Lines) -> None:
    """A client says of which epoch its cursors are; what begins anew it gets whole, once, though cut off."""
    asked: list[Any] = []

    async def talk(script: Script) -> None:
        assert (await script.hear())["action"] == "authenticate"
        script.say(response=200, token="a-token-of-the-script")
        request = await script.hear()
        asked.append((request.get("epoch"), request.get("cursors")))
        number = script.number
        state = {"to": "#tea", "seq": 9 if number == 1 else 3, "change": 1} | ({"anew": True} if number == 2 else {})
        script.say(response=200, conversations=[state], epoch="old" if number == 1 else "new")
        for seq in {1: (8, 9), 2: (1, 2), 3: (3,)}[number]:
            script.deliver(seq)
        if number != 2:
            script.say(action="resumed", time=1)
        if number == 3:
            script.deliver(4)
            await script.hear()

    async with scripted(talk) as port:
        anna = make(port, cursors={"#tea": {"seq": 7, "change": 1, "epoch": "old"}})
        async with connected(anna) as events:
            assert await texts(events, 2) == ["8", "9"]
            assert isinstance(await anext(events), Disconnected)
            assert await anext(events) == BegunAnew(("#tea",))
            assert await texts(events, 3) == ["1", "2", "3"]
            assert await anext(events) == Reconnected(2)
            assert await texts(events, 1) == ["4"]
            assert anna.cursors == {"#tea": {"seq": 4, "change": 1, "epoch": "new"}}
    assert asked == [
        ("old", {"#tea": {"seq": 7, "change": 1}}),
        ("old", {"#tea": {"seq": 9, "change": 1}}),
        ("new", {"#tea": {"seq": 2, "change": 1}}),
    ]
    line = "WARNING  client     The server's database is not what it was: 1 conversations of user anna begin anew"
    assert line in journaled()
