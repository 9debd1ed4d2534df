"""TLS on a connection: what goes through it, how it ends, and what cannot be understood."""

import asyncio
import json
import socket
import ssl
import warnings
from contextlib import suppress
from pathlib import Path

import pytest
import uvloop

from tests.support.app import journal_lines, running_app
from tests.support.certificates import believing, careless, write_certificate
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine."""
    return write_certificate(tmp_path / "cert.pem")


async def test_login(tmp_path: Path, certificate: Path) -> None:
    """A client logs in by TLS, and the journal says which one it was."""
    async with running_app(tmp_path / "data", "anna", tls=str(certificate), lang="en", log_level="DEBUG") as app:
        async with await Wire.connect(app.listener.port, tls=believing(certificate)) as wire:
            assert (await wire.authenticate("anna"))["response"] == 202
        app.journal.level = 10
        async with await Wire.connect(app.listener.port, tls=believing(certificate)) as wire:
            assert (await wire.authenticate("anna"))["response"] == 200
        assert any("Connection encrypted: TLSv1.3" in line for line in journal_lines(app))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_versions(tmp_path: Path, certificate: Path, version: ssl.TLSVersion) -> None:
    """TLS 1.2 and 1.3 carry long and short messages, both ways."""
    context = believing(certificate)
    context.minimum_version = context.maximum_version = version
    async with running_app(tmp_path / "data", "anna", "boris", tls=str(certificate)) as app:
        boris = await Wire.login(app.listener.port, "boris")
        anna = await Wire.connect(app.listener.port, tls=context)
        await anna.authenticate("anna")
        for text in ("x", "ж" * 4000, "last"):
            assert (await anna.send("boris", text))["response"] == 200
            assert (await boris.hear())["message"] == text
            boris.tell(action="msg", time=0, to="anna", message=text)
            assert (await anna.hear())["message"] == text
            assert (await boris.answer())["response"] == 200
        await anna.close()
        await boris.close()


async def test_old_versions(tmp_path: Path, certificate: Path) -> None:
    """TLS 1.1 is refused in the handshake, and the journal says why."""
    context = careless()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    async with running_app(tmp_path / "data", tls=str(certificate), lang="en") as app:
        with pytest.raises(ssl.SSLError):
            await Wire.connect(app.listener.port, tls=context)
        assert any("No TLS connection came about: UNSUPPORTED_PROTOCOL" in line for line in journal_lines(app))


async def test_one_port_for_both(tmp_path: Path, certificate: Path) -> None:
    """Plain JIM and TLS are spoken at the same port, side by side."""
    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        plain = await Wire.login(app.listener.port, "anna")
        safe = await Wire.connect(app.listener.port, tls=believing(certificate))
        assert (await safe.authenticate("anna"))["response"] == 200
        assert await plain.silent()
        await plain.close()
        await safe.close()


def cut(port: int, context: ssl.SSLContext, sizes: list[int]) -> list[int]:
    """Log in by TLS in pieces of these sizes, and say that nothing more comes; the codes of all answers."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    layer = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", port), DEADLINE) as sock:

        def flush() -> None:
            data = outgoing.read()
            while data:
                size = sizes[0]
                sizes.append(sizes.pop(0))
                sock.sendall(data[:size])
                data = data[size:]

        def step(do: object) -> bytes:
            while True:
                try:
                    return do() or b""  # type: ignore[operator,no-any-return]
                except ssl.SSLZeroReturnError:
                    return b""
                except ssl.SSLWantReadError:
                    flush()
                    if not (data := sock.recv(7)):
                        raise EOFError from None
                    incoming.write(data)

        step(layer.do_handshake)
        for _ in range(3):
            layer.write(b'{"action":"authenticate","user":{"account_name":"anna","password":"secret"}}\n')
        with suppress(ssl.SSLWantReadError):
            layer.unwrap()
        flush()
        found = b""
        while data := step(lambda: layer.read(1000)):
            found += data
        return [json.loads(line)["response"] for line in found.splitlines()]


@pytest.mark.parametrize("sizes", [[1], [3, 100], [5, 1, 4096]])
async def test_cut_anywhere(tmp_path: Path, certificate: Path, sizes: list[int]) -> None:
    """It does not matter in which pieces TLS comes; who has said that nothing more comes still gets all answers."""
    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        codes = await asyncio.to_thread(cut, app.listener.port, believing(certificate), sizes)
        assert codes == [202, 200, 200]


