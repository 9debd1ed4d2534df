"""The TCP door: sockets, and how a connection ends."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
import uvloop

from tests.support.app import running_app
from tests.support.waiting import DEADLINE
from tests.support.wire import Wire
from vestnik.server.doors import tcp
from vestnik.server.doors.tcp import AddressBad, AddressInUse, TcpDoor, open_sockets

BACKLOG = 16
NOTICED_BY = ("KEEPIDLE", "KEEPINTVL", "KEEPCNT", "USER_TIMEOUT")


def close(sockets: list[socket.socket]) -> None:
    """Close sockets."""
    for sock in sockets:
        sock.close()


def reachable(family: socket.AddressFamily, address: str, port: int) -> bool:
    """Whether a connection is accepted."""
    with socket.socket(family) as sock:
        return sock.connect_ex((address, port)) == 0


def test_all_addresses() -> None:
    """An empty address listens at IPv4 and, where there is any, IPv6."""
    sockets = open_sockets("", 0, BACKLOG)
    port = sockets[0].getsockname()[1]
    assert reachable(socket.AF_INET, "127.0.0.1", port)
    if socket.has_dualstack_ipv6():
        assert sockets[0].family == socket.AF_INET6
    close(sockets)


async def test_addresses_of_clients(tmp_path: Path) -> None:
    """A client that came by IPv4 is called so where one socket listens for IPv4 and IPv6."""
    async with running_app(tmp_path, address="", json=True) as app:
        client = await Wire.connect(app.listener.port)
        await client.close()
        await app.stop()
    text = (tmp_path / "log" / "server.jsonl").read_text("utf-8")
    (opened,) = [each for line in text.splitlines() if (each := json.loads(line))["event"] == "connection.opened"]
    assert opened["ip"] == "127.0.0.1"


def test_one_address() -> None:
    """A named address is the only one that is listened at."""
    (sock,) = open_sockets("127.0.0.1", 0, BACKLOG)
    assert sock.getsockname()[0] == "127.0.0.1"
    assert not reachable(socket.AF_INET, "127.0.0.2", sock.getsockname()[1])
    sock.close()


def test_names() -> None:
    """A host name is listened at under all its addresses, with one port."""
    sockets = open_sockets("localhost", 0, BACKLOG)
    assert len({sock.getsockname()[1] for sock in sockets}) == 1
    close(sockets)


@pytest.mark.parametrize("address", ["127.0.0.1", "", "localhost"])
def test_in_use(address: str) -> None:
    """A port that is taken is named in the error, with the address as it was given."""
    sockets = open_sockets(address, 0, BACKLOG)
    port = sockets[0].getsockname()[1]
    with pytest.raises(AddressInUse) as caught:
        open_sockets(address, port, BACKLOG)
    assert caught.value.fields == {"address": address, "port": port}
    close(sockets)


@pytest.mark.parametrize("address", ["no-such-host.invalid", "256.1.1.1", "203.0.113.7", "x" * 70 + ".example", "a..b"])
def test_bad_addresses(address: str) -> None:
    """An address that is none, or not ours, is refused by name and with a reason."""
    with pytest.raises(AddressBad) as caught:
        open_sockets(address, 0, BACKLOG)
    assert caught.value.fields["address"] == address
    assert caught.value.fields["reason"]


async def test_half_closed(tmp_path: Path) -> None:
    """A client that has sent everything and says so still gets all its answers."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        anna.tell(action="join", time=0, room="#tea")
        for _ in range(20):
            anna.tell(action="msg", time=0, to="#tea", message="x")
        anna.tell(action="get_contacts", time=0)
        anna.writer.write_eof()
        codes = [json.loads(line)["response"] for line in (await anna.rest()).splitlines()]
        assert codes == [200] * 21 + [202]


