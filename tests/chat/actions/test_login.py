"""`authenticate`, `presence`, `quit`."""

import pytest

from tests.chat.conftest import DAY, LIFETIME, PASSWORD, Ear, House, hearers
from vestnik.chat.session import Session
from vestnik.protocol.administration import DisableAccount
from vestnik.protocol.errors import BadRequest, Forbidden, WrongLogin
from vestnik.protocol.requests import Authenticate, Join, Presence, Quit, User
from vestnik.secret import Secret


def by_password(name: str, password: Secret | None = PASSWORD, *, remember: bool = False) -> Authenticate:
    """A login by password."""
    return Authenticate(user=User(name, password=password), remember=remember)


def by_token(name: str, token: Secret | None) -> Authenticate:
    """A login by token."""
    return Authenticate(user=User(name, token=token))


async def code(house: House, request: Authenticate) -> int:
    """The code that a login on a new connection is answered with."""
    return int((await house.reply(Session(Ear()), request)).answer.code)


async def test_first_and_again(house: House) -> None:
    """The first login is 202, the next ones are 200, on the same connection and on another."""
    session = Session(Ear())
    first = await house.reply(session, by_password("Anna"))
    assert (int(first.answer.code), first.values, first.logged_in, first.token) == (202, ("anna",), True, None)
    assert int((await house.reply(session, by_password("anna"))).answer.code) == 200
    assert await code(house, by_password("anna")) == 200


async def test_quit_ends_the_login(house: House) -> None:
    """After `quit` the next login is a first one; `quit` ends the connection without a word."""
    session = await house.login("anna")
    reply = await house.reply(session, Quit())
    assert (reply.final, session.account) == (True, None)
    assert await code(house, by_password("anna")) == 202


async def test_quit_of_a_stranger(house: House) -> None:
    """`quit` without a login ends the connection too, and no login."""
    await house.login("anna")
    assert (await house.reply(Session(Ear()), Quit())).final
    assert await code(house, by_password("anna")) == 200


@pytest.mark.parametrize(
    "request_",
    [
        by_password("anna", Secret("wrong")),
        by_password("anna", Secret("")),
        by_password("nobody"),
        by_token("anna", Secret("x")),
        by_token("anna", Secret("")),
    ],
    ids=["wrong password", "empty password", "unknown name", "wrong token", "empty token"],
)
async def test_wrong(house: House, request_: Authenticate) -> None:
    """Whatever is wrong with a login, it is the same 402 and text, and nobody is logged in."""
    session = Session(Ear())
    with pytest.raises(WrongLogin) as caught:
        await house.do(session, request_)
    assert caught.value.answer.name == "login.refused"
    assert caught.value.values == (request_.user.account_name,)
    assert session.account is None
    assert session.name == request_.user.account_name


async def test_unknown_names_cost_a_check(house: House) -> None:
    """A name that does not exist is checked like a wrong password, so that the time says nothing."""
    with pytest.raises(WrongLogin):
        await house.do(Session(Ear()), by_password("nobody"))
    assert house.passwords.asked == [None]


async def test_wrong_password_keeps_the_login(house: House) -> None:
    """A wrong password on a connection that is logged in is a 402 and leaves the login as it was."""
    session = await house.login("anna")
    with pytest.raises(WrongLogin):
        await house.do(session, by_password("anna", Secret("wrong")))
    assert session.speaker.name == "anna"


@pytest.mark.parametrize(
    ("request_", "answer", "field"),
    [
        (by_password("anna", None), "field.missing", "user.password"),
        (by_password("anna", Secret("x" * 1025)), "field.too_long", "user.password"),
        (by_password(""), "field.empty", "user.account_name"),
        (by_password("x" * 26), "field.too_long", "user.account_name"),
    ],
    ids=["no password", "long password", "empty name", "long name"],
)
async def test_bad_requests(house: House, request_: Authenticate, answer: str, field: str) -> None:
    """A login that lacks something or is too long is a 400 that names the field."""
    with pytest.raises(BadRequest) as caught:
        await house.do(Session(Ear()), request_)
    assert (caught.value.answer.name, caught.value.values[0]) == (answer, field)


async def test_disabled(house: House) -> None:
    """A disabled account is a 403 for the right password or token and a 402 for a wrong one."""
    token = (await house.reply(Session(Ear()), by_password("anna", remember=True))).token
    await house.administer(DisableAccount(name="anna"))
    with pytest.raises(Forbidden) as caught:
        await house.do(Session(Ear()), by_password("anna"))
    assert caught.value.answer.name == "account.disabled"
    with pytest.raises(WrongLogin):
        await house.do(Session(Ear()), by_password("anna", Secret("wrong")))
    with pytest.raises(WrongLogin):  # disabling has ended the token's login
        await house.do(Session(Ear()), by_token("anna", token))


