"""One connection: bytes to requests, requests to the rules, answers in the order of the requests.

Many `msg` in a row travel together; any other request waits until everything before it is answered. While one waits,
nothing more is read, so a connection holds at most one segment of requests.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Final, cast

from vestnik.chat.actions import action_name
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.outcome import Outcome, Post, Reply
from vestnik.chat.sessions import Session
from vestnik.log.context import CORRELATION
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, VestnikError
from vestnik.protocol.framing import Framer
from vestnik.protocol.messages import REQUESTS
from vestnik.protocol.requests import AnyRequest, Msg
from vestnik.server import catalogue
from vestnik.server.traced import TRACED_ACTIONS
from vestnik.server.wire import encode_reply

if TYPE_CHECKING:
    from vestnik.server.listener import Listener

WRITE_HIGH: Final = 65_536
"""Bytes waiting to be sent above which a connection counts as choked."""
LINGER: Final = 1.0
"""Seconds for which a client may take notice that it is being closed."""
LINGER_SENDING: Final = 30.0
"""Seconds for which a slow client may read what was written before the close."""

_decode = REQUESTS.decode


def _to_nobody(_data: bytes) -> None:
    """What `Connection.send` does when the connection is ending."""


class Connection(asyncio.Protocol):
    """A client's connection, from its acceptance to its end."""

    __slots__ = (
        "_backlog",
        "_drained",
        "_ending",
        "_framer",
        "_listener",
        "_reading",
        "_task",
        "_transport",
        "active",
        "begun",
        "closing",
        "heard",
        "held",
        "hub",
        "name",
        "number",
        "pending",
        "probed",
        "requests",
        "send",
        "session",
    )

    def __init__(self, listener: "Listener") -> None:
        self._listener = listener
        self.hub = listener.hub
        self.session = Session(self)
        self._framer: Framer[AnyRequest] = Framer(_decode)
        self._transport: asyncio.Transport  # from `connection_made` on
        # Writes whole frames. The transport's own method: a message to a room costs one call for each recipient.
        self.send: Callable[[bytes], None] = _to_nobody
        self._backlog: deque[AnyRequest | BadRequest] | None = None  # requests that wait for their turn
        self._task: asyncio.Task[None] | None = None  # the request that is being served by a coroutine
        self._drained: asyncio.Future[None] | None = None
        self._reading = True
        self._ending = False  # close as soon as everything is answered
        self.number = 0  # of the connection, from 1
        self.name = ""  # the same as text, for the journal
        self.pending = 0  # messages accepted and not yet answered
        self.requests = 0
        self.active = True  # something was received since the listener looked last
        self.heard = 0.0  # when it looked and something had been received, in the loop's seconds
        self.begun = 0.0  # when the unfinished value began; 0: there is none
        self.probed = False
        self.held = False  # the hub has too much to do: nothing is read until it says so
        self.closing = False  # nothing more is read or written

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=WRITE_HIGH)
        self.send = self._transport.write
        self.heard = self._listener.loop.time()
        self._listener.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone; what was accepted goes on."""
        self._end()
        self._listener.closed(self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self.active = True
        if self.closing:
            return  # read only so that the client gets what was written to it
        framer = self._framer
        found = framer.feed(data)
        if not framer.size:
            self.begun = 0.0
        elif found or not self.begun:
            self.begun = self._listener.loop.time()
        if found:
            self._serve(found)
            if self.hub.full and self._reading:
                self.held = True
                self.pause_reading()
                self.hub.hold(self)

    def eof_received(self) -> bool:
        """The client sends no more; it still gets its answers."""
        self._ending = True
        if self.closing:
            self._transport.close()
        elif not self.busy:
            self.close()
        return True

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to."""
        if not self.closing:
            self.hub.choked.add(self)

    def resume_writing(self) -> None:
        """The client has caught up."""
        self.hub.choked.discard(self)
        self._wake_drained()

    @property
    def peer(self) -> tuple[str, int]:
        """Address and port of the client."""
        name = self._transport.get_extra_info("peername") or ("", 0)
        return name[0], name[1]

    # Requests.

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer."""
        return self.pending > 0 or self._task is not None or bool(self._backlog)

    def _serve(self, found: Iterable[AnyRequest | BadRequest]) -> None:
        """Serve requests in their order, up to the first that must wait; that and the rest become the backlog."""
        if self._backlog:
            self._backlog.extend(found)
            return
        requests = iter(found)
        for request in requests:
            if self.closing:
                return
            if self._task is not None or (self.pending and type(request) is not Msg) or not self._begin(request):
                self._backlog = deque((request, *requests))
                self.pause_reading()

    def _begin(self, request: AnyRequest | BadRequest) -> bool:
        """Serve one request, or begin to; False when it must wait until the messages before it are answered."""
        if isinstance(request, BadRequest):
            self.requests += 1
            CORRELATION.set((self.name, self.requests))
            self._refuse(request, self.requests, None)
            return True
        CORRELATION.set((self.name, self.requests + 1))
        try:
            outcome = dispatch(self.hub.chat, self.session, request, TRACED_ACTIONS)
        except VestnikError as error:
            if self.pending:
                return False
            self.requests += 1
            self._refuse(error, self.requests, request.id)
        except Exception as error:  # noqa: BLE001
            self.requests += 1
            self._fail(error, request, self.requests)
        else:
            if type(outcome) is Post:
                self.requests += 1
                self._accept(outcome, self.requests)
            elif type(outcome) is Reply:
                self.requests += 1
                self.answer(outcome, self.requests, request.id)
            else:
                work = cast("Coroutine[None, None, Outcome]", outcome)
                if self.pending:
                    work.close()
                    return False
                self.requests += 1
                self._task = self._listener.spawn(self._finish(work, request, self.requests))
        return True

    def _accept(self, post: Post, number: int) -> None:
        post.request = number
        self.pending += 1
        self.hub.accept(post)

    async def _finish(self, outcome: Coroutine[None, None, Outcome], request: AnyRequest, number: int) -> None:
        """Wait for an outcome and answer; then go on with the requests behind it."""
        begun = time.monotonic()
        reply: Outcome | None = None
        try:
            reply = await outcome
        except VestnikError as error:
            self._refuse(error, number, request.id, begun)
        except Exception as error:  # noqa: BLE001
            self._fail(error, request, number)
        self._task = None
        if isinstance(reply, Post):
            self._accept(reply, number)
        elif reply is not None:
            self.answer(reply, number, request.id, begun)
            if reply.published:
                self.hub.publish(reply.published, self.session)
            if reply.told:
                self.hub.tell(reply.told, self.session)
            if reply.logged_in and self.session.live:
                self._listener.spawn(self.hub.kept.deliver(self))
            if reply.resuming:
                self._listener.spawn(self.hub.catch_up.resume(self))
        self.go_on()

    def go_on(self) -> None:
        """Serve what waited, if it need not wait any more; read again when nothing waits."""
        if self.closing or (self._reading and not self._ending):
            return  # there is no backlog while reading goes on
        if self._backlog and self._task is None and not self.pending:
            backlog, self._backlog = self._backlog, None
            self._serve(backlog)
        if not self.busy:
            if self._ending:
                self.close()
            else:
                self.resume_reading()

    # Answers.

    def answer(self, reply: Reply, number: int, request_id: str | None, begun: float | None = None) -> None:
        """Send an answer and journal it. `begun` is when its request was (monotonic, s), if it took a while."""
        more: dict[str, object] = {} if request_id is None else {"id": request_id}
        if begun is not None:
            more["duration_ms"] = round((time.monotonic() - begun) * 1000, 3)
        if reply.published:
            more["number"] = reply.published[-1].change.number
        event = catalogue.of_answer(reply.answer)
        self.hub.journal.record(event, *reply.values, connection=self.name, request=number, more=more)
        if reply.final:
            self.close()
        else:
            session = self.session
            changes = "changes" in session.features
            self.send(encode_reply(self.hub.wording, reply, session.rich, request_id, changes=changes))
            if self in self.hub.choked:
                self.check_buffer()

    def _refuse(self, error: VestnikError, number: int, request_id: str | None, begun: float | None = None) -> None:
        self.answer(Reply(error.answer, error.values), number, request_id, begun)
        if isinstance(error, BadRequest) and error.fatal:
            self.close()

    def _fail(self, error: Exception, request: AnyRequest, number: int) -> None:
        """An unexpected error: the journal gets its traceback, the client only the code."""
        self.hub.journal.record(
            catalogue.REQUEST_FAILED, action_name(request), connection=self.name, request=number, error=error
        )
        self.answer(Reply(answers.SERVER_ERROR), number, request.id)

    def check_buffer(self) -> None:
        """Cut off a client for which more than `send_buffer` bytes wait."""
        waiting = self._transport.get_write_buffer_size()
        if waiting > self._listener.send_buffer:
            self.give_up(waiting)

    def give_up(self, waiting: int) -> None:
        """Cut off a client that does not keep up reading: `waiting` is what waits for it."""
        self.hub.journal.record(catalogue.CONNECTION_SLOW, self.session.name, waiting, connection=self.name)
        self.abort()

    async def drained(self) -> None:
        """Return when the client has read most of what was sent to it, or is gone."""
        if self in self.hub.choked:
            if self._drained is None:
                self._drained = self._listener.loop.create_future()
            await asyncio.shield(self._drained)

    def _wake_drained(self) -> None:
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    # The transport.

    def pause_reading(self) -> None:
        """Read nothing more for now."""
        if self._reading and not self.closing:
            self._reading = False
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again, unless requests still wait for their turn or the hub has too much to do."""
        if not self._reading and not self._backlog and not self.held and not self._ending and not self.closing:
            self._reading = True
            self._transport.resume_reading()

    def finish(self) -> None:
        """Read nothing more, answer what was received, then close."""
        self._ending = True
        self.pause_reading()
        if not self.busy:
            self.close()

    def close(self) -> None:
        """Close after what is written has been sent.

        Closing a socket with unread input makes the kernel drop what it has not sent yet. So our side is closed first,
        and what the client still sends is read and thrown away until it closes too, or until `LINGER`.
        """
        if self.closing:
            return
        if self._ending and self._reading:
            self._end()
            self._transport.close()
            return
        self._end()
        if not self._reading:
            self._reading = True
            self._transport.resume_reading()
        self._transport.write_eof()
        self._listener.loop.call_later(LINGER, self._stop_lingering, self._listener.loop.time() + LINGER_SENDING)

    def _stop_lingering(self, deadline: float) -> None:
        if self._transport.get_write_buffer_size() and self._listener.loop.time() < deadline:
            self._listener.loop.call_later(LINGER, self._stop_lingering, deadline)
        else:
            self._transport.abort()

    def abort(self) -> None:
        """Close at once. May happen while a message goes to many, so the session ends a moment later."""
        self.closing = True
        self.send = _to_nobody
        self._transport.abort()

    def _end(self) -> None:
        """Nothing more is read or written: what comes for this client from now on is kept."""
        self.closing = True
        self.send = _to_nobody
        self.hub.choked.discard(self)
        self.session.closed = True
        self._backlog = None
        self.hub.chat.sessions.detach(self.session)
        self._wake_drained()
