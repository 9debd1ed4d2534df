"""Where connections are accepted: sockets that listen, and who stands behind them."""

import asyncio
import socket

from vestnik.log.journaled import journaled
from vestnik.server.doors.dialects import Dialects
from vestnik.server.doors.entrance import Entrance, Hall
from vestnik.server.doors.tcp import SOCKET_OPTIONS, TcpDoor, open_sockets
from vestnik.server.peers import Peers
from vestnik.server.settings import Settings
from vestnik.server.tls import Certificate


class TcpListener:
    """Accepts connections; `port` is where, once it is open, and `hosts` at which addresses."""

    def __init__(self, peers: Peers, settings: Settings) -> None:
        self._peers = peers
        self._settings = settings
        self._dialects = Dialects(peers, settings.common_room, known=settings.dialects)
        self._hall = Hall(peers, self._dialects)
        self._hall.proxies = settings.proxy_networks
        self._servers: list[asyncio.Server] = []
        self.port = 0
        self.hosts: list[str] = []

    def adopt(self, settings: Settings) -> None:
        """Believe the proxies of these settings from now on."""
        self._hall.proxies = settings.proxy_networks

    def encrypt(self, certificate: Certificate | None) -> None:
        """Take TLS with this certificate from now on, or none."""
        self._hall.context = None if certificate is None else certificate.context

    @journaled
    async def open(self) -> None:
        """Begin to accept connections. Raises AddressInUse or AddressBad."""
        settings = self._settings
        sockets = open_sockets(settings.address, settings.port, settings.backlog)
        self.port = sockets[0].getsockname()[1]
        self.hosts = [sock.getsockname()[0] for sock in sockets]
        loop = asyncio.get_running_loop()
        for sock in sockets:
            for level, option, value in SOCKET_OPTIONS:
                if hasattr(socket, option):
                    sock.setsockopt(level, getattr(socket, option), value)
            self._servers.append(await loop.create_server(self._enter, sock=sock, backlog=settings.backlog))

    def _enter(self) -> asyncio.Protocol:
        return Entrance(self._hall) if self._hall.needed else TcpDoor(self._peers, self._dialects)

    @journaled
    def close(self) -> None:
        """Accept no more; those that are there go on."""
        for server in self._servers:
            server.close()
        for entrance in tuple(self._hall.waiting):
            entrance.abort()
