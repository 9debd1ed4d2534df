"""`create_room`, `set_room`, `get_room`, `rooms`, `group`, and `join` and `leave` where roles matter."""

import asyncio
from typing import Any

import pytest

from tests.chat.conftest import House, hearers
from vestnik.chat.limits import Limits
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, NotFound, VestnikError
from vestnik.protocol.events import RoomState
from vestnik.protocol.requests import (
    AnyRequest,
    Ban,
    CreateRoom,
    GetRoom,
    Group,
    History,
    Invite,
    Join,
    Leave,
    Msg,
    Rooms,
    SetRole,
    SetRoom,
)

VERA = "Вера Павловна"


@pytest.fixture
def limits() -> Limits:
    """Pages of two, groups of three."""
    return Limits(page=2, group=3, rooms=5)


async def refused(house: House, session: Session, request: AnyRequest) -> str:
    """The name of the answer with which a request is refused."""
    with pytest.raises(VestnikError) as caught:
        await house.do(session, request)
    return caught.value.answer.name


async def changes(house: House, session: Session, request: AnyRequest) -> list[tuple[str, dict[str, Any]]]:
    """The kinds of the changes that a request makes, and what they say."""
    reply = await house.reply(session, request)
    return [(change.kind, dict(change.data)) for change in reply.changes]


async def test_join_tells_others(house: House) -> None:
    """Making a room, joining it and leaving it are changes; joining twice is none."""
    anna, boris = await house.login("anna"), await house.login("boris")
    assert await changes(house, anna, Join(room="#tea")) == [("create_room", {})]
    assert await changes(house, boris, Join(room="#tea")) == [("join", {})]
    assert await changes(house, boris, Join(room="#tea")) == []
    assert await changes(house, boris, Leave(room="#tea")) == [("leave", {})]


async def test_an_owner_leaves(house: House) -> None:
    """The next owner is told to all; the leave also to the other devices of who has left."""
    anna, boris = await house.login("anna"), await house.login("boris")
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    reply = await house.reply(anna, Leave(room="#tea"))
    left, promoted = reply.changes
    assert (left.kind, left.account_id) == ("leave", await house.account_id("anna"))
    assert (promoted.kind, promoted.person_id) == ("set_role", await house.account_id("boris"))
    assert promoted.data == {"name": "boris", "role": "owner"}
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert room.roles == {await house.account_id("boris"): "owner"}
    await house.do(boris, Leave(room="#tea"))
    assert await changes(house, anna, Join(room="#tea")) == [("join", {"role": "owner"})]


async def test_who_may_not_join(house: House) -> None:
    """The banned, and strangers of private and archived rooms, are refused; members are not."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#private", private=True))
    await house.do(anna, CreateRoom(room="#archived"))
    await house.do(anna, SetRoom(room="#archived", archived=True))
    await house.do(anna, CreateRoom(room="#banned"))
    await house.do(anna, Ban(room="#banned", name="boris"))
    for name in ("private", "archived", "banned"):
        assert await refused(house, boris, Join(room=f"#{name}")) == f"room.{name}"
        assert (await house.reply(anna, Join(room=f"#{name}"))).answer.code == 200


async def test_names_of_groups_are_taken(house: House) -> None:
    """Nobody makes a room whose name is like a group's, by any action."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    for request in (Join(room="#@7"), CreateRoom(room="#＠7"), SetRoom(room="#tea", name="#@7")):
        assert await refused(house, anna, request) == "name.group"


