"""Bots over the wire: what a token gives, what it hides, and that it ends."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import running_app
from tests.support.wire import Wire
from vestnik.server.app import App
from vestnik.server.doors.control import SOCKET_NAME


class Setting:
    """A server with anna, boris and the bot deployer, which is a member of #ops and #tea like them."""

    def __init__(self, app: App, admin: Wire, anna: Wire) -> None:
        self.app = app
        self.admin = admin
        self.anna = anna

    async def token(self, **fields: Any) -> str:
        """A new token of the bot."""
        answer = await self.admin.ask(action="add_token", name="deployer", **fields)
        assert answer["response"] == 201, answer
        return str(answer["token"])

    async def bot(self, token: str, **fields: Any) -> Wire:
        """The bot, logged in."""
        wire = await Wire.connect(self.app.listener.port)
        user = {"account_name": "deployer", "token": token}
        answer = await wire.ask(action="authenticate", user=user, **fields)
        assert answer["response"] == 200, answer
        return wire


@asynccontextmanager
async def setting(tmp_path: Path, clock: Any = None) -> AsyncIterator[Setting]:
    """The server."""
    async with running_app(tmp_path, "anna", "boris") as app:
        if clock is not None:
            app.chat.clock = clock
        admin = await Wire.connect_to(app.settings.data_path / SOCKET_NAME)
        assert await admin.code(action="add_bot", name="deployer") == 201
        anna = await Wire.login(app.listener.port, "anna", features=["seq"])
        made = Setting(app, admin, anna)
        whole = await made.bot(await made.token(may=["join"]))
        for room in ("#ops", "#tea"):
            assert await anna.code(action="join", room=room) == 200
            assert await whole.code(action="join", room=room) == 200
        await whole.close()
        yield made
        await anna.close()
        await admin.close()


async def test_a_bot_has_no_password(tmp_path: Path) -> None:
    """Nobody logs in as a bot but with its tokens, nor with its token as anybody else; `quit` does not end it."""
    async with setting(tmp_path) as made:
        token = await made.token()
        async with await Wire.connect(made.app.listener.port) as wire:
            for password in ("", "!", "secret", token):
                assert (await wire.authenticate("deployer", password))["response"] == 402
            for name, given in (("anna", token), ("deployer", token + "x"), ("deployer", token[:-1])):
                user = {"account_name": name, "token": given}
                assert await wire.code(action="authenticate", user=user) == 402
        async with await made.bot(token) as bot:
            bot.tell(action="quit")
            assert await bot.rest() == b""
        await (await made.bot(token)).close()
        answer = await made.admin.ask(action="add_token", name="anna")
        assert (answer["response"], "token" in answer) == (400, False)


async def test_the_first_person_is_owner(tmp_path: Path) -> None:
    """A bot that is there before all people does not take the place of the owner."""
    async with running_app(tmp_path) as app, await Wire.connect_to(app.settings.data_path / SOCKET_NAME) as admin:
        assert await admin.code(action="add_bot", name="first") == 201
        assert await admin.code(action="add_account", name="anna", password="a long password for a test") == 201
        answer = await admin.ask(action="get_account", name="anna")
        assert answer["accounts"][0]["role"] == "owner"


async def test_rooms(tmp_path: Path) -> None:
    """A token for one room shows nothing of another: not as it is said, nor afterwards, nor in a search or a list."""
    async with setting(tmp_path) as made:
        token = await made.token(rooms=["#ops"])
        async with await made.bot(token, features=["changes"]) as bot:
            for room in ("#tea", "#ops"):
                await made.anna.send(room, f"cake in {room}")
            assert (await bot.hear())["to"] == "#ops"
            found = await bot.ask(action="search", query="cake")
            assert [each["to"] for each in found["messages"]] == ["#ops"]
            found = await bot.ask(action="conversations")
            assert [each["to"] for each in found["conversations"]] == ["#ops"]
            for refused in (
                {"action": "history", "to": "#tea"},
                {"action": "msg", "to": "#tea", "message": "x"},
                {"action": "members", "room": "#tea"},
                {"action": "leave", "room": "#tea"},
                {"action": "commands", "to": "#tea"},
                {"action": "rooms"},
            ):
                assert await bot.code(**refused) == 403, refused
        async with await made.bot(token, features=["resume", "changes"]) as bot:
            answer = await bot.ask(action="resume", cursors={"#tea": 0})
            assert [each["to"] for each in answer["conversations"]] == ["#ops"]
            heard = []
            while (event := await bot.hear())["action"] != "resumed":
                heard.append(event)
            assert {event["to"] for event in heard} == {"#ops"}
            assert await made.anna.code(action="set_room", room="#ops", name="#operations") == 200
            assert (await bot.hear())["name"] == "#operations"
            await made.anna.send("#tea", "More cake")
            await made.anna.send("#operations", "Here")
            assert (await bot.hear())["message"] == "Here"
        answer = await made.admin.ask(action="list_tokens", name="deployer")
        assert answer["tokens"][-1]["rooms"] == ["#operations"]


async def test_a_room_that_is_joined_later(tmp_path: Path) -> None:
    """Of a room into which the bot is brought while it is connected its token shows nothing either."""
    async with setting(tmp_path) as made:
        bot = await made.bot(await made.token(rooms=["#ops"]), features=["changes"])
        assert await made.anna.code(action="create_room", room="#new", private=True) == 201
        await made.anna.ask(action="invite", room="#new", name="deployer")
        await made.anna.send("#new", "secret")
        await made.anna.send("#ops", "here")
        while (event := await bot.hear()).get("message") != "here":
            assert event["to"] != "#new"
        await bot.close()


