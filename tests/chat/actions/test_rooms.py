"""`join` and `leave`."""

from typing import Any

import pytest

from tests.chat.conftest import House, hearers
from vestnik.chat.limits import Limits
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden
from vestnik.protocol.requests import CreateRoom, Join, Leave, SetRoom


@pytest.fixture
def limits() -> Limits:
    """Two rooms for each account."""
    return Limits(rooms=2)


async def test_join_creates(house: House) -> None:
    """Joining a name that is free makes the room; it is kept and heard."""
    session = await house.login("anna")
    reply = await house.reply(session, Join(room="#Чай"))
    assert (int(reply.answer.code), reply.values) == (200, ("anna", "#Чай"))
    room = house.chat.rooms.find("#Чай")
    assert room is not None
    assert hearers(room) == {session.recipient}
    kept = await house.store.all_rooms()
    assert [(each.id, each.name, each.members) for each in kept] == [
        (room.id, "#Чай", {await house.account_id("anna")})
    ]


async def test_join_twice(house: House) -> None:
    """Joining twice, in any spelling, is 200, says the room's own name and changes nothing."""
    session = await house.login("anna")
    await house.do(session, Join(room="#Tea"))
    before = await house.store.all_rooms()
    assert (await house.reply(session, Join(room="#TEA"))).values == ("anna", "#Tea")
    assert await house.store.all_rooms() == before


async def test_others_join(house: House) -> None:
    """A second person becomes a member of the same room, in the store and in memory."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert hearers(room) == {anna.recipient, boris.recipient}
    assert [record.members for record in await house.store.all_rooms()] == [room.members]
    assert len(room.members) == 2


@pytest.mark.parametrize("name", ["", "tea", "#", "#" + "x" * 25, "# tea", "#a\u200b"], ids=ascii)
async def test_bad_names(house: House, name: str) -> None:
    """A name that no room may have is a 400 that names the field."""
    session = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(session, Join(room=name))
    assert caught.value.values[0] == "room"


async def test_limit(house: House) -> None:
    """One room more than allowed is a 403; a room one is in already, or a place that became free, is not."""
    session = await house.login("anna")
    for name in ("#one", "#two"):
        await house.do(session, Join(room=name))
    with pytest.raises(Forbidden) as caught:
        await house.do(session, Join(room="#three"))
    assert (caught.value.answer.name, caught.value.values) == ("room.limit", ("anna", 2))
    assert (await house.reply(session, Join(room="#one"))).answer.code == 200
    await house.do(session, Leave(room="#one"))
    assert (await house.reply(session, Join(room="#three"))).answer.code == 200


async def test_leave(house: House) -> None:
    """Who leaves is no member and hears nothing, on all devices; the room stays."""
    anna, phone, boris = await house.login("anna"), await house.login("anna", ("seq",)), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#Tea"))
    reply = await house.reply(phone, Leave(room="#TEA"))
    assert (int(reply.answer.code), reply.values) == (200, ("anna", "#Tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert hearers(room) == {boris.recipient}
    assert [record.members for record in await house.store.all_rooms()] == [{await house.account_id("boris")}]


async def test_leave_what_one_is_not_in(house: House) -> None:
    """Leaving a room one is not a member of, or twice, is a 403."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, Join(room="#tea"))
    with pytest.raises(Forbidden) as caught:
        await house.do(boris, Leave(room="#tea"))
    assert (caught.value.answer.name, caught.value.values) == ("room.not_member", ("boris", "#tea"))
    await house.do(anna, Leave(room="#tea"))
    with pytest.raises(Forbidden):
        await house.do(anna, Leave(room="#tea"))


@pytest.mark.parametrize("name", ["#nowhere", "nowhere"])
async def test_leave_no_room(house: House, name: str) -> None:
    """Leaving a room that there is not is a 400, as the mission has it."""
    session = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(session, Leave(room=name))
    assert (caught.value.answer.name, caught.value.values) == ("room.unknown_leave", (name,))


@pytest.mark.parametrize("name", ["", "#" + "x" * 25])
async def test_leave_bad_names(house: House, name: str) -> None:
    """An empty or over-long name is a 400 that names the field."""
    session = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(session, Leave(room=name))
    assert caught.value.values[0] == "room"


async def test_the_connection_ends_meanwhile(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is cut off while the membership is put on disk is a member for those in memory, too."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, Join(room="#tea"))
    join_room = house.store.join_room

    async def cut_off(*values: Any, **more: Any) -> Any:
        joined = await join_room(*values, **more)
        house.chat.sessions.detach(boris)
        return joined

    monkeypatch.setattr(house.store, "join_room", cut_off)
    (change,) = (await house.reply(boris, Join(room="#tea"))).changes
    assert change.kind == "join"
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert await house.account_id("boris") in room.members


async def test_join_by_a_name_of_before(house: House) -> None:
    """A rich client that joins by a name which the room had before is told the present one, member or not."""
    anna, boris = [await house.login(name, ("seq",)) for name in ("anna", "boris")]
    await house.do(anna, Join(room="#tea"))
    await house.do(anna, SetRoom(room="#tea", name="#jam"))
    for _ in range(2):
        assert (await house.reply(boris, Join(room="#tea"))).more == {"room": "#jam"}
    assert (await house.reply(boris, Join(room="#Jam"))).more == {}


async def test_rooms_that_look_alike(house: House) -> None:
    """No room is made, joined into being, or called anew by a name that looks like another's, nor one from before."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, Join(room="#cocoa"))
    await house.do(boris, Join(room="#tea"))
    for request in (Join(room="#сосоа"), CreateRoom(room="#СОСОА"), SetRoom(room="#tea", name="#сосоа")):
        with pytest.raises(Conflict) as caught:
            await house.do(boris, request)
        assert (caught.value.answer.name, caught.value.values[1]) == ("room.similar", "#cocoa")
    await house.do(anna, SetRoom(room="#cocoa", name="#kakao"))
    for request in (Join(room="#сосоа"), CreateRoom(room="#СОСОА")):
        with pytest.raises(Conflict) as caught:
            await house.do(boris, request)
        assert caught.value.values[1] == "#kakao"
    await house.do(anna, SetRoom(room="#kakao", name="#KAKAO"))
    await house.do(anna, SetRoom(room="#kakao", name="#сосоа"))
    assert (await house.reply(boris, Join(room="#cocoa"))).values == ("boris", "#сосоа")


async def test_a_private_room_that_looks_alike(house: House) -> None:
    """Of a private room nobody is told more than that the name is not free."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#cocoa", private=True))
    for request in (Join(room="#сосоа"), CreateRoom(room="#сосоа")):
        with pytest.raises(Conflict) as caught:
            await house.do(boris, request)
        assert (caught.value.answer.name, caught.value.values) == ("room.exists", ("#сосоа",))
