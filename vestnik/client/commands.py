"""What a client does with the commands of bots."""

from collections.abc import Sequence

from msgspec import UNSET

from vestnik.client.asking import Asking
from vestnik.log.journaled import journaled
from vestnik.protocol.bots import Commands, RegisteredCommand, SetCommands
from vestnik.protocol.events import CommandState, Response


class CommandActions(Asking):
    """Commands that bots have registered, so that people find them."""

    @journaled(arguments=("to",), logger="client")
    async def commands(self, to: str) -> list[CommandState]:
        """The commands of the bots of a room, or of the bot that one talks to."""
        response = await self._ask(Commands(to=to), to)
        return [] if response.commands is UNSET else response.commands

    @journaled(logger="client")
    async def set_commands(self, commands: Sequence[RegisteredCommand]) -> Response:
        """Say which commands a bot has, in the place of those that it had. For bots only."""
        return await self._ask(SetCommands(commands=list(commands)), str(len(commands)))
