"""Programs that speak plain JIM as they find it: how they spell and end what they say, and what they get."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.app import App


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the accounts anna and boris."""
    async with running_app(tmp_path, "anna", "boris", lang="en", unfinished=0.5) as started:
        yield started


@pytest.mark.parametrize(
    "fields",
    [
        {"account_name": "anna", "password": "secret"},
        {"client_name": "anna", "password": "secret"},
        {"user": "anna", "password": "secret"},
        {"user": {"account_name": "anna"}, "password": "secret"},
        {"user": {"client_name": "anna", "password": "secret"}},
    ],
    ids=repr,
)
async def test_names_and_passwords_stand_in_many_places(app: App, fields: dict[str, Any]) -> None:
    """Whoever puts name and password elsewhere gets in, is known by the name, and is told of a wrong password."""
    async with await Wire.connect(app.listener.port) as anna:
        wrong = json.loads(json.dumps(fields).replace("secret", "guess"))
        assert await anna.code(action="authenticate", **wrong) == 402
        assert await anna.code(action="presence", user="anna") == 401
        assert await anna.code(action="authenticate", **fields) == 202
        assert await anna.code(action="presence", user="anna") == 200
        assert await anna.code(action="presence", user={"client_name": "boris"}) == 403
        assert await anna.code(action="presence", account_name="boris") == 403
        assert await anna.code(action="msg", to="boris", sender="anna", message="x") == 202
        assert await anna.code(action="msg", to="boris", sender="boris", message="x") == 403
        assert await anna.code(action="msg", to="boris", **{"from": "anna"}, sender="boris", message="x") == 403


async def test_a_login_without_a_password_says_so(app: App) -> None:
    """A name that stands in another place is known, so what is missing is the password."""
    async with await Wire.connect(app.listener.port) as wire:
        assert await wire.ask(action="authenticate", user="anna") == {
            "response": 400,
            "error": "Field user.password is missing",
        }
        assert await wire.ask(action="authenticate") == {"response": 400, "error": "Field user is missing"}


async def test_a_byte_order_mark_is_skipped(app: App) -> None:
    """A mark before each object, cut as the network likes: every request has its answer."""
    async with await Wire.connect(app.listener.port) as anna:
        login = {"action": "authenticate", "account_name": "anna", "password": "secret"}
        for byte in json.dumps(login).encode("utf-8-sig"):
            anna.write(bytes([byte]))
            await anna.writer.drain()
        assert (await anna.hear())["response"] == 202
        anna.write(json.dumps({"action": "presence"}).encode("utf-8-sig") * 2)
        assert [(await anna.hear())["response"] for _ in range(2)] == [200, 200]


async def test_the_name_of_an_unknown_action_is_whole(app: App) -> None:
    """What was not understood is repeated whole; of a very long one the beginning, with a sign that there is more."""
    async with await Wire.connect(app.listener.port) as wire:
        answer = await wire.ask(action="subscribe_to_everything")
        assert answer == {"response": 400, "error": "Unknown action subscribe_to_everything"}
        answer = await wire.ask(action="x" * 1000)
        assert answer == {"response": 400, "error": "Unknown action " + "x" * 100 + "…"}


async def test_a_long_value_without_an_end_is_answered_once(app: App) -> None:
    """A value that is too long and never ends is one 400, and later the connection ends without a second one."""
    async with await Wire.login(app.listener.port, "anna") as anna:
        anna.write(b'{"action": "msg", "message": "' + b"x" * 70_000)
        found = [json.loads(line) for line in (await anna.rest()).splitlines()]
        assert found == [{"response": 400, "error": "The object is longer than 65536 bytes"}]


def bare(action: str, **fields: Any) -> bytes:
    """A request as most programs in the wild write it, with nothing behind it."""
    return json.dumps({"action": action, "time": 0, **fields}).encode()


async def enter(wire: Wire, name: str) -> dict[str, Any]:
    """Log in so; what one call of the system then gives, taken for one object."""
    wire.write(bare("authenticate", user={"account_name": name, "password": "secret"}))
    return await received(wire)


async def received(wire: Wire, size: int = 1024) -> dict[str, Any]:
    """What a program in the wild makes of one call of the system."""
    found = json.loads(await asyncio.wait_for(wire.reader.read(size), DEADLINE))
    assert isinstance(found, dict)
    return found


async def keep(port: int, *texts: str) -> None:
    """Let anna write texts to boris, all at once."""
    async with await Wire.login(port, "anna") as anna:
        for text in texts:
            anna.tell(action="msg", to="boris", message=text)
        for _ in texts:
            assert (await anna.hear())["response"] in {200, 202}


async def test_kept_messages_come_one_at_a_time(app: App) -> None:
    """Who ends nothing with a newline gets the answer to the login, then kept messages, each by itself."""
    texts = [f"Сообщение {number}" for number in range(5)]
    await keep(app.listener.port, *texts)
    async with await Wire.connect(app.listener.port) as boris:
        assert (await enter(boris, "boris"))["response"] == 202
        assert [(await received(boris))["message"] for _ in texts] == texts


