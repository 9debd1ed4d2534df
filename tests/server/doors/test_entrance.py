"""Finding out how a connection speaks, and for whom."""

import json
import ssl
from pathlib import Path

import pytest

from tests.server.doors.test_proxy_header import BY_TLS, binary
from tests.support.app import journal_lines, running_app
from tests.support.certificates import believing, write_certificate
from tests.support.wire import Wire
from vestnik.server.doors import entrance

HERE = "127.0.0.0/8"
FAR = "203.0.113.7"


def opened(data: Path) -> list[str]:
    """The addresses that connections came from, as the journal has them."""
    lines = (data / "log" / "server.jsonl").read_text("utf-8").splitlines()
    return [each["ip"] for each in map(json.loads, lines) if each["event"] == "connection.opened"]


async def test_address_of_a_proxy(tmp_path: Path) -> None:
    """A connection by way of a named proxy comes from where the proxy says, also for the limits of networks."""
    async with running_app(tmp_path, "anna", proxies=HERE, json=True) as app:
        async with await Wire.connect(app.listener.port, before=binary(FAR)) as wire:
            assert (await wire.ask(action="presence", time=0))["response"] == 401
            (peer,) = app.peers._peers
            assert peer.network == FAR
        assert app.journal.flush()
    assert opened(tmp_path) == [FAR]


async def test_header_in_pieces(tmp_path: Path) -> None:
    """The header may come in pieces, and with the first request in one."""
    header = binary("2001:db8::7")
    async with (
        running_app(tmp_path, "anna", proxies="::1,127.0.0.1", plain_passwords=True) as app,
        await Wire.connect(app.listener.port, before=header[:5]) as wire,
    ):
        wire.write(header[5:20])
        await wire.writer.drain()
        wire.write(header[20:])
        assert (await wire.authenticate("anna"))["response"] == 202


async def test_tls_behind_a_header(tmp_path: Path) -> None:
    """A proxy that hands on TLS as it is says before it for whom."""
    certificate = write_certificate(tmp_path / "cert.pem")
    async with (
        running_app(tmp_path / "data", "anna", tls=str(certificate), proxies=HERE) as app,
        await Wire.connect(app.listener.port, tls=believing(certificate), before=binary(FAR)) as wire,
    ):
        assert (await wire.authenticate("anna"))["response"] == 202


async def test_tls_before_a_header(tmp_path: Path) -> None:
    """Who came to the proxy by TLS may send a password; who did not may not."""
    async with running_app(tmp_path, "anna", proxies=HERE) as app:
        async with await Wire.connect(app.listener.port, before=binary(FAR, more=BY_TLS)) as wire:
            assert (await wire.authenticate("anna"))["response"] == 202
        async with await Wire.connect(app.listener.port, before=binary(FAR)) as wire:
            assert (await wire.authenticate("anna"))["response"] == 403


async def test_own_connections_of_a_proxy(tmp_path: Path) -> None:
    """A proxy that looks whether the server is there comes from its own address."""
    async with (
        running_app(tmp_path, "anna", proxies=HERE) as app,
        await Wire.connect(app.listener.port, before=binary(command=0x20)) as wire,
    ):
        assert (await wire.authenticate("anna"))["response"] == 202


async def test_strangers_are_no_proxies(tmp_path: Path) -> None:
    """Who is not named as a proxy cannot say that it comes from elsewhere."""
    async with (
        running_app(tmp_path, "anna", proxies="192.0.2.0/24") as app,
        await Wire.connect(app.listener.port, before=binary(FAR)) as wire,
    ):
        assert json.loads(await wire.rest())["response"] == 400


@pytest.mark.parametrize("said", [b"", b"{}", b"PROXY TCP4 "])
async def test_no_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    """A named proxy that does not say for whom it speaks is closed, with a line."""
    monkeypatch.setattr(entrance, "HEADER_WITHIN", 0.01)
    async with (
        running_app(tmp_path, proxies=HERE, lang="en") as app,
        await Wire.connect(app.listener.port, before=said) as wire,
    ):
        assert await wire.rest() == b""
        assert any("The proxy did not say for whom it speaks" in line for line in journal_lines(app))


async def test_stop_while_a_header_is_awaited(tmp_path: Path) -> None:
    """A stop of the server does not wait for a proxy."""
    async with running_app(tmp_path, proxies=HERE) as app:
        wire = await Wire.connect(app.listener.port)
        while not app.listener._hall.waiting:
            await wire.writer.drain()
        await app.stop()
        assert await wire.rest() == b""
        await wire.close()


async def test_half_closed_before_the_first_byte(tmp_path: Path) -> None:
    """A client that says nothing and closes its side is closed."""
    certificate = write_certificate(tmp_path / "cert.pem")
    async with (
        running_app(tmp_path / "data", tls=str(certificate)) as app,
        await Wire.connect(app.listener.port) as wire,
    ):
        wire.end()
        assert await wire.rest() == b""


async def test_cut_off_in_the_handshake(tmp_path: Path) -> None:
    """A connection that ends within the handshake leaves nothing behind."""
    certificate = write_certificate(tmp_path / "cert.pem")
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    layer = believing(certificate).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        layer.do_handshake()
    hello = outgoing.read()
    async with running_app(tmp_path / "data", tls=str(certificate)) as app:
        for size in (1, 100, len(hello)):
            wire = await Wire.connect(app.listener.port, before=hello[:size])
            wire.end()
            await wire.rest()
            await wire.close()
        while app.peers:
            await app.peers._gone.wait()
        assert not app.listener._hall.handshakes