async def test_create(house: House) -> None:
    """A room is made as it is wanted, its maker owns and hears it, and the answer has its name."""
    anna = await house.login("anna")
    request = CreateRoom(room="#Чай", private=True, topic="t", description="d\nd", edits="nobody", retention=7)
    reply = await house.reply(anna, request)
    assert (reply.answer.name, reply.values, reply.more) == ("room.created", ("anna", "#Чай"), {"room": "#Чай"})
    told = {"private": True, "topic": "t", "description": "d\nd", "edits": "nobody", "retention": 7}
    assert [change.data for change in reply.changes] == [told]
    room = house.chat.rooms.find("#чай")
    assert room is not None
    assert (room.private, room.edits, hearers(room)) == (True, "nobody", {anna.recipient})
    assert room.roles == {await house.account_id("anna"): "owner"}


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("room", {"room": "tea"}),
        ("topic", {"topic": "two\nlines"}),
        ("topic", {"topic": "x" * 251}),
        ("description", {"description": "\x1b[31m"}),
        ("description", {"description": "x" * 1001}),
        ("retention", {"retention": 0}),
        ("retention", {"retention": 36_501}),
    ],
)
async def test_bad_settings(house: House, field: str, fields: dict[str, Any]) -> None:
    """A value that no room may have is a 400 that names its field, when it is made and later."""
    anna = await house.login("anna")
    await house.do(anna, CreateRoom(room="#a"))
    later = {"name" if name == "room" else name: value for name, value in fields.items()}
    for request, named in (
        (CreateRoom(**({"room": "#b"} | fields)), field),
        (SetRoom(room="#a", **later), "name" if field == "room" else field),
    ):
        with pytest.raises(BadRequest) as caught:
            await house.do(anna, request)
        assert caught.value.values[0] == named


async def test_create_what_there_is(house: House) -> None:
    """A name that leads to a room is a conflict, also for its members; and one room more than allowed is a 403."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#tea"))
    await house.do(anna, SetRoom(room="#tea", name="#coffee"))
    for name in ("#TEA", "#coffee"):
        with pytest.raises(Conflict):
            await house.do(boris, CreateRoom(room=name))
    for number in range(4):
        await house.do(anna, CreateRoom(room=f"#{number}"))
    assert await refused(house, anna, CreateRoom(room="#more")) == "room.limit"


async def test_set(house: House) -> None:
    """What is different is told, and taken over; the same again is no change."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    request = SetRoom(room="#tea", topic="t", private=True, archived=False, edits="nobody")
    reply = await house.reply(anna, request)
    assert (reply.answer.name, reply.values) == ("room.changed", ("anna", "#tea", "topic, private, edits"))
    (change,) = reply.changes
    assert change.data == {"topic": "t", "private": True, "edits": "nobody"}
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert (room.private, room.edits) == (True, "nobody")
    assert (await house.reply(anna, request)).changes == ()


async def test_set_nothing(house: House) -> None:
    """A request without anything to set is a 400."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    assert await refused(house, anna, SetRoom(room="#tea")) == "fields.none"


async def test_who_may_set(house: House) -> None:
    """A moderator sets the topic and nothing that takes an owner; a member nothing; a stranger is none."""
    anna, boris, vera = [await house.login(name) for name in ("anna", "boris", VERA)]
    for session in (anna, boris):
        await house.do(session, Join(room="#tea"))
    topic, name = SetRoom(room="#tea", topic="t"), SetRoom(room="#tea", topic="t", name="#x")
    assert await refused(house, boris, topic) == "room.not_allowed"
    await house.do(anna, SetRole(room="#tea", name="boris", role="moderator"))
    assert (await house.reply(boris, topic)).answer.code == 200
    assert await refused(house, boris, name) == "room.not_allowed"
    assert await refused(house, vera, topic) == "room.not_member"


async def test_rename(house: House) -> None:
    """After a rename the old name still leads to the room; the change was told under it."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, Join(room="#tea"))
    (change,) = (await house.reply(anna, SetRoom(room="#tea", name="#Coffee"))).changes
    assert (change.kind, change.data) == ("set_room", {"name": "#Coffee"})
    assert (await house.reply(boris, Join(room="#TEA"))).values == ("boris", "#Coffee")
    message = (await house.post(boris, Msg(to="#tea", message="x"))).message
    room = house.chat.rooms.by_id(message.conversation_id)
    assert (room, message.to) == (house.chat.rooms.find("#coffee"), "#Coffee")
    assert (await house.reply(anna, SetRoom(room="#tea", name="#tea"))).values == ("anna", "#Coffee", "name")


