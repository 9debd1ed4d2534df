"""Messages that meet changes which take the right to write away."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.chat.conftest import House
from vestnik.chat.doubts import MAX_ROUNDS, doubted, resolve
from vestnik.chat.outcome import Post
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.requests import AnyRequest, Ban, Forward, Join, Leave, Msg, Mute, Remove, SetRoom


@asynccontextmanager
async def busy_writer(house: House) -> AsyncIterator[None]:
    """The writer does something that takes long; what comes meanwhile is done behind it."""
    begun, end = threading.Event(), threading.Event()

    def work(_connection: Connection) -> None:
        begun.set()
        end.wait()

    working = asyncio.ensure_future(house.store._change(work))
    await asyncio.to_thread(begun.wait)
    try:
        yield
    finally:
        end.set()
        await working


class Meeting:
    """A change that has been given to a writer who is busy, and a message that comes then."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waits = asyncio.Event()
        settle = house.store.settle

        async def noted() -> None:
            self._waits.set()
            await settle()

        house.store.settle = noted  # type: ignore[method-assign]

    async def change(self, work: Any) -> asyncio.Task[Any]:
        """Begin a change; it is with the writer."""
        room = self._house.chat.rooms.find("#tea")
        assert room is not None
        task = asyncio.ensure_future(work)
        while not room.doubts:
            await asyncio.sleep(0)
        return task

    async def message(self, work: Any) -> asyncio.Task[Any]:
        """Begin a message; it waits."""
        task = asyncio.ensure_future(work)
        await self._waits.wait()
        return task


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (Remove(room="#tea", name="boris"), "room.not_member"),
        (Ban(room="#tea", name="boris"), "room.not_member"),
        (Mute(room="#tea", name="boris"), "room.muted"),
        (SetRoom(room="#tea", archived=True), "room.archived"),
        (Leave(room="#tea"), "room.not_member"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
@pytest.mark.parametrize(
    "message",
    [Msg(to="#tea", message="x"), Msg(to="#tea", message="@anna"), Forward(to="#tea", source="anna", seq=1)],
    ids=["plain", "looked-up", "forwarded"],
)
async def test_who_is_first_is_first(house: House, change: AnyRequest, told: str, message: AnyRequest) -> None:
    """A message that comes while the change waits for the writer is checked behind it."""
    anna, boris, phone = [await house.login(name) for name in ("anna", "boris", "boris")]
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    await house.keep(boris, Msg(to="anna", message="x"))
    meeting = Meeting(house)
    async with busy_writer(house):
        changing = await meeting.change(house.do(phone if isinstance(change, Leave) else anna, change))
        writing = await meeting.message(house.do(boris, message))
    await changing
    with pytest.raises(VestnikError) as caught:
        await writing
    assert caught.value.answer.name == told


async def test_what_changes_nothing_for_others(house: House) -> None:
    """Who may write still does, and without such a change nothing is waited for."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    meeting = Meeting(house)
    async with busy_writer(house):
        changing = await meeting.change(house.do(anna, Remove(room="#tea", name="boris")))
        writing = await meeting.message(house.do(anna, Msg(to="#tea", message="x")))
    await changing
    assert isinstance(await writing, Post)
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert room.doubts == 0


async def test_what_was_accepted_before_goes_before(house: House) -> None:
    """A change has the messages handed over first that were accepted in the same pass."""
    handed: list[int] = []
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    house.chat.hand_over = lambda: handed.append(room.doubts)
    with suppress(KeyError), doubted(house.chat, room):
        assert (handed, room.doubts) == ([0], 1)
        raise KeyError
    assert room.doubts == 0


async def test_it_does_not_wait_for_ever(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes that never end hold up no message for ever."""
    anna, rounds = await house.login("anna"), 0
    await house.do(anna, Join(room="#tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    room.doubts = 1

    async def settle() -> None:
        nonlocal rounds
        rounds += 1

    monkeypatch.setattr(house.store, "settle", settle)
    await resolve(house.chat, room)
    assert rounds == MAX_ROUNDS
