"""A server that wants to freeze or to fill the client of whoever sits before it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.process import VESTNIK
from tests.support.scripted import Script, scripted
from tests.support.terminal import Terminal

Send = Callable[[int], dict[str, Any]]


def message(number: int) -> dict[str, Any]:
    """One message after the other."""
    return {"action": "msg", "time": 1, "from": "boris", "to": "anna", "message": "hello", "seq": number}


def lines(number: int) -> dict[str, Any]:
    """Messages of thousands of lines."""
    return message(number) | {"message": "\x1b[2J\n" * 2_500}


def names(number: int) -> dict[str, Any]:
    """Messages of people without end."""
    return message(1) | {"from": f"b{number}"}


def invitation(number: int) -> dict[str, Any]:
    """Invitations to rooms without end."""
    return {"action": "invitation", "time": 1, "from": f"b{number}", "room": f"#{number}"}


def probe(_number: int) -> dict[str, Any]:
    """Questions for a sign of life."""
    return {"action": "probe", "time": 1}


async def serve(script: Script, send: Send, stop: asyncio.Event) -> None:
    """Let the client in, answer whatever it asks, and send without end."""
    await script.hear()
    script.say(response=200, token="a-token-of-the-script")

    async def answer() -> None:
        while not stop.is_set():
            asked = await script.hear()
            if asked["action"] == "resume":
                script.say(response=200, conversations=[])
                script.say(action="resumed", time=1)
            elif asked["action"] == "quit":
                stop.set()
            elif asked["action"] == "conversations":
                script.say(response=200, conversations=[])
                welcomed.set()
            else:
                script.say(response=200)

    welcomed = asyncio.Event()
    answering = asyncio.create_task(answer())
    await welcomed.wait()
    try:
        for number in count(1):
            script.say(**send(number))
            if not number % 10:
                await script.drain()
            if stop.is_set():
                return
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)


def memory(pid: int) -> int:
    """MiB of memory that a process has had at most."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) // 1024  # type: ignore[index]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[int], Terminal]]:
    """Starts anna's client in a terminal."""
    made: list[Terminal] = []

    def start(port: int) -> Terminal:
        arguments = ("client", "-p", str(port), "-u", "anna", "--lang", "en", "--log-dir", str(tmp_path / "log"))
        places = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        made.append(Terminal([*VESTNIK, *arguments], VESTNIK_PASSWORD="secret", **places))
        return made[-1]

    yield start
    for each in made:
        each.__exit__(None, None, None)


@pytest.mark.parametrize("send", [message, lines, names, invitation, probe])
async def test_a_flood(send: Send, terminal: Callable[[int], Terminal], tmp_path: Path) -> None:
    """Whatever comes without end, one can type and leave, and neither memory nor disk is filled."""
    stop = asyncio.Event()

    async def talk(script: Script) -> None:
        await serve(script, send, stop)

    async with scripted(talk) as port:
        anna = terminal(port)

        def use() -> None:
            at = anna.wait_for("You are logged in as anna")
            for number in range(3):
                anna.type(f"/to somebody{number}\r")
                at = anna.wait_for(f"/to somebody{number}", after=at)
            most = memory(anna.process.pid)
            anna.type("/quit\r")
            anna.wait()
            assert most < 200

        await asyncio.to_thread(use)
        stop.set()
    assert sum(path.stat().st_size for path in (tmp_path / "log").rglob("*")) < 1_000_000
