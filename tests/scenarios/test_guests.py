"""Guests: people without an account, who are there as long as their connection."""

import json
import signal
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import pytest

from tests.scenarios.test_dialects import SPELLINGS, Program, spelled
from tests.support.app import journal_lines, running_app
from tests.support.data import add_accounts
from tests.support.process import ServerProcess
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.app import App


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """A server that admits guests, with the accounts anna and boris."""
    async with running_app(tmp_path, "anna", "boris", lang="en", guests=True) as started:
        yield started


class Guest(Program):
    """A program that only knows `presence`."""

    @classmethod
    async def come(cls, port: int, name: str, **fields: Any) -> Self:
        """Come in under a name."""
        guest = await cls.connect(port)
        answer = await guest.say(action="presence", **({"type": "status", "user": {"account_name": name}} | fields))
        assert answer == {"response": 200, "alert": f"Guest {name} has come in"}
        return guest


async def test_off(tmp_path: Path) -> None:
    """By default there are no guests: a presence without a login is a 401."""
    async with running_app(tmp_path, lang="en") as app, await Program.connect(app.listener.port) as gleb:
        answer = await gleb.say(action="presence", user={"account_name": "gleb"})
        assert answer == {"response": 401, "error": "User gleb is not logged in"}
        assert (await gleb.say(action="msg", to="#", message="x"))["response"] == 401


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("anna", 401),
        ("ANNA", 401),
        ("аnna", 400),
        ("annа", 400),
        ("all", 400),
        ("#tea", 400),
        ("x" * 26, 400),
        ("gleb", 409),
    ],
)
async def test_names(app: App, name: str, code: int) -> None:
    """Nobody comes in under the name of an account or another guest, one that looks like it, or one that is none."""
    async with await Guest.come(app.listener.port, "gleb") as gleb, await Program.connect(app.listener.port) as other:
        assert (await other.say(action="presence", user={"account_name": name}))["response"] == code
        assert (await other.say(action="presence", user={"account_name": "vika"}))["response"] == 200
        assert (await gleb.say(action="presence", user={"account_name": "gleb", "status": "x"}))["response"] == 200
        assert (await gleb.say(action="presence", user={"account_name": "vika"}))["response"] == 403


@pytest.mark.parametrize(
    "fields",
    [
        {"user": {"account_name": "gleb"}},
        {"user": {"account_name": "gleb", "status": "Yep, I am here!"}, "type": "status"},
        {"user": "gleb"},
        {"user": {"client_name": "gleb"}},
        {"account_name": "gleb", "user": None},
    ],
    ids=repr,
)
async def test_presence_in_every_spelling(app: App, fields: dict[str, Any]) -> None:
    """However the name is spelled, the guest is in, and is written to by others."""
    async with await Program.connect(app.listener.port) as gleb, await Guest.come(app.listener.port, "vika") as vika:
        assert (await gleb.say(action="presence", **fields))["response"] == 200
        assert (await vika.say(action="msg", to="gleb", **{"from": "vika"}, message="Привет"))["response"] == 200
        heard = await gleb.next()
        assert (heard["from"], heard["to"], heard["message"]) == ("vika", "gleb", "Привет")


@pytest.mark.parametrize("theirs", SPELLINGS, ids=["mess_text", "destination", "receiver", "plain"])
@pytest.mark.parametrize("mine", SPELLINGS, ids=["mess_text", "destination", "receiver", "plain"])
async def test_programs_that_only_know_presence(app: App, mine: dict[str, str], theirs: dict[str, str]) -> None:
    """Two guests talk to each other and to everybody, each in the spelling of their own."""
    port = app.listener.port
    async with await Guest.come(port, "gleb") as gleb, await Guest.come(port, "vika") as vika:
        for to in ("gleb", "#"):
            assert (await vika.say(**spelled(mine, "vika", to, "Hello")))["response"] == 200
            assert "Hello" in (await gleb.next()).values()
            assert (await gleb.say(**spelled(theirs, "gleb", "vika", "Ho")))["response"] == 200
            heard = await vika.next()
            expected = spelled(mine, "gleb", "vika", "Ho")
            expected.pop("receiver", None)
            assert heard == expected | {"time": heard["time"]}