async def test_archive(house: House) -> None:
    """In an archived room nobody writes and nobody is invited, until the owner brings it back."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    await house.do(anna, SetRoom(room="#tea", archived=True))
    assert await refused(house, anna, Msg(to="#tea", message="x")) == "room.archived"
    assert await refused(house, anna, Invite(room="#tea", name="boris")) == "room.archived"
    await house.do(anna, SetRoom(room="#tea", archived=False))
    await house.post(anna, Msg(to="#tea", message="x"))
    await house.do(anna, Invite(room="#tea", name="boris"))


async def test_get(house: House) -> None:
    """Anybody looks at a public room, by each of its names; a private one is for its members."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#tea", topic="t"))
    await house.do(anna, SetRoom(room="#tea", name="#Coffee"))
    reply = await house.reply(boris, GetRoom(room="#tea"))
    assert (reply.values, reply.more["rooms"]) == (("boris", "#Coffee"), [RoomState("#Coffee", 1, topic="t")])
    await house.do(anna, SetRoom(room="#tea", private=True))
    state = RoomState("#Coffee", 1, private=True, topic="t", role="owner")
    assert (await house.reply(anna, GetRoom(room="#coffee"))).more["rooms"] == [state]
    for name in ("#coffee", "#nowhere"):
        with pytest.raises(NotFound):
            await house.do(boris, GetRoom(room=name))


async def test_list(house: House) -> None:
    """Rooms come page by page, as many as wanted but not more than a page has."""
    anna = await house.login("anna")
    for name in ("#a", "#B", "#c"):
        await house.do(anna, CreateRoom(room=name, topic="Чай" if name == "#c" else ""))

    async def listed(**fields: Any) -> tuple[list[str], bool]:
        more = (await house.reply(anna, Rooms(**fields))).more
        return [state.room for state in more["rooms"]], more.get("more", False)

    assert await listed() == (["#a", "#B"], True)
    assert await listed(limit=100) == (["#a", "#B"], True)
    assert await listed(after="#b") == (["#c"], False)
    assert await listed(limit=1) == await listed(limit=0) == (["#a"], True)
    assert await listed(query="чаЙ") == (["#c"], False)
    for fields in ({"query": "x" * 201}, {"after": "#" * 26}, {"after": ""}):
        with pytest.raises(BadRequest) as caught:
            await house.do(anna, Rooms(**fields))
        assert caught.value.values[0] in fields


async def test_group(house: House) -> None:
    """A group is begun once, whoever asks in whatever order and how often they repeat a name; all hear it."""
    anna, boris = await house.login("anna"), await house.login("boris")
    begun = await house.reply(anna, Group(members=["boris", VERA, "ANNA", "Boris"]))
    name = begun.more["room"]
    assert (begun.answer.name, begun.values) == ("group.created", ("anna", name, f"anna, boris, {VERA}"))
    assert [change.kind for change in begun.changes] == ["create_room"]
    found = await house.reply(boris, Group(members=[VERA, "anna"]))
    assert (found.answer.name, found.more, found.changes) == ("group.found", {"room": name}, ())
    room = house.chat.rooms.find(name)
    assert room is not None
    assert (hearers(room), len(room.members), room.roles) == ({anna.recipient, boris.recipient}, 3, {})
    assert (await house.post(boris, Msg(to=name, message="x"))).message.conversation_id == room.id


async def test_a_group_begun_twice_at_once(house: House) -> None:
    """Two people begin the same group in the same moment: it is one."""
    anna, boris = await house.login("anna"), await house.login("boris")
    both = await asyncio.gather(
        house.reply(anna, Group(members=["boris", VERA])), house.reply(boris, Group(members=["anna", VERA]))
    )
    assert sorted(reply.answer.name for reply in both) == ["group.created", "group.found"]
    assert both[0].more == both[1].more


