"""Peers: their limits and their end, over real sockets in this process."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire


async def test_one_connection_too_many(tmp_path: Path) -> None:
    """Past the limit a connection is told so and closed; when one has gone there is room again."""
    async with running_app(tmp_path, max_connections=1, lang="en") as app:
        port = app.listener.port
        async with await Wire.connect(port) as first:
            await first.ask(action="presence", time=0)
            async with await Wire.connect(port) as second:
                answer = json.loads(await second.rest())
                assert answer == {"response": 500, "error": "1 connections are open, which is the limit"}
            first.tell(action="quit", time=0)
            assert await first.rest() == b""
        async with await Wire.connect(port) as third:
            assert (await third.ask(action="presence", time=0))["response"] == 401
        assert any("Connection refused: 1 are open already" in line for line in journal_lines(app))


async def test_refused_connections_are_named(tmp_path: Path) -> None:
    """Every record of a refused connection says which connection it belongs to."""
    async with running_app(tmp_path, max_connections=1) as app:
        named: list[str | None] = []
        record = app.journal.record

        def watch(*values: object, connection: str | None = None, **more: object) -> None:
            named.append(connection)
            record(*values, connection=connection, **more)  # type: ignore[arg-type]

        async with await Wire.connect(app.listener.port) as first:
            await first.ask(action="presence", time=0)
            app.journal.record = watch  # type: ignore[method-assign]
            async with await Wire.connect(app.listener.port) as second:
                await second.rest()
        assert named[:2] == ["2", "2"]
        app.journal.record = record  # type: ignore[method-assign]


@pytest.mark.parametrize("begun", [b"{", b'"', b"12", b'{"action":"presence"}{'])
async def test_unfinished_values(tmp_path: Path, begun: bytes) -> None:
    """A value that is not finished in time is a 400 that says so, and the end of the connection."""
    async with running_app(tmp_path, unfinished=0.2, lang="en") as app, await Wire.connect(app.listener.port) as wire:
        wire.write(begun)
        last = (await wire.rest()).splitlines()[-1]
        assert json.loads(last) == {"response": 400, "error": "The object was not finished within 0.2 s"}


async def test_probe(tmp_path: Path) -> None:
    """A client that named `probe` is probed when it is silent, stays when it answers, and is cut off when not."""
    async with running_app(tmp_path, "anna", keepalive=0.5, lang="en") as app:
        async with await Wire.login(app.listener.port, "anna", features=["probe"]) as anna:
            for _ in range(2):
                probe = await anna.hear()
                assert probe.pop("time") > 0
                assert probe == {"action": "probe"}
                assert (await anna.ask(action="presence", time=0))["response"] == 200
            assert json.loads(await anna.rest())["action"] == "probe"
        lines = journal_lines(app)
        assert "WARNING  server     Client anna did not answer the probe: connection closed" in lines


async def test_plain_clients_are_not_probed(tmp_path: Path) -> None:
    """A plain client may be silent as long as it likes: while another is probed away it hears nothing."""
    async with running_app(tmp_path, "anna", "boris", keepalive=0.1) as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as plain, await Wire.login(port, "boris", features=["probe"]) as rich:
            await rich.rest()
            assert await plain.silent()


async def test_slow_readers_are_cut_off(tmp_path: Path) -> None:
    """Who does not read is cut off when too much waits for them; the others do not notice."""
    async with running_app(tmp_path, "anna", "boris", send_buffer=131_072, lang="en") as app:
        port = app.listener.port
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=1024)
        slow = Wire(reader, writer)
        user = {"account_name": "boris", "password": "secret"}
        await slow.ask(action="authenticate", time=0, user=user)
        await slow.ask(action="join", time=0, room="#tea")
        async with await Wire.login(port, "anna") as anna:
            await anna.ask(action="join", time=0, room="#tea")
            async with asyncio.timeout(DEADLINE):
                while app.chat.sessions.find(2) is not None:
                    anna.write(
                        b"".join([json.dumps({"action": "msg", "to": "#tea", "message": "x" * 4000}).encode()] * 8)
                    )
                    for _ in range(8):
                        assert (await anna.hear())["response"] == 200
            assert await anna.silent()
        await slow.close()
        assert any("does not keep up reading" in line for line in journal_lines(app))


async def test_stop(tmp_path: Path) -> None:
    """A stop answers what was received, tells those who understand, closes the rest without a word."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        anna = await Wire.login(port, "anna", features=["notice"])
        boris = await Wire.login(port, "boris")
        await boris.ask(action="join", time=0, room="#tea")
    notice = json.loads(await anna.rest())
    assert notice.pop("time") > 0
    assert notice.pop("text")
    assert notice == {"action": "notice", "code": 101}
    assert await boris.rest() == b""
    for wire in (anna, boris):
        await wire.close()
    with socket.socket() as sock:
        assert sock.connect_ex(("127.0.0.1", port)) != 0
