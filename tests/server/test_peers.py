"""Peers: their limits and their end, over real sockets in this process."""

import asyncio
import fcntl
import gc
import json
import os
import socket
import termios
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.chat.session import Session
from vestnik.protocol.framing import Framer
from vestnik.server import peers as module
from vestnik.server import shares
from vestnik.server.doors.tcp import TcpDoor
from vestnik.server.peer import Peer


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


async def test_one_network_leaves_room_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what others leave free is one network's; one more is told so and closed, and counts no more."""
    monkeypatch.setattr(shares, "LEAST", 1)
    async with running_app(tmp_path, address="", max_connections=4, lang="en") as app:
        port = app.listener.port
        async with await Wire.connect(port) as first, await Wire.connect(port) as second:
            for wire in (first, second):
                await wire.ask(action="presence", time=0)
            for _ in range(3):
                async with await Wire.connect(port) as third:
                    answer = json.loads(await third.rest())
                    assert answer == {
                        "response": 403,
                        "error": "2 connections from this network are open, which is the limit",
                    }
            elsewhere = socket.create_connection(("127.0.0.1", port), source_address=("127.0.0.2", 0))
            elsewhere.setblocking(False)
            async with Wire(*await asyncio.open_connection(sock=elsewhere)) as other:
                assert (await other.ask(action="presence", time=0))["response"] == 401
            await second.close()
            while len(app.peers) > 1:
                await asyncio.sleep(0)
            async with await Wire.connect(port) as third:
                assert (await third.ask(action="presence", time=0))["response"] == 401
        assert any("from network 127.0.0.1" in line for line in journal_lines(app))


async def test_many_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many connections too many only some are told so: the others are closed at once."""
    monkeypatch.setattr(module, "MAX_TURNED_AWAY", 2)
    async with running_app(tmp_path, max_connections=1) as app, await Wire.connect(app.listener.port) as first:
        await first.ask(action="presence", time=0)
        others = [await Wire.connect(app.listener.port) for _ in range(4)]
        heard = [await wire.rest() for wire in others[2:]]
        assert heard == [b"", b""]
        for wire in others:
            await wire.close()
        assert (await first.ask(action="presence", time=0))["response"] == 401


async def test_connections_of_an_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account has half of what others leave free, by password and by token; who is logged in may do so again."""
    monkeypatch.setattr(shares, "LEAST", 1)
    async with running_app(tmp_path, "anna", "boris", max_connections=10, lang="en") as app:
        port = app.listener.port
        assert app.chat.most_connections(0) == 5
        first = await Wire.connect(port)
        token = (await first.authenticate("anna", remember=True))["token"]
        monkeypatch.setattr(app.chat, "most_connections", lambda _now: 2)
        second = await Wire.login(port, "anna")
        refused = {"response": 403, "error": "User anna has 2 connections, which is the limit"}
        async with await Wire.connect(port) as third:
            assert await third.authenticate("anna") == refused
            user = {"account_name": "anna", "token": token}
            assert await third.ask(action="authenticate", time=0, user=user) == refused
            assert (await third.authenticate("boris"))["response"] == 202
        assert (await second.authenticate("anna"))["response"] == 200
        for wire in (first, second):
            await wire.close()


