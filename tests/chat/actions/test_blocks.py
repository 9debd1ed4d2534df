"""`blocked`, `block`, `unblock`."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.limits import Limits
from vestnik.chat.session import Session
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.requests import AnyRequest, Block, Blocked, Group, Invite, Join, Leave, Msg, Unblock

VERA = "Вера Павловна"


@pytest.fixture
def limits() -> Limits:
    """One contact, or blocked person."""
    return Limits(contacts=1)


async def refused(house: House, session: Session, request: AnyRequest) -> tuple[str, tuple[object, ...]]:
    """With what a request is refused."""
    with pytest.raises(VestnikError) as caught:
        await house.do(session, request)
    return caught.value.answer.name, caught.value.values


async def test_no_more_invitations(house: House) -> None:
    """Who is blocked brings nobody into rooms or new groups; everybody else does, and what is there stays."""
    anna, boris, vera = [await house.login(name) for name in ("anna", "boris", VERA)]
    for name in ("#old", "#new"):
        await house.do(anna, Join(room=name))
        await house.do(vera, Join(room=name))
    await house.do(anna, Invite(room="#old", name="boris"))
    for _ in range(2):
        assert (await house.reply(boris, Block(name="ANNA"))).values == ("boris", "anna")
    assert (await house.reply(boris, Blocked())).names == ["anna"]
    told = ("invitation.blocked", ("anna", "boris"))
    assert await refused(house, anna, Invite(room="#new", name="boris")) == told
    assert await refused(house, anna, Group(members=["boris", VERA])) == told
    assert (await house.reply(anna, Invite(room="#old", name="boris"))).changes == ()
    await house.keep(anna, Msg(to="#old", message="x"))
    assert await refused(house, anna, Msg(to="boris", message="x")) == ("message.blocked", ("anna", "boris"))
    await house.do(vera, Invite(room="#new", name="boris"))
    group = await house.reply(vera, Group(members=["boris", "anna"]))
    await house.do(boris, Leave(room=group.more["room"]))
    assert (await house.reply(anna, Group(members=["boris", VERA]))).answer.name == "group.found"
    room = house.chat.rooms.find(group.more["room"])
    assert room is not None
    assert len(room.members) == 2
    for _ in range(2):
        await house.do(boris, Unblock(name="anna"))
    await house.do(boris, Leave(room="#old"))
    await house.do(anna, Invite(room="#old", name="boris"))


async def test_whom(house: House) -> None:
    """Oneself is a 400, somebody unknown a 404, more than there may be a 403."""
    anna = await house.login("anna")
    assert await refused(house, anna, Block(name="anna")) == ("person.oneself", ("anna",))
    for request in (Block(name="carl"), Unblock(name="carl")):
        assert await refused(house, anna, request) == ("account.unknown", ("carl",))
    await house.do(anna, Block(name="boris"))
    assert await refused(house, anna, Block(name=VERA)) == ("block.limit", ("anna", 1))
    await house.do(anna, Block(name="boris"))
