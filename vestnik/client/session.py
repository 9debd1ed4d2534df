"""From a lost connection to the next one: what was missed comes, what was not answered is asked again, in order."""

import asyncio
import secrets
import time
from typing import Any, Final, TypeVar

from msgspec import UNSET, Raw

from vestnik.client import catalogue
from vestnik.client.asking import Asking
from vestnik.client.backoff import Backoff
from vestnik.client.connection import Connection, End, open_connection
from vestnik.client.cursors import Cursors, Saved, SequenceGap
from vestnik.client.early import understood
from vestnik.client.errors import (
    CertificateRefused,
    ClientError,
    ConnectionFailed,
    ConnectionLost,
    NotJson,
    Refused,
    ServerClosing,
)
from vestnik.client.outbox import ATTEMPTS, Outbox, Pending, repeated
from vestnik.client.receiving import Receiver
from vestnik.client.resuming import resume_requests
from vestnik.client.trust import Trust
from vestnik.log.context import CORRELATION
from vestnik.log.events import EventType
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.codes import FIRST_ERROR, Code
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Notice, Probe, Response, Resumed, ServerEvent
from vestnik.protocol.request import Request
from vestnik.protocol.requests import FEATURES, Authenticate, Presence, Resume, User
from vestnik.secret import Secret

FEW_FEATURES: Final = ["seq", "notice", "probe"]
"""What a client asks for that does not reconnect."""
LABEL_BYTES: Final = 6
E = TypeVar("E", bound=ClientError)


