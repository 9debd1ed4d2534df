"""The docs say what the code does: names, settings, commands, links, and examples that are played."""

import asyncio
import html
import importlib
import pkgutil
import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from logging import CRITICAL
from pathlib import Path
from types import ModuleType

import click
import msgspec
import pytest

import vestnik
from tests.support.app import running_app
from tests.support.catalogue import EVENTS, EXAMPLES, PAGES, ROOT, updated
from tests.support.process import clean_environment
from tests.support.transcript import Player, parse
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.actions import ACTIONS, action_name
from vestnik.cli.client.settings import CLIENT_FILE, ClientSettings
from vestnik.cli.main import COMMANDS, main
from vestnik.language import LANGUAGES
from vestnik.protocol.codes import Code
from vestnik.protocol.request import Request
from vestnik.protocol.requests import FEATURES
from vestnik.server.app import STEPS
from vestnik.server.settings import make_settings

EVERY_PAGE = (*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "bench" / "README.md")
READMES = (ROOT / "README.md", ROOT / "README.ru.md")
PROTOCOL, JOURNAL, ARCHITECTURE, OPERATIONS, RELIABILITY = (
    ROOT / "docs" / f"{name}.md" for name in ("protocol", "journal", "architecture", "operations", "reliability")
)
TRANSCRIPTS = sorted(EXAMPLES.glob("*.txt"))
SETTINGS = {"probe": {"keepalive": 1.0}, "guests": {"guests": True}}
"""What an example needs of the server beside English: nobody wants to wait a minute for a probe."""


def text_of(page: Path) -> str:
    """The text of a page."""
    return page.read_text("utf-8")


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of a page in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)


def prose(page: Path) -> str:
    """The text of a page without its code blocks."""
    return re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


def rows(page: Path, width: int | None = None) -> dict[str, list[str]]:
    """The rows of all tables of a page, or of those with `width` columns, by the text of their first cell."""
    found = (line.strip("| ").split(" | ") for line in text_of(page).splitlines() if line.startswith("| "))
    return {cells[0].strip("`"): cells for cells in found if width in {None, len(cells)}}


