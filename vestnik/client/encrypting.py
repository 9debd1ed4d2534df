"""Connecting by TLS: which certificate is taken, and what is remembered of it."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from vestnik.client.errors import CertificateRefused, NoTls
from vestnik.client.trust import AUTHORITY, Trust, fingerprint

C = TypeVar("C", bound=asyncio.Protocol)
_CUT_OFF: Final = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""What the system says when a server that does not speak TLS has closed the connection."""


class TlsConnector(Generic[C]):
    """Connects to one server. `make` makes the client's end, which asks the function it is given whether a certificate
    is taken. `pinned` is the fingerprint that was remembered, and why nobody vouches for it."""

    def __init__(self, make: Callable[[Callable[[bytes], bool]], C], address: str, port: int, trust: Trust) -> None:
        self._make = make
        self._address = address
        self._port = port
        self._trust = trust
        self._found = ""  # the fingerprint that the server has shown
        self.pinned: tuple[str, str] | None = None

    async def connect(self) -> C:
        """Connect. Raises NoTls, CertificateRefused, OSError, and ValueError for a name that cannot be one."""
        trust = self._trust
        if trust.pin is not None:
            connection = await self._by_fingerprint(trust.pin)
            if connection is None:
                raise self._refused("client.certificate_other", expected=trust.pin, found=self._found)
            trust.remember(self._address, self._port, trust.pin)
            return connection
        known = trust.remembered(self._address, self._port)
        if known is not None and known != AUTHORITY:
            connection = await self._by_fingerprint(known)
            if connection is not None:
                return connection
        try:
            connection = await self._open(trust.verifying, None)
        except ssl.SSLCertVerificationError as error:  # no event: it is remembered, or refused
            reason = error.verify_message
        else:
            with suppress(OSError):  # no event: an authority will vouch for it the next time, too
                trust.remember(self._address, self._port, AUTHORITY)
            return connection
        if known is not None or trust.directory is None:
            if not self._found:
                await self._look()
            if known in (None, AUTHORITY):
                raise self._refused("client.certificate_unknown", reason=reason, found=self._found)
            path = str(trust.path(self._address, self._port))
            raise self._refused("client.certificate_changed", found=self._found, path=path)
        connection = await self._open(trust.careless, None)
        trust.remember(self._address, self._port, self._found)
        self.pinned = self._found, reason
        return connection

    async def _by_fingerprint(self, expected: str) -> C | None:
        """A connection with a server that has this certificate; None: it has another one."""
        connection = await self._open(self._trust.careless, expected)
        return connection if self._found == expected else None

    async def _look(self) -> None:
        """Find out which certificate the server has."""
        await self._open(self._trust.careless, "")

    async def _open(self, context: ssl.SSLContext, expected: str | None) -> C:
        """Connect; a certificate that is not the `expected` one ends the connection at once."""

        def check(certificate: bytes) -> bool:
            self._found = fingerprint(certificate)
            return expected is None or self._found == expected

        loop = asyncio.get_running_loop()
        name = self._address.partition("%")[0].rstrip(".")
        try:
            _, connection = await loop.create_connection(
                lambda: self._make(check), self._address, self._port, ssl=context, server_hostname=name
            )
        except ssl.SSLCertVerificationError:
            raise
        except ssl.SSLError as error:
            raise self._no_tls(error.reason or type(error).__name__) from None
        except _CUT_OFF as error:
            raise self._no_tls(type(error).__name__) from None
        return connection

    def _no_tls(self, reason: str) -> NoTls:
        return NoTls("client.no_tls", address=self._address, port=self._port, reason=reason)

    def _refused(self, event: str, **values: str) -> CertificateRefused:
        return CertificateRefused(event, address=self._address, port=self._port, **values)
