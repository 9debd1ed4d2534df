"""Guests, who have no account: how they come in."""

from typing import cast

import pytest

from tests.chat.conftest import Ear, House
from vestnik.chat.actions import messages
from vestnik.chat.guests import OF_NETWORK, Guests
from vestnik.chat.rules.rooms import MaySet
from vestnik.chat.session import Account, Recipient, Session
from vestnik.protocol.administration import AddReset, AnyAdministration, SetAccountRole, SetPassword
from vestnik.protocol.errors import Forbidden, NotAuthorised, NotFound
from vestnik.protocol.requests import AdmitGuests, CreateRoom, Join, Msg, Presence, SetRoom, User, Who
from vestnik.secret import Secret

NEW = Secret("seven cold spoons")


async def come(house: House, name: str, status: str | None = None) -> Session:
    """A guest who has just come in."""
    session = Session(cast("Recipient", Ear()))
    assert (await house.reply(session, Presence(user=User(name, status=status)))).answer.name == "guest.entered"
    return session


@pytest.fixture
def open_house(house: House) -> House:
    """One that admits guests."""
    house.chat.guests = Guests(admitted=True, common="#hall")
    return house


async def test_they_are_in_the_common_room(open_house: House) -> None:
    """Every guest is in the common room, with a status; an account that joins it owns it."""
    gleb = await come(open_house, "gleb", "here")
    room = open_house.chat.rooms.find("#hall")
    assert room is not None
    assert room.members == {gleb.speaker.id}
    assert open_house.chat.presence.status(gleb) == "here"
    anna = await open_house.login("anna")
    await open_house.do(anna, Join(room="#hall"))
    assert room.roles == {anna.speaker.id: "owner"}


async def test_they_come_also_without_a_common_room(open_house: House) -> None:
    """Where the common room is private, a guest is in no room."""
    anna = await open_house.login("anna")
    await open_house.do(anna, Join(room="#hall"))
    room = open_house.chat.rooms.find("#hall")
    assert room is not None
    await open_house.store.set_room(
        room.id, anna.speaker.id, 1.0, None, {"private": True}, MaySet("anna", ("private",), "#hall")
    )
    gleb = await come(open_house, "gleb")
    assert room.members == {anna.speaker.id}
    assert gleb.speaker.visitor


async def test_no_more_than_may_come(open_house: House) -> None:
    """Too many from one network are refused."""
    for _ in range(OF_NETWORK[0]):
        open_house.chat.guests.take(Ear.network, open_house.now)
    with pytest.raises(Forbidden) as caught:
        await come(open_house, "gleb")
    assert caught.value.answer.name == "guests.too_many"


async def test_who_goes_meanwhile(open_house: House) -> None:
    """A guest whose connection ends while they come in is forgotten like any other."""
    gone: list[Account] = []
    open_house.chat.sessions.depart = gone.append
    session = Session(cast("Recipient", Ear()))
    session.end()
    await open_house.reply(session, Presence(user=User("gleb")))
    assert [account.name for account in gone] == ["gleb"]


async def test_whom_they_see(open_house: House) -> None:
    """Guests see each other and those who let them write."""
    gleb, vika = await come(open_house, "gleb"), await come(open_house, "vika")
    anna = await open_house.login("anna")
    assert (await open_house.reply(anna, AdmitGuests(admit=True))).answer.name == "guests.admitted"
    found = (await open_house.reply(gleb, Who(all=True))).more["people"]
    assert [(person.name, person.guest) for person in found] == [("anna", False), ("gleb", True), ("vika", True)]
    assert (await open_house.reply(anna, AdmitGuests(admit=False))).answer.name == "guests.declined"
    open_house.chat.sessions.detach(vika)


async def test_nobody_without_the_setting(house: House) -> None:
    """A house that admits no guests asks for a login."""
    with pytest.raises(NotAuthorised):
        await come(house, "gleb")


@pytest.mark.parametrize(
    "act",
    [SetAccountRole(name="gleb", role="administrator"), SetPassword(name="gleb", password=NEW), AddReset(name="gleb")],
    ids=lambda act: type(act).__name__,
)
async def test_they_are_given_no_role_and_no_password(open_house: House, act: AnyAdministration) -> None:
    """Who has no account is none that administrators could raise, or give a password to."""
    gleb = await come(open_house, "gleb")
    with pytest.raises(NotFound):
        await open_house.administer(act)
    assert gleb.speaker.role == "guest"
    assert open_house.acts == []


async def test_a_room_that_closes_meanwhile(open_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a guest writes is refused if the room has closed to guests while something was looked up."""
    anna, gleb = await open_house.login("anna"), await come(open_house, "gleb")
    await open_house.do(anna, CreateRoom(room="#tea", guests=True))
    await open_house.do(gleb, Join(room="#tea"))
    await open_house.keep(gleb, Msg(to="#tea", message="in time"))

    async def close(*_: object) -> bool:
        await open_house.do(anna, SetRoom(room="#tea", guests=False))
        return False

    monkeypatch.setattr(messages, "_prepare", close)
    with pytest.raises(Forbidden):
        await open_house.keep(gleb, Msg(to="#tea", message="too late"))
