"""`msg` and `forward`."""

import asyncio
from inspect import isawaitable

import pytest
from msgspec import UNSET

from tests.chat.conftest import House
from tests.support.store import reader
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.forwarding import seen_by
from vestnik.chat.mentions import FEW
from vestnik.chat.outcome import Post
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY, Extras, Origin
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.events import Forwarded
from vestnik.protocol.requests import CreateRoom, Delete, Edit, Forward, Join, Leave, Msg, Pin, React, SetRole, SetRoom


async def test_to_a_room(house: House) -> None:
    """A member's message goes to the room under the room's own name, at once and with its id."""
    session = await house.login("anna")
    await house.do(session, Join(room="#Tea"))
    post = await house.post(session, Msg(to="#tea", message="Привет", id="7"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    message = post.message
    assert (message.conversation_id, message.to, message.text, message.id) == (room.id, "#Tea", "Привет", "7")
    assert (message.author, message.author_id, post.session) == ("anna", session.speaker.id, session)


async def test_to_a_person(house: House) -> None:
    """A message to a person finds their conversation, the same one from both sides."""
    anna, boris = await house.login("anna"), await house.login("boris")
    there = await house.post(anna, Msg(to="BORIS", message="x"))
    back = await house.post(boris, Msg(to="anna", message="y"))
    assert (there.message.to, back.message.to) == ("boris", "anna")
    assert there.message.conversation_id == back.message.conversation_id


async def test_to_a_person_again(house: House) -> None:
    """The second message to a person needs no look-up: it is a post at once."""
    anna = await house.login("anna")
    first = await house.post(anna, Msg(to="boris", message="x"))
    second = dispatch(house.chat, anna, Msg(to="boris", message="y"))
    assert isinstance(second, Post)
    assert second.message.conversation_id == first.message.conversation_id


async def test_to_oneself(house: House) -> None:
    """A message to oneself is a conversation of its own."""
    anna = await house.login("anna")
    post = await house.post(anna, Msg(to="anna", message="x"))
    other = await house.post(anna, Msg(to="boris", message="x"))
    assert post.message.to == "anna"
    assert post.message.conversation_id != other.message.conversation_id


async def test_names_with_blanks(house: House) -> None:
    """People with blanks and Cyrillic in their names can be written to."""
    anna = await house.login("anna")
    assert (await house.post(anna, Msg(to="вера павловна", message="x"))).message.to == "Вера Павловна"


@pytest.mark.parametrize("to", ["#nowhere", "nobody"])
async def test_unknown(house: House, to: str) -> None:
    """An addressee that there is not is a 404 that names it."""
    anna = await house.login("anna")
    with pytest.raises(NotFound) as caught:
        await house.do(anna, Msg(to=to, message="x"))
    assert caught.value.values == (to,)


async def test_not_a_member(house: House) -> None:
    """A room one is not in, or not in any more, is a 403."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, Join(room="#Tea"))
    with pytest.raises(Forbidden) as caught:
        await house.do(boris, Msg(to="#tea", message="x"))
    assert (caught.value.answer.name, caught.value.values) == ("room.not_member", ("boris", "#Tea"))
    await house.do(anna, Leave(room="#tea"))
    with pytest.raises(Forbidden):
        await house.do(anna, Msg(to="#tea", message="x"))


@pytest.mark.parametrize(
    ("request_", "answer", "field"),
    [
        (Msg(to="boris", message=""), "field.empty", "message"),
        (Msg(to="boris", message="x" * 4001), "field.too_long", "message"),
        (Msg(to="", message="x"), "field.empty", "to"),
        (Msg(to="x" * 26, message="x"), "field.too_long", "to"),
        (Msg(to="#" + "x" * 25, message="x"), "field.too_long", "to"),
    ],
    ids=["no text", "long text", "nobody", "long name", "long room"],
)
async def test_bad_requests(house: House, request_: Msg, answer: str, field: str) -> None:
    """What is empty or too long is a 400 that names the field."""
    anna = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(anna, request_)
    assert (caught.value.answer.name, caught.value.values[0]) == (answer, field)


async def test_longest_text(house: House) -> None:
    """The limit counts characters, not bytes."""
    anna = await house.login("anna")
    assert len((await house.post(anna, Msg(to="boris", message="👋" * 4000))).message.text) == 4000


async def room_of(house: House, *names: str) -> list[Session]:
    """Sessions of these people, who are the members of #tea."""
    sessions = [await house.login(name) for name in names]
    for session in sessions:
        await house.do(session, Join(room="#tea"))
    return sessions


async def test_reply(house: House) -> None:
    """A reply belongs to the thread of the message that it answers, which the first of them begins."""
    (anna,) = await room_of(house, "anna")
    first = await house.keep(anna, Msg(to="#tea", message="x"))
    second = await house.keep(anna, Msg(to="#tea", message="y", reply_to=first.message.seq))
    third = await house.keep(anna, Msg(to="#tea", message="z", reply_to=second.message.seq))
    assert first.message.extras is None
    assert second.message.extras == Extras(reply_to=1, thread=1)
    assert third.message.extras == Extras(reply_to=2, thread=1)
    page = await house.store.pinned(reader(1), first.message.conversation_id)
    assert page == []
    for seq in (first.message.seq, second.message.seq, third.message.seq):
        await house.do(anna, Pin(to="#tea", seq=seq))
    shown = {each.seq: each for each in await house.store.pinned(reader(1), first.message.conversation_id)}
    assert (shown[2].reply_to, shown[2].thread) == (1, 1)
    assert (shown[3].reply_to, shown[3].thread) == (2, 1)
    assert (shown[1].thread, shown[1].replies) == (UNSET, 2)


async def test_reply_to_a_deleted_message(house: House) -> None:
    """What was deleted can still be answered."""
    (anna,) = await room_of(house, "anna")
    first = await house.keep(anna, Msg(to="#tea", message="x"))
    await house.do(anna, Delete(to="#tea", seq=first.message.seq))
    assert (await house.keep(anna, Msg(to="#tea", message="y", reply_to=1))).message.extras == Extras(1, 1)


@pytest.mark.parametrize("seq", [0, 2, 2**53 - 1])
async def test_reply_to_nothing(house: House, seq: int) -> None:
    """A reply to what there is not in this conversation is a 404."""
    (anna,) = await room_of(house, "anna")
    await house.keep(anna, Msg(to="#tea", message="x"))
    await house.keep(anna, Msg(to="boris", message="x"))
    await house.keep(anna, Msg(to="boris", message="y"))
    with pytest.raises(NotFound) as caught:
        await house.do(anna, Msg(to="#tea", message="y", reply_to=seq))
    assert (caught.value.answer.name, caught.value.values) == ("message.unknown", ("#tea", seq))


async def test_mentions(house: House) -> None:
    """A message has whom it mentions, and they are kept with it."""
    anna, _ = await room_of(house, "anna", "boris")
    post = await house.keep(anna, Msg(to="#tea", message="@boris, @все: чай", id="1"))
    assert post.message.extras == Extras(mentions=(EVERYBODY, AccountRecord(2, "boris")))
    again = await house.keep(anna, Msg(to="#tea", message="@boris, @все: чай", id="1"))
    assert (again.again, again.message.seq) == (True, post.message.seq)
    await house.do(anna, Pin(to="#tea", seq=post.message.seq))
    (shown,) = await house.store.pinned(reader(1), post.message.conversation_id)
    assert shown.mentions == ["all", "boris"]


@pytest.mark.parametrize("to", ["#tea", "boris"])
async def test_mentions_again(house: House, to: str) -> None:
    """Whoever was mentioned before, or a name that nobody has, needs no look-up: the message is a post at once."""
    anna, _ = await room_of(house, "anna", "boris")
    await house.post(anna, Msg(to=to, message="@boris @anybody"))
    again = dispatch(house.chat, anna, Msg(to=to, message="@@0000000001 @Boris @anybody"))
    assert isinstance(again, Post)
    assert again.message.extras == Extras(mentions=(AccountRecord(2, "boris"),))


async def test_many_mentions(house: House) -> None:
    """A text with many signs takes as long as a request, and so is served as one, also if all its names are known."""
    anna, _ = await room_of(house, "anna", "boris")
    many = Msg(to="#tea", message="@boris " * (FEW + 1))
    await house.post(anna, many)
    again = dispatch(house.chat, anna, many)
    assert isawaitable(again)
    assert (await again).message.extras == Extras(mentions=(AccountRecord(2, "boris"),))
    assert isinstance(dispatch(house.chat, anna, Msg(to="#tea", message="@boris " * FEW)), Post)


async def test_no_mention(house: House) -> None:
    """An address of e-mail makes no mention, and a text without `@` is not looked at."""
    anna, _ = await room_of(house, "anna", "boris")
    assert (await house.post(anna, Msg(to="#tea", message="x@boris"))).message.extras is None
    assert isinstance(dispatch(house.chat, anna, Msg(to="#tea", message="boris")), Post)


async def test_archived_and_muted(house: House) -> None:
    """Nobody writes in an archived room, and whoever is muted not until that ends; with mentions or without."""
    anna, boris = await room_of(house, "anna", "boris")
    room = house.chat.rooms.find("#tea")
    assert room is not None
    room.muted[boris.speaker.id] = house.now + 1
    for text in ("x", "@anna"):
        with pytest.raises(Forbidden) as caught:
            await house.do(boris, Msg(to="#tea", message=text))
        assert caught.value.answer.name == "room.muted"
        await house.post(anna, Msg(to="#tea", message=text))
    house.now += 2
    await house.post(boris, Msg(to="#tea", message="x"))
    room.archived = True
    for text in ("x", "@anna"):
        with pytest.raises(Forbidden) as caught:
            await house.do(anna, Msg(to="#tea", message=text))
        assert caught.value.answer.name == "room.archived"


async def test_removed_while_looking_up(house: House) -> None:
    """Whoever stops being a member while a mention is looked up does not write any more."""
    _, boris = await room_of(house, "anna", "boris")
    waiting = dispatch(house.chat, boris, Msg(to="#tea", message="@anna"))
    assert isawaitable(waiting)
    task = asyncio.ensure_future(waiting)
    await asyncio.sleep(0)
    room = house.chat.rooms.find("#tea")
    assert room is not None
    house.chat.rooms.remove_member(room, boris.speaker.id)
    with pytest.raises(Forbidden):
        await task


async def forwarded(house: House, session: Session, source: str, seq: int, to: str, who: str = "") -> Forwarded:
    """Forward a message; where it comes from for `who`, or for whom it is sent to."""
    post = await house.keep(session, Forward(to=to, source=source, seq=seq))
    seen = seen_by(house.chat.rooms, post.message, await house.account_id(who or to))
    assert seen.extras is not None
    assert seen.extras.forwarded is not None
    return seen.extras.forwarded


async def test_forward(house: House) -> None:
    """A forwarded message has the text, and says who wrote it where and when; its mentions are nobody's any more."""
    anna, boris = await room_of(house, "anna", "boris")
    first = await house.keep(anna, Msg(to="#tea", message="@boris!"))
    post = await house.keep(boris, Forward(to="Вера Павловна", source="#TEA", seq=1, id="f"))
    assert (post.message.text, post.message.to, post.message.id, post.again) == ("@boris!", "Вера Павловна", "f", False)
    origin = Origin("anna", 1, first.message.time, place=first.message.conversation_id)
    assert post.message.extras == Extras(origin=origin)
    again = await house.keep(boris, Forward(to="Вера Павловна", source="#TEA", seq=1, id="f"))
    assert (again.again, again.message.seq) == (True, post.message.seq)
    await house.do(boris, Pin(to="Вера Павловна", seq=1))
    (shown,) = await house.store.pinned(reader(1), post.message.conversation_id)
    assert (shown.message, shown.forwarded) == ("@boris!", Forwarded("anna", "#tea", 1, first.message.time))


async def test_forward_again(house: House) -> None:
    """What is forwarded again still says where it was written."""
    anna, boris = await room_of(house, "anna", "boris")
    first = await house.keep(anna, Msg(to="#tea", message="x"))
    await house.keep(boris, Forward(to="Вера Павловна", source="#tea", seq=1))
    vera = await house.login("Вера Павловна")
    assert await forwarded(house, vera, "boris", 1, "anna") == Forwarded("anna", "#tea", 1, first.message.time)


@pytest.mark.parametrize("how", ["private", "group"])
async def test_forward_from_where_others_may_not_read(house: House, how: str) -> None:
    """The name of a private room or group is told only to those who are in it; also when it is forwarded again."""
    anna, boris = await room_of(house, "anna", "boris")
    room = house.chat.rooms.find("#tea")
    assert room is not None
    await house.do(anna, SetRoom(room="#tea", private=True))
    if how == "group":
        setattr(room, how, True)
    await house.keep(boris, Msg(to="#tea", message="x"))
    assert (await forwarded(house, boris, "#tea", 1, "anna")).to == "#tea"
    assert (await forwarded(house, boris, "#tea", 1, "#tea", "boris")).to == "#tea"
    assert (await forwarded(house, boris, "#tea", 1, "Вера Павловна")).to == ""
    assert (await forwarded(house, boris, "anna", 1, "Вера Павловна")).to == ""


async def test_forward_from_a_person(house: House) -> None:
    """With whom somebody talks is not told to others."""
    anna = await house.login("anna")
    await house.keep(anna, Msg(to="boris", message="x"))
    assert (await forwarded(house, anna, "boris", 1, "boris")).to == "boris"
    origin = await forwarded(house, anna, "boris", 1, "Вера Павловна")
    assert (origin.from_, origin.to) == ("anna", "")


async def test_forward_what_there_is_not(house: House) -> None:
    """A message that there is not, or not any more, is a 404; a room that one is not in a 403."""
    anna, boris = await room_of(house, "anna", "boris")
    await house.keep(anna, Msg(to="#tea", message="x"))
    await house.do(anna, Delete(to="#tea", seq=1))
    for seq in (1, 2):
        with pytest.raises(NotFound) as caught:
            await house.do(boris, Forward(to="anna", source="#tea", seq=seq))
        assert caught.value.values == ("#tea", seq)
    vera = await house.login("Вера Павловна")
    for request in (Forward(to="anna", source="#tea", seq=1), Forward(to="#tea", source="anna", seq=1)):
        with pytest.raises(Forbidden):
            await house.do(vera, request)


async def test_announcements(house: House) -> None:
    """Where moderators write, members do not, nor do they edit what they wrote before; they react."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#news"))
    await house.do(boris, Join(room="#news"))
    mine = await house.keep(boris, Msg(to="#news", message="Hello"))
    await house.do(anna, SetRoom(room="#news", posting="moderators"))
    for request in (Msg(to="#news", message="Hello?"), Edit(to="#news", seq=mine.message.seq, message="Hi")):
        with pytest.raises(Forbidden) as refused:
            await house.do(boris, request)
        assert refused.value.values == ("boris", "#news", "moderator")
    await house.do(boris, React(to="#news", seq=mine.message.seq, emoji="x"))
    await house.do(anna, SetRole(room="#news", name="boris", role="moderator"))
    await house.keep(boris, Msg(to="#news", message="News"))


async def test_a_role_that_is_taken_meanwhile(house: House) -> None:
    """Who loses a role by a change that is on its way to the store writes no more behind it."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#news", posting="moderators"))
    await house.do(boris, Join(room="#news"))
    await house.do(anna, SetRole(room="#news", name="boris", role="moderator"))
    async with house.busy_writer():
        taking = asyncio.create_task(house.do(anna, SetRole(room="#news", name="boris", role="member")))
        room = house.chat.rooms.find("#news")
        while room is not None and not room.doubts:
            await asyncio.sleep(0)
        writing = asyncio.create_task(house.do(boris, Msg(to="#news", message="News")))
        await asyncio.sleep(0)
    await taking
    with pytest.raises(Forbidden):
        await writing


async def test_who_mentions_all(house: House) -> None:
    """`@all` of who may not mention everybody is only text; other mentions are not."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#tea", mention_all="moderators"))
    await house.do(boris, Join(room="#tea"))
    text = "@all, @anna and @boris"
    assert (await house.post(boris, Msg(to="#tea", message=text))).message.extras == Extras(
        mentions=(AccountRecord(anna.speaker.id, "anna"),)
    )
    all_of_anna = (await house.post(anna, Msg(to="#tea", message=text))).message.extras
    assert all_of_anna is not None
    assert EVERYBODY in all_of_anna.mentions
