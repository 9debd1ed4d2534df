"""What others hear of presence and typing, over real sockets; most rounds end when the test says so."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.chat.conftest import Ear
from tests.support.app import journal_lines, running_app
from tests.support.store import allow
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.passwords import hash_token
from vestnik.chat.presence import GRACE, MAX_ROUND
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.secret import Secret
from vestnik.server.app import App
from vestnik.server.presence import Announcer

LISTENING = ["presence"]
TYPING = ["seq", "typing"]


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds do not end by themselves."""
    monkeypatch.setattr("vestnik.server.app.Announcer", partial(Announcer, interval=3600.0))


@pytest.fixture
async def app(tmp_path: Path, by_hand: None) -> AsyncIterator[App]:
    """A server with three accounts."""
    async with running_app(tmp_path, "anna", "boris", "clara", lang="en") as started:
        yield started


async def until_gone(app: App, *names: str) -> None:
    """Wait until the server has noticed that accounts have no connection any more."""
    found = await app.store.people([name.casefold() for name in names])
    async with asyncio.timeout(DEADLINE):
        while any(app.chat.sessions.find(known.account_id) for known in found.values()):
            await app.store.last_number()


async def who(wire: Wire, *names: str) -> list[dict[str, Any]]:
    """The people in the answer to a question for them."""
    answer = await wire.ask(action="who", names=list(names))
    assert set(answer) == {"response", "alert", "people", "more"}
    people: list[dict[str, Any]] = answer["people"]
    return people


def end_rounds(app: App, count: int) -> None:
    """End some rounds."""
    for _ in range(count):
        app.announcer.end_round()


async def test_changes_are_announced_to_those_who_asked_for_it(app: App) -> None:
    """One notice for all that happened in a round, for those who named `presence`; nobody else hears anything."""
    port = app.listener.port
    async with (
        await Wire.login(port, "anna", features=LISTENING) as anna,
        await Wire.login(port, "boris") as boris,
        await Wire.login(port, "clara", features=["seq", "changes", "typing"]) as clara,
    ):
        user = {"account_name": "boris", "status": "at lunch", "state": "away"}
        assert await boris.ask(action="presence", user=user) == {
            "response": 200,
            "alert": "Status of user boris accepted",
        }
        end_rounds(app, 3)
        notice = await anna.hear()
        assert notice.pop("time") > 0
        assert notice == {
            "action": "presence",
            "people": [
                {"name": "anna", "state": "online"},
                {"name": "boris", "state": "away", "status": "at lunch"},
                {"name": "clara", "state": "online"},
            ],
        }
        for wire in (anna, boris, clara):
            assert await wire.silent()
        await boris.close()
        await until_gone(app, "boris")
        end_rounds(app, GRACE)
        assert await anna.silent()
        end_rounds(app, 3)
        (gone,) = (await anna.hear())["people"]
        assert gone.pop("seen") > 0
        assert gone == {"name": "boris", "state": "offline", "status": "at lunch"}
        for wire in (anna, clara):
            assert await wire.silent()


async def test_who(app: App) -> None:
    """Who is asked for is shown as others see them; who was never there has nothing but a name."""
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
        await boris.ask(action="presence", user={"account_name": "boris", "status": "tea"})
        assert await who(anna, "Clara", "boris") == [
            {"name": "clara", "state": "offline"},
            {"name": "boris", "state": "online", "status": "tea"},
        ]
        everybody = await anna.ask(action="who")
        assert [person["name"] for person in everybody["people"]] == ["anna", "boris"]
        assert await anna.ask(action="who", names=["nobody"]) == {
            "response": 404,
            "error": "User nobody does not exist",
        }


async def connect_all(port: int, tokens: dict[str, str], stack: AsyncExitStack) -> list[Wire]:
    """Connect many at once, by token."""

    async def connect(name: str, token: str) -> Wire:
        wire = await stack.enter_async_context(await Wire.connect(port))
        user = {"account_name": name, "token": token}
        assert await wire.code(action="authenticate", user=user) == 200
        return wire

    return await asyncio.gather(*(connect(name, token) for name, token in tokens.items()))


