"""Programs that speak dialects of JIM over a real connection: what they say is understood, and answered alike."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.app import App


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server with the accounts anna, boris and clara."""
    async with running_app(tmp_path, "anna", "boris", "clara", lang="en") as started:
        yield started


class Program(Wire):
    """A program that ends nothing with a newline and takes for one object what one call of the system gives it."""

    @classmethod
    async def enter(cls, port: int, name: str, **fields: Any) -> Self:
        """Connect and log in with name and password at the top level; the first sign of a dialect."""
        program = await cls.connect(port)
        assert (await program.say(action="authenticate", account_name=name, password="secret", **fields))[
            "response"
        ] in {
            200,
            202,
        }
        return program

    async def say(self, **fields: Any) -> dict[str, Any]:
        """Say something; what is heard next."""
        self.write(json.dumps({"time": 1} | fields, ensure_ascii=False).encode())
        return await self.next()

    async def next(self) -> dict[str, Any]:
        """What one call of the system gives."""
        found = json.loads(await asyncio.wait_for(self.reader.read(1024), DEADLINE))
        assert isinstance(found, dict)
        return found


MESS_TEXT = {"action": "message", "from": "{}", "to": "{}", "mess_text": "{}"}
DESTINATION = {"action": "message", "sender": "{}", "destination": "{}", "mess_text": "{}"}
RECEIVER = {"action": "msg", "sender": "{}", "receiver": "{}", "message": "{}"}
PLAIN = {"action": "msg", "from": "{}", "to": "{}", "message": "{}"}
SPELLINGS = [MESS_TEXT, DESTINATION, RECEIVER, PLAIN]


def spelled(spelling: dict[str, str], *values: str) -> dict[str, Any]:
    """A message from somebody to somebody that says something."""
    filling = iter(values)
    return {field: next(filling) if value == "{}" else value for field, value in spelling.items()}


@pytest.mark.parametrize("theirs", SPELLINGS, ids=["mess_text", "destination", "receiver", "plain"])
@pytest.mark.parametrize("mine", SPELLINGS, ids=["mess_text", "destination", "receiver", "plain"])
async def test_two_spellings(app: App, mine: dict[str, str], theirs: dict[str, str]) -> None:
    """Two programs of any two spellings talk to each other, each in its own."""
    port = app.listener.port
    async with await Program.enter(port, "anna") as anna, await Program.enter(port, "boris") as boris:
        assert (await boris.say(**spelled(theirs, "boris", "boris", "to myself")))["response"] == 202
        assert (await anna.say(**spelled(mine, "anna", "boris", "Привет")))["response"] == 200
        heard = await boris.next()
        expected = spelled(theirs, "anna", "boris", "Привет")
        expected.pop("receiver", None)
        assert heard == expected | {"time": heard["time"]}
        assert (await boris.say(**spelled(theirs, "boris", "anna", "Ответ")))["response"] == 200
        assert "Ответ" in (await anna.next()).values()


@pytest.mark.parametrize("spelling", SPELLINGS[:3], ids=["mess_text", "destination", "receiver"])
async def test_another_author_is_a_claim(app: App, spelling: dict[str, str]) -> None:
    """Who spells somebody else's name as the author is answered with 403, once, and goes on."""
    async with await Program.enter(app.listener.port, "anna") as anna:
        assert (await anna.say(**spelled(spelling, "boris", "clara", "x")))["response"] == 403
        assert (await anna.say(action="get_users", account_name="boris"))["response"] == 403
        assert (await anna.say(action="presence"))["response"] == 200


async def test_everybody(app: App) -> None:
    """Who writes to `#` or `@all` is in the common room, and hears it so; a plain member hears its name."""
    port = app.listener.port
    async with (
        await Wire.login(port, "anna") as anna,
        await Program.enter(port, "boris") as boris,
        await Program.enter(port, "clara") as clara,
    ):
        assert await anna.code(action="join", room="#all") == 200
        assert (await boris.say(action="msg", to="#", message="here"))["response"] == 200
        assert (await anna.hear())["to"] == "#all"
        assert (await clara.say(action="message", **{"from": "clara"}, to="@all", mess_text="too"))["response"] == 200
        heard = await boris.next()
        assert (heard["to"], heard["message"]) == ("#", "too")
        assert (await anna.hear())["message"] == "too"
        assert (await anna.send("#all", "Hello"))["response"] == 200
        assert (await clara.next())["to"] == "@all"


