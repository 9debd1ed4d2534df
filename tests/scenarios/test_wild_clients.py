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
