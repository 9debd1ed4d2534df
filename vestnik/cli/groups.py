"""Groups of commands: whose options may stand anywhere, and which import a command when it is used."""

import importlib
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import click

from vestnik.cli.language import described, localized, without_language

HELP: Final = ("-h", "--help")


class CommandEntry(NamedTuple):
    """A command of a group: its module, its name there, and what it does, in English."""

    module: str
    meaning: str
    name: str = "command"


class AnywhereGroup(click.Group):
    """A group that takes options of its commands before their names, and its own also behind them.

    Its commands speak the language chosen.
    """

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name, in the language chosen."""
        found = self.find(ctx, cmd_name)
        return None if found is None else localized(found)

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command with this name as it was declared."""
        return super().get_command(ctx, name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, wherever their options stand."""
        return super().parse_args(ctx, self.ordered(ctx, args))

    def ordered(self, ctx: click.Context, args: Sequence[str]) -> list[str]:
        """The arguments with options in the places where Click looks for them."""
        at = self._place(ctx, args)
        if at is None:
            return ["--help"] if self._asks_help(args) else without_language(args)
        command = self.get_command(ctx, args[at])
        own, before = self._own(ctx, args[:at])
        owned, behind = self._own(ctx, args[at + 1 :], command)
        return [*own, *owned, args[at], *before, *behind]

    def _place(self, ctx: click.Context, args: Sequence[str]) -> int | None:
        """Where the name of a command is: only options, whole ones, may be before it."""
        names = self.list_commands(ctx)
        for at, word in enumerate(args):
            if word == "--":
                return None
            if word in names and (at == 0 or self._takes(ctx, word, args[:at])):
                return at
        return None

    def _takes(self, ctx: click.Context, name: str, options: Sequence[str]) -> bool:
        command = self.get_command(ctx, name)
        _, left = self._own(ctx, options)
        return command is not None and takes(command, left)

    def _asks_help(self, args: Sequence[str]) -> bool:
        """Whether nothing but help is wanted: there is no command, and nothing else that could be meant."""
        return bool(set(HELP) & set(args)) and all(word.startswith("-") for word in without_language(args))

    def _own(
        self, ctx: click.Context, words: Sequence[str], command: click.Command | None = None
    ) -> tuple[list[str], list[str]]:
        """The options of the group among `words`, but for those that `command` has, too; and the rest."""
        theirs = set() if command is None else {word for option in command.params for word in option.opts}
        mine = {
            word: option
            for option in self.params
            if isinstance(option, click.Option)
            for word in option.opts
            if word not in theirs
        }
        own: list[str] = []
        rest: list[str] = []
        left = iter(words)
        for word in left:
            name, equals, _ = word.partition("=")
            if len(word) > len("-p") and word[:2] in mine:
                name, equals = word[:2], word[2:]
            if word == "--":
                rest += [word, *left]
            elif name not in mine:
                rest.append(word)
            elif equals or mine[name].is_flag:
                own.append(word)
            elif (value := next(left, None)) is not None:
                own += [word, value]
            elif command is None:
                rest.append(word)
            else:
                self._refuse(ctx, word)
        return own, rest

    def _refuse(self, ctx: click.Context, option: str) -> None:
        """Say that an option lacks its value."""
        try:
            self.make_parser(ctx).parse_args([option])
        except click.UsageError as error:
            error.ctx = ctx
            raise


class Subcommand(click.Command):
    """A command of a group that has options itself; its help has those, too."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show its own options, and those of the group."""
        super().format_options(ctx, formatter)
        if ctx.parent is not None:
            options = (each for each in ctx.parent.command.params if isinstance(each, click.Option))
            records = [record for each in options if (record := each.get_help_record(ctx.parent))]
            with formatter.section(described("Options of every command")):
                formatter.write_dl(records)


AnywhereGroup.command_class = Subcommand


def takes(command: click.Command, words: Sequence[str]) -> bool:
    """Whether `words` are options of a command, or of one in it, and nothing else."""
    if not words or _parses(command, words):
        return True
    if not isinstance(command, click.Group):
        return False
    context = click.Context(command)
    found = (command.get_command(context, name) for name in command.list_commands(context))
    return any(takes(each, words) for each in found if each is not None)


def _parses(command: click.Command, words: Sequence[str]) -> bool:
    context = click.Context(command, info_name=command.name)
    try:
        _, left, _ = command.make_parser(context).parse_args(list(words))
    except click.UsageError:  # no event: this is the answer
        return False
    return not left


class LazyGroup(AnywhereGroup):
    """A group whose commands are in modules of their own, which are imported when they are used."""

    def __init__(self, name: str | None = None, *, entries: Mapping[str, CommandEntry], **kwargs: Any) -> None:
        # Click takes similar names from what it knows.
        super().__init__(name, {each: click.Command(each) for each in entries}, **kwargs)
        self._entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in the order of the table."""
        return list(self._entries)

    def find(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command with this name, imported now."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        command = getattr(importlib.import_module(entry.module), entry.name)
        assert isinstance(command, click.Command)  # noqa: S101  # ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show what the table says of them: none is imported."""
        with formatter.section(described("Commands")):
            formatter.write_dl([(name, described(entry.meaning)) for name, entry in self._entries.items()])
