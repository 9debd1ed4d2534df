"""What a bot is made of."""

import asyncio
from pathlib import Path

import pytest

from tests.client.bots.serving import in_room, listener, make_bot, said, serving
from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.client import Bot, Call, Refused


def test_registration() -> None:
    """A name is taken once and has to be one; a function has to be one that can be waited for."""
    bot = Bot(name="bot")

    @bot.command("Deploy")
    async def deploy(call: Call) -> None: ...

    for name in ("deploy", "help"):
        with pytest.raises(ValueError, match=name):
            bot.command(name)(deploy)
    for name in ("", "two words", "/x", "-x", "_x", "x" * 33, "x@y"):
        with pytest.raises(ValueError, match="called"):
            bot.command(name)
    for register in (bot.command("x"), bot.message("x"), bot.reaction()):
        with pytest.raises(TypeError):
            register(lambda call: None)  # type: ignore[arg-type,return-value]
    assert repr(bot) == "Bot('bot')"


async def test_help(tmp_path: Path) -> None:
    """In a direct conversation a bot shows what it can do; in a room if it is meant."""
    async with running_app(tmp_path, "bot", "boris") as app:
        port = app.listener.port
        bot = make_bot(port)

        @bot.command("deploy")
        async def deploy(call: Call, service: str) -> None:
            """Deploy a service.

            With more words.
            """

        async with serving(bot), await listener(port) as boris:
            await in_room(boris)
            for to, line in (("bot", "/help"), ("#tea", "/help@bot")):
                await boris.send(to, line)
                assert await said(boris) == "/deploy SERVICE — Deploy a service.\n/help — Show the commands"


async def test_refused_at_the_login(tmp_path: Path) -> None:
    """A bot that the server does not let in says so and ends."""
    async with running_app(tmp_path, "boris") as app:
        with pytest.raises(Refused):
            await asyncio.wait_for(make_bot(app.listener.port).serve(), DEADLINE)


async def test_invited(tmp_path: Path) -> None:
    """A bot that is asked into a room comes, also if that was while it was away."""
    async with running_app(tmp_path, "bot", "boris", invitations="ask") as app:
        port = app.listener.port
        async with await Wire.login(port, "boris", features=["seq"]) as boris:
            assert await boris.code(action="create_room", room="#one", private=True) == 201
            assert await boris.code(action="invite", room="#one", name="bot") == 202
            async with serving(make_bot(port, rooms=())):
                await in_room(boris, room="#one")
                assert await boris.code(action="create_room", room="#two", private=True) == 201
                assert await boris.code(action="invite", room="#two", name="bot") == 202
                await in_room(boris, room="#two")