class ClientSession(Asking):
    """A login and its connection, which with `reconnect` is one after the other.

    It goes through these states: not connected; connected, when requests are sent as they are made; live, when it
    has logged in (and resumed); recovering, when requests wait in the outbox for the next connection to be live.
    """

    def __init__(
        self,
        address: str,
        port: int,
        *,
        name: str,
        password: Secret | None,
        token: Secret | None,
        remember: bool,
        timeout: float,
        journal: Journal,
        journal_text: bool,
        reconnect: bool,
        cursors: Saved | None,
        backoff: Backoff,
        lang: str | None,
        device: str | None,
        trust: Trust | None,
    ) -> None:
        self.address = address
        self.port = port
        self.name = name
        self.journal_text = journal_text
        self._password = password
        self._token = token
        self._remember = remember
        self._timeout = timeout
        self._journal = journal
        self._reconnect = reconnect
        self._backoff = backoff
        self._lang = lang
        self._device = device
        self._trust = trust
        self.away = False
        self._label = secrets.token_hex(LABEL_BYTES)  # what the ids of its requests begin with
        self._requests = 0
        self._outbox = Outbox()
        self._cursors = Cursors(name, cursors)
        self._receiver = Receiver(journal, self._outbox, self._cursors if reconnect else None, journal_text)
        self._connection: Connection | None = None
        self._resumed: asyncio.Future[None] | None = None
        self._recovery: asyncio.Task[None] | None = None
        self._sign_of_life: Pending | None = None  # what has answered the last probe
        self._recovering = False
        self._established = False  # it was live once: a lost connection is followed by the next one
        self._since = 0.0  # when it became live, in the loop's seconds
        self._attempts = 0
        self._next_attempt = 0.0  # when it is made, in the loop's seconds
        self._closing = False  # on our side
        self._server_closing = False
        self._failure: ClientError | None = None
        self.pinned: str | None = None
        """The fingerprint of the server's certificate, if it was remembered with the last connection: nobody vouches
        for it, and the client had not seen it before."""

    # Connecting.

    async def _open(self) -> None:
        """Connect, and journal that it was done."""
        self._server_closing = False
        self._connection = None
        connection = self._connection = await open_connection(self.address, self.port, self._timeout, self, self._trust)
        self._journal.record(
            catalogue.CLIENT_CONNECTED, self.address, self.port, connection.local_port, connection=connection.name
        )
        self.pinned = None if connection.pinned is None else connection.pinned[0]
        if connection.pinned is not None:
            where = self.address, self.port
            self._journal.record(catalogue.CLIENT_PINNED, *where, *connection.pinned, connection=connection.name)

    async def _log_in(self, code: Secret | None = None) -> Response:
        """Authenticate; keeps the token that the server may give."""
        user = User(self.name, password=None if self._token else self._password, token=self._token, code=code)
        features = sorted(FEATURES) if self._reconnect else FEW_FEATURES
        remember = self._remember or (self._reconnect and not self._token)
        request = Authenticate(user=user, features=features, remember=remember, lang=self._lang, device=self._device)
        response = await self._send(request, catalogue.CLIENT_AUTHENTICATING, self.name, stays=False)
        if response.token is not UNSET:
            self._token = response.token
        return response

    async def _resume(self) -> None:
        """Get what was missed; return when all of it has come. Raises ClientError."""
        connection = self._connected()
        self._resumed = resumed = asyncio.get_running_loop().create_future()
        self._receiver.counting = True
        positions = self._cursors.positions()
        try:
            for request in resume_requests(positions, self._cursors.epoch):
                count = len(positions or ())
                await self._send(request, catalogue.CLIENT_RESUMING, self.name, count, stays=False)
        except Refused as error:
            if error.status != Code.BAD_REQUEST:
                raise
            self._receiver.counting = False  # a server of plain JIM: what comes is all there is
            self._go_live()
        while not resumed.done():
            heard = connection.heard
            await asyncio.wait((resumed, connection.ended), timeout=self._timeout, return_when="FIRST_COMPLETED")
            if connection.heard == heard and not resumed.done():
                await connection.catch_up()
            if connection.ended.done() and not resumed.done():
                raise self._failure or self._lost()
            if connection.heard == heard and not resumed.done():
                connection.abort(connection.too_late())
                raise connection.too_late()

    def _begin(self, response: Response) -> None:
        """Take over what a server has: from here on it sends what is missing of that."""
        states = [] if response.conversations is UNSET else response.conversations
        anew = self._cursors.begin(states, None if response.epoch is UNSET else response.epoch)
        if anew:
            self._journal.record(catalogue.CLIENT_ANEW, self.name, len(anew), connection=self._connected().name)
            self._receiver.begun_anew(anew)

    def _go_live(self) -> None:
        """Everything missed has come: send what has waited."""
        self._established = True
        self._since = asyncio.get_running_loop().time()
        if self._resumed is not None and not self._resumed.done():
            self._resumed.set_result(None)
        self._journal.record(catalogue.CLIENT_RESUMED, self.name, connection=self._connected().name)
        if self._recovering:
            self._recovering = False
            self._receiver.reconnected(self._attempts)
            self._send_again()

    def _send_again(self) -> None:
        """Send what has waited for this connection, and what was not answered on the one before."""
        again = []
        for pending in self._outbox:
            if pending.answer.done():
                self._outbox.remove(pending)  # whoever asked does not wait for it any more
            else:
                again.append(pending)
        if again:
            connection = self._connected()
            self._journal.record(catalogue.CLIENT_RESENT, len(again), connection=connection.name)
            for pending in again:
                connection.ask(pending)

    # Recovering.

    async def _recover(self) -> None:
        """Connect again, as often as it takes.

        When the new connection is lost as soon as it is live, the next recovery begins before this one has ended.
        """
        me = asyncio.current_task()
        self._attempts = 0
        while self._recovering and self._recovery is me:
            self._attempts += 1
            delay = self._backoff.next()
            self._next_attempt = asyncio.get_running_loop().time() + delay
            self._journal.record(catalogue.CLIENT_RECONNECTING, self._attempts, round(delay, 3))
            try:
                await self._backoff.sleep(delay)
                await self._attempt()
                return
            except Refused as error:  # no event: the answer had one
                if error.status < Code.SERVER_ERROR and self._recovery is me:
                    self._give_up(error)
            except CertificateRefused as error:
                self._give_up(self._failed(error))
            except ConnectionFailed as error:
                self._journal.record(
                    catalogue.CLIENT_RECONNECT_FAILED, self._attempts, error.text(self._journal.language)
                )
            except Exception as error:  # noqa: BLE001 - whoever waits has to be told
                self._journal.record(catalogue.CLIENT_FAILED, type(error).__name__, error=error)
                self._give_up(self._lost())
            if self._recovering and self._recovery is me and self._connection is not None:
                self._connection.abort()
                await asyncio.shield(self._connection.ended)

    async def _attempt(self) -> None:
        await self._open()
        try:
            await self._log_in()
        except Refused as error:
            if error.status != Code.WRONG_LOGIN or self._token is None or self._password is None:
                raise
            self._token = None
            await self._log_in()
        if self.away:  # which a connection is, not the account
            user = User(self.name, state="away")
            await self._send(Presence(user=user), catalogue.CLIENT_PRESENCE, stays=False)
        await self._resume()

    def _give_up(self, error: ClientError) -> None:
        self._failure = error
        self._established = self._recovering = False
        self._fail_all(error)
        if self._connection is not None:
            self._connection.close()
        self._receiver.queue.wake()

    def _recover_at_once(self) -> None:
        """Give up the attempt that is being made or waited for, and make another."""
        self._backoff.reset()
        if self._recovery is not None:
            self._recovery.cancel()
        if self._connection is not None:
            self._connection.abort()
        self._recovery = asyncio.get_running_loop().create_task(self._recover())

    async def _stop_recovering(self) -> None:
        self._established = self._recovering = False
        if self._recovery is not None:
            self._recovery.cancel()
            await asyncio.wait((self._recovery,))
            self._recovery = None

    def _connection_is_behind(self) -> None:
        """Some of what came was not taken: get it again, on a new connection."""
        if self._established and not self._recovering:
            self._backoff.reset()
            self._connected().abort()

    def _fail_all(self, error: ClientError) -> None:
        for pending in self._outbox:
            self._outbox.remove(pending)
            pending.fail(error)

    # What a connection tells its owner.

    @journaled(logger="client")
    def answered(self, pending: Pending, response: Response) -> None:
        """An answer has come."""
        response = repeated(pending, response)
        self._outbox.remove(pending)
        if response.response < FIRST_ERROR:
            if not isinstance(pending.request, Resume):
                self._cursors.acknowledge(pending.request, response)
            elif not pending.request.more:
                self._begin(response)
        pending.settle(response)

    @journaled(logger="client")
    def happened(self, event: ServerEvent) -> None:
        """The server has said something unasked."""
        gap: SequenceGap | None = None
        if isinstance(event, Probe):
            if self._sign_of_life is None or self._sign_of_life.answer.done():  # one is enough
                self._answer_probe()
        elif isinstance(event, Resumed):
            if self._resumed is None or self._resumed.done():
                return  # nothing was asked for
            gap = self._receiver.end_of_missed()
            if gap is None:
                self._go_live()
        else:
            if isinstance(event, Notice) and event.code == Code.IMPORTANT_NOTICE and not self._server_closing:
                self._server_closing = True
                self._journal.record(catalogue.CLIENT_SERVER_CLOSING, self.address, self.port)
            gap = self._receiver.take(event, self._connected().name)
        if gap is not None:
            self._journal.record(catalogue.CLIENT_GAP, *gap, connection=self._connected().name)
            self._connected().abort()

    @journaled(logger="client")
    def ended(self, connection: Connection, why: End) -> None:
        """A connection is gone."""
        failure = self._why(why)
        for pending in connection.unanswered:
            if not pending.stays or pending.silences >= ATTEMPTS:
                self._outbox.remove(pending)
                pending.fail(failure)
        if connection is not self._connection and self._connection is not None:
            return  # another one has taken its place
        if self._closing:
            self._journal.record(catalogue.CLIENT_DISCONNECTED, self.address, self.port)
            self._fail_all(failure)
        elif self._established and not self._recovering:
            self._recovering = True
            self._backoff.succeeded(asyncio.get_running_loop().time() - self._since)
            self._journal.record(catalogue.CLIENT_LOST, self.address, self.port, connection=connection.name)
            self._receiver.disconnected(failure)
            self._recovery = asyncio.get_running_loop().create_task(self._recover())
        elif not self._recovering and self._failure is None:
            self._failure = failure if self._server_closing else self._failed(failure)
            self._fail_all(failure)
        self._receiver.queue.wake()

    def _why(self, why: End) -> ConnectionFailed:
        where: dict[str, Any] = {"address": self.address, "port": self.port}
        if isinstance(why, BadRequest):
            return NotJson("client.not_json", reason=why, **where)
        if isinstance(why, Response) and why.error is not UNSET:
            text = understood(why.error, self._lang)
            return ConnectionFailed("client.turned_away", code=why.response, text=text, **where)
        if isinstance(why, ConnectionFailed):
            return why
        return ServerClosing("client.server_closing", **where) if self._server_closing else self._lost()

    @journaled(logger="client")
    def _answer_probe(self) -> None:
        self._journal.record(catalogue.CLIENT_PROBED)
        self._sign_of_life = Pending(Presence(time=now(), user=User(self.name)), stays=False)
        self._connected().ask(self._sign_of_life)

    # How a request goes.

    def _connected(self) -> Connection:
        if self._connection is None:
            raise self._failure or self._lost()
        return self._connection

    async def _request(
        self,
        request: Request,
        asked: EventType,
        *values: object,
        answered: EventType = catalogue.CLIENT_ANSWERED,
        refused: EventType = catalogue.CLIENT_REFUSED,
    ) -> Response:
        """Journal and send a request, and wait for its answer, which is journaled too. Raises ClientError."""
        return await self._send(request, asked, *values, answered=answered, refused=refused, stays=self._reconnect)

    async def _send(
        self,
        request: Request,
        asked: EventType,
        *values: object,
        answered: EventType = catalogue.CLIENT_ANSWERED,
        refused: EventType = catalogue.CLIENT_REFUSED,
        stays: bool,
    ) -> Response:
        """What `_request` does; the request `stays` if the connection ends. It has the same `id` in both journals."""
        at_once = not (stays and self._recovering)
        request.time = now()
        if request.id is None:
            self._requests += 1
            request.id = f"{self._label}-{self._requests}"
        more = {"id": request.id}
        pending = Pending(request, stays=stays)
        connection = self._connected() if at_once else None
        correlation = CORRELATION.set(
            (None, None) if connection is None else (connection.name, connection.requests + 1)
        )
        try:
            self._journal.record(asked, *values, more=more)
            response = await self._answer(pending, at_once)
            CORRELATION.set((pending.connection, pending.number))
            text = response.alert if response.response < FIRST_ERROR else response.error
            shown = "" if text is UNSET else ", ".join(text) if isinstance(text, list) else text
            if response.response >= FIRST_ERROR:
                shown = understood(shown, self._lang)
                self._journal.record(refused, response.response, shown, more=more)
                retry_after = None if response.retry_after is UNSET else response.retry_after
                raise Refused(response.response, shown, retry_after)
            self._journal.record(answered, response.response, shown, more=more)
            return response
        finally:
            CORRELATION.reset(correlation)

    @journaled(arguments=("pending.request.id",), logger="client")
    async def _answer(self, pending: Pending, at_once: bool) -> Response:
        """Send a request, `at_once` or when there is a connection, and wait for its answer. Raises ClientError."""
        if self._failure is not None:
            raise self._failure
        if pending.stays or not self._reconnect:
            self._outbox.add(pending)
        if at_once:
            try:
                self._connected().ask(pending)
            except ConnectionLost:
                self._outbox.remove(pending)
                raise
        try:
            return await pending.answer
        finally:
            if not pending.sent:  # nobody waits for it any more, and nobody has seen it
                self._outbox.remove(pending)

    def _lost(self) -> ConnectionLost:
        return ConnectionLost("client.connection_lost", address=self.address, port=self.port)

    def _failed(self, error: E) -> E:
        event = catalogue.ALL[error.event]
        shown = error.shown(self._journal.language)
        self._journal.record(event, *(shown[field] for field in event.fields))
        return error


def now() -> Raw:
    """The time as requests carry it: UNIX seconds."""
    return Raw(f"{time.time():.3f}".encode())
