"""A peer: what the server knows of one connection. Requests in their order, answers, its pace, its end; no socket.

Many `msg` in a row travel together; any other request waits until everything before it is answered. One turn serves a
bounded part of what has come (`vestnik.server.turns`). While anything waits, nothing more is read, so a peer holds at
most what one read has brought, and that undecoded.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from itertools import chain
from typing import cast

from vestnik.chat.actions import action_name
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.outcome import Outcome, Post, Reply
from vestnik.chat.reading import check_told
from vestnik.chat.session import Recipient, Session
from vestnik.log.context import CORRELATION
from vestnik.protocol import answers
from vestnik.protocol.administration import AnyAction
from vestnik.protocol.codes import FIRST_ERROR, Code
from vestnik.protocol.errors import BadRequest, VestnikError
from vestnik.protocol.requests import Msg, Quit
from vestnik.server import catalogue
from vestnik.server.answering import encode_answer
from vestnik.server.door import GONE, Door, Incoming, to_nobody
from vestnik.server.gathering import gather, write_gathered
from vestnik.server.networks import network_of
from vestnik.server.patience import MEMBER, QUIT_WITHIN, STRANGER
from vestnik.server.services import Services
from vestnik.server.traced import TRACED_ACTIONS
from vestnik.server.turns import CHECKED, LETTERS, MESSAGE, REFUSAL, REQUEST, TURN, clock, worth
from vestnik.server.written import packed
from vestnik.store.readers import ASKER, NOBODY


class Peer:
    """One connection from its acceptance to its end: a `vestnik.chat.session.Recipient`.

    A door calls `receive`, `finish_reading`, `choke`, `relax` and `lose`, and keeps `active` up to date.
    """

    __slots__ = (
        "_door",
        "_drained",
        "_ending",
        "_pausing",
        "_put_back",
        "_reading",
        "_services",
        "_source",
        "_task",
        "_waiting",
        "active",
        "begun",
        "begun_at",
        "closing",
        "formats",
        "gathered",
        "heard",
        "held",
        "name",
        "network",
        "number",
        "opened",
        "pending",
        "probed",
        "refusals",
        "requests",
        "send",
        "session",
    )

    def __init__(self, services: Services, door: Door, number: int, now: float) -> None:
        self._services = services
        self._door = door
        self.formats = door.formats
        # Writes whole frames. The transport's own method: a message to a room costs one call for each recipient.
        self.send: Callable[[bytes], None] = door.write
        self.number = number
        self.name = str(number)
        self.network = network_of(door.address[0])
        self.session = Session(self)
        self._source: Iterator[Incoming] | None = None  # what has come and is not served yet
        self._put_back: AnyAction | BadRequest | None = None  # what came first of it, and had to wait
        self.gathered: list[bytes] | None = None
        self._waiting = False  # for a turn
        self._pausing: asyncio.TimerHandle | None = None  # until it may wait for one
        self.refusals = 0  # requests in a row that were refused
        self._task: asyncio.Task[None] | None = None  # the request that is being served by a coroutine
        self._drained: asyncio.Future[None] | None = None
        self._reading = True
        self._ending = False  # close as soon as everything is answered
        self.pending = 0  # messages accepted and not yet answered
        self.requests = 0
        self.active = True  # something was received since `Peers` looked last
        self.opened = now  # in the seconds that `Peers` counts
        self.heard = now  # when it looked and something had been received, in the loop's seconds
        self.begun = 0  # the unfinished request that `Peers` saw when it looked last
        self.begun_at = 0.0  # and when it saw it first
        self.probed = False
        self.held = False  # too many messages wait for the store: nothing is read until there is room again
        self.closing = False  # nothing more is read or written

    @property
    def address(self) -> tuple[str, int]:
        """Address and port of the client."""
        return self._door.address

    @property
    def unfinished(self) -> int:
        """The number of the request of which only the beginning has come; 0: there is none."""
        return self._door.unfinished()

    @property
    def refused(self) -> bool:
        """Whether that request was answered already: it is too long or too deep."""
        return self._door.refused()

    # What the door calls.

    def receive(self, found: Iterator[Incoming]) -> None:
        """Something has come: it is asked for bit by bit, as it is served."""
        if self._source is not None:
            self._source = chain(self._source, found)
            return
        self._source = found
        self._go_on()
        if self._services.intake.full and self._reading:
            self._hold()

    def hung_up(self) -> bool:
        """Whether the client has closed its side, also if that was not read yet."""
        return self._door.hung_up()

    def finish_reading(self) -> None:
        """The client sends no more; it still gets its answers."""
        self._ending = True
        if not self.busy:
            self.close()

    def choke(self) -> None:
        """The client reads more slowly than it is sent to."""
        if not self.closing:
            self._services.fanout.choke(self)

    def relax(self) -> None:
        """The client has caught up."""
        self._services.fanout.choked.discard(self)
        self._wake_drained()

    def lose(self) -> None:
        """The connection is gone; what was accepted goes on, and direct messages that have not arrived stay kept."""
        self._services.kept.lose(self.session, self._door.unread())
        self._end()

    # Requests.

    @property
    def busy(self) -> bool:
        """Whether a request waits for its answer."""
        return self.pending > 0 or self._task is not None or self._source is not None

    def _go_on(self) -> None:
        """Serve what has come, if this pass of the loop has time for it; else in a later one."""
        if self._waiting or self.held:
            return
        if self._services.turns.full:
            self._wait(going_on=False)
        else:
            gather(self, self._door.write, self._serve)

    def take_turn(self) -> None:
        """Serve what waited for this turn, unless too many messages wait for the store."""
        self._waiting = False
        if self.closing:
            return
        if self._source is not None:
            if self._services.intake.full:
                self._hold()
            else:
                gather(self, self._door.write, self._serve)
        self._settle()

    def _serve(self) -> None:
        """Serve requests in their order, until one must wait for those before it, or this turn is over."""
        left, looked, refusals = TURN, False, self.refusals
        began = clock()
        source = cast("Iterator[Incoming]", self._source)
        if self._put_back is not None:
            source, self._put_back = chain((self._put_back,), source), None
        for request in source:
            cost = REFUSAL
            if request is not None:
                must_wait = self.pending and (type(request) is not Msg or self.pending >= self._services.intake.share)
                if must_wait or self._task is not None or not (cost := self._begin(request)):
                    self._put_back = request
                    self.pause_reading()
                    break
                if self.closing:
                    break
            left -= cost
            if left <= 0 or not left % CHECKED:
                if left <= 0 or (looked and clock() - began > worth(TURN - left)):
                    if not self._pause(refusals):
                        self._wait(going_on=True)
                    break
                looked = True  # what takes long by itself is over by now: most have sent nothing more
        else:
            self._source = None
            self._pause(refusals)
        self._services.turns.spend(TURN - left, clock() - began)

    def _begin(self, request: AnyAction | BadRequest) -> int:
        """Serve one request, or begin to: its cost; 0 when it must wait until the messages before it are answered."""
        if isinstance(request, BadRequest):
            self.requests += 1
            CORRELATION.set((self.name, self.requests))
            self.refuse(request, self.requests, None)
            return REFUSAL
        CORRELATION.set((self.name, self.requests + 1))
        try:
            outcome = dispatch(self._services.chat, self.session, request, TRACED_ACTIONS)
        except VestnikError as error:
            if self.pending:
                return 0
            self.requests += 1
            self.refuse(error, self.requests, request.id)
            return REFUSAL
        except Exception as error:  # noqa: BLE001
            self.requests += 1
            self._break(error, request, self.requests)
            return REFUSAL
        if type(outcome) is Post:
            self.requests += 1
            self._accept(outcome, self.requests)
            return MESSAGE
        if type(outcome) is Reply:
            self.requests += 1
            self.refusals = 0
            self.answer(outcome, self.requests, request.id)
        else:
            work = cast("Coroutine[None, None, Outcome]", outcome)
            if self.pending:
                work.close()
                return 0
            self.requests += 1
            ASKER.set(self._asker())
            self._task = self._services.tasks.spawn(self._finish(work, request, self.requests))
            if type(request) is Quit:
                self._services.tasks.wait_within(QUIT_WITHIN, self._task, self.close)
        return REQUEST

    def _accept(self, post: Post, number: int) -> None:
        post.request, post.weight = number, 1 + len(post.message.text) // LETTERS
        self.pending += post.weight
        self.refusals = 0
        self._services.intake.accept(post)

    async def _finish(self, outcome: Coroutine[None, None, Outcome], request: AnyAction, number: int) -> None:
        """Wait for an outcome and answer; then go on with the requests behind it."""
        begun, refusals = time.monotonic(), self.refusals
        reply: Outcome | None = None
        try:
            reply = await outcome
            check_told(self.session, reply)
        except VestnikError as error:
            reply = None
            self.refuse(error, number, request.id, begun)
        except Exception as error:  # noqa: BLE001
            self._break(error, request, number)
        self._task = None
        if isinstance(reply, Post):
            self._accept(reply, number)
        elif reply is not None:
            self.refusals = 0
            self.answer(reply, number, request.id, begun)
            self._follow(reply)
        if type(request) is Quit:
            self.close()  # whatever the store says to it
        self._pause(refusals)
        self.go_on()

    def _asker(self) -> int:
        """Whose the questions are that a request has for the store."""
        account = self.session.account
        return NOBODY if account is None else account.id

    def _follow(self, reply: Reply) -> None:
        """Begin what comes after an answer."""
        services = self._services
        ASKER.set(self._asker())  # a login has changed it
        if reply.told:
            services.fanout.tell(reply.told, self.session)
        if reply.logged_in and self.session.live:
            services.tasks.spawn(services.kept.deliver(self.session))
        if reply.resuming:
            services.tasks.spawn(services.catch_up.resume(self.session))

    def go_on(self) -> None:
        """Serve what waited, if it need not wait any more; read again when nothing waits."""
        if self.closing or (self._reading and not self._ending):
            return  # nothing waits while reading goes on
        if self._source is not None and self._task is None and not self.pending:
            self._go_on()
        self._settle()

    def _settle(self) -> None:
        """Read again, or close, when everything is answered."""
        if not self.busy:
            if self._ending:
                self.close()
            else:
                self.resume_reading()

    # Answers.

    def answer(self, reply: Reply, number: int, request_id: str | None, begun: float | None = None) -> None:
        """Send an answer and journal it. `begun` is when its request was (monotonic, s), if it took a while."""
        services = self._services
        more: dict[str, object] = {} if request_id is None else {"id": request_id}
        if begun is not None:
            more["duration_ms"] = round((time.monotonic() - begun) * 1000, 3)
        if reply.changes:
            more |= {"number": reply.changes[-1].number, "epoch": services.chat.epoch}
            if len(reply.changes) > 1:
                more["numbers"] = packed(change.number for change in reply.changes)
            services.intake.unrecorded.recorded(reply.changes)
        if reply.answer.code >= FIRST_ERROR:
            services.refusals.refuse(self, reply, number, more)
        else:
            event = catalogue.of_change(reply.answer) if reply.changes else catalogue.of_answer(reply.answer)
            if reply.changes:
                services.journal.record(event, *reply.values, connection=self.name, request=number, more=more)
            elif event.promised or self.session.account is None:
                services.refusals.login(self, reply, number, more)
            else:
                services.refusals.answer(self.session, event, reply.values, number, more)
        if reply.final:
            self.close()
        else:
            self.send(encode_answer(services.wordings, reply, self.session, request_id))
            if self in services.fanout.choked:
                self.check_buffer()

    def fail(self, number: int, request_id: str | None) -> None:
        """Answer request `number`, a message, which could not be kept."""
        self.answer(Reply(answers.SERVER_ERROR), number, request_id)

    def refuse(self, error: VestnikError, number: int, request_id: str | None, begun: float | None = None) -> None:
        """Answer request `number` with what is wrong with it."""
        patience = STRANGER if self.session.account is None else MEMBER
        if error.answer.code < Code.SERVER_ERROR:
            self.refusals += 1
        if self.refusals >= patience.end:
            self.answer(Reply(answers.REFUSED_TOO_OFTEN, (patience.end,)), number, request_id, begun)
            self.close()
            return
        self.answer(Reply(error.answer, error.values), number, request_id, begun)
        if isinstance(error, BadRequest) and error.fatal:
            self.close()

    def _break(self, error: Exception, request: AnyAction, number: int) -> None:
        """An unexpected error: the journal gets its traceback, the client only the code."""
        self._services.refusals.fail(self, action_name(request), number, error)
        self.answer(Reply(answers.SERVER_ERROR), number, request.id)

    # Its pace.

    def _wait(self, *, going_on: bool) -> None:
        """Wait for a turn; nothing is read until then."""
        self._pausing = None
        self._waiting = True
        self.pause_reading()
        self._services.turns.wait(self, going_on=going_on)

    def _pause(self, refusals: int) -> bool:
        """Wait a while before the next turn when there are more than `refusals`, and too many; whether that is so."""
        patience = STRANGER if self.session.account is None else MEMBER
        if self.closing or self.refusals <= max(refusals, patience.free):
            return False
        self._waiting = True
        self.pause_reading()
        self._pausing = asyncio.get_running_loop().call_later(patience.pause(self.refusals), self._end_pause)
        return True

    def _end_pause(self) -> None:
        self._wait(going_on=True)

    def _hold(self) -> None:
        """Serve and read nothing more until there is room again for messages."""
        self.held = True
        self.pause_reading()
        self._services.intake.hold(self)

    def check_buffer(self) -> None:
        """Cut off a client for which more than `send_buffer` bytes wait."""
        waiting = self._door.waiting()
        if not self.closing and waiting > self._services.send_buffer:
            self.give_up(waiting)

    def give_up(self, waiting: int) -> None:
        """Cut off a client that does not keep up reading: `waiting` is what waits for it."""
        self._services.journal.record(catalogue.CONNECTION_SLOW, self.session.name, waiting, connection=self.name)
        self.abort()

    def expel(self) -> None:
        """Close the connection of an account that may not log in any more as it could."""
        self._services.journal.record(catalogue.CONNECTION_ENDED, self.session.name, connection=self.name)
        self.close()

    def holds(self) -> int:
        """Bytes that are kept for the connection."""
        return self._door.holds()

    def taken(self) -> int:
        """Something that changes when the client takes some of what waits for it."""
        return self._door.taken()

    def unread(self) -> int:
        """Bytes of what was sent that the client's side has not acknowledged."""
        return self._door.unread()

    async def drained(self) -> None:
        """Return when the client has read most of what was sent to it, or is gone."""
        if self in self._services.fanout.choked:
            if self._drained is None:
                self._drained = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._drained)

    def _wake_drained(self) -> None:
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    def pause_reading(self) -> None:
        """Read nothing more for now."""
        if self._reading and not self.closing:
            self._reading = False
            self._door.pause_reading()

    def resume_reading(self) -> None:
        """Read again, unless something still waits for its turn or too many messages for the store."""
        waits = self._source is not None or self._waiting or self.held
        if not self._reading and not waits and not self._ending and not self.closing:
            self._reading = True
            self._door.resume_reading()

    def release(self) -> None:
        """There is room again for messages."""
        self.held = False
        if not self.closing:
            if self._source is not None:
                self._go_on()
            self._settle()

    # Its end.

    def forget(self) -> None:
        """Let go of the door and the session, which have this peer: nothing is to be left of a connection that is gone.

        Who still has the session, such as a message on its way, finds this peer there, and writes to nobody.
        """
        self._door = GONE
        name = self.session.name
        self.session = Session(cast("Recipient", GONE))  # nothing is written to it: only its name is asked for
        self.session.claimed = name
        self.session.closed = True

    def finish(self) -> None:
        """Read nothing more, answer what was received, then close."""
        self.pause_reading()
        self.finish_reading()

    def close(self) -> None:
        """Close after what is written has been sent."""
        if not self.closing:
            write_gathered(self, self._door.write)
            self._end()
            self._door.close()

    def abort(self) -> None:
        """Close at once. May happen while a message goes to many, so the session ends a moment later."""
        self.closing = True
        self.gathered, self.send = None, to_nobody
        self._door.abort()

    def _end(self) -> None:
        """Nothing more is read or written: what comes for this client from now on is kept."""
        self.closing = True
        self.send = to_nobody
        self._services.fanout.choked.discard(self)
        self.session.end()
        self._source = self._put_back = None
        if self._pausing is not None:
            self._pausing.cancel()
            self._pausing = None
        self._services.chat.sessions.detach(self.session)
        self._wake_drained()
