"""Options stand before or after the names of commands."""

import pytest
from click.testing import CliRunner

from vestnik.cli.admin import user
from vestnik.cli.journal import main as journal
from vestnik.cli.main import main

DATA = ("--data", "nowhere-at-all")


def said(*arguments: str) -> tuple[int, str]:
    """The exit code of a call, and what it said."""
    found = CliRunner().invoke(main, [*arguments], env={"VESTNIK_LANG": "en"})
    assert found.exception is None or isinstance(found.exception, SystemExit)
    return found.exit_code, found.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", *DATA, "list"),
        ("user", "list", *DATA),
        (*DATA, "user", "list"),
        (*DATA, "--lang", "en", "user", "list"),
        ("--lang=en", "user", "list", "--data=nowhere-at-all"),
        ("user", *DATA, "list", "--lang", "en"),
        ("user", "add", *DATA, "list"),
        ("user", "add", "list", *DATA),
        (*DATA, "user", "add", "add"),
    ],
)
def test_accounts(arguments: tuple[str, ...]) -> None:
    """`vestnik user` and its commands take the options of the group anywhere."""
    code, text = said(*arguments)
    assert code == 1
    assert text.startswith("There is no data of Vestnik in ")


@pytest.mark.parametrize(
    "arguments",
    [
        ("journal", *DATA, "stats"),
        ("journal", "stats", *DATA),
        (*DATA, "journal", "stats"),
        ("journal", "--account", "stats", *DATA, "stats", "--json"),
        ("journal", *DATA),
        (*DATA, "journal", "-n", "3"),
        ("journal", "-n", "3", *DATA, "show"),
        ("journal", *DATA, "message", "#tea/1"),
        ("journal", *DATA, "copy", "there"),
        ("--log-dir", "nowhere-at-all", "journal", "show", "server"),
    ],
)
def test_journals(arguments: tuple[str, ...]) -> None:
    """So do the commands that read journals, of which one need not be named."""
    code, text = said(*arguments)
    assert code == 1
    assert text.startswith("There is no journal server in ")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("user", "list", "--data"), "Option '--data' requires an argument."),
        (("user", "add", "--", "--data", "x"), "unexpected extra argument (x)"),
        (("user", "--follow", "list"), "No such option '--follow'"),
        (("journal", "--follow", "stats"), "No such option '--follow'"),
        (("--follow", "user", "list"), "No such option '--follow'"),
        (("user", "lst"), "No such command 'lst'. Did you mean 'list'?"),
        (("usr", "list"), "No such command 'usr'. Did you mean 'user'?"),
        (("server", "--prot", "1"), "No such option '--prot'"),
        ((*DATA,), "No such option '--data'"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], reason: str) -> None:
    """What is wrong is named as it was typed."""
    code, text = said(*arguments)
    assert code == 2
    assert reason in text


@pytest.mark.parametrize(
    ("arguments", "title"),
    [
        (("journal", "--help"), "journal [show|stats"),
        (("journal", "--lang", "en", "-h"), "journal [show|stats"),
        (("journal", "stats", "-h"), "journal stats [OPTIONS] [NAME]"),
        (("--lang", "en", "--help"), "[OPTIONS] COMMAND"),
        (("user", *DATA, "add", "--help"), "user add [OPTIONS] NAME"),
        (("user", "--help"), "user [OPTIONS] COMMAND"),
    ],
)
def test_help(arguments: tuple[str, ...], title: str) -> None:
    """Help is that of the command it is asked of, wherever options are."""
    code, text = said(*arguments)
    assert code == 0
    assert title in text.splitlines()[0]


def test_the_help_of_a_command_has_the_options_of_its_group() -> None:
    """Whoever asks about `add` is told of `--data`, too."""
    _, text = said("user", "add", "--help")
    for option in user.command.params:
        assert option.opts[0] in text


def test_only_what_is_used_is_imported() -> None:
    """The table of a group says where its commands are and what they are for."""
    for name, entry in journal.SUBCOMMANDS.items():
        assert entry.meaning in " ".join(said("journal", "--help")[1].split()), name
