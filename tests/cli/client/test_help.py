"""The help, and commands that people know from elsewhere."""

import pytest

from tests.support.team import Setting, team
from vestnik.cli.client.commands import COMMANDS, MANUAL, serve
from vestnik.cli.client.habits import ALIASES, HABITS
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Client
from vestnik.language import LANGUAGES
from vestnik.log.journal import Journal

Capture = pytest.CaptureFixture[str]


def alone(journal: Journal, language: str = "en") -> Shell:
    """A conversation in a terminal, without a server."""
    client = Client("127.0.0.1", 1, name="anna", journal=journal)
    return Shell(client, journal, Screen(language, "anna", terminal=True))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_overview(language: str, journal: Journal, capsys: Capture) -> None:
    """People see all commands in groups, on one screen of a usual terminal."""
    shell = alone(journal, language)
    await serve(shell, "/help")
    seen = capsys.readouterr().out
    assert all(shell.screen.text(heading) in seen for heading in MANUAL.groups)
    assert not [name for name in COMMANDS if name not in seen.split()]
    assert sum(1 + len(line) // 80 for line in seen.splitlines()) <= 22


@pytest.mark.parametrize(("language", "group"), [("en", "members"), ("ru", "Участники")])
async def test_group(language: str, group: str, journal: Journal, capsys: Capture) -> None:
    """A group of commands is shown with the arguments and meaning of each."""
    await serve(alone(journal, language), f"/help {group}")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("/")] == [
        command.name for command in MANUAL.groups["cli.group_members"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
async def test_about(name: str, language: str, journal: Journal, capsys: Capture) -> None:
    """Of every command one sees how it is written, and what it does; without its `/` a group may be meant, too."""
    shell = alone(journal, language)
    await serve(shell, f"/help {name}")
    seen = capsys.readouterr().out
    assert seen.startswith(f"{COMMANDS[name].usage(language)}\n")
    assert shell.screen.text(COMMANDS[name].help)[:40] in seen
    await serve(shell, f"/help {name.removeprefix('/').upper()}")
    again = capsys.readouterr().out
    assert again == seen if f"cli.group_{name.removeprefix('/')}" not in MANUAL.groups else COMMANDS[name].name in again
    assert not shell.failed


async def test_about_what_is_called_otherwise(journal: Journal, capsys: Capture) -> None:
    """Who asks about a command of other programs is told about the one that is meant."""
    shell = alone(journal)
    await serve(shell, "/help part")
    seen = capsys.readouterr().out
    assert seen.startswith("/leave [#room]\n")
    assert "The same: /part" in seen
    await serve(shell, "/help nick")
    assert "given by the administrator" in capsys.readouterr().out
    assert not shell.failed


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/histroy", "There is no command /histroy. Is it /history?"),
        ("/hist", "Is it /history?"),
        ("/help memebers", "Is it /members?"),
        ("/xyz", "There is no command /xyz; /help lists all"),
        ("/", "There is no command /; /help lists all"),
        (
            "/usr/bin/env",
            "There is no command /usr/bin/env; a message that begins with / is written like this: //usr/bin/env",
        ),
    ],
)
async def test_unknown(line: str, said: str, journal: Journal, capsys: Capture) -> None:
    """A command that there is not is a mistake, and what is like it is said."""
    shell = alone(journal)
    await serve(shell, line)
    assert shell.failed
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", HABITS)
async def test_habits(name: str, language: str, journal: Journal, capsys: Capture) -> None:
    """A command that there is only elsewhere sends nothing, and what to do here is said."""
    shell = alone(journal, language)
    shell.to = "#tea"
    await serve(shell, f"{name} some words")
    assert shell.failed
    assert " ".join(capsys.readouterr().err.split()) == shell.screen.text(HABITS[name])


async def test_aliases(setting: Setting) -> None:
    """A command under the name that it has elsewhere is served, and people are told what it is called here."""
    async with team(*setting) as made:
        await made.enter("anna", terminal=True)
        await made.see("anna", "/to #tea")
        seen = await made.see("anna", "/names")
        assert seen.startswith("* /names is called /members here\n")
        assert "boris" in seen
        assert "anna left #tea" in await made.see("anna", "/PART #tea")
        assert await made.type("boris", "/ls") == [["#tea", "0", "0", "2", "1"]]


def test_no_name_means_two_things() -> None:
    """What is called otherwise elsewhere is a command here, and no name stands for two."""
    assert not set(ALIASES) & set(HABITS)
    assert not (set(ALIASES) | set(HABITS)) & set(COMMANDS)
    assert set(ALIASES.values()) <= set(COMMANDS)


async def test_message_to_somebody_else(setting: Setting) -> None:
    """A message goes to whom it names, and what is chosen stays so."""
    async with team(*setting) as made:
        shell = await made.enter("anna", terminal=True)
        await made.see("anna", "/to #tea")
        await made.type("anna", '/msg "clara b" Hello, you', "/msg @boris  Are you\nthere?", "/msg #tea All")
        assert shell.to == "#tea"
        assert [row[4] for row in await made.type("boris", "/history anna")] == ["Are you\\nthere?"]
        assert [row[4] for row in await made.type("boris", "/history #tea")] == ["One", "Two", "All"]
        assert "It goes like this: /msg NAME TEXT" in await made.see("anna", "/msg boris")
