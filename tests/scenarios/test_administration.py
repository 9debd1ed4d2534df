"""`vestnik user` beside a server, both as processes: what it does takes effect at once."""

import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from tests.support.data import add_accounts
from tests.support.process import VESTNIK, ServerProcess, clean_environment, vestnik
from tests.support.wire import Wire
from vestnik.server.doors.control import SOCKET_NAME


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server with the accounts anna and boris."""
    add_accounts(tmp_path, ["anna", "boris"], "secret")
    with ServerProcess(tmp_path, "--lang", "en") as started:
        yield started


def user(data: Path, *arguments: str, password: str | None = None, code: int = 0, lang: str = "en") -> str:
    """Run a command to its end; what it printed."""
    done = vestnik("user", "--data", str(data), "--lang", lang, *arguments, password=password)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


async def closed(wire: Wire) -> bool:
    """Whether a connection was closed before a request was written to it."""
    return await wire.rest() == b""


@pytest.mark.parametrize("act", ["disable", "passwd"])
async def test_connections_end_with_the_act(server: ServerProcess, act: str) -> None:
    """When the command returns, the account's connections are closed: a message that follows is not accepted."""
    async with await Wire.login(server.port, "anna") as anna, await Wire.login(server.port, "boris") as boris:
        assert (await anna.send("boris", "before"))["response"] == 200
        assert (await boris.hear())["message"] == "before"
        user(server.data, act, "anna", password="another")
        anna.tell(action="msg", to="boris", message="after")
        assert await closed(anna)
        assert await boris.silent()
    assert server.journal.count("Connection of client anna closed") == 1


async def test_a_new_account_can_be_mentioned_at_once(server: ServerProcess) -> None:
    """A name whose first letter no account had is mentioned by the next message, and can log in and be written to."""
    assert user(server.data, "add", "Ждан", password="seven cold spoons") == "Account Ждан created\n"
    async with (
        await Wire.login(server.port, "anna", features=["seq"]) as anna,
        await Wire.login(server.port, "Ждан", "seven cold spoons", features=["seq"]) as zhdan,
    ):
        for wire in (anna, zhdan):
            assert await wire.code(action="join", room="#tea") == 200
        assert (await anna.send("#tea", "@Ждан, чай готов"))["response"] == 200
        assert (await zhdan.hear())["mentions"] == ["Ждан"]


def test_the_commands_language(server: ServerProcess) -> None:
    """A command speaks its own language, whatever the server speaks; the journal is in the server's."""
    assert user(server.data, "disable", "Anna", lang="ru") == "Учётная запись anna отключена\n"
    assert user(server.data, "add", "ANNA", password="x", code=1, lang="ru") == "Имя ANNA уже занято\n"
    assert user(server.data, "passwd", "nobody", password="x", code=1) == "User nobody does not exist\n"
    text = (server.data / "log" / "admin.log").read_text("utf-8")
    assert [line[24:] for line in text.splitlines()] == [
        "INFO     admin      Account anna disabled",
        "ERROR    admin      Error! The name ANNA is already taken",
        "ERROR    admin      Error! User nobody does not exist",
    ]


def test_who_did_it(server: ServerProcess) -> None:
    """Every record has the user and the process of whoever asked, with a server and without one."""
    asked = []
    command = [*VESTNIK, "user", "--data", str(server.data), "list"]
    for _ in range(2):
        with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.DEVNULL) as process:
            asked.append((os.geteuid(), process.pid))
        server.stop()
    records = map(json.loads, (server.data / "log" / "admin.jsonl").read_text("utf-8").splitlines())
    assert [(record["uid"], record["pid"]) for record in records] == asked


def test_after_a_kill(server: ServerProcess) -> None:
    """The socket of a server that was killed is no obstacle, neither for commands nor for the next server."""
    server.kill()
    assert (server.data / SOCKET_NAME).is_socket()
    user(server.data, "disable", "anna")
    with ServerProcess(server.data, "--lang", "en") as again:
        assert "previous run" in again.journal
        assert user(again.data, "list").split("\t")[:2] == ["anna", "disabled"]
        again.signal(signal.SIGTERM)
        assert again.wait() == 0
    assert not (server.data / SOCKET_NAME).exists()


def test_no_socket(server: ServerProcess) -> None:
    """A file that is in the way of the socket ends the start with a line that names it, and is left alone."""
    server.stop()
    (server.data / SOCKET_NAME).write_text("mine")
    with ServerProcess(server.data, "--lang", "en") as again:
        assert again.wait() == 1
        assert "CRITICAL" in again.lines[-1]
        assert f"Cannot make the control socket {server.data / SOCKET_NAME}: Address already in use" in again.lines[-1]
    assert (server.data / SOCKET_NAME).read_text() == "mine"


def test_many_accounts(server: ServerProcess) -> None:
    """A list of more accounts than one answer has is whole, and in order."""
    server.stop()
    names = [f"user{number:04}" for number in range(1100)]
    add_accounts(server.data, names, "secret")
    with ServerProcess(server.data):
        listed = [line.split("\t")[0] for line in user(server.data, "list").splitlines()]
    assert listed == ["anna", "boris", *names]


def test_nothing_without_its_record(server: ServerProcess) -> None:
    """When the journal of administration cannot be written, the command fails and nothing has changed."""
    day = server.data / "log" / f"admin.log.{date.today().isoformat()}"
    day.mkdir()
    refused = user(server.data, "disable", "anna", code=1)
    assert refused == (
        f"Nothing was done, for the journal of administration (admin.log) cannot be written: {day}: it is a directory\n"
    )
    day.rmdir()
    assert "disabled" not in user(server.data, "list")