async def test_rooms_are_joined_by_writing(app: App) -> None:
    """In a dialect a room is joined by writing to it, and left by leaving; a plain client is told that it may not."""
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Program.enter(port, "boris") as boris:
        assert (await boris.say(action="msg", to="#default", message="x"))["response"] == 200
        assert (await anna.send("#default", "x"))["response"] == 403
        assert await anna.code(action="join", room="#default") == 200
        assert (await anna.send("#default", "y"))["response"] == 200
        assert (await boris.next())["message"] == "y"
        assert (await boris.say(action="leave", room="#default"))["response"] == 200
        assert (await boris.say(action="msg", to="#default", message="z"))["response"] == 200
        assert (await anna.hear())["message"] == "z"
        assert await anna.code(action="create_room", room="#secret", private=True) == 201
        refused = await boris.say(action="msg", to="#secret", message="x")
        assert refused == {"response": 404, "error": "Room #secret does not exist"}
    assert any("joined room #default" in line for line in journal_lines(app))


async def test_lists(app: App) -> None:
    """Lists of contacts and of people look as such programs ask for them."""
    async with await Program.enter(app.listener.port, "anna") as anna:
        assert (await anna.say(action="add_contact", user_id="boris"))["response"] == 200
        assert await anna.say(action="get_contacts", user="anna") == {"response": 202, "data_list": ["boris"]}
        assert await anna.say(action="get_contacts", account_name="anna") == {"response": 202, "quantity": 1}
        assert await anna.next() == {"action": "contact_list", "user_id": "boris"}
        assert await anna.say(action="get_contacts", user_login="anna") == {"response": 202, "alert": ["boris"]}
        everybody = ["anna", "boris", "clara"]
        assert await anna.say(action="get_users", account_name="anna") == {"response": 202, "data_list": everybody}
        found = await anna.say(action="get_contacts_all", user_login="anna")
        assert found == {"response": 202, "alert": [[number, name] for number, name in enumerate(everybody, 1)]}


async def test_exit(app: App) -> None:
    """`exit` ends the login and the connection without a word."""
    async with await Program.enter(app.listener.port, "anna") as anna:
        anna.write(json.dumps({"action": "exit", "time": 1, "account_name": "anna"}).encode())
        assert await anna.rest() == b""
    async with await Wire.connect(app.listener.port) as wire:
        assert (await wire.authenticate("anna"))["response"] == 202


async def test_long_texts_in_a_dialect(app: App) -> None:
    """A long text comes in portions there, too."""
    text = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 30
    port = app.listener.port
    async with await Wire.login(port, "anna") as anna, await Program.enter(port, "boris") as boris:
        await boris.say(**spelled(MESS_TEXT, "boris", "boris", "x"))
        await anna.send("boris", text)
        parts: list[str] = []
        while "".join(part.strip("…") for part in parts) != text:
            parts.append((await boris.next())["mess_text"])
        assert len(parts) > 1


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "message", "to": "boris"},
        {"action": "message", "mess_text": "x"},
        {"action": "msg", "sender": "anna", "message": "x"},
        {"action": "get_everything"},
        {"action": "message", "to": 5, "mess_text": "x"},
        {},
    ],
    ids=repr,
)
async def test_what_is_not_understood_is_one_400(app: App, fields: dict[str, Any]) -> None:
    """Whatever else is said is answered with 400, once, also in a dialect, and the connection goes on."""
    async with await Program.enter(app.listener.port, "anna") as anna:
        answer = await anna.say(**fields)
        assert (answer["response"], set(answer)) == (400, {"response", "error"})
        assert (await anna.say(action="presence"))["response"] == 200


async def test_switched_off(tmp_path: Path) -> None:
    """Where the setting says no, only plain JIM is known."""
    async with (
        running_app(tmp_path, "anna", lang="en", dialects=False) as app,
        await Program.enter(app.listener.port, "anna") as anna,
    ):
        answer = await anna.say(action="message", **{"from": "anna"}, to="anna", mess_text="x")
        assert answer == {"response": 400, "error": "Unknown action message"}
        assert (await anna.say(action="msg", to="@all", message="x"))["response"] == 404
        assert await anna.say(action="get_contacts") == {"response": 202, "alert": []}


async def test_features_are_no_dialect(app: App) -> None:
    """Who names features is written to as they say, whatever else it says."""
    async with await Wire.login(app.listener.port, "anna", features=["seq"]) as anna:
        answer = await anna.ask(action="message", to="boris", mess_text="x")
        assert answer == {"response": 400, "error": "Unknown action message"}
        assert (await anna.ask(action="get_contacts", id="1")) == {"response": 202, "alert": [], "id": "1"}
