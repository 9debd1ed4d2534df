"""The command line speaks the language chosen, throughout."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.support.process import vestnik
from vestnik.cli.journal.main import SUBCOMMANDS
from vestnik.cli.language import MODULES
from vestnik.cli.main import COMMANDS as ENTRIES
from vestnik.cli.main import VestnikGroup, main
from vestnik.texts.usage import CLICK, COMMANDS, METAVARS

LATER = {
    "'{name}' defined twice",
    "No options defined",
    "Could not determine name",
    "take exactly one parameter",
    "Boolean option",
    "DeprecationWarning",
    "Do you want to continue?",
    "Confirm the action",
    "%(prog)s",
    "Show the version and exit.",
    "Unknown color",
    "Press any key",
    "not a valid UUID",
    "does not match the format",
}
"""Sentences of Click for mistakes of programmers, and for what no command of ours has."""


def described(command: click.Command) -> Iterator[str]:
    """Everything in English that the help of a command shows, of those in it, too."""
    yield from filter(None, (command.help, command.epilog))
    for option in command.params:
        if isinstance(option, click.Option):
            yield from filter(None, (option.help,))
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.find(click.Context(command), name) if hasattr(command, "find") else command.commands[name]
            assert found is not None
            yield from described(found)


def values(command: click.Command) -> Iterator[str]:
    """The names of values in the help of a command and of those in it."""
    yield from filter(None, (command.options_metavar, getattr(command, "subcommand_metavar", None)))
    for option in command.params:
        if option.metavar or isinstance(option, click.Argument):
            yield option.metavar or str(option.name).upper()
    if isinstance(command, VestnikGroup) or hasattr(command, "find"):
        for name in command.list_commands(click.Context(command)):  # type: ignore[attr-defined]
            yield from values(command.find(click.Context(command), name))


def sentences() -> Iterator[str]:
    """What Click may say, as it gives it to gettext."""
    for name in MODULES:
        path = Path(click.__file__).with_name(f"{name}.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}:
                for said in node.args[:2]:
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield said.value


def test_everything_is_translated() -> None:
    """All help of all commands has its Russian, and nothing else has."""
    english = {" ".join(text.split()) for text in described(main)}
    english |= {entry.meaning for entry in (*ENTRIES.values(), *SUBCOMMANDS.values())}
    headings = {"Options", "Commands", "Options of show", "Options of every command"}
    assert english <= set(COMMANDS)
    assert set(COMMANDS) - english <= headings
    assert set(values(main)) == set(METAVARS)


def test_click_is_translated() -> None:
    """All that the library says to people has its Russian with the same values in it."""
    found = {said for said in sentences() if not any(part in said for part in LATER)}
    assert found - set(CLICK) == set()
    for english, russian in CLICK.items():
        assert set(re.findall(r"\{(\w+)", russian)) <= set(re.findall(r"\{(\w+)", english)), english


def test_names_stay() -> None:
    """Options, variables and files have one name in both languages."""
    for english, russian in COMMANDS.items():
        assert set(re.findall(r"--[a-z-]+|VESTNIK_\w+|[\w.]+\.toml|/[a-z]+|SIG\w+", english)) == set(
            re.findall(r"--[a-z-]+|VESTNIK_\w+|[\w.]+\.toml|/[a-z]+|SIG\w+", russian)
        ), english


@pytest.mark.parametrize(
    "arguments",
    [("--help",), *((name, "--help") for name in ENTRIES), ("user", "add", "--help"), ("journal", "stats", "--help")],
    ids="-".join,
)
def test_russian_help(arguments: tuple[str, ...]) -> None:
    """Nobody who reads Russian meets an English word, but names."""
    text = vestnik(*arguments).stdout
    assert text.startswith("Использование: ")
    words = re.sub(r"--?[a-z-]+|VESTNIK_\w+|\[[\w|<=-]+\]|[\w/]+\.(toml|md)|'[^']*'|`[^`]*`|/\w+|\w+\.\w+", "", text)
    assert set(re.findall(r"\b[A-Za-z]{4,}\b", words)) <= {
        "vestnik", "python", "server", "client", "admin", "user", "journal", "demo", "SIGTERM", "Ctrl", "SIGHUP",
        "JSON", "SIGUSR1", "INFO", "show", "stats", "message", "copy", "verify", "setup", "keys", "disable",
        "enable", "list", "passwd", "yesterday", "make", "DEBUG", "backup", "restore", "token", "tokens", "revoke",
        "account", "reset", "owner", "administrator", "member", "guest", "role", "invite", "register", "remove",
        "names", "totp",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "russian", "english"),
    [
        (
            ("server", "-p", "x"),
            "Ошибка: Неправильное значение '-p' / '--port'",
            "Error: Invalid value for '-p' / '--port'",
        ),
        (("user", "add"), "Не хватает аргумента 'ИМЯ'", "Missing argument 'NAME'"),
        (("dance",), "Команды 'dance' нет", "No such command 'dance'"),
        (("demo", "x"), "Лишний аргумент (x)", "Got unexpected extra argument (x)"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes(arguments: tuple[str, ...], russian: str, english: str) -> None:
    """A mistake in the call is told in Russian if nothing else is said, else in the language of option or variable."""
    for more, environment, expected in (
        ((), {}, russian),
        ((), {"VESTNIK_LANG": "en"}, english),
        (("--lang", "ru"), {"VESTNIK_LANG": "en"}, russian),
        (("--lang=en",), {}, english),
    ):
        found = CliRunner().invoke(main, [*more, *arguments], env={"VESTNIK_LANG": None, **environment})
        assert found.exit_code == 2
        assert expected in found.output


def test_another_alphabet() -> None:
    """Where standard output has no Cyrillic letters nothing fails."""
    done = vestnik("--help", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u0412" in done.stdout


def test_a_variable_is_named(tmp_path: Path) -> None:
    """Of a bad value from the environment it is said that it is from there."""
    done = vestnik("server", "--data", str(tmp_path), VESTNIK_PORT="zz", VESTNIK_LANG="en")
    assert "Error: Invalid value for VESTNIK_PORT: 'zz'" in done.stderr


def test_the_settings_file_chooses_too(tmp_path: Path) -> None:
    """What is said after the settings were read is in their language, from beginning to end."""
    (tmp_path / "vestnik.toml").write_text('lang = "en"')
    done = vestnik("user", "--data", str(tmp_path), "add", "anna")
    assert done.returncode == 2
    assert "Error: The password comes from the variable VESTNIK_PASSWORD" in done.stderr
    assert done.stderr.startswith("Usage: ")
