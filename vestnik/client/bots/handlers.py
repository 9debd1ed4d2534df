"""What a bot serves: its commands, and functions for messages and reactions."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from vestnik.client.bots.signature import Signature
from vestnik.protocol.names import name_key

COMMAND_NAME: Final = re.compile(r"[^\W_][\w-]{0,31}")
"""What a command may be called."""
HELP: Final = "help"
_LINE: Final = re.compile(r'/([^\s@/]+)(?:@(?:"([^"]+)"|(\S+)))?(?:\s+(.*))?', re.DOTALL)

Serve: TypeAlias = Callable[..., Awaitable[str | None]]
"""A function that serves something: it is given a `Call`, and what it returns is the answer."""


class BotCommand(NamedTuple):
    """A command: its name, who serves it, what stands behind it, what it is for, and whether it is `once`."""

    name: str
    serve: Serve
    signature: Signature
    about: str
    once: bool

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"/{self.name} {self.signature.usage}".rstrip()


class Called(NamedTuple):
    """A command, and what stands behind its name."""

    command: BotCommand
    text: str


@dataclass
class Handlers:
    """All of them. `commands` are by the form in which names are compared."""

    commands: dict[str, BotCommand] = field(default_factory=dict)
    messages: list[tuple[re.Pattern[str], Serve]] = field(default_factory=list)
    reactions: list[tuple[str | None, Serve]] = field(default_factory=list)

    def find(self, text: str, own: str, *, in_room: bool) -> Called | None:
        """The command that a message calls, of the bot whose name has the key `own`.

        `/name@bot`, or `/name@"a bot"`, is for that bot only. In a room all bots have a `help`, so there it has to be
        said whose.
        """
        line = _LINE.fullmatch(text)
        if line is None:
            return None
        name, quoted, plain, rest = line.groups(default="")
        whose = quoted or plain
        command = self.commands.get(name_key(name))
        if command is None or (whose and name_key(whose) != own) or (in_room and not whose and command.name == HELP):
            return None
        return Called(command, rest)
