"""A session of the client: what is shown of others, what is read, and what happens to the connection."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.scripted import Script, scripted
from tests.support.waiting import DEADLINE
from vestnik.cli.client.commands import serve
from vestnik.cli.client.screen import Screen
from vestnik.cli.client.shell import Shell
from vestnik.client import Backoff, Client
from vestnik.log.journal import Journal

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """The client's journal."""
    made = Journal("client", tmp_path / "client", level=10, language="en")
    yield made
    made.close()


@asynccontextmanager
async def talking(
    script: Callable[[Script], Awaitable[None]], journal: Journal, *, terminal: bool
) -> AsyncIterator[Shell]:
    """A shell of anna with a server that follows the script."""
    async with scripted(script) as port:
        backoff = Backoff(base=0)
        client = Client(
            "127.0.0.1", port, name="anna", password="x", journal=journal, reconnect=terminal, backoff=backoff
        )
        shell = Shell(client, journal, Screen("en", "anna", terminal=terminal))
        yield shell
        shell.ended = True
        await client.disconnect()


def lines_of(capsys: Capture) -> list[str]:
    """What was shown since the last time."""
    return without_times(capsys.readouterr().out)


def without_times(out: str) -> list[str]:
    """Lines without times of day, and without the blanks that align them."""
    return [re.sub(r"^\d\d:\d\d ", "", " ".join(line.split())) for line in out.splitlines()]


async def ok(script: Script, **more: Any) -> dict[str, Any]:
    """Answer the next request with 200; the request."""
    asked = await script.hear()
    script.say(**({"response": 200, "alert": "fine", "id": asked.get("id")} | more))
    return asked


async def test_what_others_do(journal: Journal, capsys: Capture) -> None:
    """Messages and changes are shown until the client goes, names are remembered, and a new name is taken over."""

    async def server(script: Script) -> None:
        await script.admit(tea={"seq": 0, "change": 0})
        await ok(script)
        script.deliver(1)
        change = {"action": "change", "time": 1, "from": "clara", "to": "#tea"}
        script.say(**change, change=1, kind="react", seq=1, emoji="x")
        script.say(action="typing", time=1, **{"from": "boris", "to": "#tea"})
        script.say(action="presence", time=1, people=[{"name": "boris", "state": "away"}])
        script.say(**change, change=2, kind="set_room", name="#chai")
        script.deliver(2, "#chai")
        await script.hear()

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        shell.to = "#TEA"
        receiving = asyncio.create_task(shell.receive())
        await shown(shell, "#chai", 2)
        shell.ended = True
        await shell.client.disconnect()
        await receiving
    assert lines_of(capsys) == [
        "── Thursday, 1 January 1970 ──",
        "[1] boris │ 1",
        "└ x clara",
        "* clara renamed #tea to #chai",
        "[2] boris │ 2",
    ]
    assert shell.to == "#chai"
    assert not shell.failed
    assert sorted(shell.names.values()) == ["#chai", "#tea", "boris", "clara"]


async def shown(shell: Shell, conversation: str, seq: int) -> None:
    """Wait until a message was shown."""
    async with asyncio.timeout(DEADLINE):
        while shell.last_shown(conversation) != seq:
            await asyncio.sleep(0)


@pytest.mark.parametrize("terminal", [True, False])
async def test_a_refused_login(terminal: bool, journal: Journal, capsys: Capture) -> None:
    """Without a login there is nothing to do in a terminal; the lines of a script are tried all the same."""

    async def server(script: Script) -> None:
        await script.hear()
        script.say(response=402, error="wrong")
        await ok(script)

    async with talking(server, journal, terminal=terminal) as shell:
        assert await shell.begin(needs_login=terminal) is not terminal
        assert shell.failed
    assert capsys.readouterr().err == ("Server answered with an error: 402 wrong\n" if terminal else "")


async def test_no_server(journal: Journal, capsys: Capture) -> None:
    """Where nobody listens there is nothing to do."""
    client = Client("127.0.0.1", 1, name="anna", journal=journal)
    shell = Shell(client, journal, Screen("en", "anna", terminal=True))
    assert not await shell.begin(needs_login=False)
    assert shell.failed
    assert shell.ended
    assert "refused the connection" in capsys.readouterr().err


async def test_begun_anew(journal: Journal, capsys: Capture) -> None:
    """In a terminal it is told that the server has another database now, and of which conversations."""

    async def server(script: Script) -> None:
        await script.admit(tea={"seq": 0, "change": 0, "anew": True}, cake={"seq": 0, "change": 0, "anew": True})
        await ok(script)

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        receiving = asyncio.create_task(shell.receive())
        async with asyncio.timeout(DEADLINE):
            while shell.connected:
                await asyncio.sleep(0)
        shell.ended = True
        await shell.client.disconnect()
        await receiving
    told = lines_of(capsys)
    assert told[0] == "* The server's database is not what it was; begun anew: #tea, #cake"


