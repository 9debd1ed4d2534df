"""`members`, `invite`, `remove`, `ban`, `unban`, `mute`, `unmute`, `set_role`."""

import asyncio
from typing import Any

import pytest

from tests.chat.conftest import House, hearers
from vestnik.chat.actions.members import FOR_EVER, MAX_MUTE
from vestnik.chat.limits import Limits
from vestnik.chat.rooms import Room
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound, VestnikError
from vestnik.protocol.events import MemberState
from vestnik.protocol.requests import (
    AnyRequest,
    Ban,
    CreateRoom,
    Invite,
    Join,
    Leave,
    Members,
    Msg,
    Mute,
    Remove,
    SetRole,
    SetRoom,
    Unban,
    Unmute,
)

VERA = "Вера Павловна"


@pytest.fixture
def limits() -> Limits:
    """Pages of two."""
    return Limits(page=2, rooms=3)


class Tea:
    """The room #tea of Anna, who owns it, and Boris; Vera is there too and in no room."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def gather(self) -> None:
        """Log all in, and let two of them join."""
        self.anna, self.boris, self.vera = [await self.house.login(name) for name in ("anna", "boris", VERA)]
        for session in (self.anna, self.boris):
            await self.house.do(session, Join(room="#tea"))
        found = self.house.chat.rooms.find("#tea")
        assert found is not None
        self.room: Room = found
        self.boris_id, self.vera_id = await self.house.account_id("boris"), await self.house.account_id(VERA)

    async def change(self, session: Session, request: AnyRequest) -> tuple[Any, ...] | None:
        """The change that a request makes, with whom it is done to; None if it makes none."""
        before = len(self.house.happened)
        reply = await self.house.reply(session, request)
        assert tuple(self.house.happened[before:]) == reply.changes
        for event in reply.changes:
            assert event.conversation_id == self.room.id
            return event.kind, dict(event.data), event.person_id
        return None

    async def refused(self, session: Session, request: AnyRequest) -> str:
        """The name of the answer with which a request is refused."""
        with pytest.raises(VestnikError) as caught:
            await self.house.do(session, request)
        return caught.value.answer.name


@pytest.fixture
async def tea(house: House) -> Tea:
    """A room with people."""
    made = Tea(house)
    await made.gather()
    return made


async def test_members(tea: Tea) -> None:
    """Anybody lists the members of a public room page by page, but of a private one only its members do."""
    reply = await tea.house.reply(tea.vera, Members(room="#tea"))
    assert reply.values == (VERA, "#tea", 2)
    now = tea.house.now
    assert reply.more == {"members": [MemberState("anna", now, "owner"), MemberState("boris", now)]}
    await tea.house.do(tea.anna, Invite(room="#tea", name=VERA))
    assert (await tea.house.reply(tea.vera, Members(room="#tea"))).more["more"] is True
    rest = await tea.house.reply(tea.vera, Members(room="#tea", after="Boris"))
    assert ([state.name for state in rest.more["members"]], rest.more.get("more")) == ([VERA], None)
    await tea.house.do(tea.anna, SetRoom(room="#tea", private=True))
    assert len((await tea.house.reply(tea.vera, Members(room="#tea", limit=1))).more["members"]) == 1
    await tea.house.do(tea.anna, Remove(room="#tea", name=VERA))
    assert await tea.refused(tea.vera, Members(room="#tea")) == "room.unknown"


async def test_invite(tea: Tea) -> None:
    """An invited person is a member who hears the room at once; inviting them again changes nothing."""
    assert await tea.change(tea.boris, Invite(room="#tea", name="вера павловна")) == (
        "invite",
        {"name": VERA},
        tea.vera_id,
    )
    assert tea.vera.recipient in hearers(tea.room)
    assert await tea.change(tea.boris, Invite(room="#tea", name=VERA)) is None
    await tea.house.post(tea.vera, Msg(to="#tea", message="x"))


async def test_invite_to_a_private_room(tea: Tea) -> None:
    """Only moderators invite to a private room."""
    await tea.house.do(tea.anna, SetRoom(room="#tea", private=True))
    assert await tea.refused(tea.boris, Invite(room="#tea", name=VERA)) == "room.not_allowed"
    await tea.house.do(tea.anna, SetRole(room="#tea", name="boris", role="moderator"))
    assert await tea.change(tea.boris, Invite(room="#tea", name=VERA)) is not None


async def test_invite_who_cannot_be(tea: Tea) -> None:
    """A banned person, one in too many rooms, and one that there is not, are not invited."""
    await tea.house.do(tea.anna, Ban(room="#tea", name=VERA))
    with pytest.raises(Forbidden) as caught:
        await tea.house.do(tea.anna, Invite(room="#tea", name=VERA))
    assert (caught.value.answer.name, caught.value.values) == ("room.banned", (VERA, "#tea"))
    await tea.house.do(tea.anna, Unban(room="#tea", name=VERA))
    for session, name in ((tea.anna, "#1"), (tea.anna, "#2"), (tea.boris, "#3")):
        await tea.house.do(session, Join(room=name))
        await tea.house.do(session, Invite(room=name, name=VERA))
    with pytest.raises(Forbidden) as full:
        await tea.house.do(tea.anna, Invite(room="#tea", name=VERA))
    assert (full.value.answer.name, full.value.values) == ("invitation.limit", (VERA, 3))
    await tea.house.do(tea.vera, Join(room="#her own"))
    with pytest.raises(NotFound) as unknown:
        await tea.house.do(tea.anna, Invite(room="#tea", name="carl"))
    assert unknown.value.values == ("carl",)


async def test_remove(tea: Tea) -> None:
    """A removed person hears of it and then nothing more, and may join a public room again."""
    assert await tea.change(tea.anna, Remove(room="#tea", name="boris")) == (
        "remove",
        {"name": "boris"},
        tea.boris_id,
    )
    assert hearers(tea.room) == {tea.anna.recipient}
    assert await tea.refused(tea.anna, Remove(room="#tea", name="boris")) == "member.unknown"
    assert (await tea.house.reply(tea.boris, Join(room="#tea"))).answer.code == 200


async def test_ban(tea: Tea) -> None:
    """A banned person is removed and kept out until unbanned; a stranger may be banned too."""
    assert await tea.change(tea.anna, Ban(room="#tea", name="boris")) == ("ban", {"name": "boris"}, tea.boris_id)
    assert hearers(tea.room) == {tea.anna.recipient}
    assert await tea.refused(tea.boris, Join(room="#tea")) == "room.banned"
    assert await tea.change(tea.anna, Ban(room="#tea", name="boris")) is None
    assert await tea.change(tea.anna, Ban(room="#tea", name=VERA)) == ("ban", {"name": VERA}, tea.vera_id)
    assert await tea.change(tea.anna, Unban(room="#tea", name="boris")) == ("unban", {"name": "boris"}, tea.boris_id)
    assert await tea.change(tea.anna, Unban(room="#tea", name="boris")) is None
    assert (await tea.house.reply(tea.boris, Join(room="#tea"))).answer.code == 200


async def test_mute(tea: Tea) -> None:
    """A muted member reads and does not write, for a time or for ever."""
    until = tea.house.now + 60
    mute = Mute(room="#tea", name="boris", seconds=60)
    assert await tea.change(tea.anna, mute) == ("mute", {"name": "boris", "until": until}, tea.boris_id)
    assert await tea.refused(tea.boris, Msg(to="#tea", message="x")) == "room.muted"
    assert tea.boris.recipient in hearers(tea.room)
    tea.house.now += 60
    await tea.house.post(tea.boris, Msg(to="#tea", message="x"))
    assert await tea.change(tea.anna, Mute(room="#tea", name="boris")) == (
        "mute",
        {"name": "boris", "until": FOR_EVER},
        tea.boris_id,
    )
    assert await tea.refused(tea.boris, Msg(to="#tea", message="x")) == "room.muted"
    assert await tea.change(tea.anna, Unmute(room="#tea", name="boris")) == ("unmute", {"name": "boris"}, tea.boris_id)
    assert await tea.change(tea.anna, Unmute(room="#tea", name="boris")) is None
    await tea.house.post(tea.boris, Msg(to="#tea", message="x"))


async def test_a_mute_outlives_the_membership(tea: Tea) -> None:
    """Leaving and joining again is no way around a mute."""
    await tea.house.do(tea.anna, Mute(room="#tea", name="boris"))
    await tea.house.do(tea.boris, Leave(room="#tea"))
    await tea.house.do(tea.boris, Join(room="#tea"))
    assert await tea.refused(tea.boris, Msg(to="#tea", message="x")) == "room.muted"


@pytest.mark.parametrize("seconds", [0, 10 * 366 * 86_400 + 1])
async def test_bad_times(tea: Tea, seconds: int) -> None:
    """A mute lasts from a second to ten years, or for ever."""
    with pytest.raises(BadRequest) as caught:
        await tea.house.do(tea.anna, Mute(room="#tea", name="boris", seconds=seconds))
    assert caught.value.values == ("seconds", 1, MAX_MUTE)


async def test_set_role(tea: Tea) -> None:
    """Owners make others moderator or owner and back; the last owner stays one."""
    role = SetRole(room="#tea", name="boris", role="moderator")
    assert await tea.change(tea.anna, role) == ("set_role", {"name": "boris", "role": "moderator"}, tea.boris_id)
    assert await tea.change(tea.anna, role) is None
    reply = await tea.house.reply(tea.anna, role)
    assert (reply.answer.name, reply.values) == ("member.role", ("anna", "#tea", "boris", "moderator"))
    assert tea.room.roles[tea.boris_id] == "moderator"
    assert await tea.refused(tea.boris, role) == "room.not_allowed"
    assert await tea.refused(tea.anna, SetRole(room="#tea", name="anna", role="member")) == "room.last_owner"
    await tea.house.do(tea.anna, SetRole(room="#tea", name="boris", role="owner"))
    await tea.house.do(tea.anna, SetRole(room="#tea", name="anna", role="member"))
    assert tea.room.roles == {tea.boris_id: "owner"}


async def test_two_owners_resign_at_once(tea: Tea) -> None:
    """One of them is the last owner, and stays it."""
    await tea.house.do(tea.anna, SetRole(room="#tea", name="boris", role="owner"))
    answers = await asyncio.gather(
        tea.house.do(tea.anna, SetRole(room="#tea", name="anna", role="member")),
        tea.house.do(tea.boris, SetRole(room="#tea", name="boris", role="member")),
        return_exceptions=True,
    )
    assert [each.answer.name for each in answers if isinstance(each, VestnikError)] == ["room.last_owner"]
    assert list(tea.room.roles.values()) == ["owner"]


async def test_two_owners_leave_at_once(tea: Tea) -> None:
    """Whoever is left owns the room."""
    await tea.house.do(tea.anna, SetRole(room="#tea", name="boris", role="owner"))
    await tea.house.do(tea.vera, Join(room="#tea"))
    await asyncio.gather(tea.house.do(tea.anna, Leave(room="#tea")), tea.house.do(tea.boris, Leave(room="#tea")))
    assert (tea.room.members, tea.room.roles) == ({tea.vera_id}, {tea.vera_id: "owner"})


@pytest.mark.parametrize("kind", [Remove, Ban, Mute])
async def test_not_to_oneself(tea: Tea, kind: Any) -> None:
    """Nobody does this to themselves: 400."""
    with pytest.raises(BadRequest) as caught:
        await tea.house.do(tea.anna, kind(room="#tea", name="Anna"))
    assert (caught.value.answer.name, caught.value.values) == ("person.oneself", ("anna",))


@pytest.mark.parametrize("kind", [Invite, Remove, Ban, Unban, Mute, Unmute])
async def test_who_may_not(tea: Tea, kind: Any) -> None:
    """A stranger may do nothing, does not see a private room, and needs a name that there is."""
    assert await tea.refused(tea.vera, kind(room="#tea", name="boris")) == "room.not_member"
    await tea.house.do(tea.anna, CreateRoom(room="#x", private=True))
    assert await tea.refused(tea.vera, kind(room="#x", name="boris")) == "room.unknown"
    assert await tea.refused(tea.anna, kind(room="#tea", name="nobody")) == "account.unknown"
    assert await tea.refused(tea.anna, kind(room="#tea", name="")) == "field.empty"
    if kind is not Invite:
        await tea.house.do(tea.vera, Join(room="#tea"))
        assert await tea.refused(tea.boris, kind(room="#tea", name=VERA)) == "room.not_allowed"


async def test_an_heir_who_is_muted(house: House) -> None:
    """Who inherits a room while they are muted may not write, nor unmute themselves: another owner does that."""
    anna, boris, vera = [await house.login(name) for name in ("anna", "boris", "Вера Павловна")]
    for session in (anna, boris, vera):
        await house.do(session, Join(room="#tea"))
    for name in ("boris", "Вера Павловна"):
        await house.do(anna, Mute(room="#tea", name=name))
    await house.do(anna, Leave(room="#tea"))
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert room.roles == {await house.account_id("boris"): "owner"}
    for request in (Msg(to="#tea", message="x"), Unmute(room="#tea", name="boris")):
        with pytest.raises(Forbidden) as caught:
            await house.do(boris, request)
        assert caught.value.answer.name == "room.muted"
    await house.do(boris, SetRole(room="#tea", name="Вера Павловна", role="owner"))
    await house.do(vera, Unmute(room="#tea", name="boris"))
    for session in (boris, vera):
        await house.keep(session, Msg(to="#tea", message="x"))
    (kept,) = [each for each in await house.store.all_rooms() if each.id == room.id]
    assert dict(kept.muted) == room.muted == {}


async def test_an_heir_who_is_not_muted_comes_first(house: House) -> None:
    """So a room goes to somebody who may write, though they came later."""
    anna, boris, vera = [await house.login(name) for name in ("anna", "boris", "Вера Павловна")]
    for session in (anna, boris, vera):
        await house.do(session, Join(room="#tea"))
    await house.do(anna, Mute(room="#tea", name="boris"))
    await house.do(anna, Leave(room="#tea"))
    await house.keep(vera, Msg(to="#tea", message="x"))
    await house.do(vera, SetRoom(room="#tea", topic="x"))
