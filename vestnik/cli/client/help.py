"""What a command is, and the help about one, some or all of them."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final, NamedTuple

from vestnik.cli.client.arguments import Arguments
from vestnik.cli.client.near import near
from vestnik.cli.client.shell import Shell
from vestnik.protocol.names import name_key
from vestnik.texts import say

GAP: Final = 2
"""Blanks between the columns of the help."""

PLACEHOLDERS: Final = {
    "command": "cli.word_command",
    "count": "cli.word_count",
    "days": "cli.word_days",
    "emoji": "cli.word_emoji",
    "login": "cli.word_login",
    "minutes": "cli.word_minutes",
    "name": "cli.word_name",
    "room": "cli.word_room",
    "report": "cli.word_report",
    "role": "cli.word_role",
    "seq": "cli.word_seq",
    "seconds": "cli.word_seconds",
    "status": "cli.word_status",
    "text": "cli.word_text",
    "what": "cli.word_what",
    "who": "cli.word_who",
    "words": "cli.word_words",
}
"""What the arguments of commands are called."""
HINTS: Final = {
    "{seq}": "cli.hint_seq",
    "{name}": "cli.hint_name",
    "{room}": "cli.hint_room",
    "{what}": "cli.hint_what",
    "{who}": "cli.hint_who",
}
"""What is to be known about arguments that many commands have."""


class Command(NamedTuple):
    """A command: its `name`, what stands behind it (`{seq}` is one of PLACEHOLDERS), who serves it, its help.

    `serve` raises BadLine, and ClientError for what the server does not do.
    """

    name: str
    arguments: str
    serve: Callable[[Shell, Arguments], Awaitable[None]]
    help: str

    def usage(self, language: str) -> str:
        """The command with its arguments."""
        words = {word: say(language, name) for word, name in PLACEHOLDERS.items()}
        return f"{self.name} {self.arguments.format(**words)}".rstrip()


class Manual(NamedTuple):
    """All commands in their `groups`, each under its sentence; `aliases` are what else commands may be called."""

    groups: Mapping[str, tuple[Command, ...]]
    aliases: Mapping[str, str]
    habits: Mapping[str, str]

    def overview(self, shell: Shell) -> None:
        """Show all commands: people see their names in groups, a script each with its arguments and meaning."""
        sentences = ["cli.help_messages", "cli.help_others"]
        if shell.screen.terminal:
            shell.screen.rows(
                [
                    (shell.screen.text(heading), " ".join(command.name for command in commands))
                    for heading, commands in self.groups.items()
                ]
            )
            sentences = ["cli.help_more", *sentences, "cli.help_keys"]
        else:
            self._table(shell, [command for commands in self.groups.values() for command in commands])
        for sentence in sentences:
            shell.screen.line(shell.screen.text(sentence))

    def about(self, shell: Shell, asked: str) -> None:
        """Show what there is to know about a command, with or without its `/`, or about a group of commands."""
        sought = name_key(asked)
        for heading, commands in self.groups.items():
            if name_key(shell.screen.text(heading)) == sought:
                self._table(shell, commands)
                return
        name = f"/{sought.removeprefix('/')}"
        if name in self.habits:
            shell.screen.line(shell.screen.text(self.habits[name]))
            return
        found = self.find(name)
        if found is None:
            shell.complain(self.unknown(shell, name))
        else:
            self._about(shell, found)

    def find(self, name: str) -> Command | None:
        """The command that is called so, in whatever letters, or that is what others call so."""
        name = name.lower()
        wanted = self.aliases.get(name, name)
        for commands in self.groups.values():
            for command in commands:
                if command.name == wanted:
                    return command
        return None

    def unknown(self, shell: Shell, name: str) -> str:
        """What to say of a command that there is not."""
        if "/" in name[1:]:
            return shell.screen.text("cli.path_command", command=name)
        known = [command.name for commands in self.groups.values() for command in commands]
        if alike := near(name, known):
            return shell.screen.text("cli.near_command", command=name, names=", ".join(alike))
        return shell.screen.text("cli.unknown_command", command=name)

    def _about(self, shell: Shell, command: Command) -> None:
        screen = shell.screen
        screen.line(command.usage(screen.language))
        screen.line(f"  {screen.text(command.help)}")
        for mark, sentence in HINTS.items():
            if mark in command.arguments:
                screen.line(f"  {screen.text(sentence)}")
        if others := [name for name, meant in self.aliases.items() if meant == command.name]:
            also = screen.text("cli.hint_alias", names=", ".join(others))
            screen.line(f"  {also}")

    def _table(self, shell: Shell, commands: Iterable[Command]) -> None:
        usages = {command.usage(shell.screen.language): shell.screen.text(command.help) for command in commands}
        if shell.screen.terminal:
            shell.screen.rows(list(usages.items()))
            return
        width = max(map(len, usages)) + GAP
        for usage, text in usages.items():
            shell.screen.line(f"{usage:{width}}{text}")
