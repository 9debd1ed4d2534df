"""Who has blocked whom, and what that keeps from whom."""

import asyncio

import pytest

from tests.chat.conftest import House
from vestnik.chat.blocks import Blocks
from vestnik.chat.outcome import Telling
from vestnik.chat.session import Session
from vestnik.chat.storage.conversations import Unread
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.events import Person, PresenceNotice
from vestnik.protocol.requests import (
    AnyRequest,
    Block,
    Conversations,
    Delete,
    Edit,
    Forward,
    History,
    Join,
    Msg,
    Pin,
    Presence,
    React,
    Typing,
    Unblock,
    Unpin,
    Unreact,
    User,
    Who,
)


async def refused(house: House, session: Session, request: AnyRequest) -> str:
    """With what a request is refused."""
    with pytest.raises(VestnikError) as caught:
        await house.do(session, request)
    return caught.value.answer.name


def test_pairs() -> None:
    """Each direction is its own; a block that was begun holds until it is known what came of it."""
    blocks = Blocks([(1, 2)])
    assert (blocks.holds(1, 2), blocks.holds(2, 1)) == (True, False)
    assert (blocks.blocked_by(1), blocks.blockers_of(2), blocks.blockers_of(1)) == ({2}, {1}, set())
    blocks.remove(1, 2)
    blocks.remove(1, 2)
    assert not blocks
    with blocks.beginning(1, 2), blocks.beginning(1, 2):
        assert blocks
        assert blocks.holds(1, 2)
    assert not blocks.holds(1, 2)


async def test_the_direct_conversation(house: House) -> None:
    """Neither writes there or does anything new; both read it, and take back what is their own."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.keep(anna, Msg(to="boris", message="1"))
    await house.do(anna, React(to="boris", seq=1, emoji="x"))
    await house.do(boris, Block(name="anna"))
    for session, to, answer in ((anna, "boris", "message.blocked"), (boris, "anna", "message.blocking")):
        for request in (
            Msg(to=to, message="2"),
            Msg(to=to, message="2", reply_to=1),
            Forward(to=to, source=to, seq=1),
            React(to=to, seq=1, emoji="y"),
            Pin(to=to, seq=1),
            Unpin(to=to, seq=1),
            Edit(to=to, seq=1, message="3"),
            Typing(to=to),
        ):
            assert await refused(house, session, request) == answer, request
        await house.do(session, History(to=to))
    await house.do(anna, Unreact(to="boris", seq=1, emoji="x"))
    await house.do(anna, Delete(to="boris", seq=1))
    await house.do(boris, Unblock(name="anna"))
    await house.keep(anna, Msg(to="boris", message="2"))


async def test_nobody_begins_one(house: House) -> None:
    """There is no conversation by a message that is refused."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(boris, Block(name="anna"))
    assert await refused(house, anna, Msg(to="boris", message="1")) == "message.blocked"
    assert (await house.reply(anna, Conversations())).more["conversations"] == []
    assert await house.store.find_direct_conversation(anna.speaker.id, boris.speaker.id) is None


async def test_behind_the_block(house: House) -> None:
    """A message that comes while the block is on its way to the store is refused, not kept behind it."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.keep(anna, Msg(to="boris", message="1"))
    async with house.busy_writer():
        blocking = asyncio.create_task(house.do(boris, Block(name="anna")))
        while not house.chat.blocks:
            await asyncio.sleep(0)
        assert await refused(house, anna, Msg(to="boris", message="2")) == "message.blocked"
    await blocking
    assert await refused(house, anna, Msg(to="boris", message="2")) == "message.blocked"


async def test_mentions(house: House) -> None:
    """Who has blocked an author is not mentioned by them, and `@all` of theirs does not count."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, Join(room="#tea"))
    await house.do(boris, Join(room="#tea"))
    await house.do(boris, Block(name="anna"))
    named = await house.keep(anna, Msg(to="#tea", message="@boris"))
    assert named.message.extras is None
    await house.keep(anna, Msg(to="#tea", message="@all"))
    tea = house.chat.rooms.find("#tea")
    assert tea is not None
    place = [(tea.id, 0, 2)]
    assert (await house.store.unread(boris.speaker.id, place, 9)).found == {tea.id: Unread(2, 0)}
    await house.do(boris, Unblock(name="anna"))
    assert (await house.store.unread(boris.speaker.id, place, 9)).found == {tea.id: Unread(2, 1)}


async def test_presence(house: House) -> None:
    """To who is blocked one is offline and was never there, however they ask; that changes at once."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(boris, Presence(user=User("boris", status="Here")))
    hidden, shown = Person("boris", "offline"), Person("boris", "online", "Here")
    for request, before, after in ((Block(name="anna"), shown, hidden), (Unblock(name="anna"), hidden, shown)):
        people = {person.name: person for person in (await house.reply(anna, Who())).more["people"]}
        assert people.get("boris", hidden) == before
        reply = await house.reply(boris, request)
        notice = PresenceNotice(house.now, [after])
        assert reply.told == (Telling(notice, "presence", frozenset({anna.speaker.id})),)
        assert (await house.reply(boris, request)).told == ()
        people = {person.name: person for person in (await house.reply(anna, Who())).more["people"]}
        assert people.get("boris", hidden) == after
        assert (await house.reply(anna, Who(names=["boris"]))).more["people"] == [after]
        everybody = (await house.reply(anna, Who(all=True))).more["people"]
        assert next(person for person in everybody if person.name == "boris") == after
        assert (await house.reply(boris, Who(names=["anna"]))).more["people"] == [Person("anna", "online")]


async def test_typing_in_a_room(house: House) -> None:
    """Who is blocked does not see that one is there by what one types, either."""
    anna, boris = await house.login("anna"), await house.login("boris")
    vera = await house.login("Вера Павловна")
    for session in (anna, boris, vera):
        await house.do(session, Join(room="#tea"))
    await house.do(boris, Block(name="anna"))
    (told,) = (await house.reply(boris, Typing(to="#tea"))).told
    assert told.to == {boris.speaker.id, vera.speaker.id}
    (told,) = (await house.reply(vera, Typing(to="#tea"))).told
    tea = house.chat.rooms.find("#tea")
    assert tea is not None
    assert told.to == tea.id
