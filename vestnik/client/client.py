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
from vestnik.log.journal import Journal
from vestnik.log.setup import journal_of
from vestnik.protocol.codes import FIRST_ERROR, Code
from vestnik.protocol.errors import BadRequest
from vestnik.protocol.messages import (
    AddContact,
    Authenticate,
    DelContact,
    GetContacts,
    Join,
    Leave,
    Msg,
    Notice,
    Presence,
    Quit,
    Request,
    Response,
    User,
)

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
    the next login. `timeout` is in seconds; `journal` defaults to that of the logger `client`; without `journal_text`
    the journal does not get the texts of messages.

    Every request raises Refused for an answer from 400 on and ConnectionFailed when there is no answer.
    """

    def __init__(
        self,
        address: str,
        port: int = 7777,
        *,
        name: str,
        password: str | None = None,
        token: str | None = None,
        remember: bool = False,
        timeout: float = TIMEOUT,
        journal: Journal | None = None,
        journal_text: bool = True,
    ) -> None:
        self.address = address
        self.port = port
        self.name = name
        self.token = token
        self._password = password
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
        self._journal.record(catalogue.CLIENT_CONNECTED, self.address, self.port)

    async def disconnect(self) -> None:
        """Close the connection, if there is one; the login lives on."""
        self._closing = True
        if self._connection is not None:
            self._connection.close()
            try:
                async with asyncio.timeout(self._timeout):
                    await asyncio.shield(self._connection.ended)
            except TimeoutError:  # the server does not read what was written to it
                self._connection.abort()
                await self._connection.ended

    # Requests.

    async def authenticate(self) -> Response:
        """Log in; keeps the token that the server may give."""
        self._journal.record(catalogue.CLIENT_AUTHENTICATING, self.name)
        user = User(self.name, password=None if self.token else self._password, token=self.token)
        response = await self._request(Authenticate(user=user, features=FEATURES, remember=self._remember))
        if response.token is not UNSET:
            self.token = response.token
        return response

    async def presence(self, status: str | None = None) -> Response:
        """Announce the presence, with a status text."""
        self._journal.record(catalogue.CLIENT_PRESENCE)
        return await self._request(
            Presence(user=User(self.name, status=status)),
            answered=catalogue.CLIENT_PRESENCE_ANSWERED,
            refused=catalogue.CLIENT_PRESENCE_ANSWERED,
        )

    async def join(self, room: str) -> Response:
        """Become a member of `room` (`#name`)."""
        self._journal.record(catalogue.CLIENT_JOINING, self.name, room)
        return await self._request(Join(room=room))

    async def leave(self, room: str) -> Response:
        """Stop being a member of `room`."""
        self._journal.record(catalogue.CLIENT_LEAVING, self.name, room)
        return await self._request(Leave(room=room))

    async def send(self, to: str, text: str, *, message_id: str | None = None) -> Response:
        """Send `text` to a room (`#name`) or a person; the answer carries the message's `seq`.

        `message_id` (at most 36 characters, made up if not given) makes sending again harmless: the server keeps a
        message of one id once.
        """
        if self._journal_text:
            self._journal.record(catalogue.CLIENT_SENDING, self.name, to, text)
        else:
            self._journal.record(catalogue.CLIENT_SENDING_PRIVATE, self.name, to)
        return await self._request(Msg(to=to, message=text, from_=self.name, id=message_id or str(uuid4())))

    async def contacts(self) -> list[str]:
        """The names of one's contacts."""
        self._journal.record(catalogue.CLIENT_CONTACTS, self.name)
        response = await self._request(GetContacts(user_login=self.name))
        return response.alert if isinstance(response.alert, list) else []

    async def add_contact(self, name: str) -> Response:
        """Put an account among one's contacts."""
        self._journal.record(catalogue.CLIENT_CONTACT_ADDING, self.name, name)
        return await self._request(AddContact(user_id=name, user_login=self.name))

    async def remove_contact(self, name: str) -> Response:
        """Take an account off one's contacts."""
        self._journal.record(catalogue.CLIENT_CONTACT_REMOVING, self.name, name)
        return await self._request(DelContact(user_id=name, user_login=self.name))

    async def quit(self) -> None:
        """End the login and the connection."""
        self._journal.record(catalogue.CLIENT_QUITTING, self.name)
        self._closing = True
        connection = self._connected()
        connection.send(Quit(time=_now()))
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.shield(connection.ended)
        except TimeoutError:
            await self.disconnect()

    # Events.

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

    def _take(self, event: Event) -> None:
        if isinstance(event, Notice):
            if event.code == Code.IMPORTANT_NOTICE:
                self._server_closing = True
                self._journal.record(catalogue.CLIENT_SERVER_CLOSING, self.address, self.port)
        elif self._journal_text:
            self._journal.record(catalogue.CLIENT_RECEIVED, event.from_, event.to, event.message)
        else:
            self._journal.record(catalogue.CLIENT_RECEIVED_PRIVATE, event.from_, event.to)
        if len(self._events) >= MAX_EVENTS:
            self._events.popleft()
            if not self._overflowing:
                self._overflowing = True
                self._journal.record(catalogue.CLIENT_OVERFLOW, MAX_EVENTS)
        self._events.append(event)
        self._arrived.set()

    def _answer_probe(self) -> None:
        self._journal.record(catalogue.CLIENT_PROBED)
        connection = self._connected()
        connection.request(Presence(time=_now(), user=User(self.name)))

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
        answered: catalogue.Event = catalogue.CLIENT_ANSWERED,
        refused: catalogue.Event = catalogue.CLIENT_REFUSED,
    ) -> Response:
        request.time = _now()
        connection = self._connected()
        if self._failure is not None:
            raise self._failure
        try:
            async with asyncio.timeout(self._timeout):
                response = await asyncio.shield(connection.request(request))
        except TimeoutError:
            connection.abort()
            raise self._failed(
                AnswerTimeout("client.timeout", address=self.address, port=self.port, seconds=f"{self._timeout:g}")
            ) from None
        except ConnectionLost as error:
            raise self._failure or error from None
        if response.response >= FIRST_ERROR:
            reason = response.error if isinstance(response.error, str) else ""
            self._journal.record(refused, response.response, reason)
            raise Refused(response.response, reason)
        text = ", ".join(response.alert) if isinstance(response.alert, list) else response.alert
        self._journal.record(answered, response.response, "" if text is UNSET else text)
        return response

    def _failed(self, error: E) -> E:
        event = catalogue.ALL[error.event]
        self._journal.record(event, *(error.fields[field] for field in event.fields))
        return error


def _now() -> Raw:
    """The time as requests carry it: UNIX seconds."""
    return Raw(f"{time.time():.3f}".encode())
