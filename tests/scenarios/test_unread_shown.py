"""Messages that wait for somebody who was away: shown in a terminal from the read mark, and read only then."""

import asyncio
from pathlib import Path

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess
from tests.support.terminal import Terminal
from vestnik.client import Client


def anna(server: ServerProcess, tmp_path: Path, **environment: str) -> Terminal:
    """The client of anna in a terminal."""
    arguments = ("client", "-p", str(server.port), "-u", "anna", "--log-dir", str(tmp_path / "log"), "--lang", "en")
    return Terminal(
        [*VESTNIK, *arguments], VESTNIK_PASSWORD="secret", XDG_STATE_HOME=str(tmp_path / "state"), **environment
    )


async def unread(server: ServerProcess) -> dict[str, int]:
    """What anna has not read, as the server sees it."""
    async with Client("127.0.0.1", server.port, name="anna", password="secret", reconnect=False) as client:
        return {state.to: state.unread for state in await client.conversations()}


def test_unread(tmp_path: Path) -> None:
    """What was written meanwhile is unread until one turns there, and until then no live message takes it along."""
    add_accounts(tmp_path / "data", ["anna", "boris"], "secret")

    async def write(*texts: str) -> None:
        async with Client("127.0.0.1", server.port, name="boris", password="secret") as client:
            await client.join("#tea")
            for text in texts:
                await client.send("#tea", text)

    with ServerProcess(tmp_path / "data", "--lang", "en") as server:
        with anna(server, tmp_path) as terminal:
            terminal.wait_for("anna → ?>")
            terminal.type("/join #tea\r")
            terminal.wait_for("anna → #tea>")
            assert terminal.leave() == 0
        asyncio.run(write("first", "second\nline", "third"))
        with anna(server, tmp_path) as terminal:
            terminal.wait_for("anna → ?>")
            asyncio.run(write("fourth"))
            terminal.wait_for("boris → #tea │ fourth")
            assert terminal.leave() == 0
        assert asyncio.run(unread(server)) == {"#tea": 4}
        with anna(server, tmp_path) as terminal:
            terminal.wait_for("anna → ?>")
            terminal.type("/to #tea\r")
            at = terminal.wait_for("── unread: 4 ──")
            for text in ("│ first\n", "│ second\n", "│ line\n", "│ third\n", "│ fourth\n"):
                at = terminal.wait_for(text, after=at)
            asyncio.run(write("fifth"))
            terminal.wait_for("│ fifth\n", after=at)
            assert terminal.leave() == 0
        assert asyncio.run(unread(server)) == {"#tea": 0}


def test_status(tmp_path: Path) -> None:
    """The line at the bottom says who is typing, what is unread elsewhere, and what becomes of the connection."""
    add_accounts(tmp_path / "data", ["anna", "boris"], "secret")
    with ServerProcess(tmp_path / "data", "--lang", "en") as server:

        async def act() -> None:
            async with Client("127.0.0.1", server.port, name="boris", password="secret") as client:
                await client.join("#tea")
                await client.send("anna", "hi")
                await client.typing("#tea")

        with anna(server, tmp_path, PROMPT_TOOLKIT_NO_CPR="0") as terminal:
            at = terminal.wait_for(f" 127.0.0.1:{server.port} │ no conversation │ online")
            terminal.type("/join #tea\r")
            at = terminal.wait_for("anna created room #tea", after=at)
            asyncio.run(act())
            at = terminal.wait_for("#tea │ boris is typing… │ unread: boris 1 │ online", after=at)
            terminal.type("/to boris\r")
            at = terminal.wait_for(" │ boris │ online", after=at)
            server.kill()
            terminal.wait_for(" │ boris │ no connection", after=at)
