"""Strangers guess passwords: nobody waits for them, and who knows a password gets in."""

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.passwords import verify_password
from vestnik.secret import Secret
from vestnik.server import passwords
from vestnik.server.app import App

CROWD = 40
ELSEWHERE = "127.0.0.2"


class Gate:
    """Lets checks of passwords begin once it is open; `checked` are the passwords in their order."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.checked: list[str] = []

    def verify(self, password_hash: str, password: Secret) -> bool:
        """Whether a password is right."""
        assert self.open.wait(DEADLINE)
        self.checked.append(password.reveal())
        return verify_password(password_hash, password)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """Closed at first."""
    made = Gate()
    monkeypatch.setattr(passwords, "verify_password", made.verify)
    return made


@pytest.fixture
async def app(tmp_path: Path, gate: Gate) -> AsyncIterator[App]:
    """A server with one thread for passwords."""
    async with running_app(tmp_path, "anna", "boris", hash_threads=1, lang="en") as started:
        yield started
        gate.open.set()


async def crowd(app: App, *more: dict[str, object]) -> list[Wire]:
    """Connections that have all sent a wrong password for anna, and `more` behind it, which the server has read."""
    wires = [await Wire.connect(app.listener.port) for _ in range(CROWD)]
    for wire in wires:
        guess = {"action": "authenticate", "user": {"account_name": "anna", "password": "wrong"}}
        for request in (guess, *more):
            wire.tell(**request)
    await until(app, CROWD - 1)
    return wires


async def until(app: App, waiting: int) -> None:
    """Return when so many wait for a turn, none of them unnoticed."""
    async with asyncio.timeout(DEADLINE):
        while len(app._passwords.queue) != waiting:
            await asyncio.sleep(0)


async def test_a_stranger_holds_up_nobody(app: App, gate: Gate) -> None:
    """The right password from elsewhere is checked after one guess, however many a stranger sends."""
    wires = await crowd(app)
    async with await Wire.connect(app.listener.port, source=ELSEWHERE) as wire:
        wire.tell(action="authenticate", user={"account_name": "anna", "password": "secret"})
        await until(app, CROWD)
        gate.open.set()
        assert (await wire.hear())["response"] == 202
        assert gate.checked.index("secret") <= 2
    for each in wires:
        await each.close()


async def test_a_colleague_behind_the_same_address(app: App, gate: Gate) -> None:
    """The right password for another name from the same address is checked after one guess, too."""
    wires = await crowd(app)
    async with await Wire.connect(app.listener.port) as wire:
        wire.tell(action="authenticate", user={"account_name": "boris", "password": "secret"})
        await until(app, CROWD)
        gate.open.set()
        assert (await wire.hear())["response"] == 202
        assert gate.checked.index("secret") <= 2
    for each in wires:
        await each.close()


@pytest.mark.parametrize("more", [(), ({"action": "presence"},)], ids=["waiting", "pipelined"])
async def test_who_closed_is_not_waited_for(app: App, gate: Gate, more: tuple[dict[str, object], ...]) -> None:
    """Guesses of connections that closed at once come behind the right password for the same name, from there."""
    for each in await crowd(app, *more):
        await each.close()
    async with await Wire.connect(app.listener.port) as wire:
        wire.tell(action="authenticate", user={"account_name": "anna", "password": "secret"})
        async with asyncio.timeout(DEADLINE):
            while not gate.checked and len(app._passwords.queue) == 0:
                await asyncio.sleep(0)
        gate.open.set()
        assert (await wire.hear())["response"] == 202
        assert gate.checked.index("secret") <= 2


async def test_a_connection_that_is_cut_is_dropped(app: App, gate: Gate) -> None:
    """Guesses of connections that were reset are never checked, and the journal says so."""
    wires = await crowd(app)
    for each in wires:
        linger = struct.pack("ii", 1, 0)  # a reset instead of an end
        each.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        each.writer.transport.abort()
    await until(app, 0)
    gate.open.set()
    async with await Wire.login(app.listener.port, "anna"):
        assert gate.checked == ["wrong", "secret"]
    assert sum("The password of user anna was not checked" in line for line in journal_lines(app)) == CROWD - 1


async def test_tokens_do_not_wait(app: App, gate: Gate) -> None:
    """A token lets in at once though many wait for their passwords to be checked."""
    gate.open.set()
    async with await Wire.connect(app.listener.port) as wire:
        token = (await wire.authenticate("anna", remember=True))["token"]
    gate.open.clear()
    wires = await crowd(app)
    async with await Wire.connect(app.listener.port) as wire:
        answer = await wire.ask(action="authenticate", user={"account_name": "anna", "token": token})
        assert answer["response"] == 200
    assert len(app._passwords.queue) == CROWD - 1
    gate.open.set()
    for each in wires:
        await each.close()