async def test_groups_are_fixed(house: House) -> None:
    """In a group anybody sets the topic, and nothing else is changed; strangers do not see it."""
    anna = await house.login("anna")
    name = (await house.reply(anna, Group(members=["boris", VERA]))).more["room"]
    assert await changes(house, anna, SetRoom(room=name, topic="t")) == [("set_room", {"topic": "t"})]
    for request in (
        SetRoom(room=name, topic="u", archived=True),
        Invite(room=name, name="boris"),
        Ban(room=name, name="boris"),
        SetRole(room=name, name="boris", role="owner"),
    ):
        assert await refused(house, anna, request) == "group.fixed"


async def test_a_group_is_left(house: House) -> None:
    """Who leaves a group hears nothing of it, and is not brought back by others, but comes back by asking for it."""
    anna, boris = await house.login("anna"), await house.login("boris", ("changes",))
    name = (await house.reply(anna, Group(members=["boris", VERA]))).more["room"]
    await house.keep(anna, Msg(to=name, message="x"))
    assert await changes(house, boris, Leave(room=name)) == [("leave", {})]
    room = house.chat.rooms.find(name)
    assert room is not None
    assert hearers(room) == {anna.recipient}
    assert await refused(house, boris, History(to=name)) == "room.unknown"
    again = await house.reply(anna, Group(members=["boris", VERA]))
    assert (again.answer.name, again.more["room"], again.changes) == ("group.found", name, ())
    assert len(room.members) == 2
    back = await house.reply(boris, Group(members=["anna", VERA]))
    assert (back.answer.name, back.more["room"]) == ("group.found", name)
    assert [each.kind for each in back.changes] == ["join"]
    assert (len(room.members), room.roles) == (3, {})
    assert hearers(room) == {anna.recipient, boris.recipient}


@pytest.mark.parametrize("names", [[], ["boris"], ["anna", "boris"], ["boris", VERA, "carl"], ["boris"] * 31])
async def test_group_size(house: House, names: list[str]) -> None:
    """Too few or too many people are a 400."""
    anna = await house.login("anna")
    assert await refused(house, anna, Group(members=names)) == "group.size"


async def test_limits_do_not_keep_one_out_of_a_group(house: House) -> None:
    """Who comes back to a group begins none and invites nobody: whoever is at a limit does not hinder that."""
    anna, boris = await house.login("anna"), await house.login("boris")
    made = await house.reply(anna, Group(members=["boris", VERA]))
    name = made.more["room"]
    await house.do(boris, Leave(room=name))
    for number in range(5):
        await house.do(anna, Join(room=f"#of anna {number}"))
        await house.do(anna, Invite(room=f"#of anna {number}", name="boris"))
        await house.do(anna, Leave(room=f"#of anna {number}"))
    await house.do(anna, Leave(room=name))
    while house.chat.creations.take(1, house.chat.clock()):
        pass
    back = await house.reply(anna, Group(members=["boris", VERA]))
    assert (back.answer.name, back.more["room"]) == ("group.found", name)
    back = await house.reply(boris, Group(members=["anna", VERA]))
    assert (back.answer.name, back.more["room"]) == ("group.found", name)


async def test_group_of_strangers(house: House) -> None:
    """An unknown account is a 404; one that others have brought into as many rooms as they may is a 403."""
    anna, boris = await house.login("anna"), await house.login("boris")
    with pytest.raises(NotFound) as caught:
        await house.do(anna, Group(members=["boris", "carl"]))
    assert caught.value.values == ("carl",)
    for number in range(5):
        await house.do(boris, Join(room=f"#{number}"))
        await house.do(anna, Join(room=f"#of anna {number}"))
        await house.do(anna, Invite(room=f"#of anna {number}", name="boris"))
    with pytest.raises(Forbidden) as full:
        await house.do(anna, Group(members=["boris", VERA]))
    assert (full.value.answer.name, full.value.values) == ("invitation.limit", ("boris", 5))
    await house.do(boris, Leave(room="#0"))
    await house.do(boris, Join(room="#another"))
