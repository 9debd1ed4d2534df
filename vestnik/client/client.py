"""An asyncio client for JIM servers. Everything it does is journaled by the logger `client`."""

import asyncio
import socket
import time
from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, Self, TypeVar
from uuid import uuid4

from msgspec import UNSET, Raw

from vestnik.client.connection import Connection, Event
from vestnik.client.errors import (
    AnswerTimeout,
    ClientError,
    ConnectionFailed,
    ConnectionLost,
    NotJson,
    Refused,
    ServerClosing,
    UnknownHost,
)
from vestnik.log import events as catalogue
from vestnik.log.client_log_config import logger
from vestnik.log.context import CORRELATION
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.log.setup import journal_of
from vestnik.protocol.codes import FIRST_ERROR, Code
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.events import Delivery, Notice, Response
from vestnik.protocol.requests import (
    AddContact,
    Authenticate,
    DelContact,
    GetContacts,
    Join,
    Leave,
    Msg,
    Presence,
    Quit,
    Request,
    User,
)
from vestnik.protocol.secret import Secret

TIMEOUT: Final = 30.0
"""Seconds the server may take to accept the connection, and to answer."""
MAX_EVENTS: Final = 10_000
"""Events that may wait for the application; past it the oldest are dropped, with a line in the journal."""
FEATURES: Final = ["seq", "notice", "probe"]
E = TypeVar("E", bound=ClientError)