async def test_lost_and_back(journal: Journal, capsys: Capture) -> None:
    """In a terminal a lost connection is told and made again, and what was typed meanwhile goes through."""

    async def server(script: Script) -> None:
        if script.number == 1:
            await script.admit(tea={"seq": 0, "change": 0})
            await ok(script)
            return
        await script.admit(tea={"seq": 0, "change": 0})
        await ok(script, seq=1)
        await script.hear()

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        shell.to = "#tea"
        receiving = asyncio.create_task(shell.receive())
        async with asyncio.timeout(DEADLINE):
            while shell.connected:
                await asyncio.sleep(0)
        await serve(shell, "hello")
        async with asyncio.timeout(DEADLINE):
            while not shell.connected:
                await asyncio.sleep(0)
        assert not shell.ended
        shell.ended = True
        await shell.client.disconnect()
        await receiving
    lost, *rest = lines_of(capsys)
    assert lost.startswith("* Error! Connection to server")
    assert sorted(rest) == ["* The connection is back", "[1] anna │ hello"]
    assert not shell.failed


async def test_not_let_in_again(journal: Journal, capsys: Capture) -> None:
    """A terminal whose account may not come back is at its end."""

    async def server(script: Script) -> None:
        if script.number == 1:
            await script.admit()
            await ok(script)
        else:
            await script.hear()
            script.say(response=403, error="disabled")
            await script.hear()

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        await asyncio.wait_for(shell.receive(), DEADLINE)
        assert shell.ended
        assert shell.failed
    assert capsys.readouterr().err == "Server answered with an error: 403 disabled\n"


async def test_a_script_ends_with_its_connection(journal: Journal, capsys: Capture) -> None:
    """Without a terminal the end of the connection is the end, also for a line that waits for its answer."""

    async def server(script: Script) -> None:
        await ok(script)
        await ok(script)
        await script.hear()

    async with talking(server, journal, terminal=False) as shell:
        assert await shell.begin(needs_login=False)
        await serve(shell, "/list")
        assert shell.ended
        assert shell.failed
    assert capsys.readouterr() == ("", "")


async def test_scripts_read_nothing_by_themselves(journal: Journal) -> None:
    """Without a terminal nothing is asked for but what the lines say."""
    heard: list[str] = []

    async def server(script: Script) -> None:
        await ok(script)
        await ok(script)
        script.deliver(1)
        while True:
            heard.append((await ok(script, seq=2))["action"])

    async with talking(server, journal, terminal=False) as shell:
        assert await shell.begin(needs_login=False)
        receiving = asyncio.create_task(shell.receive())
        await shown(shell, "#tea", 1)
        for line in ("/join #tea", "hello", "/to #tea", "/read"):
            await serve(shell, line)
        shell.ended = True
        await shell.client.disconnect()
        await receiving
    assert heard == ["join", "msg", "read"]


async def test_own_messages(journal: Journal, capsys: Capture) -> None:
    """In a terminal one sees one's own message with its number, or that it did not go through."""

    async def server(script: Script) -> None:
        await script.admit()
        await ok(script)
        await ok(script, seq=7)
        await ok(script, seq=8, response=202, alert="later")
        await ok(script, response=403, error="muted")
        await script.hear()

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        shell.to = "boris"
        for line in ("one", "/reply 3 two", "three\x1b[2J"):
            await serve(shell, line)
        assert shell.failed
    captured = capsys.readouterr()
    assert without_times(captured.out) == [
        "[7] anna │ one",
        "┌ ↳ [3]",
        "[8] anna │ two",
        "* later",
        "* Not sent to boris: three\\x1b[2J",
    ]
    assert captured.err == "Server answered with an error: 403 muted\n"


async def test_own_changes(journal: Journal, capsys: Capture) -> None:
    """What one changes in the chosen conversation stands at its message, without saying where."""

    async def server(script: Script) -> None:
        await script.admit()
        await ok(script)
        await ok(script, seq=7)
        await ok(script, change=1)
        await ok(script, change=2)
        await script.hear()

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        shell.to = "#tea"
        for line in ("one", "/react 7 +", "/edit 7 two"):
            await serve(shell, line)
    shown = without_times(capsys.readouterr().out)
    assert shown == ["[7] anna │ one", "└ + anna", "[7] anna │ two", "└ edited"]


async def test_welcome(journal: Journal, capsys: Capture) -> None:
    """After the login one sees what one has not read; a server without such a list is no mistake."""

    async def server(script: Script) -> None:
        await script.admit()
        await ok(script)
        states = [{"to": "#tea", "seq": 4, "change": 1, "unread": 2}, {"to": "boris", "seq": 1, "change": 0}]
        await ok(script, conversations=states)
        await ok(script, response=400, error="Unknown action")
        await script.hear()

    async with talking(server, journal, terminal=True) as shell:
        assert await shell.begin(needs_login=True)
        await shell.welcome()
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == "You are logged in as anna. /help lists the commands"
        assert [line.split()[0] for line in lines[1:]] == ["conversation", "#tea"]
        assert sorted(shell.names.values()) == ["#tea", "boris"]
        await shell.welcome()
        assert len(capsys.readouterr().out.splitlines()) == 1
        assert not shell.failed


def test_names_are_bounded(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many names are remembered, each as it was seen first."""
    monkeypatch.setattr("vestnik.cli.client.shell.MAX_NAMES", 2)
    shell = Shell(Client("x", name="anna", journal=journal), journal, Screen("en", "anna", terminal=True))
    shell.know("Boris", "boris", "#tea", "clara")
    assert list(shell.names.values()) == ["Boris", "#tea"]
