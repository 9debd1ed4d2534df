"""`totp`, `begin_totp`, `confirm_totp`, `end_totp`, `recovery_codes`, and logins with a code."""

import asyncio

import pyotp
import pytest

from tests.chat.conftest import PASSWORD, Ear, House
from vestnik.chat.second_factor import RECOVERY_CODES, STEP
from vestnik.chat.session import Session
from vestnik.chat.storage.second_factor import MAX_TRIES, TRY_EVERY
from vestnik.protocol.administration import DisableAccount, RemoveTotp
from vestnik.protocol.errors import Conflict, NotAuthorised, NotFound, VestnikError, WrongLogin
from vestnik.protocol.own_account import BeginTotp, ConfirmTotp, EndTotp, RecoveryCodes, Totp
from vestnik.protocol.requests import Authenticate, User
from vestnik.secret import Secret

WRONG = Secret("wrong")


class Phone:
    """An authenticator, and recovery codes on paper."""

    def __init__(self, house: House, key: Secret) -> None:
        self.house = house
        self.key = key
        self.codes: list[Secret] = []

    def shows(self, steps: int = 0) -> Secret:
        """What it shows now, or so many steps later."""
        return Secret(pyotp.TOTP(self.key.reveal()).generate_otp(int(self.house.now) // STEP + steps))

    def wrong(self) -> Secret:
        """A code that is good at no time near now."""
        near = {self.shows(steps).reveal() for steps in range(-2, 3)}
        return Secret(next(code for code in map(str, range(100_000, 999_999)) if code not in near))


async def enter(
    house: House,
    code: Secret | None = None,
    password: Secret = PASSWORD,
    *,
    beside: bool = False,
    remember: bool = False,
) -> str:
    """What anna's login by password and code is answered with."""
    user = User("anna", password=password, code=None if beside else code)
    request = Authenticate(user=user, code=code if beside else None, remember=remember)
    try:
        return (await house.reply(Session(Ear()), request)).answer.name
    except VestnikError as error:
        return error.answer.name


@pytest.fixture
async def anna(house: House) -> Session:
    """Anna, who has logged in before there was a second factor."""
    return await house.login("anna")


@pytest.fixture
async def phone(house: House, anna: Session) -> Phone:
    """Anna's authenticator, in force; the next code is another one."""
    made = Phone(house, (await house.reply(anna, BeginTotp(password=PASSWORD))).more["key"])
    made.codes = (await house.reply(anna, ConfirmTotp(code=made.shows()))).more["codes"]
    house.now += STEP
    return made


async def test_a_code_is_needed(house: House, phone: Phone) -> None:
    """With the right password alone nobody is logged in and it says so; with a code they are, wherever that stands."""
    assert await enter(house) == "login.code_needed"
    assert await enter(house, phone.shows()) == "login.resumed"
    house.now += STEP
    assert await enter(house, phone.shows(), beside=True) == "login.resumed"
    house.now += STEP
    assert await enter(house, password=Secret(f"secret {phone.shows().reveal()}")) == "login.resumed"


async def test_a_wrong_password_says_nothing(house: House, phone: Phone) -> None:
    """Who does not know the password is not told whether there is a second factor, and uses up no code and no try."""
    for code in (None, phone.shows(), phone.codes[0], phone.wrong()) * MAX_TRIES:
        assert await enter(house, code, WRONG) == "login.refused"
    assert await enter(house, phone.codes[0]) == "login.resumed"
    assert await enter(house, phone.shows()) == "login.resumed"


async def test_one_check_for_one_password(house: House, phone: Phone) -> None:
    """A password costs one check with a code behind it, too, so that the time says nothing."""
    for text in ("secret 000000", "secret", "wrong 000000"):
        house.passwords.asked.clear()
        await enter(house, password=Secret(text))
        assert len(house.passwords.asked) == 1


async def test_no_second_factor(house: House) -> None:
    """Without one a code is not looked at, and digits behind a password are part of it."""
    assert await enter(house, Secret("000000")) == "login.accepted"
    assert await enter(house, password=Secret("secret 000000")) == "login.refused"


async def test_each_code_once(house: House, phone: Phone) -> None:
    """A code that was used is void, and so is an older one, two at once, too; that of the confirmation was."""
    assert await enter(house, phone.shows(-1)) == "totp.refused"
    found = await asyncio.gather(enter(house, phone.shows()), enter(house, phone.shows()))
    assert sorted(found) == ["login.resumed", "totp.refused"]
    assert await enter(house, phone.shows(1)) == "login.resumed"
    assert await enter(house, phone.shows()) == "totp.refused"


async def test_recovery_codes_once(house: House, anna: Session, phone: Phone) -> None:
    """A recovery code is good once, however it is typed."""
    typed = Secret(phone.codes[0].reveal().lower().replace("-", " "))
    assert await enter(house, typed) == "login.resumed"
    assert await enter(house, phone.codes[0]) == "totp.refused"
    assert (await house.reply(anna, Totp())).more == {"totp": True, "codes_left": RECOVERY_CODES - 1}


async def test_guessing(house: House, phone: Phone) -> None:
    """After so many wrong codes no more are looked at for a while, but for recovery codes; a right one ends that."""
    guesses = await asyncio.gather(*(enter(house, phone.wrong()) for _ in range(2 * MAX_TRIES)))
    assert sorted(guesses) == ["totp.later"] * MAX_TRIES + ["totp.refused"] * MAX_TRIES
    assert await enter(house, phone.shows()) == "totp.later"
    assert await enter(house, phone.codes[0]) == "login.resumed"
    house.now += TRY_EVERY
    assert await enter(house, phone.wrong()) == "totp.refused"
    assert await enter(house, phone.shows()) == "totp.later"
    house.now += TRY_EVERY
    assert await enter(house, phone.shows()) == "login.resumed"
    house.now += STEP
    assert await enter(house, phone.wrong()) == "totp.refused"
    assert await enter(house, phone.shows()) == "login.resumed"


async def test_a_clock_that_was_put_back(house: House, phone: Phone) -> None:
    """A clock that goes back gives no tries and takes none."""
    for _ in range(MAX_TRIES):
        await enter(house, phone.wrong())
    house.now -= 1000 * TRY_EVERY
    assert await enter(house, phone.wrong()) == "totp.later"


async def test_tokens_need_none(house: House, phone: Phone) -> None:
    """Who was let in once with a code and remembered needs none again."""
    request = Authenticate(user=User("anna", password=PASSWORD, code=phone.shows()), remember=True)
    token = (await house.reply(Session(Ear()), request)).token
    assert (await house.login("anna", token=token)).account is not None


async def test_not_in_force_before_it_is_confirmed(house: House, anna: Session) -> None:
    """A key that nobody has confirmed asks for nothing, and a second one takes its place."""
    first, second = [
        Phone(house, (await house.reply(anna, BeginTotp(password=PASSWORD))).more["key"]) for _ in range(2)
    ]
    assert await enter(house) == "login.resumed"
    assert (await house.reply(anna, Totp())).more == {"totp": False, "codes_left": 0}
    for code in (first.shows(), second.wrong()):
        with pytest.raises(WrongLogin):
            await house.do(anna, ConfirmTotp(code=code))
    assert (await house.reply(anna, ConfirmTotp(code=second.shows()))).answer.name == "totp.confirmed"
    for request in (ConfirmTotp(code=second.shows(1)), BeginTotp(password=PASSWORD)):
        with pytest.raises(Conflict):
            await house.do(anna, request)


async def test_what_takes_the_password(house: House, anna: Session, phone: Phone) -> None:
    """Whoever sits down at an open connection changes nothing without the password, nor without a code."""
    boris = await house.login("boris")
    with pytest.raises(WrongLogin):
        await house.do(boris, BeginTotp(password=WRONG))
    for kind in (EndTotp, RecoveryCodes):
        for password, code in ((WRONG, phone.codes[0]), (PASSWORD, phone.wrong()), (PASSWORD, Secret("x"))):
            with pytest.raises(WrongLogin):
                await house.do(anna, kind(password=password, code=code))
        with pytest.raises(NotFound):
            await house.do(boris, kind(password=PASSWORD, code=phone.codes[0]))


async def test_new_recovery_codes(house: House, anna: Session, phone: Phone) -> None:
    """New recovery codes take the place of those before."""
    new = (await house.reply(anna, RecoveryCodes(password=PASSWORD, code=phone.codes[0]))).more["codes"]
    assert await enter(house, phone.codes[1]) == "totp.refused"
    assert await enter(house, new[0]) == "login.resumed"


async def test_end(house: House, anna: Session, phone: Phone) -> None:
    """After its end the password is enough, and nothing is left of it."""
    assert (await house.reply(anna, EndTotp(password=PASSWORD, code=phone.shows()))).answer.name == "totp.ended"
    assert await enter(house) == "login.resumed"
    assert (await house.reply(anna, Totp())).more == {"totp": False, "codes_left": 0}
    assert await house.store.second_factor(await house.account_id("anna")) is None


async def test_an_administrator_takes_it_off(house: House, phone: Phone) -> None:
    """An administrator takes the second factor off, which leaves its record; where there is none it is a 404."""
    assert (await house.administer(RemoveTotp(name="anna"))).answer.name == "admin.totp"
    assert house.acts == [("admin.totp", ("anna",))]
    assert await enter(house) == "login.resumed"
    with pytest.raises(NotFound):
        await house.administer(RemoveTotp(name="anna"))


async def test_disabled(house: House, phone: Phone) -> None:
    """A disabled account is told so with the right password, and uses up no code."""
    await house.administer(DisableAccount(name="anna"))
    assert await enter(house, phone.codes[0]) == "account.disabled"
    assert (await house.store.second_factor(await house.account_id("anna"))).codes == RECOVERY_CODES  # type: ignore[union-attr]


@pytest.mark.parametrize("remember", [False, True])
async def test_in_force_while_somebody_logs_in(house: House, anna: Session, remember: bool) -> None:
    """A login by password that is under way when the second factor comes into force lets nobody in."""
    phone = Phone(house, (await house.reply(anna, BeginTotp(password=PASSWORD))).more["key"])
    await house.store.end_login(anna.speaker.id, None)
    begin_login = house.store.begin_login

    async def slow(*values: object) -> int:
        number = await begin_login(*values)  # type: ignore[arg-type]
        await house.do(anna, ConfirmTotp(code=phone.shows()))
        return number

    house.store.begin_login = slow  # type: ignore[method-assign]
    with pytest.raises(NotAuthorised):
        await house.do(Session(Ear()), Authenticate(user=User("anna", password=PASSWORD), remember=remember))
