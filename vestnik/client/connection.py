"""The client's end of a connection: answers to those who wait for them, everything else to a queue of events."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias, cast

import msgspec

from vestnik.client.errors import ConnectionLost
from vestnik.log.journaled import journaled
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Delivery, Notice, Probe, Response, ServerMessage
from vestnik.protocol.framing import Framer
from vestnik.protocol.messages import decode_server_message, encode

MAX_ANSWER: Final = 1_048_576
"""Bytes that one object of the server may have: a list of contacts is longer than a message."""

LABEL_BYTES: Final = 6

Event: TypeAlias = Delivery | Notice


class Connection(asyncio.Protocol):
    """One connection. `on_event` gets deliveries and notices, `on_probe` is called for a probe.

    `on_end` is called once: with a BadRequest when the server sent something unreadable, with an OSError or None when
    the connection ended.
    """

    def __init__(
        self,
        address: str,
        port: int,
        on_event: Callable[[Event], None],
        on_probe: Callable[[], None],
        on_end: Callable[[Exception | None], None],
    ) -> None:
        self._address = address
        self._port = port
        self._on_event = on_event
        self._on_probe = on_probe
        self._on_end = on_end
        self._framer: Framer[ServerMessage | None] = Framer(decode_server_message, MAX_ANSWER)
        self._answers: deque[asyncio.Future[Response]] = deque()
        self._transport: asyncio.Transport | None = None
        self._unreadable: BadRequest | None = None
        self.ended = asyncio.get_running_loop().create_future()
        self.local_port = 0  # our end's: the server's journal has it, too
        self.name = ""  # the same as text, for our journal
        self.label = secrets.token_hex(LABEL_BYTES)  # what the ids of its requests begin with
        self.requests = 0

    @journaled(logger="client")
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The server has accepted."""
        self._transport = cast(asyncio.Transport, transport)
        self.local_port = (self._transport.get_extra_info("sockname") or ("", 0))[1]
        self.name = str(self.local_port)

    @journaled(logger="client")
    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        for message in self._framer.feed(data):
            if isinstance(message, BadRequest):
                self._unreadable = message
                self.abort()
                return
            if isinstance(message, Response):
                if self._answers:
                    answer = self._answers.popleft()
                    if not answer.done():
                        answer.set_result(message)
            elif isinstance(message, Probe):
                self._on_probe()
            elif isinstance(message, Delivery | Notice):
                self._on_event(message)

    @journaled(logger="client")
    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone: nobody waits any longer."""
        self._transport = None
        self.ended.set_result(None)
        self._on_end(self._unreadable or exc)
        for answer in self._answers:
            if not answer.done():
                answer.set_exception(self._lost())
        self._answers.clear()

    def request(self, request: msgspec.Struct) -> asyncio.Future[Response]:
        """Send a request; its answer, or ConnectionLost when the connection ends first.

        Raises ConnectionLost when it has ended already.
        """
        self.send(request)
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_seen)
        self._answers.append(answer)
        return answer

    def send(self, request: msgspec.Struct) -> None:
        """Send a request that has no answer. Raises ConnectionLost when the connection has ended already."""
        if self._transport is None:
            raise self._lost()
        self.requests += 1
        self._transport.write(encode(request))

    def close(self) -> None:
        """Close after what is written has been sent."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _lost(self) -> ConnectionLost:
        return ConnectionLost("client.connection_lost", address=self._address, port=self._port)


def _seen(answer: asyncio.Future[Response]) -> None:
    """Let an answer that nobody waits for any longer go without a complaint of the event loop."""
    if not answer.cancelled():
        answer.exception()