async def test_end(tmp_path: Path, certificate: Path) -> None:
    """The server says by TLS that nothing more comes, so that the client knows that nobody has cut it off."""

    def talk(port: int) -> bytes:
        with (
            socket.create_connection(("127.0.0.1", port), DEADLINE) as sock,
            believing(certificate).wrap_socket(sock, server_hostname="localhost", suppress_ragged_eofs=False) as safe,
        ):
            safe.sendall(b'{"action":"authenticate","user":{"account_name":"anna","password":"secret"}}' * 20)
            safe.sendall(b'{"action":"quit"}')
            found = b""
            while data := safe.recv(1000):  # an end that nobody has said would be an error here
                found += data
            return found

    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        found = await asyncio.to_thread(talk, app.listener.port)
        assert [json.loads(line)["response"] for line in found.splitlines()] == [202, *[200] * 19]


async def test_many_small_records(tmp_path: Path, certificate: Path) -> None:
    """A value whose bytes come each in a record of its own is understood as any other."""

    def talk(port: int) -> bytes:
        context = believing(certificate)
        with (
            socket.create_connection(("127.0.0.1", port), DEADLINE) as sock,
            context.wrap_socket(sock, server_hostname="localhost") as safe,
        ):
            for byte in b'{"action":"authenticate","user":{"account_name":"anna","password":"secret"}}' + b" " * 9000:
                safe.send(bytes([byte]))
            return safe.recv(1000)

    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        assert json.loads(await asyncio.to_thread(talk, app.listener.port))["response"] == 202


async def test_garbage(tmp_path: Path, certificate: Path) -> None:
    """What begins like TLS and is none ends the connection with a line, also after a handshake."""

    def spoil(port: int) -> None:
        with (
            socket.create_connection(("127.0.0.1", port), DEADLINE) as sock,
            careless().wrap_socket(sock.dup()) as safe,
        ):
            sock.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
            with pytest.raises(ssl.SSLError):
                safe.recv(1)

    async with running_app(tmp_path / "data", tls=str(certificate), lang="en") as app:
        async with await Wire.connect(app.listener.port, before=b"\x16\x03\x01\x00\x05hello") as wire:
            await wire.rest()
        await asyncio.to_thread(spoil, app.listener.port)
        assert sum("No TLS connection came about" in line for line in journal_lines(app)) == 2


async def test_turned_away(tmp_path: Path, certificate: Path) -> None:
    """Who is one too many is told so by TLS, if it speaks that, and else plainly, also before it has said anything."""
    settings = {"tls": str(certificate), "max_connections": 1}
    async with running_app(tmp_path / "data", "anna", **settings) as app, await Wire.connect(app.listener.port) as one:
        await one.authenticate("anna")
        async with await Wire.connect(app.listener.port, tls=believing(certificate)) as other:
            assert (await other.hear())["response"] == 500
        async with await Wire.connect(app.listener.port) as other:
            assert (await other.hear())["response"] == 500


def read_slowly(port: int, context: ssl.SSLContext) -> int:
    """Ask for much, let it wait, and then read it in small pieces; how many answers there are."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(DEADLINE)
        sock.connect(("127.0.0.1", port))
        with context.wrap_socket(sock, server_hostname="localhost") as safe:
            safe.sendall(b'{"action":"authenticate","user":{"account_name":"anna","password":"secret"}}\n')
            safe.sendall(b'{"action":"presence","user":{"status":"' + b"x" * 100 + b'"}}\n')
            safe.sendall(b'{"action":"presence"}\n' * 3000)
            found = 0
            while found < 3002:
                found += safe.recv(1000).count(b"\n")
            return found


async def answer_slowly(tmp_path: Path, certificate: Path) -> None:
    """A client takes nothing for a while of what is sent to it by TLS, then all of it."""
    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        assert await asyncio.to_thread(read_slowly, app.listener.port, believing(certificate)) == 3002


def test_slow_readers(tmp_path: Path, certificate: Path) -> None:
    """A slow reader gets everything, in the server's own event loop, too."""
    uvloop.run(answer_slowly(tmp_path, certificate))


async def test_plain_part(tmp_path: Path, certificate: Path) -> None:
    """How much of what was written has not arrived is told from what has not of what was encrypted."""
    async with running_app(tmp_path / "data", "anna", tls=str(certificate)) as app:
        wire = await Wire.connect(app.listener.port, tls=believing(certificate))
        await wire.authenticate("anna")
        (peer,) = app.peers._peers
        layer = peer._door._transport  # type: ignore[attr-defined]
        layer._sizes.clear()
        for size in (100, 200, 300):
            peer._door.write(b" " * size)
        sizes = [encrypted for encrypted, _ in layer._sizes]
        assert [layer.plain_part(sum(sizes[at:])) for at in range(4)] == [600, 500, 300, 0]
        assert layer.plain_part(1) == 1
        assert layer.plain_part(sizes[2] + 1) == 301
        assert layer.plain_part(sum(sizes) + 50) == 650
        await wire.reader.readexactly(600)
        await wire.close()
