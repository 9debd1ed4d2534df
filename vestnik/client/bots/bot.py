"""A framework for bots: functions that serve commands, messages and reactions, and nothing lost or doubled.

bot = Bot("127.0.0.1", name="deployer", token=token, state="deployer.json", rooms=["#ops"])

@bot.command("deploy")
async def deploy(call: Call, service: str, count: int = 1, *, force: bool = False) -> str:
    \"\"\"Deploy a service.\"\"\"
    await call.react("👀")
    return f"{service} runs on {count} machines"

bot.run()
"""

import asyncio
import re
import signal
from collections.abc import Callable, Sequence
from inspect import getdoc, iscoroutinefunction
from pathlib import Path
from typing import Any, TypeVar

from vestnik.client.bots.call import Call
from vestnik.client.bots.handlers import COMMAND_NAME, HELP, BotCommand, Handlers, Serve
from vestnik.client.bots.running import Running
from vestnik.client.bots.signature import Signature
from vestnik.client.bots.state import BotState
from vestnik.client.client import Client
from vestnik.log.journal import SILENT, Journal
from vestnik.log.journaled import journaled
from vestnik.log.setup import find_journal
from vestnik.protocol.names import name_key
from vestnik.secret import Secret
from vestnik.texts import say

F = TypeVar("F", bound=Serve)


class Bot:
    """A bot: the account `name` at the server `address`:`port`, and what it does.

    It logs in with a `token` (or a `password`), joins `rooms` and every room that it is invited to, and serves what
    comes, 16 things at a time. In the file `state` it keeps how far it is and what it is doing: what it was doing when
    it was stopped or killed it does again when it is back, and what was said meanwhile is served then. Without a file
    it begins with what is said from now on. What the bot says by itself is in the language `lang` ("ru", "en").
    Whatever else `Client` takes may be given, too.

    Messages of the bot itself are passed over; so are those that were edited or deleted before it has seen them.
    """

    def __init__(
        self,
        address: str = "127.0.0.1",
        port: int = 7777,
        *,
        name: str,
        token: str | Secret | None = None,
        password: str | Secret | None = None,
        state: str | Path | None = None,
        rooms: Sequence[str] = (),
        lang: str = "ru",
        journal: Journal | None = None,
        **more: Any,
    ) -> None:
        self.name = name
        self._lang = lang
        self._journal = journal or find_journal("client") or Journal("client", None, level=SILENT)
        self._client: dict[str, Any] = {"name": name, "token": token, "password": password} | more
        self._where = address, port
        self._path = None if state is None else Path(state)
        self._rooms = rooms
        self._handlers = Handlers()
        self._running: Running | None = None
        self._ending = False
        self.command(HELP, about=say(lang, "bots.help"))(self._help)

    def __repr__(self) -> str:
        return f"Bot({self.name!r})"

    # What it does.

    def command(self, name: str, *, about: str | None = None, once: bool = False) -> Callable[[F], F]:
        """Serve `/name` with a function of a `Call` and of what stands behind the name.

        Its annotations say what the words become: `str`, `int`, `float`, `bool`, `date`, `Literal`, an `Enum`, whatever
        `msgspec.convert` makes of a text; `Rest` is all that is left. What has a default may be left out, `*names` are
        any number, and what stands behind `*` is an option: `--count 3`, a `bool` is `--force`. `about` says what it is
        for, else the first line of the docstring. With `once` it is not begun again after it was cut off, but whoever
        called it is told. Raises ValueError for a name that cannot be one or is taken, TypeError for a function that
        cannot be called with words.
        """
        if COMMAND_NAME.fullmatch(name) is None:
            raise ValueError(f"no command can be called {name!r}")

        def register(function: F) -> F:
            key = name_key(name)
            if key in self._handlers.commands:
                raise ValueError(f"there is a command {name!r} already")
            described = (getdoc(function) or "").partition("\n")[0] if about is None else about
            self._handlers.commands[key] = BotCommand(name, _served(function), Signature(function), described, once)
            return function

        return register

    def message(self, pattern: str | re.Pattern[str] = "") -> Callable[[F], F]:
        """Serve messages that are no commands and in which `pattern` is found, with a function of a `Call` and of the
        groups of the pattern.
        """
        compiled = re.compile(pattern)

        def register(function: F) -> F:
            self._handlers.messages.append((compiled, _served(function)))
            return function

        return register

    def reaction(self, emoji: str | None = None) -> Callable[[F], F]:
        """Serve reactions, to any message, with a function of a `Call` and of the emoji; all, or those of one emoji."""

        def register(function: F) -> F:
            self._handlers.reactions.append((emoji, _served(function)))
            return function

        return register

    async def _help(self, _call: Call) -> str:
        """Show the commands; in a room `/help@name`, as others may have one."""
        commands = sorted(self._handlers.commands.values(), key=lambda each: each.name)
        return "\n".join(f"{each.usage} — {each.about}" if each.about else each.usage for each in commands)

    # How it runs.

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT. Raises what `serve` raises."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        await self.serve()

    def stop(self) -> None:
        """Stop serving. What is being done has ten seconds to come to its end; the rest is done again next time."""
        self._ending = True
        if self._running is not None:
            self._running.stop()

    @journaled(logger="client")
    async def serve(self) -> None:
        """Serve until `stop` is called.

        Raises ClientError when the server does not let the bot in, OSError and ValueError for its file, of which
        BlockingIOError says that another process is this bot.
        """
        state = BotState(self.name, self._path)
        try:
            client = Client(
                *self._where, lang=self._lang, journal=self._journal, cursors=state.kept.cursors, **self._client
            )
            self._running = Running(self._handlers, client, state, self._journal, self._lang)
            async with client:
                if not self._ending:
                    await self._running.serve(self._rooms)
        finally:
            self._running, self._ending = None, False
            state.close()


def _served(function: Serve) -> Serve:
    """The same function. Raises TypeError for one that cannot be waited for."""
    if not iscoroutinefunction(function):
        raise TypeError(f"{function!r} is no coroutine function: write `async def`")
    return function
