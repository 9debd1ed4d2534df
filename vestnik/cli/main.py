"""The command `vestnik`: finds the module of a command only when that command is used."""

import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, Final

import click

from vestnik import __version__
from vestnik.cli.groups import HELP, CommandEntry, LazyGroup
from vestnik.cli.language import choose, language, localized, teach
from vestnik.texts import say
from vestnik.texts.system import system_reason_of_file

# Importing a command costs a few tenths of a second, so `vestnik --help` shows these lines without doing it.
COMMANDS: Final = {
    "server": CommandEntry("vestnik.cli.server", "Run the server."),
    "client": CommandEntry(
        "vestnik.cli.client.main", "Talk to a server: interactive in a terminal, else line by line."
    ),
    "account": CommandEntry("vestnik.cli.client.passwords", "Register, or change the password of one's own account."),
    "user": CommandEntry("vestnik.cli.admin.user", "Manage accounts, also beside a running server."),
    "bot": CommandEntry("vestnik.cli.admin.bot", "Manage bots and their tokens, also beside a running server."),
    "invite": CommandEntry("vestnik.cli.admin.invite", "Invite people to the server, also beside a running one."),
    "journal": CommandEntry(
        "vestnik.cli.journal.main",
        "Read, follow, count and verify journals; find out what became of a message.",
    ),
    "backup": CommandEntry(
        "vestnik.cli.backup.backup", "Back up database and journals to a file, also beside a running server."
    ),
    "restore": CommandEntry("vestnik.cli.backup.restore", "Put back what a backup has, with the server stopped."),
    "demo": CommandEntry(
        "vestnik.cli.demo", "Play a recorded session and compare both journals with the specification."
    ),
}


class VestnikGroup(LazyGroup):
    """The command itself: it speaks the language chosen, and says in a line which file cannot be used."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command; parameters as in Click."""
        arguments = list(sys.argv[1:] if args is None else args)
        teach()
        choose(arguments)
        if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal of another alphabet gets what it can show
        try:
            return click.Group.main(localized(self), arguments, prog_name, complete_var, standalone_mode, **extra)
        except OSError as error:
            if not standalone_mode:
                raise
            # No event: there may be no journal yet, and what has one says so there.
            reason = system_reason_of_file(error, language())
            click.echo(say(language(), "cli.file_bad", reason=reason), err=True)
            raise SystemExit(1) from None

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command with this name, imported now.

        Signals that mean something to a server that runs do not end one that is being imported, which takes a while.
        """
        if name == "server":
            for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
                signal.signal(number, signal.SIG_IGN)
        return super().find(ctx, name)


@click.group(
    cls=VestnikGroup,
    entries=COMMANDS,
    context_settings={"help_option_names": list(HELP), "max_content_width": 100},
)
@click.version_option(
    __version__, message="%(prog)s, version %(version)s", prog_name="vestnik", help="Show the version."
)
def main() -> None:
    """Vestnik: a self-hosted team messenger whose journal can be trusted."""
