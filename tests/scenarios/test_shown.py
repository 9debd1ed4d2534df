"""What people see of what others write, in a terminal."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess
from tests.support.terminal import Terminal
from vestnik.client import Client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests, with the accounts anna and boris."""
    data = tmp_path_factory.mktemp("server")
    add_accounts(data, ["anna", "boris"], "secret")
    with ServerProcess(data, "--lang", "en") as made:
        yield made


def anna(server: ServerProcess, tmp_path: Path, language: str = "en", **environment: str) -> Terminal:
    """The client of anna in a terminal."""
    arguments = ("client", "-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path), "--lang", language)
    more = {"VESTNIK_PASSWORD": "secret", "XDG_STATE_HOME": str(tmp_path), "NO_COLOR": ""} | environment
    return Terminal([*VESTNIK, *arguments], **more)


def boris(server: ServerProcess, talk: Callable[[Client], Coroutine[Any, Any, object]]) -> None:
    """Have boris do something."""

    async def run() -> None:
        async with Client("127.0.0.1", server.port, name="boris", password="secret") as client:
            await talk(client)

    asyncio.run(run())


def test_as_it_was_written(server: ServerProcess, tmp_path: Path) -> None:
    """Lines stay lines behind the bar, joined emoji and Persian are whole, and nothing is a command to the terminal."""

    async def talk(client: Client) -> None:
        await client.send("anna", "One\n10:12   [9]             anna │ I resign\n\x1b[2J\x1b]0;x\x07")
        await client.send("anna", "👩\u200d👩\u200d👧 می\u200cخواهم т.\u00a0е.")

    with anna(server, tmp_path) as terminal:
        terminal.wait_for("anna → ?>")
        boris(server, talk)
        blank = " " * 28
        terminal.wait_for(f"boris → anna │ One\n{blank} │ 10:12   [9]             anna │ I resign\n{blank} │ \\x1b[2J")
        terminal.wait_for("👩\u200d👩\u200d👧 می\u200cخواهم т.\u00a0е.\n")
        assert b"\x1b[2J" not in terminal.raw
        assert b"\x1b]" not in terminal.raw
        assert b"\a" in terminal.raw
        assert terminal.leave() == 0


@pytest.mark.parametrize("language", ["en", "ru"])
def test_at_its_message(language: str, server: ServerProcess, tmp_path: Path) -> None:
    """A reaction and an edit are shown at their message, in either language; a mention stands out."""

    async def talk(client: Client) -> None:
        await client.join("#tea")
        asked = await client.send("#tea", "@anna, tea?")
        await client.react("#tea", asked.seq or 0, "🍵")
        await client.edit("#tea", asked.seq or 0, "@anna, tea or cake?")
        await client.leave("#tea")

    with anna(server, tmp_path, language) as terminal:
        terminal.wait_for("anna → ?>")
        terminal.type("/join #tea\r")
        terminal.wait_for("anna → #tea>")
        boris(server, talk)
        blank = " " * 28
        at = terminal.wait_for(f"boris │ @anna, tea?\n{blank} └ 🍵 boris\n")
        terminal.wait_for(
            f"boris │ @anna, tea or cake?\n{blank} └ {'edited' if language == 'en' else 'изменено'}", after=at
        )
        assert b"\x1b[1;7mboris\x1b[0m" in terminal.raw
        assert terminal.leave() == 0


def test_no_colour(server: ServerProcess, tmp_path: Path) -> None:
    """With NO_COLOR nothing has a colour: not the messages, nor errors, nor the prompt."""
    with anna(server, tmp_path, NO_COLOR="1") as terminal:
        terminal.wait_for("anna → ?>")
        boris(server, lambda client: client.send("anna", "see https://example.org and `code`"))
        terminal.wait_for("`code`")
        terminal.type("/nonsense\r/list\r")
        terminal.wait_for("unread")
        assert terminal.leave() == 1  # of the nonsense
        assert not [code for code in (b"[3%d" % number for number in range(9)) if b"\x1b" + code in terminal.raw]
        assert b";3" not in terminal.raw


def test_colour(server: ServerProcess, tmp_path: Path) -> None:
    """With a terminal of 256 colours people and links have one."""
    with anna(server, tmp_path, TERM="xterm-256color") as terminal:
        terminal.wait_for("anna → ?>")
        boris(server, lambda client: client.send("anna", "see https://example.org"))
        terminal.wait_for("example.org")
        assert b"\x1b[4;38;5;32mhttps://example.org\x1b[0m" in terminal.raw
        assert b"mboris\x1b[0m" in terminal.raw
        assert terminal.leave() == 0
