"""The command `vestnik`: finds the module of a command only when that command is used."""

import importlib
from typing import Final

import click

from vestnik import __version__

# Importing a command costs a few tenths of a second, so `vestnik --help` shows these lines without doing it.
COMMANDS: Final = {
    "server": ("vestnik.cli.server", "Run the server."),
    "client": ("vestnik.cli.client.main", "Talk to a server: interactive in a terminal, else line by line."),
    "user": ("vestnik.cli.admin.user", "Manage accounts, also beside a running server."),
    "journal": (
        "vestnik.cli.journal.main",
        "Read, follow, count and verify journals; find out what became of a message.",
    ),
    "backup": ("vestnik.cli.backup.backup", "Back up database and journals to a file, also beside a running server."),
    "restore": ("vestnik.cli.backup.restore", "Put back what a backup has, with the server stopped."),
    "demo": ("vestnik.cli.demo", "Play a recorded session and compare both journals with the specification."),
}
"""Module, meaning."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = importlib.import_module(module).command
        assert isinstance(command, click.Command)  # noqa: S101  # ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, meaning) for name, (_, meaning) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="vestnik")
def main() -> None:
    """Vestnik: a self-hosted team messenger whose journal can be trusted."""
