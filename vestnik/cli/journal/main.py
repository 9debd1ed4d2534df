"""`vestnik journal`: search, follow, merge, count, copy and verify journals, and find out what became of a message.

Each subcommand is a module of its own, imported when it is used; without one it is `show`.
"""

import importlib
from typing import Final

import click

DEFAULT: Final = "show"
SUBCOMMANDS: Final = {
    DEFAULT: ("vestnik.cli.journal.show", "command", "Show entries; this is what `vestnik journal` does by itself."),
    "stats": ("vestnik.cli.journal.stats", "command", "Count entries by level, event, hour, code, account and room."),
    "message": ("vestnik.cli.journal.message", "command", "Tell what became of a message."),
    "copy": ("vestnik.cli.journal.copy", "copy_command", "Copy a journal as it is at this moment."),
    "verify": ("vestnik.cli.journal.seals", "verify_command", "Verify that the journal was not changed."),
    "setup-keys": ("vestnik.cli.journal.seals", "setup_keys_command", "Begin to seal the journal."),
}
"""Module, name in the module, meaning."""
_HELP: Final = ("-h", "--help")


class _Journal(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args[:1] and (args[0] in SUBCOMMANDS or args[0] in _HELP):
            return super().parse_args(ctx, args)
        return super().parse_args(ctx, [DEFAULT, *args])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SUBCOMMANDS:
            return None
        module, name, _ = SUBCOMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101  # ours
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, meaning) for name, (_, _, meaning) in SUBCOMMANDS.items()])
        show = self.get_command(ctx, DEFAULT)
        if show is not None:
            options = [parameter for parameter in show.get_params(ctx) if isinstance(parameter, click.Option)]
            records = [record for option in options if (record := option.get_help_record(ctx))]
            with formatter.section("Options of show"):
                formatter.write_dl(records)


@click.group(
    "journal",
    cls=_Journal,
    options_metavar="",
    subcommand_metavar="[show|stats|message|copy|verify|setup-keys] [OPTIONS] [ARGUMENTS]",
)
def command() -> None:
    """Read journals: those of the server, the client and the account commands, also while they are being written.

    NAME is server (the default), client, admin, or a path of a file, a directory, or a journal in a directory. The
    exit code is 0, also if nothing was found, 1 if there is no journal or not all of it could be read, and 2 for a
    mistake in the call.
    """