async def test_messages_of_one_moment_come_one_at_a_time(app: App) -> None:
    """So do messages that others send at once, to the person or to a room; an answer does not wait for them."""
    port = app.listener.port
    async with await Wire.connect(port) as boris, await Wire.login(port, "anna") as anna:
        await enter(boris, "boris")
        boris.write(bare("join", room="#tea"))
        assert (await received(boris))["response"] == 200
        await anna.code(action="join", room="#tea")
        for number in range(3):
            anna.tell(action="msg", to="#tea", message=str(number))
            anna.tell(action="msg", to="boris", message=str(number))
        found = [await received(boris)]
        boris.write(bare("get_contacts"))
        assert (await received(boris)) == {"response": 202, "alert": []}
        found += [await received(boris) for _ in range(5)]
        for to in ("#tea", "boris"):
            assert [each["message"] for each in found if each["to"] == to] == ["0", "1", "2"]


async def test_long_texts_come_in_portions(app: App) -> None:
    """A text that is longer than such programs read at a time comes as several messages, none of them lost."""
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 60
    await keep(app.listener.port, text, "И всё")
    async with await Wire.connect(app.listener.port) as boris:
        await enter(boris, "boris")
        parts = [(await received(boris))["message"]]
        while parts[-1] != "И всё":
            parts.append((await received(boris))["message"])
        assert "".join(part.strip("…") for part in parts[:-1]) == text


async def test_what_did_not_have_its_moment_stays_kept(app: App) -> None:
    """A program that goes in the middle gets what it has not seen at the next login, and nothing twice."""
    texts = [str(number) for number in range(6)]
    await keep(app.listener.port, *texts)
    found = []
    for _ in range(3):
        async with await Wire.connect(app.listener.port) as boris:
            assert (await enter(boris, "boris"))["response"] in {200, 202}
            found += [(await received(boris))["message"] for _ in range(2)]
            boris.write(bare("quit"))
            assert await boris.rest() == b""
    assert found == texts


async def test_the_end_of_the_server_is_no_loss(tmp_path: Path) -> None:
    """What waits for its moment when the server stops comes after its next start, and what had come does not."""
    texts = [str(number) for number in range(6)]
    found = []
    for first in (True, False):
        async with running_app(tmp_path, *(("anna", "boris") if first else ()), lang="en") as app:
            if first:
                await keep(app.listener.port, *texts)
            async with await Wire.connect(app.listener.port) as boris:
                await enter(boris, "boris")
                found += [(await received(boris))["message"] for _ in range(3)]
                if first:
                    await app.stop()
                    assert await boris.rest() == b""
    assert found == texts


async def test_newlines_are_noticed_later(app: App) -> None:
    """When a newline comes behind an object after all, everything that waits comes at once."""
    await keep(app.listener.port, *"abcdef")
    async with await Wire.connect(app.listener.port) as boris:
        assert (await enter(boris, "boris"))["response"] == 202
        boris.write(b"\n")
        assert await boris.texts(6) == list("abcdef")


async def test_who_does_not_wait_for_answers_is_not_held_up(app: App) -> None:
    """A program that sends a thousand requests at once, without newlines, has its answers without a pause."""
    async with await Wire.connect(app.listener.port) as anna:
        await enter(anna, "anna")
        anna.write(bare("join", room="#tea") + bare("msg", to="#tea", message="x") * 1000)
        assert [(await anna.hear())["response"] for _ in range(1001)] == [200] * 1001


def test_passwords_in_other_places_are_secret(tmp_path: Path) -> None:
    """Wherever a password stands, and whatever is wrong beside it, nothing of it is in a journal or in an answer."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, "--log-level", "DEBUG") as server:
        asyncio.run(_guess(server.port))
        assert server.stop() == 0
    for path in (tmp_path / "log").iterdir():
        if path.is_file():
            assert b"sesame" not in path.read_bytes(), path.name


async def _guess(port: int) -> None:
    async with await Wire.connect(port) as wire:
        for fields in (
            {"account_name": "anna", "password": "sesame"},
            {"user": "anna", "token": "sesame"},
            {"user": {"client_name": "anna", "password": "sesame"}, "features": 5},
            {"user": ["anna"], "password": "sesame"},
            {"client_name": 7, "password": "sesame"},
            {"account_name": "anna", "password": ["sesame"]},
            {"user": {"account_name": "anna", "password": "secret"}, "password": "sesame"},
        ):
            wire.tell(action="authenticate", **fields)
            assert "sesame" not in str(await wire.hear())


def test_quit_without_a_login(tmp_path: Path) -> None:
    """Somebody who quits without a login is nobody in the journal: no name, also not the one that was refused."""
    add_accounts(tmp_path, ["anna"], "secret")
    with ServerProcess(tmp_path, "--lang", "en") as server:
        asyncio.run(_quit(server.port, None))
        asyncio.run(_quit(server.port, "anna"))
        assert server.stop() == 0
        lines = [line for line in server.journal.splitlines() if " quit" in line]
        assert [line.rpartition("server     ")[2] for line in lines] == ["200: A client quit without a login"] * 2


async def _quit(port: int, name: str | None) -> None:
    async with await Wire.connect(port) as wire:
        if name is not None:
            assert (await wire.authenticate(name, "guess"))["response"] == 402
        wire.tell(action="quit")
        assert await wire.rest() == b""
