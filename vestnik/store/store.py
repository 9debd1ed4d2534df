"""The store: opens the data, and answers the questions of `vestnik.chat.storage` from reader threads and the writer."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine

from vestnik.chat.storage import (
    AccountRecord,
    Credentials,
    Delivered,
    KeptMessage,
    RoomRecord,
    StoredMessage,
    TokenLogin,
)
from vestnik.store.engine import open_engine
from vestnik.store.lock import Lock
from vestnik.store.migrate import is_current, migrate
from vestnik.store.queries import accounts, messages, rooms
from vestnik.store.writer import Committed, Messages, Writer

T = TypeVar("T")

READERS: Final = 2
"""Threads that read. Every connection waits for its own question, so no more wait than there are connections."""
DATABASE: Final = "vestnik.db"


def prepare(data: Path) -> Path:
    """Make the data directory and bring its database to this program's schema; the database's path.

    Only the holder of the lock file may call this for data that another process may be using. Raises StoreError
    when the database cannot be used, OSError when the directory cannot.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / DATABASE
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    if not _is_current(path):
        engine = open_engine(path, connections=1, writing=True)
        try:
            migrate(engine)
        finally:
            engine.dispose()
    return path


def _is_current(path: Path) -> bool:
    engine = open_engine(path, connections=1, writing=False)
    try:
        return is_current(engine, path)
    finally:
        engine.dispose()


@contextmanager
def administer(data: Path) -> Iterator[Engine]:
    """An engine for a command that works beside a running server; the database is made if there is none.

    Raises StoreError when the database cannot be used, OSError when the directory cannot.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / DATABASE
    if not path.exists() or not _is_current(path):
        lock = Lock(data)
        lock.acquire()
        try:
            prepare(data)
        finally:
            lock.release()
    engine = open_engine(path, connections=1, writing=True)
    try:
        yield engine
    finally:
        engine.dispose()


class Store:
    """One database: reader threads and the writer thread. Implements `vestnik.chat.storage.Storage`.

    `login_lifetime` is how long an unused login lives, in seconds; `committed` is called in the running loop for
    every batch of messages given to `submit`.
    """

    def __init__(self, path: Path, login_lifetime: float, committed: Committed) -> None:
        self._login_lifetime = login_lifetime
        self._loop = asyncio.get_running_loop()
        self._reading: Engine = open_engine(path, connections=READERS, writing=False)
        self._writing: Engine = open_engine(path, connections=1, writing=True)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._writer = Writer(self._writing, self._loop, committed)

    async def close(self) -> None:
        """Write everything that was handed over, then end the threads and close the database."""
        await self._loop.run_in_executor(self._readers, self._writer.close)
        await asyncio.sleep(0)  # the writer's last report
        self._readers.shutdown()
        self._reading.dispose()
        self._writing.dispose()

    def submit(self, new: Messages) -> None:
        """Keep messages; `committed` is called with the same sequence when they are on disk."""
        self._writer.submit(new)

    async def all_rooms(self) -> list[RoomRecord]:
        """Every room with its members."""
        return await self._read(rooms.all_rooms)

    async def find_account(self, key: str) -> AccountRecord | None:
        """The account whose name has this key."""
        return await self._read(accounts.find_account, key)

    async def last_revision(self) -> int:
        """The revision of the newest change to an account."""
        return await self._read(accounts.last_revision)

    async def changed_accounts(self, since: int) -> list[accounts.AccountState]:
        """Accounts that an administrator changed after revision `since`."""
        return await self._read(accounts.changed_accounts, since)

    async def credentials(self, key: str, since: float) -> Credentials | None:
        """The account and its logins that were used after `since`."""
        return await self._read(accounts.credentials, key, since)

    async def token_login(self, token_hash: str, since: float) -> TokenLogin | None:
        """The login with this token, if it was used after `since`."""
        return await self._read(accounts.token_login, token_hash, since)

    async def begin_login(self, account_id: int, token_hash: str | None, now: float) -> int:
        """Keep a new login; its number."""
        since = now - self._login_lifetime
        return await self._change(accounts.begin_login, account_id, token_hash, now, since)

    async def touch_login(self, account_id: int, login_id: int | None, now: float) -> None:
        """Note that a login was used now."""
        await self._change(accounts.touch_login, account_id, login_id, now)

    async def end_login(self, account_id: int, login_id: int | None) -> None:
        """Forget a login."""
        await self._change(accounts.end_login, account_id, login_id)

    async def join_room(self, key: str, name: str, account_id: int, now: float) -> RoomRecord:
        """Make the account a member, and the room if there is none."""
        return await self._change(rooms.join_room, key, name, account_id, now)

    async def leave_room(self, room_id: int, account_id: int) -> None:
        """End a membership."""
        await self._change(rooms.leave_room, room_id, account_id)

    async def direct_conversation(self, one: int, other: int, now: float) -> int:
        """The number of the conversation of two accounts."""
        return await self._change(messages.direct_conversation, one, other, now)

    async def last_number(self) -> int:
        """The number of the newest message; 0 when there is none."""
        return await self._read(messages.last_number)

    async def messages_after(self, number: int, limit: int) -> list[StoredMessage]:
        """Messages with higher numbers than `number`, oldest first."""
        return await self._read(messages.messages_after, number, limit)

    async def kept_messages(self, account_id: int, first: int, last: int, limit: int) -> list[KeptMessage]:
        """Direct messages to the account, numbered from `first` to `last`, that were never delivered."""
        return await self._read(messages.kept_messages, account_id, first, last, limit)

    async def save_cursors(self, delivered: Sequence[Delivered]) -> None:
        """Note how far conversations were delivered."""
        await self._change(messages.save_cursors, delivered)

    async def contacts(self, account_id: int) -> list[str]:
        """Names of an account's contacts, sorted."""
        return await self._read(accounts.contacts, account_id)

    async def add_contact(self, account_id: int, contact_id: int) -> None:
        """Keep a contact."""
        await self._change(accounts.add_contact, account_id, contact_id)

    async def remove_contact(self, account_id: int, contact_id: int) -> bool:
        """Forget a contact; whether there was one."""
        return await self._change(accounts.remove_contact, account_id, contact_id)

    async def _read(self, query: Callable[..., T], *values: object) -> T:
        return await self._loop.run_in_executor(self._readers, self._run_query, query, values)

    def _run_query(self, query: Callable[..., T], values: tuple[object, ...]) -> T:
        with self._reading.begin() as connection:
            return query(connection, *values)

    async def _change(self, change: Callable[..., T], *values: object) -> T:
        def run(connection: Connection) -> T:
            return change(connection, *values)

        return await self._writer.change(run)
