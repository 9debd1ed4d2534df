"""Connecting by TLS: which certificates are taken, and what happens when they change."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.app import running_app
from tests.support.certificates import write_certificate
from tests.support.waiting import DEADLINE
from vestnik.client import CertificateRefused, Client, ConnectionFailed, Delivery, NoTls, Trust
from vestnik.client.trust import AUTHORITY
from vestnik.server.app import App


@asynccontextmanager
async def server(tmp_path: Path) -> AsyncIterator[App]:
    """A server with a certificate of its own, in `cert.pem`."""
    certificate = write_certificate(tmp_path / "cert.pem")
    async with running_app(tmp_path / "data", "anna", "boris", tls=str(certificate)) as app:
        yield app


def client(app: App, trust: Trust | bool | None, address: str = "localhost", name: str = "anna") -> Client:
    """A client of a server."""
    return Client(address, app.listener.port, name=name, password="secret", tls=trust, lang="en")


def shown(app: App) -> str:
    """The fingerprint that the server has."""
    assert app.renewal.certificate is not None
    return app.renewal.certificate.fingerprint


async def test_authorities(tmp_path: Path) -> None:
    """A certificate that an authority vouches for is taken, for its own addresses; the client is as ever then."""
    async with server(tmp_path) as app:
        trust = Trust(tmp_path / "cert.pem", tmp_path / "known")
        async with client(app, trust) as anna, client(app, trust, "127.0.0.1", "boris") as boris:
            assert anna.pinned is None
            await anna.send("boris", "ж" * 4000)
            async for event in boris.events():
                if isinstance(event, Delivery):
                    assert event.message == "ж" * 4000
                    break
        assert trust.remembered("localhost", app.listener.port) == AUTHORITY


async def test_first_use(tmp_path: Path) -> None:
    """A certificate that nobody vouches for is remembered, and said; the next time it is known."""
    async with server(tmp_path) as app:
        for pinned in (shown(app), None):
            trust = Trust(known=tmp_path / "known")
            async with client(app, trust) as anna:
                assert anna.pinned == pinned
            assert trust.remembered("localhost", app.listener.port) == shown(app)


async def replace(app: App, tmp_path: Path) -> None:
    """Give the server another certificate."""
    write_certificate(tmp_path / "cert.pem")
    await app.renewal.look()


async def test_changed(tmp_path: Path) -> None:
    """Another certificate than the one that was remembered is refused before anything is sent."""
    async with server(tmp_path) as app:
        async with client(app, Trust(known=tmp_path / "known")):
            pass
        before = shown(app)
        await replace(app, tmp_path)
        with pytest.raises(CertificateRefused) as caught:
            await client(app, Trust(known=tmp_path / "known")).connect()
        assert caught.value.event == "client.certificate_changed"
        assert caught.value.fields["found"] == shown(app)
        assert Trust(known=tmp_path / "known").remembered("localhost", app.listener.port) == before


async def test_changed_for_an_authority(tmp_path: Path) -> None:
    """A certificate that an authority vouches for takes the place of a remembered one, not the other way round."""
    async with server(tmp_path) as app:
        async with client(app, Trust(known=tmp_path / "known")):
            pass
        await replace(app, tmp_path)
        async with client(app, Trust(tmp_path / "cert.pem", tmp_path / "known")) as anna:
            assert anna.pinned is None
        assert Trust(known=tmp_path / "known").remembered("localhost", app.listener.port) == AUTHORITY
        with pytest.raises(CertificateRefused) as caught:
            await client(app, Trust(known=tmp_path / "known")).connect()
        assert caught.value.event == "client.certificate_unknown"


async def test_pin(tmp_path: Path) -> None:
    """A pin takes its certificate and no other, and is remembered instead of what was."""
    async with server(tmp_path) as app:
        async with client(app, Trust(known=tmp_path / "known")):
            pass
        before = shown(app)
        await replace(app, tmp_path)
        with pytest.raises(CertificateRefused) as caught:
            await client(app, Trust(known=tmp_path / "known", pin=before)).connect()
        assert caught.value.event == "client.certificate_other"
        for trust in (Trust(known=tmp_path / "known", pin=shown(app)), Trust(known=tmp_path / "known")):
            async with client(app, trust):
                pass


async def test_nothing_is_remembered(tmp_path: Path) -> None:
    """Without a place to remember it a certificate that nobody vouches for is refused, with its fingerprint."""
    async with server(tmp_path) as app:
        with pytest.raises(CertificateRefused) as caught:
            await client(app, True).connect()
        assert caught.value.event == "client.certificate_unknown"
        assert caught.value.fields["found"] == shown(app)


async def test_another_name(tmp_path: Path) -> None:
    """A certificate for another address is one that nobody vouches for."""
    async with server(tmp_path) as app:
        write_certificate(tmp_path / "cert.pem", "chat.example")
        await app.renewal.look()
        with pytest.raises(CertificateRefused):
            await client(app, Trust(tmp_path / "cert.pem")).connect()


async def test_no_tls(tmp_path: Path) -> None:
    """A server that does not speak TLS is told from one that does, and nothing else is tried."""
    async with running_app(tmp_path / "data", "anna") as app:
        with pytest.raises(NoTls):
            await client(app, Trust(known=tmp_path / "known")).connect()

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as deaf:
        port = deaf.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionFailed):
            await Client("127.0.0.1", port, name="anna", tls=True).connect()


async def test_changed_meanwhile(tmp_path: Path) -> None:
    """A client whose server comes back with another certificate gives up instead of trying for ever."""
    async with server(tmp_path) as app:
        anna = client(app, Trust(known=tmp_path / "known"))
        async with anna:
            await replace(app, tmp_path)
            assert anna.reconnect()

            async def listen() -> None:
                async for _ in anna.events():
                    pass

            with pytest.raises(CertificateRefused):
                await asyncio.wait_for(listen(), DEADLINE)


async def test_comes_back(tmp_path: Path) -> None:
    """A connection that is lost is made again by TLS."""
    async with server(tmp_path) as app, client(app, Trust(known=tmp_path / "known")) as anna:
        assert anna.reconnect()
        await asyncio.wait_for(anna.send("boris", "again"), DEADLINE)
