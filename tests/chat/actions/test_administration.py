"""`add_account`, `get_account`, `list_accounts`, `set_password`, `disable_account`, `enable_account`,
`set_account_role`.
"""

import pytest

from tests.chat.conftest import PASSWORD, Ear, House
from tests.support.data import quick_hash
from vestnik.chat.actions import ACTIONS, administration
from vestnik.chat.actions.administration import PAGE
from vestnik.chat.rules.accounts import MayHaveRole
from vestnik.chat.session import Session
from vestnik.protocol.administration import (
    AddAccount,
    AddBot,
    AddInvite,
    AddReset,
    AnyAdministration,
    DisableAccount,
    EnableAccount,
    GetAccount,
    ListAccounts,
    ListInvites,
    RemoveInvite,
    SetAccountRole,
    SetPassword,
)
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, NotFound, ServerError, VestnikError, WrongLogin
from vestnik.protocol.events import AccountState
from vestnik.protocol.requests import Authenticate, User
from vestnik.secret import Secret

NEW = Secret("new secret")
ACTS = (
    AddAccount(name="dora", password=NEW),
    GetAccount(name="anna"),
    ListAccounts(),
    SetPassword(name="anna", password=NEW),
    DisableAccount(name="anna"),
    EnableAccount(name="anna"),
    SetAccountRole(name="anna", role="owner"),
    AddReset(name="anna"),
    AddInvite(),
    ListInvites(),
    RemoveInvite(invite=1),
)


async def login(house: House, name: str, password: Secret) -> int:
    """The code that a login is answered with."""
    try:
        reply = await house.reply(Session(Ear()), Authenticate(user=User(name, password=password)))
    except VestnikError as error:
        return int(error.code)
    return int(reply.answer.code)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: type(act).__name__)
async def test_for_administrators_only(house: House, act: AnyAdministration) -> None:
    """Nobody else may do it, with a login or without one; what the control door alone does is no action elsewhere."""
    local = ACTIONS[type(act)].role is None
    for session, code, name in (
        (Session(Ear()), 401, "login.required"),
        (await house.login("boris"), 403, "account.role"),
        (await house.login("anna"), 400, ""),
    ):
        if not (local or name):
            continue  # the owner
        with pytest.raises(VestnikError) as caught:
            await house.do(session, act)
        assert (caught.value.code, caught.value.answer.name) == (400, "action.unknown") if local else (code, name)
    assert house.acts == []
    assert await login(house, "anna", PASSWORD) == 200


async def test_rank(house: House) -> None:
    """An administrator does what they like to those below, and an owner to all; nobody gives roles that are not below,
    but owners, and nobody disables themselves."""
    await house.administer(SetAccountRole(name="boris", role="administrator"))
    house.acts.clear()
    boris, anna = await house.login("boris"), await house.login("anna")
    may = (
        AddAccount(name="dora", password=NEW),
        SetAccountRole(name="dora", role="guest"),
        DisableAccount(name="dora"),
        EnableAccount(name="dora"),
        AddReset(name="dora"),
        ListAccounts(),
    )
    may_not = (
        AddAccount(name="eve", password=NEW, role="administrator"),
        SetAccountRole(name="dora", role="administrator"),
        SetAccountRole(name="boris", role="owner"),
        SetAccountRole(name="anna", role="member"),
        DisableAccount(name="anna"),
        DisableAccount(name="boris"),
        EnableAccount(name="anna"),
        AddReset(name="anna"),
        AddReset(name="boris"),
    )
    for act in may:
        assert (await house.reply(boris, act)).answer.code < 300
    done = len(house.acts)
    for refused in may_not:
        with pytest.raises(Forbidden):
            await house.reply(boris, refused)
    assert len(house.acts) == done
    assert (await house.reply(anna, SetAccountRole(name="boris", role="owner"))).answer.code == 200
    with pytest.raises(Forbidden):
        await house.reply(anna, DisableAccount(name="anna"))
    assert (await house.reply(boris, DisableAccount(name="anna"))).answer.code == 200


async def test_rank_of_now(house: House) -> None:
    """Whoever is no administrator any more is refused, also if that is found out in the transaction only."""
    anna = await house.login("anna")
    await house.administer(SetAccountRole(name="boris", role="owner"))
    await house.store.set_account_role(await house.account_id("anna"), "member", MayHaveRole("anna", "", "member"))
    assert anna.speaker.role == "owner"  # what the session still believes
    with pytest.raises(Forbidden) as caught:
        await house.reply(anna, DisableAccount(name="Вера Павловна"))
    assert (caught.value.answer.name, caught.value.values) == ("account.role", ("anna", "administrator"))


