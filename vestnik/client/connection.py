"""The client's end of one connection: answers to those who wait for them, everything else to its owner."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any, Final, Protocol, TypeAlias, cast

import msgspec
from msgspec import UNSET

from vestnik.client.encrypting import TlsConnector
from vestnik.client.errors import AnswerTimeout, ConnectionFailed, ConnectionLost, UnknownHost
from vestnik.client.outbox import Pending
from vestnik.client.trust import Trust
from vestnik.log.journaled import journaled
from vestnik.protocol import events
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Response, ServerMessage
from vestnik.protocol.framing import Framer
from vestnik.protocol.messages import decode_server_message, encode

MAX_ANSWER: Final = 4_194_304
"""Bytes that one object of the server may have: the list of all conversations is longer than a message."""

LOOKS: Final = 64
"""How often it is looked again, as long as more comes, before the server is said to have taken too long."""

KEEPALIVE: Final = (
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
)
"""A server that has vanished is noticed after two minutes, also when nothing is asked of it."""

TURN_TIME: Final = 0.01
"""Seconds for which a client takes what has come before others in its program have their turn."""

End: TypeAlias = BadRequest | AnswerTimeout | Exception | Response | None
"""Why a connection ended: something unreadable came, no answer came, what the system says, what the server has said
before it was asked anything, or in good order."""


class Owner(Protocol):
    """Who has a connection. All of it is called while what has come is read, in its order."""

    def answered(self, pending: Pending, response: Response) -> None:
        """The answer to a request has come."""

    def happened(self, event: events.ServerEvent) -> None:
        """The server has said something unasked."""

    def ended(self, connection: "Connection", why: End) -> None:
        """The connection is gone; called once."""


class Connection(asyncio.Protocol):
    """One connection. The server has `timeout` seconds for each answer; after that the connection is given up.

    `check` looks at the server's certificate (DER): one that it does not take ends the connection before anything is
    said, and the owner hears nothing of it.
    """

    def __init__(
        self, address: str, port: int, timeout: float, owner: Owner, check: Callable[[bytes], bool] | None = None
    ) -> None:
        self._address = address
        self._port = port
        self._timeout = timeout
        self._owner: Owner | None = owner
        self._check = check
        self._loop = asyncio.get_running_loop()
        self._framer: Framer[ServerMessage | None] = Framer(decode_server_message, MAX_ANSWER)
        self._unanswered: deque[tuple[Pending, float]] = deque()  # and when it was written, in the loop's seconds
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None
        self._why: End = None
        self._aborted = False
        self._input: Iterator[ServerMessage | BadRequest | None] = iter(())  # what has come and is not taken yet
        self._paused = False
        self.ended = self._loop.create_future()
        self.local_port = 0  # our end's: the server's journal has it, too
        self.name = ""  # the same as text, for our journal
        self.requests = 0
        self.pinned: tuple[str, str] | None = None
        """The fingerprint of the server's certificate that is remembered from now on, and why nobody vouches for it."""
        self._reads = 0  # how often something has come
        self.heard = 0.0  # when something came last, in the loop's seconds

    @journaled(logger="client")
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server has accepted."""
        self._transport = cast(asyncio.Transport, transport)
        if self._check is not None:
            found = self._transport.get_extra_info("ssl_object")
            if not self._check(found.getpeercert(True) or b""):
                self._owner = None
                self._transport.abort()
                return
        sock = self._transport.get_extra_info("socket")
        for level, option, value in () if sock is None else KEEPALIVE:
            if hasattr(socket, option):
                sock.setsockopt(level, getattr(socket, option), value)
        self.local_port = (self._transport.get_extra_info("sockname") or ("", 0))[1]
        self.name = str(self.local_port)

    @journaled(logger="client")
    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self.heard = self._loop.time()
        self._reads += 1
        self._input = chain(self._input, self._framer.feed(data)) if self._paused else self._framer.feed(data)
        if not self._paused:
            self._take()

    def _take(self) -> None:
        """Take what has come, for a moment; then others have their turn, and nothing is read before the rest."""
        until = self._loop.time() + TURN_TIME
        for message in self._input:
            if self._aborted:
                return
            self._hear(message)
            if self._loop.time() > until and self._transport is not None:
                if not self._paused:
                    self._paused = True
                    self._transport.pause_reading()
                self._loop.call_soon(self._take)
                return
        if self._paused:
            self._paused = False
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()

    def _hear(self, message: ServerMessage | BadRequest | None) -> None:
        if self._owner is None:
            return
        if isinstance(message, BadRequest):
            self._why = message
            self.abort()
        elif isinstance(message, Response):
            if self._unanswered:
                self._owner.answered(self._unanswered.popleft()[0], message)
            elif message.error is not UNSET and not self.requests:
                self._why = self._why or message
        elif message is not None:
            self._owner.happened(message)

    @journaled(logger="client")
    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; what has come before that counts."""
        self._transport = None
        self._take()
        if self._timer is not None:
            self._timer.cancel()
        self.ended.set_result(None)
        if self._owner is not None:
            self._owner.ended(self, self._why or exc)

    @property
    def unanswered(self) -> list[Pending]:
        """The requests that wait for their answers on this connection."""
        return [pending for pending, _ in self._unanswered]

    def ask(self, pending: Pending) -> None:
        """Send a request; its answer goes to the owner. Raises ConnectionLost when the connection has ended already."""
        self.send(pending.request)
        pending.connection, pending.number = self.name, self.requests
        pending.sent += 1
        self._unanswered.append((pending, self._loop.time()))
        if self._timer is None:
            self._timer = self._loop.call_later(self._timeout, self._watch)

    def send(self, request: msgspec.Struct) -> None:
        """Send a request that has no answer. Raises ConnectionLost when the connection has ended already."""
        if self._transport is None:
            raise ConnectionLost("client.connection_lost", address=self._address, port=self._port)
        self.requests += 1
        self._transport.write(encode(request))

    def close(self) -> None:
        """Close after what is written has been sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self, why: End = None) -> None:
        """Close at once, and read nothing more."""
        self._aborted = True
        self._why = self._why or why
        if self._transport is not None:
            self._transport.abort()

    def too_late(self) -> AnswerTimeout:
        """The error that says that the server took too long."""
        return AnswerTimeout("client.timeout", address=self._address, port=self._port, seconds=f"{self._timeout:g}")

    async def catch_up(self) -> None:
        """Return when what has come already is read, as far as one look at the socket gives it."""
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the sockets were asked in between

    def _watch(self) -> None:
        """Give the connection up if the oldest request has waited too long; look again when it will have.

        The process may have stood still (stopped, suspended): what has come meanwhile is read before.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._unanswered:
            return
        pending, written = self._unanswered[0]
        left = written + self._timeout - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._watch)
        else:
            self._read_first(pending, LOOKS)

    def _read_first(self, pending: Pending, looks: int) -> None:
        self._loop.call_soon(self._loop.call_soon, self._judge, pending, self._reads, looks)  # the next pass but one

    def _judge(self, pending: Pending, reads: int, looks: int) -> None:
        """Give the connection up if `pending` is still the oldest request, and nothing more has come."""
        if self._transport is None or self._aborted:
            return
        if not self._unanswered or self._unanswered[0][0] is not pending:
            self._watch()
        elif (self._paused or self._reads != reads) and looks:
            self._read_first(pending, looks - 1)
        else:
            pending.silences += 1
            self.abort(self.too_late())


