"""What a client shows of its connection, and connecting again."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.scripted import Script, scripted
from vestnik.cli.client import link
from vestnik.cli.client.arguments import Arguments, BadLine
from vestnik.cli.client.link import link_sign, reconnect, tick
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Backoff, Client
from vestnik.log.journal import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The client's journal."""
    made = Journal("client", tmp_path / "client", language="en")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("language", "waits", "connects"),
    [
        ("en", "no connection, again in 1 s", "no connection, connecting"),
        ("ru", "нет связи, повтор через 1 с", "нет связи, подключаюсь"),
    ],
)
async def test_what_the_prompt_says(journal: Journal, language: str, waits: str, connects: str) -> None:
    """Nothing while there is a connection; else that there is none, and in how many seconds the next attempt is due."""
    waiting = asyncio.Event()

    async def talk(script: Script) -> None:
        await script.admit()

    async def wait(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    class Slow(Backoff):
        """Waits before the first attempt, too."""

        def next(self) -> float:
            return 0.4

    async with scripted(talk) as port:
        client = Client("127.0.0.1", port, name="anna", password="secret", journal=journal, backoff=Slow(sleep=wait))
        shell = Shell(client, journal, Screen(language, "anna", terminal=True))
        shell.connected = True
        assert link_sign(shell) == ""
        shell.connected = False
        assert link_sign(shell) == connects
        await client.connect()
        await client.authenticate()
        await waiting.wait()
        assert link_sign(shell) == waits
        await client.disconnect()


async def test_where_there_is_no_other_connection(journal: Journal) -> None:
    """A client of a script says that it does not connect again."""
    client = Client("127.0.0.1", name="anna", password="secret", journal=journal, reconnect=False)
    shell = Shell(client, journal, Screen("en", "anna", terminal=False))
    with pytest.raises(BadLine) as caught:
        await reconnect(shell, Arguments("", ""))
    assert caught.value.name == "cli.link_once"


async def test_after_a_suspension(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose machine was suspended for long connects again at once, and after a short one it does not."""
    monkeypatch.setattr(link, "TICK", 0.0)
    client = Client("127.0.0.1", name="anna", password="secret", journal=journal)
    shell = Shell(client, journal, Screen("en", "anna", terminal=True))
    times = iter([100.0, 100.0, 129.0, 170.0, 170.0])
    made: list[float] = []
    at = 0.0

    def asleep() -> float:
        nonlocal at
        at = next(times)
        return at

    monkeypatch.setattr(client, "reconnect", lambda: made.append(at))
    with pytest.raises((StopIteration, RuntimeError)):
        await tick(shell, lambda: None, asleep)
    assert made == [170.0]
    assert link.slept() > -1.0