async def test_who_only_listens(app: App) -> None:
    """A guest who says nothing but a bare presence hears everybody, as they spell it."""
    port = app.listener.port
    bare = {"user": {"account_name": "gleb"}}
    async with await Program.connect(port) as gleb, await Guest.come(port, "vika") as vika:
        assert (await gleb.say(action="presence", **bare))["response"] == 200
        assert (await vika.say(action="message", sender="vika", destination="#", mess_text="x"))["response"] == 200
        heard = await gleb.next()
        assert heard == {
            "action": "message",
            "time": heard["time"],
            "sender": "vika",
            "destination": "#all",
            "mess_text": "x",
        }


async def test_people(app: App) -> None:
    """A guest writes to those who let guests, and to who has written first; nobody else, and sees nobody else."""
    port = app.listener.port
    async with await Guest.come(port, "gleb") as gleb, await Wire.login(port, "anna", features=["seq"]) as anna:
        assert (await gleb.say(action="get_users", account_name="gleb")) == {"response": 202, "data_list": ["gleb"]}
        refused = await gleb.say(action="msg", to="anna", message="x")
        assert refused == {"response": 403, "error": "anna takes no messages from guests, and gleb is one"}
        assert (await anna.send("gleb", "Hello"))["response"] == 200
        assert (await gleb.next())["message"] == "Hello"
        assert (await gleb.say(action="msg", to="anna", message="Ho"))["response"] == 200
        assert (await anna.hear())["message"] == "Ho"
        assert (await gleb.say(action="msg", to="boris", message="x"))["response"] == 403
        async with await Wire.login(port, "boris") as boris:
            assert await boris.code(action="admit_guests", admit=True) == 200
        found = await gleb.say(action="get_users", account_name="gleb")
        assert found == {"response": 202, "data_list": ["boris", "gleb"]}
        assert (await gleb.say(action="msg", to="boris", message="kept"))["response"] == 200
        assert (await gleb.say(action="msg", to="nobody", message="x"))["response"] == 404


async def test_rooms(app: App) -> None:
    """A guest enters rooms that admit guests, and makes such; one that does so no more hears nothing of them."""
    port = app.listener.port
    async with await Guest.come(port, "gleb") as gleb, await Wire.login(port, "anna", features=["seq"]) as anna:
        assert await anna.code(action="create_room", room="#team") == 201
        assert await anna.code(action="create_room", room="#open", guests=True) == 201
        refused = await gleb.say(action="join", room="#team")
        assert refused == {"response": 403, "error": "Room #team is not for guests, and gleb is one"}
        assert (await gleb.say(action="msg", to="#team", message="x"))["response"] == 403
        assert await anna.code(action="invite", room="#team", name="gleb") == 403
        assert (await gleb.say(action="join", room="#open"))["response"] == 200
        assert (await gleb.say(action="msg", to="#open", message="x"))["response"] == 200
        assert (await anna.hear())["message"] == "x"
        members = (await anna.ask(action="members", room="#open"))["members"]
        assert [(each["name"], each.get("guest", False)) for each in members] == [("anna", False), ("gleb", True)]
        assert await anna.code(action="set_role", room="#open", name="gleb", role="owner") == 403
        assert await anna.code(action="set_room", room="#open", guests=False) == 200
        assert (await gleb.say(action="msg", to="#open", message="y"))["response"] == 403
        assert (await gleb.say(action="join", room="#den"))["response"] == 200
        assert await anna.code(action="join", room="#den") == 200
        state = (await anna.ask(action="get_room", room="#den"))["rooms"][0]
        assert (state["role"], state["guests"], state["members"]) == ("owner", True, 2)
        assert await anna.code(action="group", members=["gleb", "boris"]) == 403


