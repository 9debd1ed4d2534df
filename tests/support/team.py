"""People who use the client, with a server in the same process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.app import running_app
from vestnik.cli.client.commands import serve
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Client
from vestnik.log.journal import Journal
from vestnik.server.app import App

Setting = tuple[Path, Journal, pytest.CaptureFixture[str]]
"""What `team` needs."""


WIDTH = 200
"""Cells of a terminal, so that no sentence is broken."""


class Team:
    """Clients of one server, without a terminal. Everything that is shown is in `capsys`."""

    def __init__(self, port: int, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
        self.port = port
        self.journal = journal
        self.capsys = capsys
        self.app: App
        self.shells: dict[str, Shell] = {}

    async def enter(self, name: str, *, terminal: bool = False, lang: str = "en") -> Shell:
        """Somebody logs in."""
        client = Client("127.0.0.1", self.port, name=name, password="secret", journal=self.journal, reconnect=terminal)
        shell = self.shells[name] = Shell(
            client, self.journal, Screen(lang, name, terminal=terminal, width=lambda: WIDTH)
        )
        assert await shell.begin(needs_login=True)
        return shell

    async def type(self, name: str, *lines: str) -> list[list[str]]:
        """Somebody types lines, all of which are served; the columns of what is shown of the last one."""
        shell = self.shells[name]
        for line in lines:
            self.capsys.readouterr()
            await serve(shell, line)
            assert not shell.failed, line
        return [line.split("\t") for line in self.capsys.readouterr().out.splitlines()]

    async def see(self, name: str, line: str) -> str:
        """Somebody types a line, whether it goes through or not; what they see then."""
        self.capsys.readouterr()
        await serve(self.shells[name], line)
        self.shells[name].failed = False
        return "".join(self.capsys.readouterr())

    async def refused(self, name: str, line: str) -> None:
        """Somebody types a line that does not go through."""
        shell = self.shells[name]
        await serve(shell, line)
        assert shell.failed, line
        shell.failed = False


@asynccontextmanager
async def team(tmp_path: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Team]:
    """Anna, owner of #tea, and Boris, a member; messages 1 (Anna's) and 2 (Boris's) are there."""
    async with running_app(tmp_path / "server", "anna", "boris", "clara b", lang="en") as app:
        made = Team(app.listener.port, journal, capsys)
        made.app = app
        await made.enter("anna")
        await made.enter("boris")
        await made.type("anna", "/create #tea", "One")
        await made.type("boris", "/join #tea", "Two")
        yield made
        for shell in made.shells.values():
            await shell.client.disconnect()