async def test_a_mass_reconnect_is_no_storm(tmp_path: Path, by_hand: None) -> None:
    """Two hundred come: one notice; all are cut off and come back: none; all go: one, that they are offline."""
    names = [f"p{number}" for number in range(200)]
    tokens = {name: f"token of {name}" for name in names}
    async with running_app(tmp_path, "anna", *names) as app, AsyncExitStack() as stack:
        port = app.listener.port
        for name, known in (await app.store.people(names)).items():
            await app.store.begin_login(known.account_id, hash_token(Secret(tokens[name])), app.clock(), 0.0, allow)
        anna = await stack.enter_async_context(await Wire.login(port, "anna", features=LISTENING))
        wires = await connect_all(port, tokens, stack)
        end_rounds(app, 2)
        coming = {person["name"]: person["state"] for person in (await anna.hear())["people"]}
        assert coming == dict.fromkeys(["anna", *names], "online")
        for _ in range(2):
            for wire in wires:
                wire.writer.transport.abort()
            await until_gone(app, *names)
            end_rounds(app, GRACE)
            wires = await connect_all(port, tokens, stack)
            end_rounds(app, GRACE + 2)
        assert await anna.silent()
        for wire in wires:
            wire.writer.transport.abort()
        await until_gone(app, *names)
        end_rounds(app, 2 * GRACE)
        going = {person["name"]: person["state"] for person in (await anna.hear())["people"]}
        assert going == dict.fromkeys(names, "offline")
        assert await anna.silent()


async def test_rounds_end_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the time set small, coming and going are heard of without anybody's doing; an error ends nothing."""
    monkeypatch.setattr("vestnik.server.app.Announcer", partial(Announcer, interval=0.02))
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        app.journal._level = logging.DEBUG
        port = app.listener.port
        async with await Wire.login(port, "anna", features=LISTENING) as anna:
            assert (await anna.hear())["people"] == [{"name": "anna", "state": "online"}]
            failed = asyncio.Event()
            next_round = app.chat.presence.next_round

            def fail() -> Any:
                app.chat.presence.next_round = next_round  # type: ignore[method-assign]
                failed.set()
                raise RuntimeError("for once")

            app.chat.presence.next_round = fail  # type: ignore[method-assign]
            await asyncio.wait_for(failed.wait(), DEADLINE)
            async with await Wire.login(port, "boris"):
                assert (await anna.hear())["people"] == [{"name": "boris", "state": "online"}]
            assert [person["state"] for person in (await anna.hear())["people"]] == ["offline"]
        lines = journal_lines(app)
        assert sum("RuntimeError" in line and " ERROR " in f" {line}" for line in lines) == 1
        assert "DEBUG    server     Presence announced to 1 connections, people: 1" in lines


async def test_who_does_not_read_notices_is_cut_off(tmp_path: Path, by_hand: None) -> None:
    """Notices wait for a slow reader only up to the limit of all that may wait."""
    async with running_app(tmp_path, "anna", send_buffer=131_072, lang="en") as app:
        presence, sessions = app.chat.presence, app.chat.sessions
        async with await Wire.login(app.listener.port, "anna", features=LISTENING, receive=4096):
            people = [Session(Ear()) for _ in range(MAX_ROUND)]  # type: ignore[arg-type]  # it does not end
            for number, session in enumerate(people, 1000):
                sessions.attach(session, AccountRecord(number, f"p{number}"), f"p{number}", frozenset())
            async with asyncio.timeout(DEADLINE):
                turn = 0
                while sessions.find(1) is not None:
                    turn += 1
                    for session in people:
                        presence.set_status(session, f"{turn} " * 20)
                    app.announcer.end_round()
                    await app.store.last_number()
        assert any("anna" in line and line.startswith("WARNING") for line in journal_lines(app))
        for session in people:
            sessions.detach(session)


async def test_what_could_not_be_saved_is_saved_later(app: App) -> None:
    """A failure of the store is journaled; what was not saved is saved with a later round."""
    async with await Wire.login(app.listener.port, "boris") as boris:
        tried = asyncio.Event()
        save_people = app.store.save_people

        async def fail(_seen: object) -> None:
            app.store.save_people = save_people  # type: ignore[method-assign]
            tried.set()
            raise OSError("disk full")

        app.store.save_people = fail  # type: ignore[method-assign]
        await boris.ask(action="presence", user={"account_name": "boris", "status": "tea"})
        end_rounds(app, 1)
        await asyncio.wait_for(tried.wait(), DEADLINE)
        assert (await app.store.people(["boris"]))["boris"].person.status == ""
        async with asyncio.timeout(DEADLINE):
            while (await app.store.people(["boris"]))["boris"].person.status != "tea":
                end_rounds(app, 1)
    assert any(line.startswith("ERROR") and "OSError" in line for line in journal_lines(app))


