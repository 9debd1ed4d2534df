"""`register`, `add_invite`, `list_invites`, `remove_invite`."""

import pytest

from tests.chat.conftest import Ear, House
from vestnik.chat.limits import Limits
from vestnik.chat.session import Session
from vestnik.protocol.accounts import Register
from vestnik.protocol.administration import AddInvite, ListInvites, RemoveInvite, SetAccountRole
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, NotFound, VestnikError, WrongLogin
from vestnik.protocol.requests import Authenticate, CreateRoom, Join, User
from vestnik.secret import Secret

NEW = Secret("seven cold spoons")


@pytest.fixture
def limits() -> Limits:
    """Two registrations a day from one network, three invites at a time."""
    return Limits(registrations=2, invites=3)


def ask(name: str, code: Secret | None = None, password: Secret = NEW) -> Register:
    """A request to register."""
    return Register(user=User(name, password=password), invite=code)


async def refused(house: House, session: Session, request: object) -> str:
    """The name of the answer to a request that is refused."""
    with pytest.raises(VestnikError) as caught:
        await house.reply(session, request)  # type: ignore[arg-type]
    return caught.value.answer.name


async def test_invited(house: House) -> None:
    """With a code somebody registers, may log in and be mentioned at once, and is in the rooms of the invite."""
    anna = await house.login("anna")
    await house.do(anna, Join(room="#tea"))
    made = await house.reply(anna, AddInvite(rooms=["#Tea"], uses=2))
    assert house.acts == [("admin.invite", ("member", 2, "#tea"))]
    reply = await house.reply(Session(Ear()), ask("Ждан", made.more["code"]))
    assert (reply.answer.name, reply.values) == ("account.registered", ("Ждан", "anna"))
    assert [change.kind for change in reply.changes] == ["invite"]
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert await house.account_id("Ждан") in room.members
    assert house.chat.initials.may_mention("@Ждан")
    session = Session(Ear())
    await house.do(session, Authenticate(user=User("Ждан", password=NEW)))
    assert session.speaker.role == "member"


async def test_only_with_an_invite(house: House) -> None:
    """By default a code is needed; where nobody may register none helps; codes that are none are refused."""
    code = (await house.administer(AddInvite())).more["code"]
    assert await refused(house, Session(Ear()), ask("dora")) == "registration.invite"
    assert await refused(house, Session(Ear()), ask("dora", Secret("7QK2M"))) == "code.refused"
    house.chat.registration = "closed"
    assert await refused(house, Session(Ear()), ask("dora", code)) == "registration.closed"
    house.chat.registration = "open"
    assert await refused(house, Session(Ear()), ask("dora", Secret(""))) == "code.refused"
    await house.reply(Session(Ear()), ask("dora"))


async def test_bad_names_and_passwords(house: House) -> None:
    """Names and passwords are what they must be for any account; whoever is logged in speaks for themselves only."""
    code = (await house.administer(AddInvite())).more["code"]
    for request, error in (
        (ask("Anna", code), Conflict),
        (ask("аnna", code), BadRequest),
        (ask("all", code), BadRequest),
        (ask("dora", code, Secret("password")), BadRequest),
        (Register(user=User("dora"), invite=code), BadRequest),
    ):
        with pytest.raises(error):
            await house.reply(Session(Ear()), request)
    with pytest.raises(Forbidden):
        await house.reply(await house.login("anna"), ask("dora", code))
    await house.reply(Session(Ear()), ask("dora", code))


async def test_floods(house: House) -> None:
    """From one network only so many register in a day, but with an invite; who was refused does not count."""
    house.chat.registration = "open"
    await house.reply(Session(Ear()), ask("one"))
    with pytest.raises(Conflict):
        await house.reply(Session(Ear()), ask("anna"))
    await house.reply(Session(Ear()), ask("two"))
    assert await refused(house, Session(Ear()), ask("three")) == "registration.limit"
    code = (await house.administer(AddInvite())).more["code"]
    await house.reply(Session(Ear()), ask("three", code))
    house.now += 86_400
    await house.reply(Session(Ear()), ask("four"))


async def test_who_invites(house: House) -> None:
    """Members do not; administrators only to roles below their own and to rooms to which they may invite."""
    anna, boris = await house.login("anna"), await house.login("boris")
    await house.do(anna, CreateRoom(room="#board", private=True))
    await house.do(anna, CreateRoom(room="#tea"))
    assert await refused(house, boris, AddInvite()) == "account.role"
    await house.administer(SetAccountRole(name="boris", role="administrator"))
    house.acts.clear()
    assert await refused(house, boris, AddInvite(role="administrator")) == "account.role"
    assert await refused(house, boris, AddInvite(rooms=["#board"])) == "room.unknown"
    assert await refused(house, boris, AddInvite(rooms=["#tea"])) == "room.not_member"
    assert await refused(house, boris, AddInvite(rooms=["#cake"])) == "room.unknown"
    assert house.acts == []
    for request in (AddInvite(role="administrator"), AddInvite(rooms=["#board"])):
        await house.reply(anna, request)
    await house.administer(AddInvite(rooms=["#board"]))
    assert await refused(house, anna, AddInvite()) == "invite.limit"


async def test_list_and_remove(house: House) -> None:
    """Invites are listed without their codes; one that is withdrawn is good no more."""
    house.chat.public_address = "chat.example:7777"
    made = await house.administer(AddInvite(role="guest", seconds=60))
    assert made.more["link"].reveal() == f"vestnik://chat.example:7777/#{made.more['code'].reveal()}"
    (listed,) = (await house.administer(ListInvites())).more["invites"]
    assert (listed.invite, listed.uses, listed.role, listed.by) == (made.more["invite"], 1, "guest", "")
    assert listed.expires == house.now + 60
    await house.administer(RemoveInvite(invite=listed.invite))
    with pytest.raises(NotFound):
        await house.administer(RemoveInvite(invite=listed.invite))
    with pytest.raises(WrongLogin):
        await house.reply(Session(Ear()), ask("dora", made.more["code"]))
