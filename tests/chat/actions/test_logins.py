"""`logins`, `end_login`, `end_logins`."""

import asyncio

import pytest

from tests.chat.conftest import LIFETIME, PASSWORD, Ear, House
from vestnik.chat.actions.login import TOUCH_AFTER
from vestnik.chat.session import Session
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound, WrongLogin
from vestnik.protocol.events import LoginState
from vestnik.protocol.own_account import EndLogin, EndLogins, Logins
from vestnik.protocol.requests import Authenticate, Quit, User
from vestnik.secret import Secret

NOW = 1_000_000_000.0


async def enter(house: House, name: str = "anna", *, address: str = "192.0.2.1", **fields: object) -> Session:
    """A new connection from `address` on which `name` is logged in."""
    ear = Ear()
    ear.address = (address, 50_000)
    session = Session(ear)  # type: ignore[arg-type]
    user = User(name, password=None if "token" in fields else PASSWORD, token=fields.pop("token", None))  # type: ignore[arg-type]
    await house.do(session, Authenticate(user=user, **fields))  # type: ignore[arg-type]
    return session


async def listed(house: House, session: Session) -> list[LoginState]:
    """The logins as a session gets them."""
    found: list[LoginState] = (await house.reply(session, Logins())).more["logins"]
    return found


async def token_of(house: House, **fields: object) -> Secret:
    """A token of anna's."""
    request = Authenticate(user=User("anna", password=PASSWORD), remember=True, **fields)  # type: ignore[arg-type]
    token = (await house.reply(Session(Ear()), request)).token
    assert token is not None
    return token


async def test_list(house: House) -> None:
    """Each token is a login, all passwords alone are one; the list says from where, since when, and which it is."""
    plain = await enter(house)
    await enter(house)
    house.now += 60
    await enter(house, device=" Anna's\u200b phone\u202e", remember=True)
    found = await listed(house, plain)
    assert found == [
        LoginState(2, NOW + 60, NOW + 60, "Anna's phone", "192.0.2.1", remembered=True, connections=1),
        LoginState(1, NOW, NOW, "", "192.0.2.1", connections=2, current=True),
    ]
    assert await listed(house, await enter(house, "boris")) == [
        LoginState(3, NOW + 60, NOW + 60, "", "192.0.2.1", connections=1, current=True)
    ]


@pytest.mark.parametrize("remember", [False, True])
async def test_last_use(house: House, remember: bool) -> None:
    """Another address or device is noted at once, the same again once an hour."""
    again: dict[str, object] = {"token": await token_of(house, device="phone")} if remember else {}
    session = await enter(house, device="phone", **again)
    for seconds, address, device, noted in (
        (60.0, "192.0.2.1", "phone", False),
        (TOUCH_AFTER + 1, "192.0.2.1", "phone", True),
        (1.0, "192.0.2.9", "phone", True),
        (1.0, "192.0.2.9", "watch", True),
    ):
        house.now += seconds
        await enter(house, address=address, device=device, **again)
        (found,) = await listed(house, session)
        assert (found.address, found.device) == (address, device)
        assert (found.used == house.now) is noted


async def test_old_logins_are_not_listed(house: House) -> None:
    """A login that is over is in no list, also before it is forgotten."""
    await token_of(house)
    house.now += LIFETIME + 1
    assert len(await listed(house, await enter(house))) == 1


async def test_end_one(house: House) -> None:
    """An ended login is gone, its connections are closed and its token is no good any more; others live on."""
    token = await token_of(house)
    phone, plain = await enter(house, token=token), await enter(house)
    number = next(each.login for each in await listed(house, plain) if each.remembered)
    reply = await house.reply(plain, EndLogin(login=number))
    assert (reply.answer.name, reply.values) == ("login.revoked", ("anna", number, "192.0.2.1"))
    assert (phone.recipient.expelled, plain.recipient.expelled) == (True, False)  # type: ignore[attr-defined]
    assert [each.current for each in await listed(house, plain)] == [True]
    with pytest.raises(WrongLogin):
        await enter(house, token=token)
    with pytest.raises(NotFound):
        await house.do(plain, EndLogin(login=number))


async def test_end_those_without_a_token(house: House) -> None:
    """The login of all who have come with the password alone ends for all of them, and begins anew with the next."""
    one, other, phone = await enter(house), await enter(house), await enter(house, token=await token_of(house))
    number = next(each.login for each in await listed(house, phone) if not each.remembered)
    await house.do(phone, EndLogin(login=number))
    ears = [session.recipient.expelled for session in (one, other, phone)]  # type: ignore[attr-defined]
    assert ears == [True, True, False]
    assert [each.current for each in await listed(house, await enter(house))] == [True, False]


async def test_the_own_one_stays(house: House) -> None:
    """The login of the connection itself is not ended so, and one of somebody else's is none."""
    boris = await enter(house, "boris")
    for session in (await enter(house), await enter(house, token=await token_of(house))):
        (own,) = (each.login for each in await listed(house, session) if each.current)
        with pytest.raises(Forbidden):
            await house.do(session, EndLogin(login=own))
        with pytest.raises(NotFound):
            await house.do(boris, EndLogin(login=own))
        assert not session.recipient.expelled  # type: ignore[attr-defined]


@pytest.mark.parametrize("by_token", [False, True])
async def test_end_all_others(house: House, by_token: bool) -> None:
    """All logins but the own one end, with their connections; those of others stay."""
    phone, plain = await enter(house, token=await token_of(house)), await enter(house)
    boris = await enter(house, "boris")
    here, there = (phone, plain) if by_token else (plain, phone)
    reply = await house.reply(here, EndLogins())
    assert reply.values == ("anna", 1)
    ears = [each.recipient.expelled for each in (here, there, boris)]  # type: ignore[attr-defined]
    assert ears == [False, True, False]
    assert [each.current for each in await listed(house, here)] == [True]


async def test_quit_ends_it_in_the_list(house: House) -> None:
    """What `quit` has ended is not in the list."""
    phone, plain = await enter(house, token=await token_of(house)), await enter(house)
    await house.do(plain, Quit())
    assert [each.current for each in await listed(house, phone)] == [True]


@pytest.mark.parametrize("remember", [False, True])
async def test_a_login_that_is_ended_before_it_is_answered(house: House, remember: bool) -> None:
    """A login that somebody ends while it is being made lets nobody in."""
    here = await enter(house, token=await token_of(house))
    begin_login = house.store.begin_login

    async def ended(*values: object) -> int:
        number = await begin_login(*values)  # type: ignore[arg-type]
        await house.do(here, EndLogins())
        return number

    house.store.begin_login = ended  # type: ignore[method-assign]
    session = Session(Ear())
    with pytest.raises(WrongLogin):
        await house.do(session, Authenticate(user=User("anna", password=PASSWORD), remember=remember))
    assert session.account is None


async def test_ended_together(house: House) -> None:
    """Two that end each other's logins are both answered, and at least one of them is gone."""
    one, other = [await enter(house, token=await token_of(house)) for _ in range(2)]
    await asyncio.gather(house.do(one, EndLogins()), house.do(other, EndLogins()))
    assert any(each.recipient.expelled for each in (one, other))  # type: ignore[attr-defined]


@pytest.mark.parametrize("device", ["x" * 65, "two\nlines"])
async def test_devices_that_are_none(house: House, device: str) -> None:
    """A device's name has one line of 64 characters; else nobody is logged in, and no password is checked."""
    with pytest.raises(BadRequest):
        await enter(house, device=device)
    assert house.passwords.asked == []
