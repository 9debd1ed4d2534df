"""Rooms in which ordinary members write only now and then."""

import pytest

from tests.chat.conftest import House
from tests.chat.rules import refusal
from vestnik.chat import slow as module
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account
from vestnik.chat.slow import take_turn, wait_of
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord
from vestnik.protocol.errors import BadRequest, TooMany
from vestnik.protocol.requests import CreateRoom, Forward, Join, Msg, SetRole, SetRoom

ANNA, BORIS = Account(AccountRecord(1, "anna"), "anna"), Account(AccountRecord(2, "boris"), "boris")


def slow_room() -> Room:
    """A room of Anna and Boris, who moderates it: a message in ten seconds."""
    return Room(RoomRecord(1, "#tea", {1, 2}, {2: "moderator"}, slow=10, spoke={1: 100.0}))


def test_members_wait() -> None:
    """Whole seconds are told, never too few; who moderates need not wait, nor does anybody elsewhere."""
    tea = slow_room()
    assert [wait_of(tea, ANNA, now) for now in (100.0, 100.5, 109.9, 110.0)] == [10, 10, 1, 0]
    assert wait_of(tea, BORIS, 100.0) == 0
    assert wait_of(Room(RoomRecord(1, "#tea", {1})), ANNA, 100.0) == 0
    assert refusal(take_turn, tea, ANNA, 103.0) == ("room.slow", ("anna", "#tea", 7))
    take_turn(tea, ANNA, 110.0)
    assert wait_of(tea, ANNA, 111.0) == 9


def test_a_clock_that_goes_back() -> None:
    """It keeps nobody waiting."""
    assert wait_of(slow_room(), ANNA, 99.0) == 0


def test_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wrote longest ago is forgotten when there are too many."""
    monkeypatch.setattr(module, "MAX_SPOKE", 1)
    tea = slow_room()
    take_turn(tea, BORIS, 101.0)
    assert tea.spoke == {2: 101.0}


async def test_writing(house: House) -> None:
    """A member waits between two messages, forwarded ones too; with another setting or role from then on not."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#tea", slow=10))
    await house.do(boris, Join(room="#tea"))
    await house.keep(anna, Msg(to="#tea", message="1"))
    await house.keep(anna, Msg(to="#tea", message="2"))
    await house.keep(boris, Msg(to="#tea", message="3"))
    for request in (Msg(to="#tea", message="4", reply_to=1), Forward(to="#tea", source="#tea", seq=1)):
        with pytest.raises(TooMany):
            await house.do(boris, request)
    house.now += 10
    await house.keep(boris, Msg(to="#tea", message="4", reply_to=1))
    await house.do(anna, SetRoom(room="#tea", slow=20))
    house.now += 10
    with pytest.raises(TooMany):
        await house.do(boris, Msg(to="#tea", message="5"))
    await house.do(anna, SetRoom(room="#tea", slow=0))
    await house.keep(boris, Msg(to="#tea", message="5"))
    await house.do(anna, SetRoom(room="#tea", slow=20))
    await house.do(anna, SetRole(room="#tea", name="boris", role="moderator"))
    await house.keep(boris, Msg(to="#tea", message="6"))
    await house.keep(boris, Msg(to="#tea", message="7"))


async def test_a_message_that_is_sent_again(house: House) -> None:
    """Who did not see the answer gets it, without waiting; another message under another id waits."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#tea", slow=10))
    await house.do(boris, Join(room="#tea"))
    first = await house.keep(boris, Msg(to="#tea", message="1", id="m1"))
    again = await house.keep(boris, Msg(to="#tea", message="1", id="m1"))
    assert (again.again, again.message.seq) == (True, first.message.seq)
    with pytest.raises(TooMany):
        await house.do(boris, Msg(to="#tea", message="2", id="m2"))


async def test_bounds_of_the_setting(house: House) -> None:
    """Six hours at most."""
    anna = await house.login("anna")
    for request in (CreateRoom(room="#tea", slow=21_601), SetRoom(room="#tea", slow=21_601)):
        await house.do(anna, Join(room="#tea"))
        with pytest.raises(BadRequest):
            await house.do(anna, request)
    await house.do(anna, SetRoom(room="#tea", slow=21_600))


async def test_after_a_restart(house: House) -> None:
    """Who has written lately is known of every slow room."""
    anna = await house.login("anna")
    await house.do(anna, CreateRoom(room="#tea", slow=10))
    post = await house.keep(anna, Msg(to="#tea", message="1"))
    (kept,) = await house.store.all_rooms()
    assert kept.spoke == {anna.speaker.id: post.message.time}
