"""`vestnik journal`: search, follow, merge, count, copy and verify journals, and find out what became of a message.

Each subcommand is a module of its own, imported when it is used; without one it is `show`.
"""

from collections.abc import Sequence
from typing import Final

import click

from vestnik.cli.groups import CommandEntry, LazyGroup, takes
from vestnik.cli.language import described

DEFAULT: Final = "show"
SUBCOMMANDS: Final = {
    DEFAULT: CommandEntry("vestnik.cli.journal.show", "Show entries; this is what `vestnik journal` does by itself."),
    "stats": CommandEntry("vestnik.cli.journal.stats", "Count entries by level, event, hour, code, account and room."),
    "message": CommandEntry("vestnik.cli.journal.message", "Tell what became of a message."),
    "copy": CommandEntry("vestnik.cli.journal.copy", "Copy a journal as it is at this moment.", "copy_command"),
    "verify": CommandEntry("vestnik.cli.journal.seals", "Verify that the journal was not changed.", "verify_command"),
    "setup-keys": CommandEntry("vestnik.cli.journal.seals", "Begin to seal the journal.", "setup_keys_command"),
}


class JournalGroup(LazyGroup):
    """The group, with a command that need not be named."""

    def ordered(self, ctx: click.Context, args: Sequence[str]) -> list[str]:
        """As in other groups; without the name of a command it is the default one."""
        if self._place(ctx, args) is None and not self._asks_help(args):
            return [DEFAULT, *args]
        return super().ordered(ctx, args)

    def _takes(self, ctx: click.Context, name: str, options: Sequence[str]) -> bool:
        """An option of the default command before another's name is not that command's, which says so."""
        default = self.get_command(ctx, DEFAULT)
        return super()._takes(ctx, name, options) or (default is not None and takes(default, options))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the commands, and the options of the default one."""
        self.format_commands(ctx, formatter)
        show = self.get_command(ctx, DEFAULT)
        if show is not None:
            options = [parameter for parameter in show.get_params(ctx) if isinstance(parameter, click.Option)]
            records = [record for option in options if (record := option.get_help_record(ctx))]
            with formatter.section(described("Options of show")):
                formatter.write_dl(records)


@click.group(
    "journal",
    cls=JournalGroup,
    entries=SUBCOMMANDS,
    options_metavar="",
    subcommand_metavar="[show|stats|message|copy|verify|setup-keys] [OPTIONS] [ARGUMENTS]",
)
def command() -> None:
    """Read journals: those of the server, the client and the account commands, also while they are being written.

    NAME is server (the default), client, admin, or a path of a file, a directory, or a journal in a directory. The
    exit code is 0, also if nothing was found, 1 if there is no journal or not all of it could be read, and 2 for a
    mistake in the call.
    """
