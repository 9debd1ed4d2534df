"""The TCP door: sockets to listen at, and connections whose bytes are JIM, one JSON value after the other."""

import asyncio
import errno
import fcntl
import socket
import sys
import termios
from collections.abc import Callable
from typing import Final, cast

from vestnik.log.events import EventType
from vestnik.protocol.administration import AnyAction
from vestnik.protocol.errors import StartupError
from vestnik.protocol.formats import Formats, jim_formats
from vestnik.protocol.framing import Framer
from vestnik.protocol.messages import REQUESTS
from vestnik.server import catalogue
from vestnik.server.door import WRITE_HIGH
from vestnik.server.doors.dialects import Dialects, Ear
from vestnik.server.doors.pacing import Pacer, is_lined
from vestnik.server.networks import is_loopback
from vestnik.server.peer import Peer
from vestnik.server.peers import Peers

_TCP_INFO: Final = getattr(socket, "TCP_INFO", None)  # its first byte is the state of the connection
_ESTABLISHED: Final = 1
_ACKED: Final = slice(120, 128)  # where Linux has how many bytes were acknowledged

_UNACKNOWLEDGED: Final = termios.TIOCOUTQ if sys.platform == "linux" else None  # SIOCOUTQ of sockets

LINGER: Final = 1.0
"""Seconds for which a client may take notice that it is being closed."""
LINGER_FIRST: Final = 0.05
"""The same for a client that has closed its side: it only has to acknowledge what was written."""
LINGER_TIMES: Final = 30
"""How many times `LINGER` for a client that takes nothing of what was written before the close."""
LINGER_MOST: Final = 300
"""How many times for one that takes it slowly."""

# A peer that vanished is noticed after IDLE + COUNT * INTERVAL seconds, without a message that plain clients might
# not expect; USER_TIMEOUT is the same in milliseconds, for one that something is written to, or that takes nothing.
# What is set on a listening socket holds for the connections it accepts.
SOCKET_OPTIONS: Final = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
    (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 120_000),
)