async def test_fatal_bytes_close(tmp_path: Path) -> None:
    """Bytes that are no JSON are answered 400 after everything before them, and end the connection."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna") as anna:
        anna.write(b'{"action":"get_contacts","time":0}\x80\x04{"action":"get_contacts"}')
        assert [json.loads(line)["response"] for line in (await anna.rest()).splitlines()] == [202, 400]


async def test_vanished_clients_are_noticed(tmp_path: Path) -> None:
    """A client that vanished is noticed after two minutes, whether or not something is written to it."""
    async with running_app(tmp_path) as app, await Wire.connect(app.listener.port) as wire:
        await wire.ask(action="presence", time=0)
        (peer,) = app.peers._peers
        sock = peer._door._transport.get_extra_info("socket")  # type: ignore[attr-defined]
        options = [sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, "TCP_" + name)) for name in NOTICED_BY]
        assert options == [60, 15, 4, 120_000]
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


async def lose_a_deaf_client(tmp_path: Path) -> None:
    """A client takes nothing for so long as a vanished one may."""
    async with running_app(tmp_path, "anna") as app, await Wire.login(app.listener.port, "anna", receive=4096) as anna:
        anna.tell(action="presence", time=0, user={"account_name": "anna", "status": "x" * 100})
        for _ in range(40_000):
            anna.tell(action="presence", time=0)
        async with asyncio.timeout(DEADLINE):
            while app.chat.sessions.find(1) is not None:
                await asyncio.sleep(0)


def test_vanished_clients_that_are_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system ends a connection on which nothing was taken for that time, though less waits than it may."""
    options = [each for each in tcp.SOCKET_OPTIONS if each[1] != "TCP_USER_TIMEOUT"]
    monkeypatch.setattr(tcp, "SOCKET_OPTIONS", (*options, (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 300)))
    uvloop.run(lose_a_deaf_client(tmp_path))


class FakeTransport:
    """Remembers what it is told; `half` says whether one side can be closed, which it cannot under TLS."""

    def __init__(self, *, half: bool) -> None:
        self.half = half
        self.told: list[str] = []
        self.socket = socket.socket()

    def can_write_eof(self) -> bool:
        """Whether one side can be closed."""
        return self.half

    def write_eof(self) -> None:
        """Close one side."""
        if not self.half:
            raise NotImplementedError
        self.told.append("eof")

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def get_extra_info(self, _name: str) -> socket.socket:
        """A socket that has nothing to be acknowledged."""
        return self.socket

    def __getattr__(self, name: str) -> Any:
        if name in {"resume_reading", "close", "abort"}:
            return lambda: self.told.append(name)
        raise AttributeError(name)


@pytest.mark.parametrize(
    ("half", "told"), [(True, ["resume_reading", "eof"]), (False, ["close"])], ids=["plain", "TLS"]
)
async def test_close(tmp_path: Path, half: bool, told: list[str]) -> None:
    """Over plain TCP our side is closed first and the rest is read away; TLS closes by itself what is written."""
    async with running_app(tmp_path) as app:
        door = TcpDoor(app.peers, app.listener._dialects)
        door._transport = transport = FakeTransport(half=half)  # type: ignore[assignment]
        door.close()
        assert transport.told == told
        door._eof = True
        door.close()
        assert transport.told[-1] == "close"
        transport.socket.close()


class HeardDoor(TcpDoor):
    """A door that reads nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""


async def ask_who_hung_up(tmp_path: Path) -> list[bool]:
    """Whether a client has closed its side: before it does, after it has, and when the socket is closed here."""
    async with running_app(tmp_path) as app:
        loop = asyncio.get_running_loop()
        doors: list[HeardDoor] = []

        def make() -> HeardDoor:
            doors.append(HeardDoor(app.peers, app.listener._dialects))
            return doors[-1]

        server = await loop.create_server(make, "127.0.0.1", 0)
        client = socket.create_connection(server.sockets[0].getsockname())
        async with asyncio.timeout(DEADLINE):
            while not doors or not hasattr(doors[0], "_transport"):
                await asyncio.sleep(0)
            (door,) = doors
            door.pause_reading()
            found = [door.hung_up()]
            client.close()
            while not door.hung_up():
                await asyncio.sleep(0)
            found.append(door.hung_up())
            door.abort()
            await asyncio.sleep(0)
            found.append(door.hung_up())
        server.close()
        return found


@pytest.mark.parametrize("run", [uvloop.run, asyncio.run], ids=["uvloop", "asyncio"])
def test_who_hung_up(tmp_path: Path, run: Any) -> None:
    """The door knows that a client has closed its side though nothing is read, in either event loop."""
    assert run(ask_who_hung_up(tmp_path)) == [False, True, True]
