"""Names that one may see, for completion."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.support.app import running_app
from tests.support.scripted import Script, scripted
from tests.support.team import Setting, Team, team
from tests.support.waiting import DEADLINE
from vestnik.cli.client.acquaintance import keep_learning, learn
from vestnik.cli.client.completion import NameCompleter
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Client
from vestnik.log.journal import Journal


def completed(shell: Shell, typed: str) -> list[str]:
    """What Tab makes of what was typed."""
    found = NameCompleter(shell).get_completions(Document(typed), CompleteEvent())
    return [typed[: len(typed) + each.start_position] + each.text for each in found]


async def test_everybody_is_known(setting: Setting) -> None:
    """Whoever has an account is completed, also who never was there, and every room that one may see."""
    async with team(*setting) as made:
        await made.type("boris", "/create #open", "/create #den private")
        shell = await made.enter("anna", terminal=True)
        await learn(shell)
        assert completed(shell, "/to cl") == ['/to "clara b"']
        assert completed(shell, "/join #o") == ["/join #open"]
        assert completed(shell, "/join #d") == []
        assert "Is it clara b?" in await made.see("anna", "/to clara")


async def test_pages(tmp_path: Path, journal: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    """All are known over as many pages as it takes."""
    names = [f"u{number}" for number in range(7)]
    async with running_app(tmp_path / "server", "anna", *names, lang="en", limits={"page": 2}) as app:
        made = Team(app.listener.port, journal, capsys)
        shell = await made.enter("anna", terminal=True)
        await made.see("anna", "/create #r0")
        for number in range(1, 5):
            await shell.client.create_room(f"#r{number}")
        await learn(shell)
        assert set(shell.names.values()) == {"anna", *names, *(f"#r{number}" for number in range(5))}
        await shell.client.disconnect()


async def test_who_came_later(setting: Setting) -> None:
    """Who got an account later is known when they come, or when they were sought in vain."""
    async with team(*setting) as made:
        shell = await made.enter("anna", terminal=True)
        learning = asyncio.create_task(keep_learning(shell))
        async with asyncio.timeout(DEADLINE):
            while "boris" not in shell.names:
                await asyncio.sleep(0)
        assert completed(shell, "/to dm") == []
        assert shell.strange.is_set()
        learning.cancel()


@pytest.mark.parametrize("knows", [True, False])
async def test_other_servers(knows: bool, journal: Journal) -> None:
    """A server that knows of no pages, or of nothing, is not asked for ever."""
    asked: list[str] = []

    async def server(script: Script) -> None:
        people: dict[str, Any] = {"people": [{"name": "boris", "state": "online"}], "more": True}
        while True:
            request = await script.hear()
            asked.append(request["action"])
            fine = {"response": 200, "alert": "fine", **(people if request["action"] == "who" else {})}
            script.say(**(fine if knows else {"response": 400, "error": "What?"}), id=request.get("id"))

    async with scripted(server) as port:
        client = Client("127.0.0.1", port, name="anna", journal=journal, reconnect=False)
        shell = Shell(client, journal, Screen("en", "anna", terminal=True))
        await client.connect()
        await learn(shell)
        await client.disconnect()
    assert asked == (["rooms", "who", "who"] if knows else ["rooms"])
    assert not shell.failed