async def test_deadline_for_logging_in(tmp_path: Path) -> None:
    """Who does not log in in time is told so and closed, whatever else it asks; who has logged in stays."""
    async with running_app(tmp_path, "anna", login_within=0.4, lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.connect(port) as stranger:
            stranger.tell(action="presence", time=0)
            heard = [json.loads(line) for line in (await stranger.rest()).splitlines()]
            assert [each["response"] for each in heard] == [401, 401]
            assert heard[-1]["error"] == "Nobody has logged in within 0.4 s"
            assert await anna.silent()


async def flood(wire: Wire) -> None:
    """Ask for answers that are not read, until the connection ends."""
    try:
        while True:
            wire.write(b'{"action": "presence"}\n' * 1000)
            async with asyncio.timeout(DEADLINE):
                await wire.writer.drain()
    except ConnectionError:
        pass


async def test_budget_of_all_buffers(tmp_path: Path) -> None:
    """Many who each may let less wait than one connection may are cut off when it is too much for all together."""
    async with running_app(tmp_path, "anna", "boris", buffers=1_048_576, lang="en") as app:
        port = app.listener.port
        wires = [await Wire.login(port, "anna", receive=4096) for _ in range(8)]
        async with await Wire.login(port, "boris") as boris:
            tasks = [asyncio.create_task(flood(wire)) for wire in wires]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            assert await boris.silent()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        waiting = [line.split("(")[1] for line in journal_lines(app) if "does not keep up reading" in line]
        assert int(waiting[0].split()[0]) < app.settings.send_buffer
        for wire in wires:
            await wire.close()


async def test_who_takes_nothing_is_cut_off(tmp_path: Path) -> None:
    """A client that takes nothing for a while of what waits is cut off, however little it is."""
    async with running_app(tmp_path, "anna", "boris", choked=0.2, lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna", receive=4096) as anna, await Wire.login(port, "boris") as boris:
            (peer,) = [each for each in app.peers._peers if each.session.name == "anna"]
            while peer not in app.services.fanout.choked:
                anna.write(b'{"action": "presence"}\n' * 1000)
                await asyncio.sleep(0)
            async with asyncio.timeout(DEADLINE):
                while app.chat.sessions.find(1) is not None:
                    await asyncio.sleep(0)
            assert await boris.silent()
        assert any("Client anna does not keep up reading" in line for line in journal_lines(app))


async def visit(port: int) -> None:
    """Some connections that end in different ways, with requests that wait, unread answers, a begun value."""
    closed = await Wire.login(port, "anna")
    await closed.close()
    deaf = await Wire.login(port, "anna", receive=4096)
    deaf.write(b'{"action": "presence"}\n' * 50_000 + b'{"a')
    deaf.writer.transport.abort()
    refused = await Wire.connect(port)
    refused.write(b"[]" * 100_000)
    await refused.hear()
    await refused.close()
    ended = await Wire.login(port, "anna", features=["seq"])
    ended.tell(action="quit", time=0)
    await ended.rest()
    await ended.close()


def left() -> dict[str, int]:
    """How many objects there are of what belongs to a connection."""
    kinds = (Peer, Session, TcpDoor, Framer)
    return {kind.__name__: sum(type(each) is kind for each in gc.get_objects()) for kind in kinds}


async def test_nothing_is_left_of_a_connection(tmp_path: Path) -> None:
    """When connections are gone so is everything that they had, without a search for reference cycles."""
    async with running_app(tmp_path, "anna") as app:
        await visit(app.listener.port)
        gc.collect()
        gc.disable()
        try:
            await visit(app.listener.port)
            async with asyncio.timeout(DEADLINE):
                while any(left().values()):
                    await asyncio.sleep(0)
        finally:
            gc.enable()


async def test_reading_before_judging(tmp_path: Path) -> None:
    """A process that stood still reads what has come meanwhile before it says that somebody was silent for too long."""
    async with (
        running_app(tmp_path, "anna", unfinished=20, keepalive=20, lang="en") as app,
        await Wire.login(app.listener.port, "anna", features=["probe"]) as anna,
    ):
        (peer,) = app.peers._peers
        anna.write(b'{"action": "pres')
        while not peer.unfinished:
            await asyncio.sleep(0)
        app.peers._judge()
        # It lies in the server's system when the timers run out.
        os.write(anna.writer.get_extra_info("socket").fileno(), b'ence"}')
        sock = peer._door._transport.get_extra_info("socket")  # type: ignore[attr-defined]
        while not any(fcntl.ioctl(sock.fileno(), termios.FIONREAD, bytes(4))):
            pass
        app.peers._looked -= 1000
        app.peers._passed += 1000
        app.peers.sweep()
        assert (await anna.hear()).get("response") == 200
        assert await anna.silent()


async def test_time_that_stood_still_does_not_count(tmp_path: Path) -> None:
    """However long a process stood still, the others are not taken to have been silent for longer than two looks."""
    async with running_app(tmp_path) as app:
        before = app.peers._passed
        app.peers._looked -= 1000
        app.peers.sweep()
        assert app.peers._passed - before <= 2 * app.peers._period


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
