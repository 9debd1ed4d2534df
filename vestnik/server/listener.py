"""The sockets we listen at and the connections they gave us: acceptance, time limits, shutdown."""

import asyncio
import errno
import itertools
import socket
from collections.abc import Coroutine
from typing import Any, Final

from vestnik.chat.outcome import Reply
from vestnik.log.events import TASK_FAILED
from vestnik.log.journaled import journaled
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.codes import Code
from vestnik.protocol.errors import StartupError
from vestnik.protocol.events import Notice, Probe
from vestnik.protocol.messages import encode
from vestnik.server import catalogue
from vestnik.server.hub import Hub
from vestnik.server.settings import Settings
from vestnik.server.tcp import Connection

SWEEP: Final = 5.0
"""Seconds between two looks at the time limits, unless a limit is so short that it needs more."""

# A peer that vanished is noticed after IDLE + COUNT * INTERVAL seconds, without a message that plain clients might
# not expect. What is set on a listening socket holds for the connections it accepts.
_SOCKET_OPTIONS: Final = (
    (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
    (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
    (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
    (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    (socket.IPPROTO_TCP, "TCP_KEEPCNT", 4),
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


class Listener:
    """Accepts connections and watches over them."""

    def __init__(self, hub: Hub, settings: Settings) -> None:
        self.hub = hub
        self.loop = asyncio.get_running_loop()
        self.send_buffer = settings.send_buffer
        self._settings = settings
        self._numbers = itertools.count(1)
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self._sweeper: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()
        self.port = 0

    @journaled
    async def open(self) -> None:
        """Begin to accept connections. Raises AddressInUse or AddressBad."""
        settings = self._settings
        sockets = open_sockets(settings.address, settings.port, settings.backlog)
        self.port = sockets[0].getsockname()[1]
        for sock in sockets:
            for level, option, value in _SOCKET_OPTIONS:
                if hasattr(socket, option):
                    sock.setsockopt(level, getattr(socket, option), value)
            self._servers.append(
                await self.loop.create_server(lambda: Connection(self), sock=sock, backlog=settings.backlog)
            )
        self._sweep()

    # What connections report.

    @journaled
    def opened(self, connection: Connection) -> None:
        """A connection is there; it gets its name for the journal. One too many is told so and closed."""
        connection.number = next(self._numbers)
        connection.name = name = str(connection.number)
        self._connections.add(connection)
        self._gone.clear()
        limit = self._settings.max_connections
        if len(self._connections) > limit:
            self.hub.journal.record(catalogue.CONNECTION_REFUSED, limit, connection=name)
            self._dismiss(connection, answers.SERVER_FULL, limit)
        else:
            self.hub.journal.record(catalogue.CONNECTION_OPENED, *connection.peer, connection=name)

    @journaled
    def closed(self, connection: Connection) -> None:
        """A connection is gone."""
        self._connections.discard(connection)
        self.hub.journal.record(
            catalogue.CONNECTION_CLOSED, connection.session.name or None, connection=connection.name
        )
        if not self._connections:
            self._gone.set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a coroutine to its end; an error is journaled."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.hub.journal.record(TASK_FAILED, type(error).__name__, error=error)

    # Time limits.

    def _sweep(self) -> None:
        settings = self._settings
        now = self.loop.time()
        for connection in list(self._connections):
            if connection.active:
                connection.active = connection.probed = False
                connection.heard = now
            if connection.closing:
                continue
            if connection.begun and not connection.busy and now - connection.begun > settings.unfinished:
                self._dismiss(connection, answers.VALUE_UNFINISHED, f"{settings.unfinished:g}")
            elif settings.keepalive and now - connection.heard > settings.keepalive:
                self._probe(connection, now)
        period = min(SWEEP, settings.unfinished / 4, (settings.keepalive or SWEEP * 4) / 4)
        self._sweeper = self.loop.call_later(period, self._sweep)

    def _probe(self, connection: Connection, now: float) -> None:
        if "probe" not in connection.session.features:
            return
        if not connection.probed:
            connection.probed = True
            connection.send(encode(Probe(self.hub.chat.clock())))
            self.hub.journal.record(catalogue.PROBE_SENT, connection.session.name, connection=connection.name)
        elif now - connection.heard > 2 * self._settings.keepalive:
            self.hub.journal.record(catalogue.CONNECTION_SILENT, connection.session.name, connection=connection.name)
            connection.abort()

    def _dismiss(self, connection: Connection, answer: Answer, *values: object) -> None:
        connection.answer(Reply(answer, values), connection.requests, None)
        connection.close()

    @journaled(arguments=("account_id", "revision"))
    def end_sessions(self, account_id: int, revision: int) -> None:
        """Close the connections of an account that logged in before its change `revision`."""
        account = self.hub.chat.sessions.find(account_id)
        for session in [each for each in account.sessions if each.revision < revision] if account else ():
            connection: Connection = session.recipient  # type: ignore[assignment]  # our recipients are connections
            self.hub.journal.record(catalogue.CONNECTION_ENDED, session.name, connection=connection.name)
            connection.close()

    # Shutdown.

    @journaled
    def stop_accepting(self) -> int:
        """Close the listening sockets; the number of connections still open."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for server in self._servers:
            server.close()
        return len(self._connections)

    @journaled
    async def finish(self, notice: str) -> None:
        """Tell those who understand, answer what was received, and return when every connection is closed."""
        told = encode(Notice(self.hub.chat.clock(), Code.IMPORTANT_NOTICE, notice))
        for connection in list(self._connections):
            if "notice" in connection.session.features:
                connection.send(told)
            connection.finish()
        if self._connections:
            await self._gone.wait()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @journaled
    async def abort(self) -> None:
        """Close what is left at once, and return when it is closed."""
        for connection in list(self._connections):
            connection.abort()
        for task in self._tasks:
            task.cancel()
        if self._connections:
            await self._gone.wait()
        if self._tasks:
            await asyncio.wait(self._tasks)
