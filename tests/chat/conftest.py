"""Shared by the tests of the rules: a chat on a real store, people in it, and a clock to turn."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from inspect import isawaitable
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest

from tests.support.data import add_accounts, quick_hash
from tests.support.waiting import DEADLINE
from vestnik.chat.chat import Chat
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.limits import Limits
from vestnik.chat.names import name_key
from vestnik.chat.outcome import Outcome, Post, Reply
from vestnik.chat.passwords import verify_password
from vestnik.chat.reading import check_told
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.protocol.administration import AnyAction, AnyAdministration
from vestnik.protocol.answers import Answer
from vestnik.protocol.formats import Format, jim_formats
from vestnik.protocol.request import Request
from vestnik.protocol.requests import AnyRequest, Authenticate, User
from vestnik.secret import Secret
from vestnik.store.store import DATABASE, Store

DAY = 86_400.0
LIFETIME = 30 * DAY
PASSWORD = Secret("secret")
NAMES = ("anna", "boris", "Вера Павловна")


_NUMBERS = count(1)


class Ear:
    """A connection that keeps what it is sent."""

    closing = False
    network = "192.0.2.1"
    address = ("192.0.2.1", 50_000)
    formats = staticmethod(jim_formats)

    def __init__(self) -> None:
        self.number = next(_NUMBERS)
        self.name = str(self.number)
        self.heard: list[bytes] = []
        self.expelled = False

    def send(self, data: bytes) -> None:
        """Take bytes."""
        self.heard.append(data)

    def hung_up(self) -> bool:
        """Never."""
        return False

    def unread(self) -> int:
        """Everything is taken at once."""
        return 0

    def holds(self) -> int:
        """Nothing."""
        return 0

    def expel(self) -> None:
        """Note that the connection is to end."""
        self.expelled = True


def hearers(room: Room | None, form: Format | None = None) -> set[Any]:
    """The connections that hear a room, all or those in one format; there is no format that nobody hears."""
    assert room is not None
    assert all(room.hearers.values())
    return {each for found, some in room.hearers.items() if form in (None, found) for each in some}


class SlowPasswords:
    """Hashes passwords in the caller's thread; `asked` are the hashes it was given to check."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    async def hash(self, password: Secret) -> str:
        """The hash of a password."""
        return quick_hash(password.reveal())

    async def hash_in_turn(self, password: Secret) -> str:
        """The same."""
        return quick_hash(password.reveal())

    def turn(self, _session: Session, _name: str) -> AbstractAsyncContextManager[None]:
        """It is always everybody's turn."""
        return nullcontext()

    async def verify(self, password_hash: str | None, password: Secret) -> bool:
        """Whether the password has this hash."""
        self.asked.append(password_hash)
        return password_hash is not None and verify_password(password_hash, password)


class Clerk:
    """Writes down what administrators are about to do. Without an account it is the user that the server runs as."""

    def __init__(self, acts: list[tuple[str, tuple[object, ...]]], account: Account | None = None) -> None:
        self.acts = acts
        self.account_id = None if account is None else account.id
        self.name = "" if account is None else account.name

    async def record(self, answer: Answer, *values: object) -> None:
        """Take a record."""
        self.acts.append((answer.name, values))


class House:
    """The rules with a real store below them; `now` is what its clock shows, `happened` what was changed so far."""

    def __init__(self, data: Path, limits: Limits) -> None:
        self.now = 1_000_000_000.0
        self.data = data
        self.happened: list[ChangeEvent] = []
        self.store = Store(data / DATABASE, lambda _messages, _error: None, self._changed)
        self.passwords = SlowPasswords()
        self.acts: list[tuple[str, tuple[object, ...]]] = []
        self.chat = Chat(
            storage=self.store,
            passwords=self.passwords,
            limits=limits,
            login_lifetime=LIFETIME,
            clock=lambda: self.now,
            names=NAMES,
        )
        self.chat.administer = self._administer

    def _changed(self, events: Sequence[ChangeEvent]) -> None:
        for event in events:
            self.chat.state.apply_change(event)
            self.happened.append(event)

    @asynccontextmanager
    async def busy_writer(self) -> AsyncIterator[None]:
        """The writer is in the middle of a transaction until this ends."""
        going_on = threading.Event()
        holding = asyncio.create_task(self.store._change(lambda _connection: going_on.wait(DEADLINE)))
        try:
            async with asyncio.timeout(DEADLINE):
                yield
            assert not holding.done()
        finally:
            going_on.set()
            await holding

    async def do(self, session: Session, request: AnyAction) -> Outcome:
        """Serve a request to its end."""
        outcome: Outcome | Awaitable[Outcome] = dispatch(self.chat, session, request)
        if isawaitable(outcome):
            outcome = await outcome
            check_told(session, outcome)
        return outcome  # type: ignore[return-value]

    async def reply(self, session: Session, request: AnyAction) -> Reply:
        """Serve a request that is answered at once."""
        outcome = await self.do(session, request)
        assert isinstance(outcome, Reply)
        return outcome

    async def post(self, session: Session, request: AnyRequest) -> Post:
        """Serve a message."""
        outcome = await self.do(session, request)
        assert isinstance(outcome, Post)
        return outcome

    async def keep(self, session: Session, request: AnyRequest) -> Post:
        """Serve a message and wait until it is on disk."""
        post = await self.post(session, request)
        self.store.submit([post])
        await self.store.save_cursors([])  # the writer comes to it later
        return post

    async def login(self, name: str, features: tuple[str, ...] = (), **fields: Any) -> Session:
        """A new connection on which `name` is logged in."""
        session = Session(Ear())
        user = User(name, password=None if "token" in fields else PASSWORD, token=fields.pop("token", None))
        await self.do(session, Authenticate(user=user, features=list(features), **fields))
        return session

    async def account_id(self, name: str) -> int:
        """The number of an account."""
        found = await self.store.find_account(name_key(name))
        assert found is not None
        return found.id

    async def administer(self, request: AnyAdministration, account: Account | None = None) -> Reply:
        """Serve an act of administration, of an account or of the control door; `acts` are those that were recorded."""
        session = Session(Ear())
        session.administrator = Clerk(self.acts, account)
        return await self.reply(session, request)

    async def _administer(self, session: Session, request: Request) -> Reply:
        return await self.administer(cast(AnyAdministration, request), session.speaker)


@pytest.fixture
def limits() -> Limits:
    """The limits of `house`; a test module may have its own."""
    return Limits()


@pytest.fixture
async def house(tmp_path: Path, limits: Limits) -> AsyncIterator[House]:
    """A chat with the accounts anna, boris and Вера Павловна, all with the same password."""
    add_accounts(tmp_path, NAMES, PASSWORD.reveal())
    made = House(tmp_path, limits)
    yield made
    await made.store.close()