async def test_what_guests_may_not(app: App) -> None:
    """A guest has no history and administers nothing; contacts are there until the end."""
    async with await Guest.come(app.listener.port, "gleb") as gleb, await Guest.come(app.listener.port, "vika"):
        for action, fields in (
            ("history", {"to": "#all"}),
            ("search", {"query": "x"}),
            ("create_room", {"room": "#mine"}),
            ("rooms", {}),
            ("members", {"room": "#all"}),
            ("invite", {"room": "#all", "name": "anna"}),
            ("admit_guests", {"admit": True}),
            ("conversations", {}),
        ):
            assert (await gleb.say(action=action, **fields))["response"] == 403, action
        assert (await gleb.say(action="add_contact", user_id="vika", user_login="gleb"))["response"] == 200
        assert await gleb.say(action="get_contacts", user_login="gleb") == {"response": 202, "alert": ["vika"]}


async def test_they_are_listed_as_guests(app: App) -> None:
    """Everybody sees in the list of people who is a guest, and is told so when they come."""
    port = app.listener.port
    async with await Wire.login(port, "anna", features=["presence"]) as anna, await Guest.come(port, "gleb"):
        found = {"name": "gleb", "state": "online", "guest": True}
        people: list[dict[str, Any]] = []
        while found not in people:
            people = (await anna.hear())["people"]
        for fields in ({}, {"all": True}, {"names": ["gleb"]}):
            assert found in (await anna.ask(action="who", **fields))["people"]


async def test_they_are_forgotten(app: App) -> None:
    """After the connection the name is free at once, for another guest; rooms and people keep what was written."""
    port = app.listener.port
    async with await Wire.login(port, "anna", features=["seq", "changes"]) as anna:
        assert await anna.code(action="join", room="#all") == 200
        assert await anna.code(action="admit_guests", admit=True) == 200
        for text in ("first", "second"):
            async with await Guest.come(port, "gleb") as gleb:
                assert (await gleb.say(action="msg", to="#all", message=text))["response"] == 200
                assert (await gleb.say(action="msg", to="anna", message=text))["response"] == 200
                gleb.write(b'{"action": "quit"}')
                assert await gleb.rest() == b""
            while (heard := await anna.hear()).get("kind") != "leave":
                assert heard["from"] == "gleb"
        assert (await anna.send("gleb", "x"))["response"] == 404
        found = (await anna.ask(action="conversations"))["conversations"]
        gone = [each["to"] for each in found if each["to"] != "#all"]
        assert len(gone) == 2
        assert all(name.startswith("gleb~") for name in gone)
        history = (await anna.ask(action="history", to=gone[0]))["messages"]
        assert [each["message"] for each in history] == ["first"]
        refused = await anna.send(gone[0], "x")
        assert refused == {"response": 404, "error": f"Guest {gone[0]} has gone"}
        authors = {each["from"] for each in (await anna.ask(action="history", to="#all"))["messages"]}
        assert authors == set(gone)
        assert [each["name"] for each in (await anna.ask(action="members", room="#all"))["members"]] == ["anna"]
    assert sum("Guest gleb has gone" in line for line in journal_lines(app)) == 2


async def test_a_guest_may_log_in(app: App) -> None:
    """Who has come as a guest and then gives name and password is that account, and the guest is gone."""
    port = app.listener.port
    async with await Guest.come(port, "gleb") as gleb:
        user = {"account_name": "anna", "password": "secret"}
        assert (await gleb.say(action="authenticate", user=user | {"password": "guess"}))["response"] == 402
        assert (await gleb.say(action="authenticate", user=user))["response"] == 202
        assert (await gleb.say(action="presence", user={"account_name": "anna"}))["response"] == 200
        async with await Guest.come(port, "gleb"):
            pass


def test_guests_of_a_run_that_was_killed(tmp_path: Path) -> None:
    """After `kill -9` nobody is a guest any more: their names are free."""
    add_accounts(tmp_path, ["anna"], "secret")
    for killed in (True, False):
        with (
            ServerProcess(tmp_path, "--lang", "en", toml="guests = true") as server,
            socket.create_connection(("127.0.0.1", server.port), DEADLINE) as gleb,
        ):
            for request in ({"action": "presence", "user": "gleb"}, {"action": "msg", "to": "#", "message": "x"}):
                gleb.sendall(json.dumps(request).encode())
                assert json.loads(gleb.recv(1024))["response"] == 200
            if killed:
                server.signal(signal.SIGKILL)
                assert gleb.recv(1024) == b""
            else:
                assert server.stop() == 0
