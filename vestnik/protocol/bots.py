"""What is said of the commands of bots."""

import msgspec

from vestnik.protocol.request import Request


class RegisteredCommand(msgspec.Struct, gc=False, omit_defaults=True):
    """A command of a bot: its name without `/`, what stands behind it, and what it is for."""

    name: str
    arguments: str = ""
    about: str = ""


class SetCommands(Request, tag="set_commands", kw_only=True):
    """Say which commands a bot has, in the place of those that it had."""

    commands: list[RegisteredCommand]


class Commands(Request, tag="commands", kw_only=True):
    """Ask which commands of bots there are in a conversation."""

    to: str