async def test_reset(house: House) -> None:
    """A code is made for an account, by default for a day, and recorded; it is in no record."""
    reply = await house.administer(AddReset(name="BORIS"))
    assert reply.answer.name == "admin.reset"
    assert reply.more["expires"] == house.now + 86_400
    assert house.acts == [("admin.reset", ("boris",))]


async def test_add(house: House) -> None:
    """A new account is recorded, can log in, and an `@` before its first letter may be a mention."""
    assert not house.chat.initials.may_mention("@Ждан")
    reply = await house.administer(AddAccount(name="Ждан", password=NEW))
    assert (int(reply.answer.code), reply.values) == (201, ("Ждан",))
    assert house.acts == [("admin.added", ("Ждан",))]
    assert house.chat.initials.may_mention("@Ждан")
    assert await login(house, "ждан", NEW) == 202


@pytest.mark.parametrize(
    ("name", "password", "error"),
    [
        ("ANNA", NEW, Conflict),
        ("#anna", NEW, BadRequest),
        ("", NEW, BadRequest),
        ("x" * 26, NEW, BadRequest),
        ("dora", Secret(""), BadRequest),
        ("dora", Secret("x" * 1025), BadRequest),
    ],
    ids=["taken", "a room's name", "no name", "long name", "no password", "long password"],
)
async def test_refused(house: House, name: str, password: Secret, error: type[VestnikError]) -> None:
    """An account that may not be is refused before anything is recorded."""
    with pytest.raises(error):
        await house.administer(AddAccount(name=name, password=password))
    assert house.acts == []


@pytest.mark.parametrize(
    "act",
    [
        GetAccount(name="nobody"),
        SetPassword(name="nobody", password=NEW),
        DisableAccount(name="nobody"),
        EnableAccount(name="nobody"),
    ],
    ids=lambda act: type(act).__name__,
)
async def test_nobody(house: House, act: AnyAdministration) -> None:
    """What is asked about an account that does not exist is a 404 and leaves no record."""
    with pytest.raises(NotFound):
        await house.administer(act)
    assert house.acts == []


async def test_a_new_password(house: House) -> None:
    """It is recorded, ends logins and connections of the account and no others, and only it lets in."""
    anna, boris = await house.login("anna"), await house.login("boris")
    assert (await house.administer(SetPassword(name="Anna", password=NEW))).values == ("anna",)
    assert house.acts == [("admin.password", ("anna",))]
    assert (anna.recipient.expelled, boris.recipient.expelled) == (True, False)  # type: ignore[attr-defined]
    assert await login(house, "anna", PASSWORD) == 402
    assert await login(house, "anna", NEW) == 202


async def test_role(house: House) -> None:
    """A role on the server is there at once for who is logged in, and at the next login; it is recorded."""
    anna, boris = await house.login("anna"), await house.login("boris")
    assert (anna.speaker.role, boris.speaker.role) == ("owner", "member")
    await house.administer(SetAccountRole(name="Boris", role="owner"))
    await house.administer(SetAccountRole(name="anna", role="guest"))
    assert (anna.speaker.role, boris.speaker.role) == ("guest", "owner")
    house.chat.sessions.detach(boris)
    assert (await house.login("boris")).speaker.role == "owner"
    with pytest.raises(Conflict):
        await house.administer(SetAccountRole(name="boris", role="member"))
    assert house.acts[:2] == [("admin.role", ("boris", "owner")), ("admin.role", ("anna", "guest"))]


async def test_bot_from_the_beginning(house: House) -> None:
    """A bot does not become anything else."""
    await house.administer(AddBot(name="hook"))
    with pytest.raises(BadRequest):
        await house.administer(SetAccountRole(name="hook", role="member"))
    assert (await house.administer(GetAccount(name="hook"))).more["accounts"][0].role == "bot"


@pytest.mark.parametrize(
    "act",
    [AddAccount(name="crier", password=NEW, role="bot"), SetPassword(name="hook", password=NEW), AddReset(name="hook")],
    ids=lambda act: type(act).__name__,
)
async def test_bots_have_no_password(house: House, act: AnyAdministration) -> None:
    """Whoever would give a bot a password, or a code for one, is told that bots have none; nothing is recorded."""
    await house.administer(AddBot(name="hook"))
    with pytest.raises(BadRequest) as refused:
        await house.administer(act)
    assert refused.value.answer.name == "bot.password"
    assert [name for name, _ in house.acts] == ["admin.bot_added"]


