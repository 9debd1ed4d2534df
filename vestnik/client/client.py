"""An asyncio client for JIM servers. Everything it does is journaled, if the program asks for a journal."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, NamedTuple, Self

from vestnik.client import catalogue
from vestnik.client.accounts import AccountActions
from vestnik.client.backoff import Backoff
from vestnik.client.commands import CommandActions
from vestnik.client.connection import TURN_TIME
from vestnik.client.cursors import Saved
from vestnik.client.errors import ConnectionFailed
from vestnik.client.event_queue import Event
from vestnik.client.logins import LoginActions
from vestnik.client.messages import MessageActions
from vestnik.client.people import PeopleActions
from vestnik.client.rooms import RoomActions
from vestnik.client.session import ClientSession, now
from vestnik.client.totp import TotpActions
from vestnik.client.trust import Trust, is_this_machine
from vestnik.log.journal import SILENT, Journal
from vestnik.log.journaled import journaled
from vestnik.log.setup import find_journal
from vestnik.protocol.events import Response
from vestnik.protocol.requests import Quit
from vestnik.secret import Secret

CLOSING: Final = 5.0
"""Seconds for which a client that leaves waits for the server to close the connection, too."""
TIMEOUT: Final = 30.0
"""Seconds the server may take to accept the connection, and to answer."""


MAX_PORT: Final = 65_535


class LinkState(NamedTuple):
    """Whether there is a connection; while there is none, which attempt to make one is the next.

    `seconds` is how long it waits for that; 0 while it is being made.
    """

    connected: bool
    attempt: int
    seconds: float


class Client(
    MessageActions,
    RoomActions,
    PeopleActions,
    LoginActions,
    TotpActions,
    CommandActions,
    AccountActions,
    ClientSession,
):
    """A session of the account `name` with the server at `address`:`port`.

    As a context manager it connects, logs in (by `token`, else by `password`) and announces its presence; leaving the
    context disconnects, which does not end the login (`quit` does). With `remember` the server gives a `token` for
    the next login. Password and token are kept as `Secret` and may be given as such. `timeout` is in seconds;
    `journal` defaults to that of the logger `client` if the program has asked for it (`vestnik.log.client_log_config`,
    `vestnik.log.setup.configure`), and else nothing is journaled; without `journal_text` the journal does not get the
    texts of messages.

    A connection that was lost is made again by itself, after a wait that `backoff` decides: the client logs in by
    token, gets what it has missed, and sends again what was not answered, in order and under the same ids. So
    `events` gives each message and each change once, in order and without gaps, and a request waits for its answer
    across connections. `cursors` are those of an earlier client: what came since then is sent first. Without them the
    client is new and gets only the direct messages that nobody has got yet; `{}` asks for everything there is.
    The first connection is not tried again.

    Answers are in the language `lang` ("ru", "en"), else in the server's. `device` is what the program or the machine
    is called in the account's list of logins.

    With `tls` the connection is encrypted, which it is by default unless the server is on this machine; a `Trust` says
    whose certificate is believed, which is by default whatever the system's authorities vouch for.


    Without `reconnect` the client lives as long as its connection, and hears of new messages and notices only.

    Every request raises Refused for an answer from 400 on, OutboxFull when too many wait, and ConnectionFailed when
    there is no answer: without `reconnect` when the connection ends or the server took longer than `timeout`;
    otherwise when it took that long on two connections, or the client was disconnected. Waiting for a connection does
    not count; `asyncio.timeout` bounds it. Raises ValueError for a port that there cannot be, and for cursors that are
    none.
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
        reconnect: bool = True,
        cursors: Saved | None = None,
        backoff: Backoff | None = None,
        lang: str | None = None,
        device: str | None = None,
        tls: bool | Trust | None = None,
    ) -> None:
        if not 0 < port <= MAX_PORT:
            raise ValueError(f"a port is a number from 1 to {MAX_PORT}, not {port}")
        super().__init__(
            address,
            port,
            name=name,
            password=_secret(password),
            token=_secret(token),
            remember=remember,
            timeout=timeout,
            journal=journal or find_journal("client") or Journal("client", None, level=SILENT),
            journal_text=journal_text,
            reconnect=reconnect,
            cursors=cursors,
            backoff=backoff or Backoff(),
            lang=lang,
            device=device,
            trust=_trust(tls, address),
        )

    def __repr__(self) -> str:
        return f"Client({self.address!r}, {self.port}, name={self.name!r})"

    @property
    def token(self) -> str | None:
        """The text of the token for the next login, for keeping it; None if there is none."""
        return None if self._token is None else self._token.reveal()

    @property
    def cursors(self) -> dict[str, dict[str, int | str]] | None:
        """How far `events` has given out each conversation, to be kept as JSON for the next client of this account.

        They name the epoch of the server's database. When that has another one, or less than they say, they mean
        nothing, and the next client's `events` gives out these conversations from their beginning, after a `BegunAnew`.
        None before the first login, and without `reconnect`.
        """
        return self._cursors.saved() if self._reconnect else None

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

    @journaled(arguments=("self.address", "self.port"), logger="client")
    async def connect(self) -> None:
        """Connect to the server, also again. Raises UnknownHost, AnswerTimeout or another ConnectionFailed."""
        await self._stop_recovering()
        self._closing = False
        self._failure = None
        try:
            await self._open()
        except ConnectionFailed as error:
            raise self._failed(error) from None

    @journaled(arguments=("self.name",), logger="client")
    async def authenticate(
        self,
        *,
        password: str | Secret | None = None,
        token: str | Secret | None = None,
        code: str | Secret | None = None,
    ) -> Response:
        """Log in; keeps the token that the server may give. With `reconnect` it then gets what was missed.

        A `password` or `token` that is given takes the place of what the client had. `code` is for an account with a
        second factor: without one, Refused has the `status` 401.
        """
        if password is not None or token is not None:
            self._password, self._token = _secret(password), _secret(token)
        response = await self._log_in(_secret(code))
        if self._reconnect:
            await self._resume()
        return response

    @property
    def link(self) -> LinkState:
        """How it is with the connection."""
        if self._recovering:
            return LinkState(False, self._attempts, max(0.0, self._next_attempt - asyncio.get_running_loop().time()))
        return LinkState(self._connection is not None and not self._connection.ended.done(), 0, 0.0)

    @journaled(logger="client")
    def reconnect(self) -> bool:
        """Connect again at once: before the next attempt is due, or in the place of a connection that seems dead.

        Whether that can be, which is so with `reconnect` after the first login, until the client has disconnected.
        """
        if self._recovering:
            self._recover_at_once()
        elif self._established:
            self._backoff.reset()
            self._connected().abort()
        return self._recovering or self._established

    @journaled(logger="client")
    async def disconnect(self) -> None:
        """Close the connection, if there is one, and make no other; the login lives on."""
        self._closing = True
        await self._stop_recovering()
        if self._connection is not None:
            self._connection.close()
            try:
                async with asyncio.timeout(min(self._timeout, CLOSING)):
                    await asyncio.shield(self._connection.ended)
            except TimeoutError:  # no event: `ended` has one; the server does not read what was written to it
                self._connection.abort()
                await self._connection.ended
        self._fail_all(self._lost())
        self._receiver.queue.wake()

    @journaled(logger="client")
    async def quit(self) -> None:
        """End the login and the connection. Raises ConnectionFailed when there is none."""
        self._journal.record(catalogue.CLIENT_QUITTING, self.name)
        self._closing = True
        await self._stop_recovering()
        connection = self._connected()
        connection.send(Quit(time=now()))
        try:
            async with asyncio.timeout(min(self._timeout, CLOSING)):
                await asyncio.shield(connection.ended)
        except TimeoutError:  # no event: `ended` has one
            await self.disconnect()

    @journaled(logger="client")
    async def events(self) -> AsyncIterator[Event]:
        """What others send and do, as it comes, and with `reconnect` when the connection was lost and is back.

        `Delivery`, `Change`, `ReadNotice`, `TypingNotice`, `InvitationNotice`, `ReportNotice`, `PresenceNotice`,
        `Notice`, `Disconnected`, `Reconnected`, and `BegunAnew` when numbers of conversations that were given out mean
        nothing any more.
        Ends when this client disconnects. Raises ConnectionFailed when the connection was ended otherwise and there
        will be no other, and Refused when the server does not let the account in again.
        """
        loop = asyncio.get_running_loop()
        while True:
            until = loop.time() + TURN_TIME
            while self._receiver.queue:
                yield self._receiver.read()
                if loop.time() > until:
                    await asyncio.sleep(0)  # others get their turn, however much comes
                    until = loop.time() + TURN_TIME
            if self._receiver.all_read():
                self._connection_is_behind()
            if not self._recovering and (self._connection is None or self._connection.ended.done()):
                if self._failure is not None:
                    raise self._failure
                return
            await self._receiver.queue.news()


def _trust(tls: bool | Trust | None, address: str) -> Trust | None:
    """Whom a client believes; None: it does not want TLS."""
    if isinstance(tls, Trust):
        return tls
    wanted = not is_this_machine(address) if tls is None else tls
    return Trust() if wanted else None


def _secret(value: str | Secret | None) -> Secret | None:
    return Secret(value) if isinstance(value, str) else value
