"""From a name to a conversation, as its speaker calls it."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.conversations import (
    begin,
    check_writing,
    find_conversation,
    find_direct,
    find_room,
    name_of,
    people_of,
    visible_room,
)
from vestnik.chat.directs import NOT_BEGUN
from vestnik.chat.session import Account
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.requests import CreateRoom, Join, SetRoom


@pytest.fixture
async def anna(house: House) -> Account:
    """Anna, who has the public room #tea and the private one #secret."""
    session = await house.login("anna")
    await house.do(session, Join(room="#Tea"))
    await house.do(session, CreateRoom(room="#secret", private=True))
    return session.speaker


@pytest.fixture
async def boris(house: House) -> Account:
    """Boris, who is in no room."""
    return (await house.login("boris")).speaker


async def test_rooms(house: House, anna: Account, boris: Account) -> None:
    """A member finds a room; others are told that they are none, and of a private room nothing at all."""
    tea = find_room(house.chat, anna, "#TEA")
    assert (tea.name, name_of(tea), people_of(tea)) == ("#Tea", "#Tea", {anna.id})
    assert await find_conversation(house.chat, anna, "#tea") is tea
    with pytest.raises(Forbidden):
        find_room(house.chat, boris, "#tea")
    for name in ("#secret", "#nothing"):
        with pytest.raises(NotFound) as caught:
            find_room(house.chat, boris, name)
        assert caught.value.values == (name,)
    for name in ("", "#" + "x" * 25):
        with pytest.raises(BadRequest):
            find_room(house.chat, anna, name)


async def test_rooms_to_look_at(house: House, anna: Account, boris: Account) -> None:
    """A public room may be looked at by everybody, a private one by its members."""
    assert visible_room(house.chat, boris, "#tea") is visible_room(house.chat, anna, "#tea")
    assert visible_room(house.chat, anna, "#secret").private
    with pytest.raises(NotFound):
        visible_room(house.chat, boris, "#secret")
    with pytest.raises(BadRequest):
        visible_room(house.chat, boris, "#" + "x" * 25)


async def test_directs(house: House, anna: Account, boris: Account) -> None:
    """A conversation with a person is begun once, and is the same for both, each of whom calls it by the other."""
    one = await begin(house.chat, anna, await find_direct(house.chat, anna, "BORIS"))
    assert await begin(house.chat, anna, one) is one
    assert await find_conversation(house.chat, anna, "boris") == one
    other = await find_direct(house.chat, boris, "Anna")
    assert one.id == other.id
    assert (name_of(one), name_of(other)) == ("boris", "anna")
    assert people_of(one) == people_of(other) == {anna.id, boris.id}
    with pytest.raises(NotFound):
        await find_direct(house.chat, anna, "nobody")
    with pytest.raises(BadRequest):
        await find_direct(house.chat, anna, "x" * 26)


async def test_looking_begins_nothing(house: House, anna: Account, boris: Account) -> None:
    """A conversation that nobody has begun has no number; whose it would be is known."""
    found = await find_direct(house.chat, anna, "boris")
    assert (found.id, name_of(found), people_of(found)) == (NOT_BEGUN, "boris", {anna.id, boris.id})
    assert await house.store.find_direct_conversation(anna.id, boris.id) is None


async def test_writing(house: House, anna: Account, boris: Account) -> None:
    """Members may write to a room that is not archived, and anybody to a person."""
    tea = find_room(house.chat, anna, "#tea")
    check_writing(house.chat, anna, tea, "#tea")
    with pytest.raises(Forbidden):
        check_writing(house.chat, boris, tea, "#tea")
    check_writing(house.chat, boris, await find_direct(house.chat, boris, "anna"), "#tea")
    session = await house.login("anna")
    await house.do(session, SetRoom(room="#tea", archived=True))
    with pytest.raises(Forbidden):
        check_writing(house.chat, anna, tea, "#tea")
