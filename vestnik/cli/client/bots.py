"""The client's command about the commands of bots."""

from vestnik.cli.client.arguments import Arguments
from vestnik.cli.client.offers import whole
from vestnik.cli.client.shell import Shell


async def commands(shell: Shell, given: Arguments) -> None:
    """Show what bots can do in the chosen conversation, or another."""
    to = given.conversation() if given else given.chosen()
    given.end()
    found = await shell.client.commands(to)
    shell.screen.rows([(whole(each), each.arguments, each.about) for each in found], "cli.columns_commands")
