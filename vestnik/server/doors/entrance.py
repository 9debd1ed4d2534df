"""What a connection meets first where it may speak in several ways: the first byte tells, or a proxy does."""

import asyncio
import ssl
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, TypeAlias, cast

from vestnik.server import catalogue
from vestnik.server.doors.dialects import Dialects
from vestnik.server.doors.layer import Layer
from vestnik.server.doors.proxy_header import BadHeader, read_header
from vestnik.server.doors.tcp import TcpDoor
from vestnik.server.doors.tls import FIRST_BYTE, TlsLayer
from vestnik.server.handshakes import Handshakes
from vestnik.server.peers import Peers

HEADER_WITHIN: Final = 5.0
"""Seconds within which a proxy says for whom it speaks."""
SILENT: Final = 0.25
"""Seconds for which what is said to a client waits that has said nothing itself: it could want TLS."""

IpNetwork: TypeAlias = IPv4Network | IPv6Network


class Hall:
    """What all entrances of a server share: `context` is for TLS, None: there is none; `proxies` say for whom they
    speak; `waiting` are entrances to which they have not done so yet."""

    def __init__(self, peers: Peers, dialects: Dialects) -> None:
        self.peers = peers
        self.dialects = dialects
        self.context: ssl.SSLContext | None = None
        self.proxies: Sequence[IpNetwork] = ()
        self.handshakes = Handshakes()
        self.waiting: set[Entrance] = set()

    @property
    def needed(self) -> bool:
        """Whether there is anything to find out about a connection."""
        return self.context is not None or bool(self.proxies)

    def is_proxy(self, address: str) -> bool:
        """Whether whoever has this address says for whom it speaks."""
        if not self.proxies:
            return False
        found = ip_address(address.partition("%")[0])
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self.proxies)


class Entrance(Layer):
    """One connection until it is known how it speaks. What is said to it meanwhile waits, `held`."""

    __slots__ = ("_before", "_door", "_ending", "_hall", "_held", "_timer")

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._door: TcpDoor | None = None
        self._before = b""  # what has come of the proxy's header
        self._held: list[bytes] = []
        self._ending = False  # nothing more is said
        self._timer: asyncio.TimerHandle | None = None

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client, or a proxy, has connected."""
        self._raw = cast(asyncio.Transport, transport)
        name = self._raw.get_extra_info("peername")
        if name and self._hall.is_proxy(name[0]):
            self._hall.waiting.add(self)
            self._timer = self._hall.peers.loop.call_later(HEADER_WITHIN, self._misunderstand, "timeout")
        else:
            self._open(None)

    def _open(self, origin: tuple[str, int] | None) -> TcpDoor:
        self._hall.waiting.discard(self)
        self._cancel()
        door = self._door = TcpDoor(self._hall.peers, self._hall.dialects, origin)
        door.connection_made(self)
        return door

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._door is None:
            data = self._hear_proxy(data)
        if data and self._door is not None:
            self._decide(data)

    def _hear_proxy(self, data: bytes) -> bytes:
        """Read the proxy's header; what comes behind it."""
        self._before += data
        try:
            header = read_header(self._before)
        except BadHeader as error:  # no event: `_misunderstand` has one
            self._misunderstand(str(error))
            return b""
        if header is None:
            return b""
        rest, self._before = self._before[header.size :], b""
        proxy = self._raw.get_extra_info("peername")[0]
        door = self._open(header.origin)
        door.handed_on(proxy, encrypted=header.encrypted)
        return rest

    def _misunderstand(self, reason: str) -> None:
        """A proxy has not said for whom it speaks."""
        self._open(None).fail(catalogue.CONNECTION_PROXY_BAD, reason)
        self._be_plain()

    def _decide(self, data: bytes) -> None:
        context, door = self._hall.context, cast(TcpDoor, self._door)
        if context is None or data[0] != FIRST_BYTE:
            self._be_plain()
            door.data_received(data)
            return
        self._cancel()
        layer = TlsLayer(context, self._raw, door, self._hall.handshakes, self._held)
        self._raw.set_protocol(layer)
        door.carry(layer)
        if self._ending:
            layer.write_eof()
        layer.data_received(data)

    def _be_plain(self) -> None:
        """It speaks plain JIM, or nothing."""
        self._cancel()
        door = cast(TcpDoor, self._door)
        self._raw.set_protocol(door)
        door.carry(self._raw)
        held, self._held = b"".join(self._held), []
        if held:
            self._raw.write(held)
        if self._ending and not self._raw.is_closing():
            self._raw.write_eof()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def eof_received(self) -> bool:
        """The client says nothing more, and has said nothing."""
        if self._door is None:
            return False
        self._be_plain()
        return self._door.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._cancel()
        self._hall.waiting.discard(self)
        if self._door is not None:
            self._door.connection_lost(exc)

    # What the door calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Say something, as soon as it is known how."""
        self._held.append(bytes(data))
        if self._timer is None:
            self._timer = self._hall.peers.loop.call_later(SILENT, self._be_plain)

    def get_write_buffer_size(self) -> int:
        """Bytes that wait for the client."""
        return sum(map(len, self._held))

    def can_write_eof(self) -> bool:
        """Yes."""
        return True

    def write_eof(self) -> None:
        """Say nothing more."""
        self._ending = True
        if not self._held:
            self._be_plain()

    def close(self) -> None:
        """Close after what waits has been said."""
        self._be_plain()
        self._raw.close()
