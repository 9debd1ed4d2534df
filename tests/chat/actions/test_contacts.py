"""`get_contacts`, `add_contact`, `del_contact`."""

import pytest

from tests.chat.conftest import House
from vestnik.chat.limits import Limits
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.requests import AddContact, DelContact, GetContacts


@pytest.fixture
def limits() -> Limits:
    """Two contacts for each account."""
    return Limits(contacts=2)


async def names(house: House, session: Session) -> list[str] | None:
    """The contacts of whoever is logged in."""
    reply = await house.reply(session, GetContacts())
    assert int(reply.answer.code) == 202
    assert reply.names is not None
    assert reply.values == (session.name, len(reply.names))
    return reply.names


async def test_add_and_remove(house: House) -> None:
    """Contacts are kept sorted, once each, under the accounts' own names, and only for their owner."""
    anna, boris = await house.login("anna"), await house.login("boris")
    assert await names(house, anna) == []
    for name in ("ВЕРА ПАВЛОВНА", "Boris", "boris"):
        reply = await house.reply(anna, AddContact(user_id=name))
        assert int(reply.answer.code) == 200
    assert reply.values == ("anna", "boris")
    assert await names(house, anna) == ["boris", "Вера Павловна"]
    assert await names(house, boris) == []
    gone = await house.reply(anna, DelContact(user_id="BORIS"))
    assert (int(gone.answer.code), gone.values) == (200, ("anna", "boris"))
    assert await names(house, anna) == ["Вера Павловна"]


async def test_unknown(house: House) -> None:
    """Adding an unknown account, or removing what is no contact, is a 404 that names it."""
    anna = await house.login("anna")
    with pytest.raises(NotFound) as caught:
        await house.do(anna, AddContact(user_id="nobody"))
    assert (caught.value.answer.name, caught.value.values) == ("account.unknown", ("nobody",))
    for name in ("nobody", "boris"):
        with pytest.raises(NotFound) as caught:
            await house.do(anna, DelContact(user_id=name))
        assert (caught.value.answer.name, caught.value.values) == ("contact.unknown", ("anna", name))


async def test_limit(house: House) -> None:
    """One contact more than allowed is a 403; one that is there already is not."""
    anna = await house.login("anna")
    for name in ("boris", "anna"):
        await house.do(anna, AddContact(user_id=name))
    with pytest.raises(Forbidden) as caught:
        await house.do(anna, AddContact(user_id="Вера Павловна"))
    assert (caught.value.answer.name, caught.value.values) == ("contact.limit", ("anna", 2))
    assert (await house.reply(anna, AddContact(user_id="BORIS"))).answer.code == 200


@pytest.mark.parametrize("kind", [AddContact, DelContact])
@pytest.mark.parametrize("name", ["", "x" * 26])
async def test_bad_requests(house: House, kind: type[AddContact] | type[DelContact], name: str) -> None:
    """An empty or over-long name is a 400 that names the field."""
    anna = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(anna, kind(user_id=name))
    assert caught.value.values[0] == "user_id"