async def test_token(house: House) -> None:
    """A token that was asked for logs in without a password check, in any spelling of the name, and not others."""
    reply = await house.reply(Session(Ear()), by_password("anna", remember=True))
    assert reply.token is not None
    house.passwords.asked.clear()
    session = Session(Ear())
    again = await house.reply(session, by_token("ANNA", reply.token))
    assert (int(again.answer.code), again.values, again.logged_in) == (200, ("anna",), True)
    assert session.speaker.name == "anna"
    assert house.passwords.asked == []
    with pytest.raises(WrongLogin):
        await house.do(Session(Ear()), by_token("boris", reply.token))


async def test_remember_beside_the_password(house: House) -> None:
    """`remember` may also stand in `user`."""
    request = Authenticate(user=User("anna", password=PASSWORD, remember=True))
    assert (await house.reply(Session(Ear()), request)).token is not None


async def test_every_token_is_a_login(house: House) -> None:
    """`quit` ends the login of its own token and not that of another device."""
    tokens = [(await house.reply(Session(Ear()), by_password("anna", remember=True))).token for _ in range(2)]
    session = await house.login("anna", token=tokens[0])
    await house.do(session, Quit())
    with pytest.raises(WrongLogin):
        await house.do(Session(Ear()), by_token("anna", tokens[0]))
    assert await code(house, by_token("anna", tokens[1])) == 200


@pytest.mark.parametrize("remember", [False, True])
async def test_logins_end_when_unused(house: House, remember: bool) -> None:
    """A login that was not used for its lifetime is over; one that was used meanwhile lives on."""
    token = (await house.reply(Session(Ear()), by_password("anna", remember=remember))).token
    again = by_token("anna", token) if remember else by_password("anna")
    for _ in range(3):
        house.now += LIFETIME - DAY
        assert await code(house, again) == 200
    house.now += LIFETIME + DAY
    if remember:
        with pytest.raises(WrongLogin):
            await house.do(Session(Ear()), again)
    assert await code(house, by_password("anna")) == 202


async def test_features(house: House) -> None:
    """A session has the features it named that there are; naming none again takes them away."""
    session = Session(Ear())
    request = Authenticate(user=User("anna", password=PASSWORD), features=["seq", "no such", "probe"])
    await house.do(session, request)
    assert session.features == {"seq", "probe"}
    await house.do(session, by_password("anna"))
    assert session.features == set()


async def test_rooms_are_heard_after_login(house: House) -> None:
    """Membership outlives the login: a new session hears the rooms of its account."""
    session = await house.login("anna")
    await house.do(session, Join(room="#tea"))
    house.chat.sessions.detach(session)
    again = await house.login("anna")
    room = house.chat.rooms.find("#tea")
    assert room is not None
    assert hearers(room) == {again.recipient}


async def test_presence(house: House) -> None:
    """`presence` keeps the status, more than once, and its absence changes nothing."""
    session = await house.login("anna")
    first = await house.reply(session, Presence(user=User("anna", status="Yep, I am here!")))
    assert (int(first.answer.code), first.values) == (200, ("anna", "Yep, I am here!"))
    assert (await house.reply(session, Presence())).values == ("anna", "Yep, I am here!")
    assert (await house.reply(session, Presence(user=User("anna", status="away")))).values[1] == "away"


async def test_long_status(house: House) -> None:
    """A status that is too long is a 400 that names it; the old one stays."""
    session = await house.login("anna")
    with pytest.raises(BadRequest) as caught:
        await house.do(session, Presence(user=User("anna", status="x" * 101)))
    assert caught.value.values == ("user.status", 100)
    assert house.chat.presence.status(session) == ""


async def test_features_are_shared(house: House) -> None:
    """Sessions that named the same features hold one set of them, in whatever order they named them."""
    one = await house.login("anna", ("seq", "changes", "unknown"))
    other = await house.login("boris", ("changes", "seq"))
    assert one.features is other.features
    assert one.features == {"seq", "changes"}


async def test_passwords_that_others_can_read(house: House) -> None:
    """Where others can read it on the way no password and no token is looked at, unless a setting allows it."""
    exposed = Session(Ear())
    exposed.exposed = True
    for request in (by_password("anna"), by_password("anna", Secret("wrong")), by_token("anna", Secret("x"))):
        with pytest.raises(Forbidden) as caught:
            await house.reply(exposed, request)
        assert caught.value.answer.name == "login.exposed"
    house.chat.plain_passwords = True
    assert int((await house.reply(exposed, by_password("anna"))).answer.code) == 202
