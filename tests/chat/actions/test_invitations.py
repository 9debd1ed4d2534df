"""Invitations that wait for their answer, where the setting says that who is invited is asked."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.limits import Limits
from vestnik.chat.outcome import Telling
from vestnik.chat.session import Session
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.events import InvitationNotice, InvitationState
from vestnik.protocol.requests import (
    AnyRequest,
    Ban,
    Block,
    CreateRoom,
    Decline,
    History,
    Invitations,
    Invite,
    Join,
    SetRoom,
    Unban,
)


@pytest.fixture
def limits() -> Limits:
    """Two rooms."""
    return Limits(rooms=2)


async def refused(house: House, session: Session, request: AnyRequest) -> str:
    """With what a request is refused."""
    with pytest.raises(VestnikError) as caught:
        await house.do(session, request)
    return caught.value.answer.name


async def rooms_of(house: House, session: Session) -> list[InvitationState]:
    """The invitations that wait."""
    found: list[InvitationState] = (await house.reply(session, Invitations())).more["invitations"]
    return found


@pytest.fixture
async def people(house: House) -> tuple[Session, Session]:
    """Anna, who owns a private room, and boris."""
    house.chat.asks_invited = True
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#tea", private=True))
    return anna, boris


async def test_yes(house: House, people: tuple[Session, Session]) -> None:
    """Who is invited is told once, is no member until they join, and may join a private room then."""
    anna, boris = people
    reply = await house.reply(anna, Invite(room="#tea", name="boris"))
    assert (int(reply.answer.code), reply.answer.name, reply.changes) == (202, "invitation.sent", ())
    notice = InvitationNotice(house.now, "anna", "#tea")
    assert reply.told == (Telling(notice, "changes", frozenset({await house.account_id("boris")})),)
    assert (await house.reply(anna, Invite(room="#tea", name="boris"))).told == ()
    assert await rooms_of(house, boris) == [InvitationState("#tea", "anna", house.now)]
    assert await refused(house, boris, History(to="#tea")) == "room.unknown"
    await house.do(anna, SetRoom(room="#tea", name="#jam"))
    assert await rooms_of(house, boris) == [InvitationState("#jam", "anna", house.now)]
    (change,) = (await house.reply(boris, Join(room="#tea"))).changes
    assert change.kind == "join"
    assert await rooms_of(house, boris) == []
    assert house.chat.rooms.count_of(await house.account_id("boris")) == 1
    assert (await house.reply(anna, Invite(room="#jam", name="boris"))).answer.name == "member.invited"


async def test_no(house: House, people: tuple[Session, Session]) -> None:
    """Who declines is not asked any more, and may not join; without an invitation there is no such room."""
    anna, boris = people
    await house.do(anna, Invite(room="#tea", name="boris"))
    assert (await house.reply(boris, Decline(room="#TEA"))).answer.name == "invitation.declined"
    assert await rooms_of(house, boris) == []
    assert await refused(house, boris, Join(room="#tea")) == "room.private"
    for name in ("#tea", "#none"):
        assert await refused(house, boris, Decline(room=name)) == "room.unknown"


async def test_never(house: House, people: tuple[Session, Session]) -> None:
    """A ban and a block take an invitation back; a new one is refused."""
    anna, boris = people
    await house.do(anna, Invite(room="#tea", name="boris"))
    await house.do(anna, Ban(room="#tea", name="boris"))
    assert await rooms_of(house, boris) == []
    await house.do(anna, Unban(room="#tea", name="boris"))
    await house.do(anna, Invite(room="#tea", name="boris"))
    await house.do(boris, Block(name="anna"))
    assert await rooms_of(house, boris) == []
    assert await refused(house, anna, Invite(room="#tea", name="boris")) == "invitation.blocked"


async def test_too_many(house: House, people: tuple[Session, Session]) -> None:
    """As many wait as one may be in rooms; more are refused to who invites, and take nothing from one's own."""
    anna, boris = people
    vera = await house.login("Вера Павловна")
    await house.do(anna, CreateRoom(room="#cake"))
    await house.do(vera, CreateRoom(room="#den"))
    for session, name in ((anna, "#tea"), (anna, "#cake")):
        await house.do(session, Invite(room=name, name="boris"))
    assert await refused(house, vera, Invite(room="#den", name="boris")) == "invitation.limit"
    for name in ("#one", "#two"):
        await house.do(boris, Join(room=name))
    assert await refused(house, boris, Join(room="#tea")) == "room.limit"


async def test_who_could_still_give_it(house: House, people: tuple[Session, Session]) -> None:
    """An invitation of a member holds as long as the room lets members invite."""
    anna, boris = people
    vera = await house.login("Вера Павловна")
    await house.do(anna, SetRoom(room="#tea", inviting="members"))
    await house.do(anna, Invite(room="#tea", name="Вера Павловна"))
    await house.do(vera, Join(room="#tea"))
    await house.do(vera, Invite(room="#tea", name="boris"))
    for circle, count in (("members", 1), ("moderators", 0), (None, 0), ("owners", 0), ("members", 1)):
        await house.do(anna, SetRoom(room="#tea", inviting=circle))  # type: ignore[arg-type]
        assert len(await rooms_of(house, boris)) == count
    await house.do(anna, SetRoom(room="#tea", private=False, inviting=None))
    assert len(await rooms_of(house, boris)) == 1
    await house.do(anna, SetRoom(room="#tea", inviting="owners"))
    assert await rooms_of(house, boris) == []
