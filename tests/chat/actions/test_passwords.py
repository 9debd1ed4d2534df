"""`change_password` and `reset_password`."""

import pytest

from tests.chat.conftest import PASSWORD, Ear, House
from vestnik.chat.session import Session
from vestnik.protocol.accounts import ChangePassword, ResetPassword
from vestnik.protocol.administration import AddReset, DisableAccount
from vestnik.protocol.errors import BadRequest, Forbidden, NotAuthorised, WrongLogin
from vestnik.protocol.requests import Authenticate, User
from vestnik.secret import Secret

NEW = Secret("seven cold spoons")


async def code_for(house: House, name: str, seconds: int = 3600) -> Secret:
    """A code for a new password."""
    made = (await house.administer(AddReset(name=name, seconds=seconds))).more["code"]
    assert isinstance(made, Secret)
    return made


def reset(name: str, code: Secret, password: Secret = NEW) -> ResetPassword:
    """A request with a code."""
    return ResetPassword(user=User(name, password=password), code=code)


async def log_in(house: House, name: str, password: Secret) -> None:
    """Log in on a new connection. Raises WrongLogin."""
    await house.reply(Session(Ear()), Authenticate(user=User(name, password=password)))


async def test_change(house: House) -> None:
    """Another password ends the other connections and their tokens; the one it was changed on goes on."""
    phone = Session(Ear())
    token = (await house.reply(phone, Authenticate(user=User("anna", password=PASSWORD), remember=True))).token
    desk, boris = await house.login("anna"), await house.login("boris")
    reply = await house.reply(desk, ChangePassword(password=PASSWORD, new_password=NEW))
    assert (reply.answer.name, reply.values) == ("password.changed", ("anna",))
    assert [each.recipient.expelled for each in (phone, desk, boris)] == [True, False, False]  # type: ignore[attr-defined]
    with pytest.raises(WrongLogin):
        await house.reply(Session(Ear()), Authenticate(user=User("anna", token=token)))
    with pytest.raises(WrongLogin):
        await log_in(house, "anna", PASSWORD)
    await log_in(house, "anna", NEW)


async def test_change_on_a_login_with_a_token(house: House) -> None:
    """The login of the connection outlives the change, with its token."""
    session = Session(Ear())
    token = (await house.reply(session, Authenticate(user=User("anna", password=PASSWORD), remember=True))).token
    await house.reply(session, ChangePassword(password=PASSWORD, new_password=NEW))
    await house.reply(Session(Ear()), Authenticate(user=User("anna", token=token)))


async def test_change_is_refused(house: House) -> None:
    """Without a login, without the password, and for a weak one nothing changes."""
    session = await house.login("anna")
    with pytest.raises(NotAuthorised):
        await house.reply(Session(Ear()), ChangePassword(password=PASSWORD, new_password=NEW))
    with pytest.raises(WrongLogin) as caught:
        await house.reply(session, ChangePassword(password=Secret("guess"), new_password=NEW))
    assert caught.value.answer.name == "password.wrong"
    for weak in (Secret("1234567"), Secret("password"), Secret("Anna1234")):
        with pytest.raises(BadRequest):
            await house.reply(session, ChangePassword(password=PASSWORD, new_password=weak))
    with pytest.raises(BadRequest):
        await house.reply(session, ChangePassword(password=Secret("x" * 1025), new_password=NEW))
    await log_in(house, "anna", PASSWORD)


async def test_reset(house: House) -> None:
    """With a code an account has a new password, and no login from before; the code is used up."""
    code, session = await code_for(house, "anna"), await house.login("anna")
    reply = await house.reply(Session(Ear()), reset("ANNA", code))
    assert (reply.answer.name, reply.values) == ("password.reset", ("anna",))
    assert session.recipient.expelled  # type: ignore[attr-defined]
    await log_in(house, "anna", NEW)
    with pytest.raises(WrongLogin):
        await house.reply(Session(Ear()), reset("anna", code))


async def test_reset_is_refused(house: House) -> None:
    """Another's code, a late one, an unknown name, and what is no code are answered alike."""
    code, short = await code_for(house, "anna"), await code_for(house, "boris", seconds=60)
    house.now += 60
    wrong = (("boris", code), ("boris", short), ("nobody", code), ("anna", Secret("")), ("anna", Secret("x" * 9999)))
    for name, tried in wrong:
        with pytest.raises(WrongLogin) as caught:
            await house.reply(Session(Ear()), reset(name, tried))
        assert (caught.value.answer.name, caught.value.values) == ("code.refused", ())
    with pytest.raises(BadRequest):
        await house.reply(Session(Ear()), reset("anna", code, Secret("password")))
    with pytest.raises(BadRequest) as missing:
        await house.reply(Session(Ear()), ResetPassword(user=User("anna"), code=code))
    assert missing.value.answer.name == "field.missing"
    await house.administer(DisableAccount(name="anna"))
    with pytest.raises(Forbidden):
        await house.reply(Session(Ear()), reset("anna", code))
    with pytest.raises(WrongLogin):
        await log_in(house, "boris", NEW)


async def test_language(house: House) -> None:
    """Who resets a password may name the language of the answers; the password may stand beside the name."""
    code, session = await code_for(house, "anna"), Session(Ear())
    await house.reply(session, ResetPassword(user=User("anna"), password=NEW, code=code, lang="en-GB"))
    assert session.lang == "en"