class Client:
    """A connection of the account `name` to the server at `address`:`port`.

    As a context manager it connects, logs in (by `token`, else by `password`) and announces its presence; leaving the
    context disconnects, which does not end the login (`quit` does). With `remember` the server gives a `token` for
    the next login. Password and token are kept as `Secret` and may be given as such. `timeout` is in seconds;
    `journal` defaults to that of the logger `client`; without `journal_text` the journal does not get the texts of
    messages.

    Every request raises Refused for an answer from 400 on and ConnectionFailed when there is no answer.
    """

    def __init__(
        self,
        address: str,
        port: int = 7777,
        *,
        name: str,
        password: str | Secret | None = None,
        token: str | Secret | None = None,
        remember: bool = False,
        timeout: float = TIMEOUT,
        journal: Journal | None = None,
        journal_text: bool = True,
    ) -> None:
        self.address = address
        self.port = port
        self.name = name
        self._token = _secret(token)
        self._password = _secret(password)
        self._remember = remember
        self._timeout = timeout
        self._journal = journal or journal_of(logger)
        self._journal_text = journal_text
        self._connection: Connection | None = None
        self._events: deque[Event] = deque()
        self._arrived = asyncio.Event()
        self._overflowing = False
        self._closing = False  # on our side
        self._server_closing = False
        self._failure: ConnectionFailed | None = None

    def __repr__(self) -> str:
        return f"Client({self.address!r}, {self.port}, name={self.name!r})"

    @property
    def token(self) -> str | None:
        """The text of the token for the next login, for keeping it; None if there is none."""
        return None if self._token is None else self._token.reveal()

    async def __aenter__(self) -> Self:
        await self.connect()
        try:
            await self.authenticate()
            await self.presence()
        except BaseException:
            await self.disconnect()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.disconnect()

    # The connection.

    @journaled(
        arguments=(
            "self.address",
            "self.port",
        ),
        logger="client",
    )
    async def connect(self) -> None:
        """Connect to the server, also again. Raises UnknownHost, AnswerTimeout or another ConnectionFailed."""
        self._closing = self._server_closing = False
        self._failure = None
        where: dict[str, str | int] = {"address": self.address, "port": self.port}
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout):
                _, self._connection = await loop.create_connection(
                    lambda: Connection(self.address, self.port, self._take, self._answer_probe, self._ended),
                    self.address,
                    self.port,
                )
        except (socket.gaierror, UnicodeError):
            raise self._failed(UnknownHost("client.unknown_host", **where)) from None
        except TimeoutError:
            raise self._failed(AnswerTimeout("client.timeout", seconds=f"{self._timeout:g}", **where)) from None
        except OSError as error:
            # Several addresses that all refuse come as one error without a number.
            if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
                raise self._failed(ConnectionFailed("client.connection_refused", **where)) from None
            reason = error.strerror or str(error)
            raise self._failed(ConnectionFailed("client.connection_failed", reason=reason, **where)) from None
        self._journal.record(
            catalogue.CLIENT_CONNECTED,
            self.address,
            self.port,
            self._connection.local_port,
            connection=self._connection.name,
        )

    @journaled(logger="client")
    async def disconnect(self) -> None:
        """Close the connection, if there is one; the login lives on."""
        self._closing = True
        if self._connection is not None:
            self._connection.close()
            try:
                async with asyncio.timeout(self._timeout):
                    await asyncio.shield(self._connection.ended)
            except TimeoutError:  # no event: `_ended` has one; the server does not read what was written to it
                self._connection.abort()
                await self._connection.ended

    # Requests.

    @journaled(arguments=("self.name",), logger="client")
    async def authenticate(self) -> Response:
        """Log in; keeps the token that the server may give."""
        user = User(self.name, password=None if self._token else self._password, token=self._token)
        request = Authenticate(user=user, features=FEATURES, remember=self._remember)
        response = await self._request(request, catalogue.CLIENT_AUTHENTICATING, self.name)
        if response.token is not UNSET:
            self._token = response.token
        return response

    @journaled(logger="client")
    async def presence(self, status: str | None = None) -> Response:
        """Announce the presence, with a status text."""
        return await self._request(
            Presence(user=User(self.name, status=status)),
            catalogue.CLIENT_PRESENCE,
            answered=catalogue.CLIENT_PRESENCE_ANSWERED,
            refused=catalogue.CLIENT_PRESENCE_ANSWERED,
        )

    @journaled(arguments=("room",), logger="client")
    async def join(self, room: str) -> Response:
        """Become a member of `room` (`#name`)."""
        return await self._request(Join(room=room), catalogue.CLIENT_JOINING, self.name, room)

    @journaled(arguments=("room",), logger="client")
    async def leave(self, room: str) -> Response:
        """Stop being a member of `room`."""
        return await self._request(Leave(room=room), catalogue.CLIENT_LEAVING, self.name, room)

    @journaled(arguments=("to",), logger="client")
    async def send(self, to: str, text: str, *, message_id: str | None = None) -> Response:
        """Send `text` to a room (`#name`) or a person; the answer carries the message's `seq`.

        `message_id` (at most 36 characters, made up if not given) makes sending again harmless: the server keeps a
        message of one id once.
        """
        request = Msg(to=to, message=text, from_=self.name, id=message_id or str(uuid4()))
        if self._journal_text:
            return await self._request(request, catalogue.CLIENT_SENDING, self.name, to, text)
        return await self._request(request, catalogue.CLIENT_SENDING_PRIVATE, self.name, to)

    @journaled(logger="client")
    async def contacts(self) -> list[str]:
        """The names of one's contacts."""
        response = await self._request(GetContacts(user_login=self.name), catalogue.CLIENT_CONTACTS, self.name)
        return response.alert if isinstance(response.alert, list) else []

    @journaled(arguments=("name",), logger="client")
    async def add_contact(self, name: str) -> Response:
        """Put an account among one's contacts."""
        request = AddContact(user_id=name, user_login=self.name)
        return await self._request(request, catalogue.CLIENT_CONTACT_ADDING, self.name, name)

    @journaled(arguments=("name",), logger="client")
    async def remove_contact(self, name: str) -> Response:
        """Take an account off one's contacts."""
        request = DelContact(user_id=name, user_login=self.name)
        return await self._request(request, catalogue.CLIENT_CONTACT_REMOVING, self.name, name)

    @journaled(logger="client")
    async def quit(self) -> None:
        """End the login and the connection."""
        self._journal.record(catalogue.CLIENT_QUITTING, self.name)
        self._closing = True
        connection = self._connected()
        connection.send(Quit(time=_now()))
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.shield(connection.ended)
        except TimeoutError:  # no event: `_ended` has one
            await self.disconnect()

    # Events.

    @journaled(logger="client")
    async def events(self) -> AsyncIterator[Event]:
        """What others send, as it comes: `Delivery` and `Notice`; ends with the connection.

        Raises ConnectionFailed when the connection was not ended by this client.
        """
        while True:
            while self._events:
                yield self._events.popleft()
            self._overflowing = False
            if self._connection is None or self._connection.ended.done():
                if self._failure is not None:
                    raise self._failure
                return
            self._arrived.clear()
            await self._arrived.wait()

    @journaled(logger="client")
    def _take(self, event: Event) -> None:
        if isinstance(event, Notice):
            if event.code == Code.IMPORTANT_NOTICE:
                self._server_closing = True
                self._journal.record(catalogue.CLIENT_SERVER_CLOSING, self.address, self.port)
        else:
            self._journal_delivery(event)
        if len(self._events) >= MAX_EVENTS:
            self._events.popleft()
            if not self._overflowing:
                self._overflowing = True
                self._journal.record(catalogue.CLIENT_OVERFLOW, MAX_EVENTS)
        self._events.append(event)
        self._arrived.set()

    def _journal_delivery(self, delivery: Delivery) -> None:
        more = {name: value for name in ("seq", "id") if (value := getattr(delivery, name)) is not UNSET}
        name = self._connected().name
        if self._journal_text:
            said = (delivery.from_, delivery.to, delivery.message)
            self._journal.record(catalogue.CLIENT_RECEIVED, *said, connection=name, more=more)
        else:
            self._journal.record(
                catalogue.CLIENT_RECEIVED_PRIVATE, delivery.from_, delivery.to, connection=name, more=more
            )

    @journaled(logger="client")
    def _answer_probe(self) -> None:
        self._journal.record(catalogue.CLIENT_PROBED)
        connection = self._connected()
        connection.request(Presence(time=_now(), user=User(self.name)))

    @journaled(logger="client")
    def _ended(self, error: Exception | None) -> None:
        where: dict[str, str | int] = {"address": self.address, "port": self.port}
        if isinstance(error, BadRequest):
            self._failure = self._failed(NotJson("client.not_json", reason=error.text("en"), **where))
        elif self._server_closing:
            self._failure = ServerClosing("client.server_closing", **where)
        elif not self._closing:
            self._failure = self._failed(ConnectionLost("client.connection_lost", **where))
        else:
            self._journal.record(catalogue.CLIENT_DISCONNECTED, self.address, self.port)
        self._arrived.set()

    # How a request goes.

    def _connected(self) -> Connection:
        if self._connection is None:
            raise ConnectionLost("client.connection_lost", address=self.address, port=self.port)
        return self._connection

    async def _request(
        self,
        request: Request,
        asked: catalogue.Event,
        *values: object,
        answered: catalogue.Event = catalogue.CLIENT_ANSWERED,
        refused: catalogue.Event = catalogue.CLIENT_REFUSED,
    ) -> Response:
        """Journal and send a request, and wait for its answer, which has the same `id` in both journals."""
        request.time = _now()
        connection = self._connected()
        request.id = request.id or f"{connection.label}-{connection.requests + 1}"
        correlation = CORRELATION.set((connection.name, connection.requests + 1))
        try:
            more = {"id": request.id}
            self._journal.record(asked, *values, more=more)
            response = await self._answer(connection, request)
            text = response.alert if response.response < FIRST_ERROR else response.error
            shown = "" if text is UNSET else ", ".join(text) if isinstance(text, list) else text
            if response.response >= FIRST_ERROR:
                self._journal.record(refused, response.response, shown, more=more)
                raise Refused(response.response, shown)
            self._journal.record(answered, response.response, shown, more=more)
            return response
        finally:
            CORRELATION.reset(correlation)

    @journaled(arguments=("request.id",), logger="client")
    async def _answer(self, connection: Connection, request: Request) -> Response:
        """Send a request and wait for its answer. Raises ConnectionFailed."""
        if self._failure is not None:
            raise self._failure
        try:
            async with asyncio.timeout(self._timeout):
                return await asyncio.shield(connection.request(request))
        except TimeoutError:
            connection.abort()
            raise self._failed(
                AnswerTimeout("client.timeout", address=self.address, port=self.port, seconds=f"{self._timeout:g}")
            ) from None
        except ConnectionLost as error:
            raise self._failure or error from None

    def _failed(self, error: E) -> E:
        event = catalogue.ALL[error.event]
        self._journal.record(event, *(error.fields[field] for field in event.fields))
        return error


def _secret(value: str | Secret | None) -> Secret | None:
    return Secret(value) if isinstance(value, str) else value


def _now() -> Raw:
    """The time as requests carry it: UNIX seconds."""
    return Raw(f"{time.time():.3f}".encode())
