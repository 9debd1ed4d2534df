"""`msg`."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.dispatcher import dispatch
from vestnik.chat.outcome import Post
from vestnik.chat.rooms import Room
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.requests import Join, Leave, Msg


async def test_to_a_room(house: House) -> None:
    """A member's message goes to the room under the room's own name, at once and with its id."""
    session = await house.login("anna")
    await house.do(session, Join(room="#Tea"))
    post = await house.post(session, Msg(to="#tea", message="Привет", id="7"))
    room = house.chat.rooms.find("#tea")
    assert isinstance(post.conversation, Room)
    assert post.conversation is room
    assert (post.conversation_id, post.to, post.text, post.id) == (room.id, "#Tea", "Привет", "7")
    assert (post.sender, post.sender_id, post.session) == (session.account, session.speaker.id, session)


async def test_to_a_person(house: House) -> None:
    """A message to a person finds their conversation, the same one from both sides."""
    anna, boris = await house.login("anna"), await house.login("boris")
    there = await house.post(anna, Msg(to="BORIS", message="x"))
    back = await house.post(boris, Msg(to="anna", message="y"))
    assert (there.to, back.to) == ("boris", "anna")
    assert there.conversation_id == back.conversation_id


async def test_to_a_person_again(house: House) -> None:
    """The second message to a person needs no look-up: it is a post at once."""
    anna = await house.login("anna")
    first = await house.post(anna, Msg(to="boris", message="x"))
    second = dispatch(house.chat, anna, Msg(to="boris", message="y"))
    assert isinstance(second, Post)
    assert second.conversation is first.conversation


async def test_to_oneself(house: House) -> None:
    """A message to oneself is a conversation of its own."""
    anna = await house.login("anna")
    post = await house.post(anna, Msg(to="anna", message="x"))
    other = await house.post(anna, Msg(to="boris", message="x"))
    assert post.to == "anna"
    assert post.conversation_id != other.conversation_id


async def test_names_with_blanks(house: House) -> None:
    """People with blanks and Cyrillic in their names can be written to."""
    anna = await house.login("anna")
    assert (await house.post(anna, Msg(to="вера павловна", message="x"))).to == "Вера Павловна"


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
    assert len((await house.post(anna, Msg(to="boris", message="👋" * 4000))).text) == 4000
