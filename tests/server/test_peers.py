"""Peers: their limits and their end, over real sockets in this process."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from tests.support.app import journal_lines, running_app
from tests.support.data import add_accounts
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.store.queries import accounts
from vestnik.store.store import administer


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
    async with running_app(tmp_path, "anna", keepalive=0.2, lang="en") as app:
        async with await Wire.login(app.listener.port, "anna", features=["probe"]) as anna:
            for _ in range(3):
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


@pytest.mark.parametrize("change", ["disable", "password"])
async def test_administration_closes_connections(tmp_path: Path, change: str) -> None:
    """Disabling an account or changing its password closes its connections, and no others."""
    async with running_app(tmp_path, "anna", "boris", lang="en") as app:
        port = app.listener.port
        async with await Wire.login(port, "anna") as anna, await Wire.login(port, "boris") as boris:
            with administer(tmp_path) as engine, engine.begin() as connection:
                if change == "disable":
                    accounts.set_disabled(connection, 1, True)
                else:
                    accounts.set_password(connection, 1, "x")
            assert await anna.rest() == b""
            assert await boris.silent()
        assert any("Connection of client anna closed" in line for line in journal_lines(app))


async def test_new_accounts_close_nothing(tmp_path: Path) -> None:
    """Who logs in at once to an account made beside the running server stays: only a later change ends the session."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        await asyncio.to_thread(add_accounts, tmp_path, ["boris"], "secret")
        async with await Wire.login(app.listener.port, "boris") as boris:
            with administer(tmp_path) as engine, engine.begin() as connection:
                accounts.set_disabled(connection, 1, True)
            assert await anna.rest() == b""  # changes are looked at in their order, so the new account was before
            assert await boris.silent()
            with administer(tmp_path) as engine, engine.begin() as connection:
                accounts.set_password(connection, 2, "x")
            assert await boris.rest() == b""


async def test_a_token_login_lives_through_changes_before_it(tmp_path: Path) -> None:
    """A session by token is ended by a change that comes after it, not by one from before."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        with administer(tmp_path) as engine, engine.begin() as connection:
            accounts.set_disabled(connection, 2, True)
            accounts.set_disabled(connection, 2, False)
        async with await Wire.connect(port) as first, await Wire.login(port, "anna") as anna:
            token = (await first.authenticate("boris", remember=True))["token"]
            async with await Wire.connect(port) as boris:
                user = {"account_name": "boris", "token": token}
                assert await boris.code(action="authenticate", time=0, user=user) == 200
                with administer(tmp_path) as engine, engine.begin() as connection:
                    accounts.set_disabled(connection, 1, True)
                assert await anna.rest() == b""
                assert await boris.silent()
                with administer(tmp_path) as engine, engine.begin() as connection:
                    accounts.set_disabled(connection, 2, True)
                assert await boris.rest() == b""


async def test_a_change_during_a_login_ends_it(tmp_path: Path) -> None:
    """An account is disabled, and that is looked at, while its login is being kept: the login ends soon afterwards."""
    async with running_app(tmp_path, "anna", "boris") as app:
        port = app.listener.port
        going_on = asyncio.Event()
        async with await Wire.login(port, "anna") as anna, await Wire.connect(port) as boris:
            begun = asyncio.Event()
            begin_login = app.store.begin_login

            async def slow(account_id: int, token_hash: str | None, now: float, since: float) -> int:
                begun.set()
                await going_on.wait()
                return await begin_login(account_id, token_hash, now, since)

            app.store.begin_login = slow  # type: ignore[method-assign]
            boris.tell(action="authenticate", user={"account_name": "boris", "password": "secret"})
            await asyncio.wait_for(begun.wait(), DEADLINE)
            with administer(tmp_path) as engine, engine.begin() as connection:
                accounts.set_disabled(connection, 2, True)
                accounts.set_disabled(connection, 1, True)
            assert await anna.rest() == b""
            going_on.set()
            assert (await boris.hear())["response"] == 202
            assert await boris.rest() == b""


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