class AddressInUse(StartupError):
    """Another program listens at the address."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__("server.address_in_use", address=address, port=port)


class AddressBad(StartupError):
    """The address cannot be listened at; `reason` says why."""

    def __init__(self, address: str, port: int, reason: str) -> None:
        super().__init__("server.address_bad", address=address, port=port, reason=reason)


def open_sockets(address: str, port: int, backlog: int) -> list[socket.socket]:
    """Listening sockets for `address` (empty: all, IPv6 and IPv4); port 0 picks a free one.

    Raises AddressInUse or AddressBad.
    """
    try:
        if not address:
            return [_open_all(port, backlog)]
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise AddressBad(address, port, getattr(error, "strerror", None) or str(error)) from None
    except OSError as error:
        raise _address_error(address, port, error) from None
    sockets: list[socket.socket] = []
    failure: OSError | None = None
    for family, where in dict.fromkeys((info[0], info[4][0]) for info in found):
        try:
            sockets.append(socket.create_server((where, port), family=family, backlog=backlog))
            port = sockets[0].getsockname()[1]
        except OSError as error:  # no event: raised below, unless another address of the name does
            if error.errno != errno.EADDRNOTAVAIL or not sockets:
                failure = failure or error
    if failure is not None and (not sockets or failure.errno == errno.EADDRINUSE):
        for sock in sockets:
            sock.close()
        raise _address_error(address, port, failure)
    return sockets


def _open_all(port: int, backlog: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        return socket.create_server(("", port), family=socket.AF_INET6, backlog=backlog, dualstack_ipv6=True)
    return socket.create_server(("", port), backlog=backlog)


def _address_error(address: str, port: int, error: OSError) -> StartupError:
    if error.errno == errno.EADDRINUSE:
        return AddressInUse(address, port)
    return AddressBad(address, port, error.strerror or str(error))


_decode = REQUESTS.decode


class TcpDoor(asyncio.Protocol):
    """One connection over TCP, or over TLS: a `vestnik.server.door.Door`.

    `origin` is where it comes from, if that is known better than its socket does.
    """

    __slots__ = (
        "_ear",
        "_eof",
        "_framer",
        "_lined",
        "_lingering",
        "_loop",
        "_origin",
        "_pacer",
        "_peer",
        "_peers",
        "_read",
        "_transport",
        "_unread",
        "plain_part",
        "write",
    )

    formats: Final[Formats] = staticmethod(jim_formats)

    def __init__(self, peers: Peers, dialects: Dialects, origin: tuple[str, int] | None = None) -> None:
        self._peers = peers
        self._origin = origin
        self._loop = peers.loop
        self._ear = Ear(dialects)
        self._framer: Framer[AnyAction] = Framer(_decode, respell=self._ear.read)
        self._lined = False  # the client ends what it says with a newline
        self._pacer: Pacer | None = None  # for one that does not
        self._eof = False  # the client sends no more
        self._lingering: asyncio.TimerHandle | None = None
        self._read = 0  # bytes that came last
        self._unread: int | None = None  # at the end
        self.plain_part: Callable[[int], int] | None = None
        """How many bytes of what was written are in the last ones that went out; None: as many as these."""
        # From `connection_made` on.
        self._transport: asyncio.Transport
        self._peer: Peer
        self.write: Callable[[bytes], None]

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=WRITE_HIGH)
        self.write = self._transport.write
        self._peer = self._ear.peer = self._peers.open(self)
        self._peer.session.exposed = not is_loopback(self.address[0])

    # What whoever stands between it and the socket tells it.

    @property
    def network(self) -> str:
        """The network that the connection comes from."""
        return self._peer.network

    def carry(self, transport: asyncio.Transport) -> None:
        """From now on go by another transport: it is known now how the client speaks."""
        self._transport, self.write = transport, transport.write
        if not self._peer.closing:
            self._peer.send = self.write

    def encrypted(self, version: str, cipher: str) -> None:
        """Nobody on the way can read what is said; `version` and `cipher` are for the journal."""
        self._peer.session.exposed = False
        self._peers.note(self._peer, catalogue.CONNECTION_ENCRYPTED, version, cipher)

    def handed_on(self, proxy: str, *, encrypted: bool) -> None:
        """A proxy speaks for the client, which has come to it by TLS or not."""
        if encrypted:
            self._peer.session.exposed = False
        self._peers.note(self._peer, catalogue.CONNECTION_PROXIED, proxy)

    def fail(self, event: EventType, reason: str) -> None:
        """It cannot be understood how the client speaks."""
        self._peers.note(self._peer, event, reason)
        self._peer.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone. What failed is not in the buffer any more, so how much of it arrived is not known."""
        if exc is not None and self._unread is None:
            self._unread = sys.maxsize
        if self._lingering is not None:
            self._lingering.cancel()
        if self._pacer is not None:
            self._pacer.abort()
        self._ear.end()
        self._peers.lose(self._peer)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        peer = self._peer
        peer.active = True
        if peer.closing:
            return  # read only so that the client gets what was written to it
        self._read = len(data)
        if not self._lined:
            self._look_at_end(data)
        found = self._framer.feed(data)
        peer.receive(found if peer.session.features else self._ear.hear(found))

    def _look_at_end(self, data: bytes) -> None:
        """Write at once to who ends with a newline what it says, and to who does not one object at a time."""
        if is_lined(data):
            if self._pacer is not None:
                self._pacer.stop()
            self._lined, self._pacer, self.write = True, None, self._transport.write
            return
        if self._pacer is None:
            self._pacer = Pacer(self._loop, self._transport, self._peer)
            self.write = self._pacer.write
        self._pacer.hear()

    def eof_received(self) -> bool:
        """The client sends no more; it still gets its answers."""
        self._eof = True
        if self._peer.closing:
            if not self.unread():  # an answer may wait for its moment
                self._transport.close()
        else:
            self._peer.finish_reading()
        return True

    def pause_writing(self) -> None:
        """More than `WRITE_HIGH` bytes wait for the client."""
        self._peer.choke()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._pacer is None or not self._pacer.choked:
            self._peer.relax()

    # What the peer calls.

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the client; an IPv4 address as such, also where one socket listens for both."""
        name = self._origin or self._transport.get_extra_info("peername") or ("", 0)
        return name[0].removeprefix("::ffff:") if "." in name[0] else name[0], name[1]

    def pause_reading(self) -> None:
        """Read nothing more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    def waiting(self) -> int:
        """Bytes that the client has not taken yet."""
        paced = 0 if self._pacer is None else self._pacer.waiting
        return paced + self._transport.get_write_buffer_size()

    def hung_up(self) -> bool:
        """Whether the client has closed its side, also if that was not read yet."""
        if self._eof or _TCP_INFO is None:
            return self._eof
        found: socket.socket = self._transport.get_extra_info("socket")
        try:
            return found.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0] != _ESTABLISHED
        except (OSError, ValueError):  # no event: the connection is gone, perhaps its socket is closed already
            return True

    def unread(self) -> int:
        """Bytes that the client's side has not acknowledged, also when the connection is gone."""
        if self._unread is not None:
            return self._unread
        underway = self._underway()
        plain = underway if self.plain_part is None else self.plain_part(underway)
        return plain + (0 if self._pacer is None else self._pacer.waiting)

    def _underway(self) -> int:
        """Bytes that were written and that the client's side has not acknowledged."""
        waiting = self._transport.get_write_buffer_size()
        if _UNACKNOWLEDGED is None:
            return waiting
        found: socket.socket = self._transport.get_extra_info("socket")
        try:
            return waiting + int.from_bytes(fcntl.ioctl(found.fileno(), _UNACKNOWLEDGED, bytes(4)), sys.byteorder)
        except (OSError, ValueError):  # no event: the socket is closed already, or nothing more is known
            return waiting

    def taken(self) -> int:
        """Bytes that the client's side has acknowledged so far, or something else that changes when it takes some."""
        if _TCP_INFO is not None and sys.platform == "linux":
            found: socket.socket = self._transport.get_extra_info("socket")
            try:
                return int.from_bytes(
                    found.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _ACKED.stop)[_ACKED], sys.byteorder
                )
            except (OSError, ValueError):  # no event: nothing is known of it, as elsewhere
                pass
        return -self._transport.get_write_buffer_size()

    def holds(self) -> int:
        """Bytes that are kept for the client: those that it has not taken, and those of it that are not served yet."""
        read = self._read if self._peer.busy else 0
        return self.waiting() + self._framer.held + read

    def unfinished(self) -> int:
        """The number of the request of which only the beginning has come; 0: there is none."""
        return self._framer.begun if self._framer.size else 0

    def refused(self) -> bool:
        """Whether that request was answered already, and its end is waited for."""
        return self._framer.skipping

    def close(self) -> None:
        """Close after what is written, and the answers that wait for their moment, have been sent."""
        if self._pacer is None or not self._pacer.finish(self._close):
            self._close()

    def _close(self) -> None:
        """Close after what is written has been sent.

        Closing a socket with unread input makes the kernel drop what it has not sent yet. So our side is closed first,
        and what the client still sends is read and thrown away until it closes too, or until `LINGER`.
        """
        if not self._transport.can_write_eof() or (self._eof and not self._underway()):
            self._transport.close()
            return
        if not self._eof:
            self._transport.resume_reading()
        self._transport.write_eof()
        self._linger(LINGER_FIRST if self._eof else LINGER, LINGER_TIMES, LINGER_MOST)

    def _linger(self, seconds: float, times: int, most: int) -> None:
        self._lingering = self._loop.call_later(seconds, self._stop_lingering, self.taken(), times, most)

    def _stop_lingering(self, taken: int, times: int, most: int) -> None:
        """Close, unless something is to be acknowledged still: then wait on, so many `times` if nothing is `taken`.

        Times are counted and not seconds, since a process may stand still.
        """
        if not self._underway():
            self._transport.abort()
        elif times and most:
            self._linger(LINGER, times - 1 if taken == self.taken() else LINGER_TIMES, most - 1)
        else:
            self.abort()

    def abort(self) -> None:
        """Close at once."""
        if self._unread is None:
            self._unread = self.unread()
        if self._pacer is not None:
            self._pacer.abort()
        self._transport.abort()