async def test_tellings(tmp_path: Path) -> None:
    """Nor does it show how far another device has read there, nor invitations to other rooms."""
    async with setting(tmp_path) as made:
        made.app.chat.asks_invited = True
        token = await made.token(rooms=["#ops"])
        for room in ("#tea", "#ops"):
            await made.anna.send(room, "cake")
        async with (
            await made.bot(token, features=["changes", "read"]) as bot,
            await made.bot(await made.token()) as other,
        ):
            assert await made.anna.code(action="create_room", room="#new", private=True) == 201
            assert await made.anna.code(action="invite", room="#new", name="deployer") == 202
            for room in ("#tea", "#ops"):
                assert await other.code(action="read", to=room, seq=1) == 200
            assert (await bot.hear()) | {"time": 0} == {"action": "read", "time": 0, "to": "#ops", "seq": 1}


async def test_a_token_that_only_writes(tmp_path: Path) -> None:
    """A token without `read` writes and hears nothing, and takes no direct message away from who hears it."""
    async with setting(tmp_path) as made, await made.bot(await made.token(may=["write"])) as bot:
        await made.anna.send("#ops", "hello")
        assert (await made.anna.send("deployer", "hello"))["response"] == 202
        assert await bot.code(action="msg", to="#ops", message="done") == 200
        assert (await made.anna.hear())["message"] == "done"
        for action in ("resume", "conversations", "who"):
            assert await bot.code(action=action) == 403
        token = await made.token()
        user = {"account_name": "deployer", "token": token}
        assert await bot.code(action="authenticate", user=user) == 200  # from here on it hears
        assert (await bot.hear())["message"] == "hello"
        await made.anna.send("#ops", "again")
        assert (await bot.hear())["message"] == "again"


async def test_the_end_of_tokens(tmp_path: Path) -> None:
    """A token that is revoked or has expired ends its connections, and no others; and lets nobody in."""
    now = [1_000.0]
    async with setting(tmp_path, lambda: now[0]) as made:
        kept, revoked, passing = await made.token(), await made.token(), await made.token(days=1)
        bots = [await made.bot(token) for token in (kept, revoked, passing)]
        assert await made.admin.code(action="revoke_token", name="deployer", token=3) == 200
        assert await made.admin.code(action="revoke_token", name="deployer", token=3) == 404
        assert await bots[1].rest() == b""
        now[0] += 86_400
        assert await bots[2].rest() == b""
        assert await bots[0].code(action="who") == 200
        for token in (revoked, passing):
            async with await Wire.connect(made.app.listener.port) as wire:
                user = {"account_name": "deployer", "token": token}
                assert await wire.code(action="authenticate", user=user) == 402
        assert await made.admin.code(action="disable_account", name="deployer") == 200
        assert await bots[0].rest() == b""
        async with await Wire.connect(made.app.listener.port) as wire:
            assert await wire.code(action="authenticate", user={"account_name": "deployer", "token": kept}) == 403
        for bot in bots:
            await bot.close()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"rooms": ["#none"]}, 404),
        ({"rooms": []}, 400),
        ({"may": ["dance"]}, 400),
        ({"may": ["add_account"]}, 400),
        ({"may": []}, 400),
        ({"days": 0}, 400),
        ({"label": "x" * 65}, 400),
        ({"label": "two\nlines"}, 400),
        ({"name": "nobody"}, 404),
    ],
)
async def test_tokens_that_are_not_made(tmp_path: Path, fields: dict[str, Any], code: int) -> None:
    """What a token cannot be is refused."""
    async with setting(tmp_path) as made:
        assert await made.admin.code(**{"action": "add_token", "name": "deployer"} | fields) == code


async def test_commands(tmp_path: Path) -> None:
    """Commands are those of the bots that are there, as they were said last; nobody but a bot has any."""
    async with setting(tmp_path) as made:
        deploy = {"name": "Deploy", "arguments": "SERVICE", "about": "Deploy it."}
        assert await made.anna.code(action="set_commands", commands=[deploy]) == 403
        async with await made.bot(await made.token(may=["register"])) as bot:
            for commands, code in (
                ([{"name": "x y"}], 400),
                ([{"name": "-x"}], 400),
                ([{"name": ""}], 400),
                ([{"name": "x", "about": "a\nb"}], 400),
                ([{"name": "x", "arguments": "a" * 201}], 400),
                ([{"name": "x"}, {"name": "X"}], 409),
                ([{"name": f"x{number}"} for number in range(101)], 403),
                ([{"name": "status"}, deploy], 200),
            ):
                assert await bot.code(action="set_commands", commands=commands) == code, commands
            for to in ("#ops", "deployer"):
                found = await made.anna.ask(action="commands", to=to)
                assert [each["name"] for each in found["commands"]] == ["Deploy", "status"]
            assert (await made.anna.ask(action="commands", to="boris"))["commands"] == []
            assert await made.anna.code(action="create_room", room="#empty") == 201
            assert (await made.anna.ask(action="commands", to="#empty"))["commands"] == []
            assert await bot.code(action="set_commands", commands=[]) == 200
            assert (await made.anna.ask(action="commands", to="#ops"))["commands"] == []


async def test_tokens_in_no_journal(tmp_path: Path) -> None:
    """Tokens are in no journal; who made them and what for is."""
    async with setting(tmp_path) as made:
        token = await made.token(label="server 1")
        await (await made.bot(token)).close()
        log = made.app.settings.log_path
    texts = {path.name: path.read_text("utf-8", "replace") for path in log.iterdir() if path.is_file()}
    assert not [name for name, text in texts.items() if token in text or token[-20:] in text]
    lines = [json.loads(line) for line in texts["admin.jsonl"].splitlines()]
    assert "admin.token_added" in [line["event"] for line in lines]
