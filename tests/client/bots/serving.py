"""A bot that serves while a test talks to it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.client import Backoff, Bot

MakeBot = Callable[..., Bot]


def make_bot(port: int, state: Path | None = None, **more: Any) -> Bot:
    """A bot of the account "bot", in English."""
    given = {"rooms": ["#tea"], "lang": "en", "backoff": Backoff(base=0)} | more
    return Bot("127.0.0.1", port, name="bot", password="secret", state=state, **given)


@asynccontextmanager
async def serving(bot: Bot) -> AsyncIterator[asyncio.Task[None]]:
    """A bot at work, stopped at the end; what it ends with is raised."""
    task = asyncio.create_task(bot.serve())
    try:
        yield task
    finally:
        bot.stop()
        await asyncio.wait_for(task, DEADLINE)


@asynccontextmanager
async def killed(bot: Bot) -> AsyncIterator[None]:
    """A bot at work that does not come to do anything more at the end."""
    task = asyncio.create_task(bot.serve())
    try:
        yield
    finally:
        running = bot._running
        assert running is not None
        for each in (*running._working, task):
            each.cancel()
        await asyncio.wait((task,))


async def in_room(boris: Wire, name: str = "bot", room: str = "#tea") -> None:
    """Return when the bot is in the room, of which boris is a member who hears of changes."""
    members = await boris.ask(action="members", room=room)
    while name not in [each["name"] for each in members.get("members", ())]:
        members = await boris.ask(action="members", room=room)


async def said(boris: Wire, author: str = "bot") -> str:
    """The text of the next message of the bot."""
    while (found := await boris.hear()).get("action") != "msg" or found["from"] != author:
        pass
    return str(found["message"])


async def listener(port: int, name: str = "boris") -> Wire:
    """Somebody in #tea who hears messages with their numbers."""
    wire = await Wire.login(port, name, features=["seq"])
    assert await wire.code(action="join", time=0, room="#tea") == 200
    return wire