def commands(group: click.Group = main, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of the command line with the words that lead to it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


def modules() -> list[ModuleType]:
    """Every module of the package but the ones that do something when they are imported."""
    names = (found.name for found in pkgutil.walk_packages(vestnik.__path__, "vestnik."))
    return [importlib.import_module(name) for name in names if not re.search(r"__main__|migrations\.", name)]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_links(page: Path) -> None:
    """Every link inside the repository leads to a file, and to a heading in it if it names one."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page).replace("\n", " ")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_file(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", prose(file), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, target


def test_every_promise_has_its_tests() -> None:
    """Every row of the page about reliability names files of tests, and they are there."""
    found = [row for row in rows(RELIABILITY).values() if row[0] not in {"what", "promise"} and set(row[0]) != {"-"}]
    assert found
    for row in found:
        named = re.findall(r"`(tests/[^`]+)`", row[-1])
        assert named, row[0]
        for path in named:
            assert (ROOT / path).is_file(), path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_made_from_the_code(page: Path) -> None:
    """The tables of events and settings and the examples on the pages are those of today's code."""
    assert text_of(page) == updated(text_of(page)), "python -m tests.support.catalogue --write"


def test_every_example_is_shown() -> None:
    """No example lies about unread."""
    shown = {name for page in PAGES for name in re.findall(r"<!-- example: (\S+) -->", text_of(page))}
    assert shown == {path.name for path in EXAMPLES.iterdir() if path.is_file()}


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_example_of_the_protocol(path: Path, tmp_path: Path) -> None:
    """A server says exactly what the example says that it says."""
    async with running_app(tmp_path, "anna", "boris", "clara", lang="en", **SETTINGS.get(path.stem, {})) as app:
        await Player(app).play(parse(text_of(path)))


def test_examples_name_every_action_and_feature() -> None:
    """Every action and every feature occurs in an example."""
    whole = "".join(map(text_of, TRANSCRIPTS))
    for word in [*map(action_name, ACTIONS), *sorted(FEATURES)]:
        assert f'"{word}"' in whole, word


async def test_example_of_the_library(tmp_path: Path) -> None:
    """The program in the README says hello, shows what others write, and goes on when the server stops."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        async with await Wire.login(port, "boris") as boris:
            await boris.ask(action="join", time=0, room="#tea")
            program = await asyncio.create_subprocess_exec(
                sys.executable,
                EXAMPLES / "hello.py",
                env=clean_environment(
                    VESTNIK_PORT=str(port),
                    VESTNIK_USER="anna",
                    VESTNIK_PASSWORD="secret",
                    VESTNIK_LOG_DIR=str(tmp_path / "client"),
                ),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            assert (await boris.hear())["message"] == "Hello from a program"
            assert (await boris.ask(action="msg", time=0, to="#tea", message="Good day"))["response"] == 200
            assert program.stdout is not None
            lines = [await asyncio.wait_for(program.stdout.readline(), DEADLINE) for _ in range(2)]
            await app.stop()
        lines.append(await asyncio.wait_for(program.stdout.readline(), DEADLINE))
        program.terminate()
        rest, _ = await asyncio.wait_for(program.communicate(), DEADLINE)
    assert b"".join(lines) + rest == b"kept as number 1\nboris: Good day\nconnecting again...\n"


def test_the_library_is_shown_as_it_is() -> None:
    """Whatever the example in the docstring of the client package calls exists."""
    client = importlib.import_module("vestnik.client")
    for name in re.findall(r"client\.(\w+)\(", client.__doc__ or ""):
        assert callable(getattr(client.Client, name))


def test_reference_of_the_library() -> None:
    """Every public name of the library has its heading on the page, and everything that a client can do its line."""
    client = importlib.import_module("vestnik.client")
    page = text_of(ROOT / "docs" / "library.md")
    for name in client.__all__:
        if isinstance(getattr(client, name), type):
            assert re.search(rf"^####? `{name}`", page, re.MULTILINE), name
    for name in dir(client.Client):
        if not name.startswith("_") and name not in {"answered", "happened", "ended"}:  # what a connection calls
            assert re.search(rf"^\*\*`(await )?{name}[(:]", page, re.MULTILINE), name


@pytest.mark.parametrize("code", Code, ids=lambda code: str(int(code)))
def test_code(code: Code) -> None:
    """Every response code has its row."""
    assert str(int(code)) in rows(PROTOCOL)


@pytest.mark.parametrize("kind", ACTIONS, ids=action_name)
def test_action(kind: type[Request]) -> None:
    """Every action has its row, with all its fields and whether it needs a login."""
    _, described, login, _answers = rows(PROTOCOL, 4)[action_name(kind)]
    for field in {*kind.__struct_encode_fields__} - {"time", "id"}:
        assert f"`{field}" in described, field
    assert login == ("yes" if ACTIONS[kind].needs_login else "no")


@pytest.mark.parametrize("feature", sorted(FEATURES))
def test_feature(feature: str) -> None:
    """Every feature has its row."""
    assert feature in rows(PROTOCOL, 2)


def test_critical_events() -> None:
    """Every CRITICAL line is explained."""
    for event in EVENTS.values():
        assert event.level < CRITICAL or event.name in rows(OPERATIONS), event.name


@pytest.mark.parametrize("path", [path for path, _ in commands()], ids="-".join)
def test_command(path: tuple[str, ...]) -> None:
    """Every command, each of its options, and every environment variable is documented, and no other option."""
    command = dict(commands())[path]
    row = rows(OPERATIONS)[f"vestnik {path[0]}"]
    if len(path) == 1:
        given = [option for option in command.params if isinstance(option, click.Option)]
        options = {name for option in given for name in (*option.opts, *option.secondary_opts)}
        assert set(re.findall(r"`(-[-\w]+)`", row[2])) == options
    else:
        assert f"`{path[-1]}`" in row[1]
    for option in command.params:
        if isinstance(option.envvar, str):
            assert path[0] in rows(OPERATIONS)[option.envvar][2], option.envvar


def test_variables() -> None:
    """The environment variables of the table are those that the code reads."""
    code = "".join(map(text_of, (ROOT / "vestnik").rglob("*.py")))
    assert set(re.findall(r"\bVESTNIK_[A-Z_]+\b", code)) == {name for name in rows(OPERATIONS) if "VESTNIK_" in name}


def test_the_list_of_commands() -> None:
    """The commands that `vestnik --help` lists are those that exist."""
    assert list(COMMANDS) == [path[0] for path, _ in commands() if len(path) == 1]


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_commands_in_examples(page: Path) -> None:
    """Commands and make targets that a page shows exist, with the options it gives them."""
    known = dict(commands())
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for line in "\n".join(blocks(page, "sh")).splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["make"]:
            assert {word for word in words[1:] if "=" not in word} <= targets, line
        names = [i for i, word in enumerate(words) if word.endswith("bin/vestnik") or (word == "vestnik" and i == 0)]
        if not names or len(words) == names[0] + 1:
            continue
        given = words[names[0] + 1 :]
        command = known.get(tuple(given[:2])) or known.get((given[0],))
        if isinstance(command, click.Group) and given[0] == "journal":
            command = known["journal", "show"]  # what it does without a subcommand
        assert command is not None or given[0] == "--version", line
        if command is not None:
            options = {name for option in command.params for name in option.opts}
            assert {word for word in given if word.startswith("-")} <= options, line


@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.name)
def test_settings_files(page: Path) -> None:
    """Every settings file that is shown can be loaded; the client's begins with its name."""
    for block in blocks(page, "toml"):
        if block.startswith(f"# {CLIENT_FILE}"):
            msgspec.convert(tomllib.loads(block), ClientSettings)
        else:
            make_settings(tomllib.loads(block))


def test_client_settings() -> None:
    """Every setting of the client is explained."""
    section = text_of(OPERATIONS).partition("## The client's settings")[2].partition("\n## ")[0]
    for name in ClientSettings.__struct_fields__:
        assert f"| `{name}` |" in section, name


def test_readmes_are_alike() -> None:
    """The Russian README has the English one's headings, commands, links and table rows."""
    english, russian = READMES
    assert [len(level) for level in re.findall(r"^(#+) ", prose(english), re.MULTILINE)] == [
        len(level) for level in re.findall(r"^(#+) ", prose(russian), re.MULTILINE)
    ]

    def shown(page: Path) -> list[list[str]]:
        lines = "\n".join(blocks(page, "sh") + blocks(page, "toml")).splitlines()
        code = [re.sub(r"(#(?!tea).*|'[^']*'|\b(en|ru)\b)", "", line).split() for line in lines]
        names = [re.findall(r"`[^`]*`|\]\(.*?\)", line) for line in prose(page).splitlines() if line.startswith("|")]
        return code + [sorted(word for word in row if word.isascii()) for row in names]

    assert shown(english) == shown(russian)
    links = [set(re.findall(r"\]\((.*?)\)", prose(page).replace(".ru.", "."))) for page in READMES]
    assert links[0] == links[1]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([^`\s]+)`", prose(ARCHITECTURE)))))
def test_name_in_architecture(name: str) -> None:
    """Every file, module, class, function and constant that the page names exists."""
    if "/" in name or name.endswith(".py"):
        assert (ROOT / name).exists() or (ROOT / "vestnik" / name).exists()
    elif re.fullmatch(r"[a-z_]+(\.[a-z_]+)+\.[A-Z]\w+", name):
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(f"vestnik.{module}"), attribute)
    elif re.fullmatch(r"_?[A-Z]\w*(\.\w+)?|[a-z]+(_[a-z]+)+", name):
        first, _, second = name.partition(".")
        found = [getattr(module, first) for module in modules() if hasattr(module, first)]
        known = bool(found) or first in text_of(ARCHITECTURE.with_name("operations.md"))
        assert known, name
        assert not second or any(hasattr(owner, second) for owner in found), name


def test_bounds_in_architecture() -> None:
    """The number beside a constant's name is that constant's."""
    sizes = {"": 1, " bytes": 1, " KiB": 1024, " MiB": 1024 * 1024}
    found = re.findall(r"([\d,]+)( bytes| KiB| MiB)? \(`([A-Z_]+)`\)", prose(ARCHITECTURE))
    assert len(found) > 8
    for number, unit, name in found:
        values = {getattr(module, name) for module in modules() if hasattr(module, name)}
        assert int(number.replace(",", "")) * sizes[unit] in values, name


def test_steps_in_architecture() -> None:
    """The start-up steps are listed in their order."""
    listed = re.findall(r"^\d+\. `App\.(\w+)`", prose(ARCHITECTURE), re.MULTILINE)
    assert listed == [step.__name__ for step in STEPS]


def test_tables_in_architecture() -> None:
    """Every table of the store has its row."""
    from vestnik.store.schema import metadata

    assert set(metadata.tables) <= set(rows(ARCHITECTURE))


def test_python_in_journal() -> None:
    """What the page asserts in Python is so."""
    asserting = [block for block in blocks(JOURNAL, "python") if "assert" in block]
    assert asserting
    for block in asserting:
        exec(compile(block, str(JOURNAL), "exec"), {})


@pytest.mark.parametrize(("picture", "language"), [("session.svg", "en"), ("session.ru.svg", "ru")])
def test_picture(picture: str, language: str) -> None:
    """Every sentence of the server in the picture is one of today's."""
    words = re.findall(r">([^<>]+)</text>", text_of(ROOT / "docs" / picture))
    said = [html.unescape(after) for before, after in pairwise(words) if before == "server"]
    assert len(said) > 8
    for sentence in said:
        code, text = re.fullmatch(r"(?:(\d{3}): )?(.*)", sentence).groups()  # type: ignore[union-attr]
        candidates = [event for event in EVENTS.values() if str(event.code or "") == (code or "")]
        patterns = [re.escape(event.sentences[LANGUAGES.index(language)].rstrip()) for event in candidates]
        assert any(re.fullmatch(re.sub(r"\\\{\w+\\\}", ".*", pattern), text) for pattern in patterns), sentence


def test_changelog() -> None:
    """The newest released entry of the changelog is this version's, with a date."""
    newest = re.search(r"^## (?!Unreleased)(.*)$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert re.fullmatch(rf"{re.escape(vestnik.__version__)} — \d{{4}}-\d\d-\d\d", newest[1])


def test_make_targets() -> None:
    """Every target of the Makefile is explained to contributors."""
    phony = re.search(r"^\.PHONY: (.*)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert phony is not None
    for target in phony[1].split():
        assert f"make {target}" in rows(ROOT / "CONTRIBUTING.md"), target