async def test_presence_outlives_the_server(tmp_path: Path, by_hand: None) -> None:
    """A server that ends saves once more when everybody was last there; the next one knows it, and their status."""
    async with running_app(tmp_path, "anna", "boris") as app:
        boris = await Wire.login(app.listener.port, "boris")
        await boris.ask(action="presence", user={"account_name": "boris", "status": "tea"})
        async with asyncio.timeout(DEADLINE):
            while (await app.store.people(["boris"]))["boris"].person.status != "tea":
                end_rounds(app, 1)
        ended = app.clock()
    await boris.close()
    async with running_app(tmp_path) as app, await Wire.login(app.listener.port, "anna") as anna:
        (person,) = await who(anna, "boris")
        assert ended <= person.pop("seen") <= app.clock()
        assert person == {"name": "boris", "state": "offline", "status": "tea"}
        async with await Wire.login(app.listener.port, "boris"):
            assert await who(anna, "boris") == [{"name": "boris", "state": "online", "status": "tea"}]


async def test_typing(app: App) -> None:
    """The others in a room, and the other person, hear of it if they named `typing`; the author's devices do not."""
    port = app.listener.port
    async with (
        await Wire.login(port, "anna", features=TYPING) as anna,
        await Wire.login(port, "anna", features=TYPING) as phone,
        await Wire.login(port, "boris", features=TYPING) as boris,
        await Wire.login(port, "boris") as plain,
        await Wire.login(port, "clara", features=["seq"]) as clara,
    ):
        for wire in (anna, boris, clara):
            await wire.ask(action="join", room="#tea")
        for to in ("#tea", "boris"):
            answer = await anna.ask(action="typing", to=to)
            assert answer == {"response": 200, "alert": f"User anna is typing in {to}"}
            notice = await boris.hear()
            assert notice.pop("time") > 0
            assert notice == {"action": "typing", "from": "anna", "to": to}
            assert await anna.code(action="typing", to=to) == 200  # too soon: nobody hears of it
        await anna.ask(action="typing", to="anna")
        for wire in (anna, phone, boris, plain, clara):
            assert await wire.silent()
        assert not any("is typing" in line for line in journal_lines(app))


async def test_typing_is_answered_before_what_follows(app: App) -> None:
    """Typing and a message in one segment: both are answered in order, and heard in order."""
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris", features=TYPING) as boris:
        await boris.silent()
        requests = ({"action": "typing", "to": "boris"}, {"action": "msg", "to": "boris", "message": "hello"})
        anna.write(b"".join(json.dumps(request).encode() + b"\n" for request in requests))
        assert "typing" in (await anna.hear())["alert"]
        assert (await anna.hear())["response"] == 200
        assert [(await boris.hear())["action"] for _ in range(2)] == ["typing", "msg"]


async def test_who_is_blocked_hears_nothing(app: App) -> None:
    """A block hides at once from who is blocked what is announced to others; without it they see it again at once."""
    port = app.listener.port
    async with (
        await Wire.login(port, "anna", features=LISTENING) as anna,
        await Wire.login(port, "clara", features=LISTENING) as clara,
        await Wire.login(port, "boris") as boris,
    ):
        end_rounds(app, 1)
        for wire in (anna, clara):
            assert {person["name"] for person in (await wire.hear())["people"]} == {"anna", "boris", "clara"}
        assert await boris.code(action="block", name="anna") == 200
        assert (await anna.hear())["people"] == [{"name": "boris", "state": "offline"}]
        for wire, name in ((boris, "boris"), (clara, "clara")):
            await wire.code(action="presence", user={"account_name": name, "status": "Busy"})
        end_rounds(app, 1)
        assert {person["name"] for person in (await clara.hear())["people"]} == {"boris", "clara"}
        assert [person["name"] for person in (await anna.hear())["people"]] == ["clara"]
        assert await boris.code(action="unblock", name="anna") == 200
        assert (await anna.hear())["people"] == [{"name": "boris", "state": "online", "status": "Busy"}]
        assert await anna.silent()
        assert await clara.silent()