async def open_connection(address: str, port: int, seconds: float, owner: Owner, trust: Trust | None) -> Connection:
    """Connect to a server within so many `seconds`, by TLS if there is `trust`.

    Raises UnknownHost, AnswerTimeout, NoTls, CertificateRefused or another ConnectionFailed.
    """
    where: dict[str, Any] = {"address": address, "port": port}

    def make(check: Callable[[bytes], bool] | None = None) -> Connection:
        return Connection(address, port, seconds, owner, check)

    try:
        async with asyncio.timeout(seconds):
            if trust is not None:
                connector = TlsConnector(make, address, port, trust)
                connection = await connector.connect()
                connection.pinned = connector.pinned
                return connection
            _, connection = await asyncio.get_running_loop().create_connection(make, address, port)
            return connection
    except ConnectionFailed:
        raise
    except (socket.gaierror, ValueError):  # a name that is not found, or cannot be one
        raise UnknownHost("client.unknown_host", **where) from None
    except TimeoutError:
        raise AnswerTimeout("client.timeout", seconds=f"{seconds:g}", **where) from None
    except OSError as error:
        # Several addresses that all refuse come as one error without a number.
        if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
            raise ConnectionFailed("client.connection_refused", **where) from None
        raise ConnectionFailed("client.connection_failed", reason=error, **where) from None
