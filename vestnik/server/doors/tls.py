"""TLS between a socket and the TCP door: a protocol to the one, a transport to the other.

The standard library's own transport holds a quarter of a megabyte for each connection, wants to be told before the
first byte that there will be TLS, and cannot close one side only.
"""

import asyncio
import ssl
from collections import deque
from contextlib import suppress
from typing import Final

from vestnik.server import catalogue
from vestnik.server.doors.layer import Layer
from vestnik.server.doors.tcp import TcpDoor
from vestnik.server.handshakes import Handshakes

FIRST_BYTE: Final = 0x16
"""What every TLS connection begins with, and no JSON."""
SLICE: Final = 4096
"""Bytes that go through OpenSSL's buffers at a time: these keep the size that they once had."""
AT_ONCE: Final = 65_536
"""Bytes that are decrypted in one go: many records of one byte each take longer than others should wait."""
REMEMBERED: Final = 32
"""Pieces of what was written whose sizes are remembered, to tell how much of it has arrived."""
_READ: Final = 16_384
"""Bytes that a record has at most."""


class TlsLayer(Layer):
    """One connection. What is written before the handshake is done waits for that, `held`."""

    __slots__ = (
        "_again",
        "_closed",
        "_door",
        "_ended",
        "_eof",
        "_handshakes",
        "_held",
        "_incoming",
        "_object",
        "_outgoing",
        "_rest",
        "_shaking",
        "_sizes",
        "_waiting",
        "network",
    )

    def __init__(
        self,
        context: ssl.SSLContext,
        raw: asyncio.Transport,
        door: TcpDoor,
        handshakes: Handshakes,
        held: list[bytes],
    ) -> None:
        self.network = door.network
        self._raw = raw
        self._door: TcpDoor | None = door
        self._handshakes = handshakes
        self._held = held
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._shaking = True
        self._waiting = False  # for a turn to go on with the handshake
        self._ended = False  # the client has closed its side
        self._eof = False  # and the door knows it, or needs to know nothing more
        self._closed = False  # nothing more is written
        self._rest = b""  # what was not decrypted in the last go
        self._again = False  # another go is coming
        self._sizes: deque[tuple[int, int]] = deque(maxlen=REMEMBERED)  # of what was written last, encrypted and plain
        door.plain_part = self.plain_part

    # What the event loop calls.

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        if self._door is None or self._eof:
            return
        self._rest = self._rest + data if self._rest else data
        if self._shaking:
            self._wait()
        elif not self._again:
            self._take()

    def _wait(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._raw.pause_reading()
            self._handshakes.wait(self)

    def shake(self) -> None:
        """Go on with the handshake: it is this one's turn."""
        self._waiting = False
        if self._door is None or self._raw.is_closing():
            return
        self._raw.resume_reading()
        self._feed()
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:  # no event: the client is to say more
            self._flush()
            if self._rest:
                self._wait()
            return
        except ssl.SSLError as error:  # no event: `_fail` has one
            self._fail(error)
            return
        self._shaking = False
        self._flush()
        self._door.encrypted(self._object.version() or "", (self._object.cipher() or ("",))[0])
        held, self._held = b"".join(self._held), []
        if held:
            self._encrypt(held)
        if self._closed:
            self._say_end()
        self._take()

    def _feed(self) -> None:
        self._incoming.write(self._rest[:SLICE])
        self._rest = self._rest[SLICE:]

    def _take(self) -> None:
        """Decrypt what has come, and give it to the door; the rest in the next pass of the loop."""
        self._again = False
        if self._door is None:
            return
        found: list[bytes] = []
        ended = False
        try:
            ended = self._decrypt(found)
        except ssl.SSLError as error:  # no event: `_fail` has one
            self._fail(error)
            return
        if self._outgoing.pending:
            self._flush()
        if self._rest and not ended:
            self._again = True
            asyncio.get_running_loop().call_soon(self._take)
        if found:
            self._door.data_received(b"".join(found))
        if ended or (self._ended and not self._again):
            self._finish()

    def _decrypt(self, found: list[bytes]) -> bool:
        """Decrypt as much as one go may; whether the client has said that nothing more comes."""
        read = self._object.read
        for _ in range(AT_ONCE // SLICE):
            try:
                while part := read(_READ):
                    found.append(part)
            except ssl.SSLWantReadError:  # no event: there is no whole record
                if not self._rest:
                    return False
                self._feed()
            else:
                return True
        return False

    def _finish(self) -> None:
        if not self._eof and self._door is not None:
            self._eof, self._rest = True, b""
            self._door.eof_received()

    def _fail(self, error: ssl.SSLError) -> None:
        """It cannot go on; the client is told why, as far as TLS has words for it."""
        if self._door is None:
            return
        self._flush()
        self._eof = self._closed = True
        self._rest, self._held = b"", []
        self._door.fail(catalogue.CONNECTION_TLS_FAILED, error.reason or type(error).__name__)

    def eof_received(self) -> bool:
        """The client sends no more; it still gets its answers, if it could be understood so far."""
        self._ended = True
        if not self._shaking and not self._again:
            self._finish()
        return not self._shaking

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        door, self._door = self._door, None
        if self._waiting:
            self._handshakes.drop(self)
        self._closed = True
        self._held = []
        if door is not None:
            door.connection_lost(exc)

    def pause_writing(self) -> None:
        """Much waits for the client."""
        if self._door is not None:
            self._door.pause_writing()

    def resume_writing(self) -> None:
        """The client has caught up."""
        if self._door is not None:
            self._door.resume_writing()

    # What the door calls.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send bytes, encrypted, or keep them until they can be."""
        if self._closed:
            return
        if self._shaking:
            self._held.append(bytes(data))
            return
        try:
            if len(data) <= SLICE:
                self._object.write(data)
                encrypted = self._outgoing.read()
                self._sizes.append((len(encrypted), len(data)))
                self._raw.write(encrypted)
            else:
                self._encrypt(data)
        except ssl.SSLError:  # no event: the connection's end has one
            self._closed = True
            self._raw.abort()  # its session ends later: this may be a message on its way to many

    def _encrypt(self, data: bytes | bytearray | memoryview) -> None:
        view, parts = memoryview(data), []
        for start in range(0, len(view), SLICE):
            piece = view[start : start + SLICE]
            self._object.write(piece)
            parts.append(self._outgoing.read())
            self._sizes.append((len(parts[-1]), len(piece)))
        self._raw.write(b"".join(parts))

    def plain_part(self, unread: int) -> int:
        """How many bytes of what was written are in the last `unread` encrypted ones; rather too many than too few."""
        plain = 0
        for encrypted, size in reversed(self._sizes):
            if unread <= 0:
                return plain
            plain += min(size, unread)
            unread -= encrypted
        return plain + max(0, unread)

    def _flush(self) -> None:
        if self._outgoing.pending and not self._raw.is_closing():
            self._raw.write(self._outgoing.read())

    def get_write_buffer_size(self) -> int:
        """Bytes that wait for the client."""
        return self._raw.get_write_buffer_size() + sum(map(len, self._held))

    def can_write_eof(self) -> bool:
        """Yes: TLS has its word for it, and the socket, too."""
        return True

    def write_eof(self) -> None:
        """Send nothing more; what the client still says is read."""
        if self._closed:
            self._raw.write_eof()
            return
        self._closed = True
        if not self._shaking:
            self._say_end()

    def _say_end(self) -> None:
        """Say that nothing more comes, and close our side."""
        self._take_leave()
        if not self._raw.is_closing():
            self._raw.write_eof()

    def _take_leave(self) -> None:
        """Say that nothing more comes, so that the client knows that nobody has cut it off."""
        with suppress(ssl.SSLError):  # no event: the client has not said the same yet
            self._object.unwrap()
        self._flush()

    def close(self) -> None:
        """Close after what is written has been sent."""
        if not self._closed and not self._shaking:
            self._take_leave()
        self._closed = True
        self._raw.close()
