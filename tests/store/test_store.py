"""The store as the rest of the program sees it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.store.test_writer import New
from tests.support.data import writing
from tests.support.store import allow
from tests.support.waiting import DEADLINE
from vestnik.chat.rules.accounts import MayLogIn, MayTakeName
from vestnik.chat.rules.contacts import MayRemoveContact
from vestnik.chat.storage.changes import RoomRecord
from vestnik.chat.storage.messages import Delivered
from vestnik.protocol.errors import Conflict, NotFound, WrongLogin
from vestnik.protocol.events import AccountState
from vestnik.store.queries import accounts
from vestnik.store.store import DATABASE, Store, prepare


def add(data: Path, *names: str) -> None:
    """Make accounts."""
    with writing(data) as connection:
        for name in names:
            accounts.add_account(connection, name, name.casefold(), f"hash of {name}", 0.0, allow)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store with the accounts anna and boris."""
    add(tmp_path, "anna", "boris")
    made = Store(tmp_path / DATABASE, lambda _messages, _error: None)
    yield made
    await made.close()


def test_prepare(tmp_path: Path) -> None:
    """Preparing makes directory and database for this user only, and can be done again."""
    data = tmp_path / "a" / "b"
    for _ in range(2):
        path = prepare(data)
        assert path == data / DATABASE
        assert path.stat().st_mode & 0o777 == 0o600
        assert data.stat().st_mode & 0o777 == 0o700


async def test_logins(store: Store) -> None:
    """Logins go through the store: begun, found, touched, ended, and forgotten after their lifetime."""
    anna = await store.find_account("anna")
    assert anna is not None
    assert await store.find_account("nobody") is None
    assert await store.credentials("nobody", 0.0) is None
    number = await store.begin_login(anna.id, "t", 5000.0, 0.0, allow)
    found = await store.token_login("t", 5000.0)
    assert found is not None
    assert (found.id, found.account) == (number, anna)
    await store.touch_login(anna.id, number, 6000.0)
    credentials = await store.credentials("anna", 6000.0)
    assert credentials is not None
    assert credentials.login_used == 6000.0
    await store.begin_login(anna.id, None, 7001.0, 6001.0, allow)
    assert await store.token_login("t", 0.0) is None
    await store.end_login(anna.id, None)
    credentials = await store.credentials("anna", 0.0)
    assert credentials is not None
    assert credentials.login_used is None


async def test_rooms_and_contacts(store: Store) -> None:
    """Rooms and contacts go through the store."""
    made = await store.join_room("#tea", "#tea", 1, 0.0, allow)
    joined = await store.join_room("#tea", "#tea", 2, 0.0, allow)
    assert (joined.room_id, joined.name) == (made.room_id, "#tea")
    left = await store.leave_room(made.room_id, 1, 0.0, allow)
    assert left.promotion is not None
    assert (left.change.kind, left.promotion.person_id) == ("leave", 2)
    assert await store.all_rooms() == [RoomRecord(made.room_id, "#tea", {2}, {2: "owner"}, change=4)]
    await store.add_contact(1, 2, allow)
    assert await store.contacts(1) == ["boris"]
    await store.remove_contact(1, 2, MayRemoveContact("anna", "boris"))
    with pytest.raises(NotFound):
        await store.remove_contact(1, 2, MayRemoveContact("anna", "boris"))


async def test_accounts(store: Store) -> None:
    """Accounts are made and changed through the store; what is refused changes nothing."""
    await store.add_account("Vera", "vera", "hash", 5.0, allow)
    with pytest.raises(Conflict):
        await store.add_account("VERA", "vera", "hash", 6.0, MayTakeName("VERA"))
    await store.set_disabled(3, True, 9.0)
    assert await store.account_state(3) == AccountState("Vera", 5.0, disabled=True)
    await store.set_password(1, "new")
    assert [state.name for state in await store.list_accounts("anna", 9)] == ["boris", "Vera"]
    with pytest.raises(WrongLogin):
        await store.begin_login(1, None, 7.0, 0.0, MayLogIn("anna", "anna", "hash of anna"))


async def test_messages_wait_for_their_recipient(tmp_path: Path) -> None:
    """A direct message that was submitted is kept until a cursor says that it was delivered."""
    add(tmp_path, "anna", "boris")
    reported: asyncio.Queue[Any] = asyncio.Queue()
    store = Store(tmp_path / DATABASE, lambda messages, error: reported.put_nowait((messages, error)))
    talk = await store.direct_conversation(1, 2, 0.0)
    assert await store.direct_conversation(2, 1, 0.0) == talk
    batch = [New(talk, 1, "a", "Привет"), New(talk, 1)]
    store.submit(batch)
    assert await asyncio.wait_for(reported.get(), DEADLINE) == (batch, None)
    numbers = await store.kept_numbers(2, 0, 10)
    assert [(kept.seq, kept.message.from_, kept.message.message) for kept in await store.kept_messages(2, numbers)] == [
        (1, "anna", "Привет"),
        (2, "anna", "x"),
    ]
    await store.save_cursors([Delivered(talk, 2, 1)])
    assert await store.kept_numbers(2, 0, 10) == numbers[1:]
    store.submit([New(talk, 1)])
    await store.close()
    assert reported.get_nowait()[1] is None  # closing has written and reported it