async def test_bot_with_a_password(house: House) -> None:
    """A bot that has a password all the same cannot log in with it, and hears what a wrong one is answered with."""
    await house.chat.storage.add_account("hook", "hook", quick_hash("new secret"), 1.0, lambda _standing: None, "bot")
    with pytest.raises(WrongLogin) as refused:
        await house.reply(Session(Ear()), Authenticate(user=User("hook", password=NEW)))
    assert (refused.value.answer.name, refused.value.values) == ("login.refused", ("hook",))


async def test_disable_and_enable(house: House) -> None:
    """Disabling ends connections and keeps the account out until it is enabled again; both are recorded."""
    session = await house.login("anna")
    await house.administer(DisableAccount(name="anna"))
    assert session.recipient.expelled  # type: ignore[attr-defined]
    assert await login(house, "anna", PASSWORD) == 403
    assert (await house.administer(GetAccount(name="anna"))).more["accounts"][0].disabled
    await house.administer(EnableAccount(name="anna"))
    assert await login(house, "anna", PASSWORD) == 202
    assert house.acts == [("admin.disabled", ("anna",)), ("admin.shown", ("anna",)), ("admin.enabled", ("anna",))]


async def test_list(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Accounts are listed by name, page by page; the list is recorded."""
    whole = await house.administer(ListAccounts())
    assert [account.name for account in whole.more["accounts"]] == ["anna", "boris", "Вера Павловна"]
    assert whole.more["accounts"][0] == AccountState("anna", 100.0, role="owner")
    assert "more" not in whole.more
    monkeypatch.setattr(administration, "PAGE", 2)
    first = await house.administer(ListAccounts())
    assert ([account.name for account in first.more["accounts"]], first.more["more"]) == (["anna", "boris"], True)
    rest = await house.administer(ListAccounts(after="Boris"))
    assert [account.name for account in rest.more["accounts"]] == ["Вера Павловна"]
    assert [values for _, values in house.acts] == [(3,), (2,), (1,)]
    assert PAGE > 2


@pytest.mark.parametrize("act", ACTS, ids=lambda act: type(act).__name__)
async def test_nothing_is_done_without_its_record(
    house: House, monkeypatch: pytest.MonkeyPatch, act: AnyAdministration
) -> None:
    """What cannot be recorded is not done: everybody can log in, or not, as before."""

    async def fail(_clerk: object, *_values: object) -> None:
        raise ServerError(answer)

    answer = administration.answers.ADMIN_UNRECORDED
    monkeypatch.setattr("tests.chat.conftest.Clerk.record", fail)
    session = await house.login("anna")
    with pytest.raises(ServerError):
        await house.administer(act)
    assert await login(house, "dora", NEW) == 402
    assert await login(house, "anna", PASSWORD) == 200
    assert not session.recipient.expelled  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("Anna", "account.exists"),
        ("bоris", "name.mixed"),
        ("Воris", "name.mixed"),
        ("Bopиc", "name.mixed"),
        ("all", "name.for_all"),
    ],
)
async def test_names_that_nobody_gets(house: House, name: str, answer: str) -> None:
    """What is taken, addresses everybody or is spelled to deceive is refused before anything is recorded."""
    with pytest.raises(VestnikError) as caught:
        await house.administer(AddAccount(name=name, password=NEW))
    assert caught.value.answer.name == answer
    assert house.acts == []


async def test_a_name_that_looks_taken(house: House) -> None:
    """A name that looks like another's is refused with the name of that one."""
    await house.administer(AddAccount(name="cope", password=NEW))
    with pytest.raises(Conflict) as caught:
        await house.administer(AddAccount(name="соре", password=NEW))
    assert (caught.value.answer.name, caught.value.values) == ("account.similar", ("соре", "cope"))


async def test_a_disabled_account_cannot_log_in_while_it_is_checked(house: House) -> None:
    """An account that is disabled while its password is checked is told so."""
    verify = house.passwords.verify

    async def slow(password_hash: str | None, password: Secret) -> bool:
        right = await verify(password_hash, password)
        await house.administer(DisableAccount(name="anna"))
        return right

    house.passwords.verify = slow  # type: ignore[method-assign]
    with pytest.raises(Forbidden):
        await house.do(Session(Ear()), Authenticate(user=User("anna", password=PASSWORD)))


async def test_an_old_password_cannot_log_in_while_it_is_checked(house: House) -> None:
    """A password that was changed while it was checked lets nobody in."""
    verify = house.passwords.verify

    async def slow(password_hash: str | None, password: Secret) -> bool:
        right = await verify(password_hash, password)
        await house.administer(SetPassword(name="anna", password=NEW))
        return right

    house.passwords.verify = slow  # type: ignore[method-assign]
    with pytest.raises(WrongLogin):
        await house.do(Session(Ear()), Authenticate(user=User("anna", password=PASSWORD), remember=True))
