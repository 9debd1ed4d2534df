"""Accounts, logins, contacts in the real database."""

import pytest
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import IntegrityError

from tests.support.store import allow
from vestnik.chat.rules.accounts import MayHaveRole, MayLogIn, MayTakeName
from vestnik.chat.storage.accounts import (
    AccountRecord,
    AccountStanding,
    ContactStanding,
    Credentials,
    LoginStanding,
    NameStanding,
    TokenLogin,
)
from vestnik.protocol.errors import BadRequest, Conflict, WrongLogin
from vestnik.protocol.events import AccountState
from vestnik.store.queries import accounts
from vestnik.store.schema import account, login

ANNA, BORIS, VERA = 1, 2, 3


def logins(connection: Connection) -> int:
    """How many logins are kept."""
    return connection.execute(select(func.count()).select_from(login)).scalar_one()


def test_add_and_find(connection: Connection) -> None:
    """An account is found by its key and by nothing else."""
    assert accounts.find_account(connection, "вера") == AccountRecord(VERA, "Вера")
    assert accounts.find_account(connection, "Вера") is None


def test_taken(connection: Connection) -> None:
    """A rule is asked how a name stands; what it refuses changes nothing."""
    standings: list[NameStanding] = []
    accounts.add_account(connection, "Вика", "вика", "other", 200.0, standings.append)  # type: ignore[arg-type]
    before = accounts.list_accounts(connection, "", 9)
    with pytest.raises(Conflict):
        accounts.add_account(connection, "ANNA", "anna", "other", 200.0, MayTakeName("ANNA"))
    assert standings == [NameStanding(taken=False)]
    assert accounts.list_accounts(connection, "", 9) == before


def test_looks_taken(connection: Connection) -> None:
    """A name that looks like another's is refused, however the transaction comes to it."""
    with pytest.raises(Conflict) as caught:
        accounts.add_account(connection, "аnna", "аnna", "other", 200.0, MayTakeName("аnna"))
    assert (caught.value.answer.name, caught.value.values) == ("account.similar", ("аnna", "anna"))
    with pytest.raises(IntegrityError):
        connection.execute(update(account).where(account.c.id == BORIS).values(skeleton="anna"))


def test_doubtful(connection: Connection) -> None:
    """Accounts whose names are like others' or are words for everybody are listed, by name, up to a limit."""
    assert accounts.doubtful_accounts(connection, ["all"], 9) == []
    for name in ("аnna", "all"):
        accounts.add_account(connection, name, name, "other", 200.0, allow)
    assert accounts.doubtful_accounts(connection, ["all"], 9) == ["all", "аnna"]
    assert accounts.doubtful_accounts(connection, ["all"], 1) == ["all"]
    assert accounts.find_account(connection, "аnna") is not None


def test_list(connection: Connection) -> None:
    """Accounts are listed by key with what an administrator wants to know."""
    accounts.add_account(connection, "Aaron", "aaron", "hash", 200.0, allow)
    listed = accounts.list_accounts(connection, "", 9)
    assert [state.name for state in listed] == ["Aaron", "anna", "boris", "Вера"]
    assert listed[:2] == [AccountState("Aaron", 200.0), AccountState("anna", 100.0, role="owner")]
    assert [state.name for state in accounts.list_accounts(connection, "aaron", 2)] == ["anna", "boris"]
    assert accounts.list_accounts(connection, "вера", 9) == []


def test_roles(connection: Connection) -> None:
    """The first account is owner, others are what they are made; a change is there at the next login."""
    accounts.add_account(connection, "hook", "hook", "hash", 200.0, allow, "bot")
    accounts.set_account_role(connection, BORIS, "administrator", allow)
    roles = {state.name: state.role for state in accounts.list_accounts(connection, "", 9)}
    assert roles == {"anna": "owner", "boris": "administrator", "hook": "bot", "Вера": "member"}
    found = accounts.credentials(connection, "boris", 0.0)
    assert found is not None
    assert found.role == "administrator"


def test_last_owner(connection: Connection) -> None:
    """Who is the only owner that is not disabled stays one; whoever else is may become anything but no bot."""
    accounts.set_account_role(connection, BORIS, "owner", MayHaveRole("boris", "", "owner"))
    accounts.set_account_role(connection, ANNA, "guest", MayHaveRole("anna", "", "guest"))
    for again in (False, True):
        with pytest.raises(Conflict) as caught:
            accounts.set_account_role(connection, BORIS, "member", MayHaveRole("boris", "", "member"))
        assert (caught.value.answer.name, caught.value.values) == ("account.last_owner", ("boris",))
        if not again:
            accounts.set_account_role(connection, VERA, "owner", MayHaveRole("Вера", "", "owner"))
            accounts.set_disabled(connection, VERA, True, 9.0)
    accounts.add_account(connection, "hook", "hook", "hash", 200.0, allow, "bot")
    with pytest.raises(BadRequest) as refused:
        accounts.set_account_role(connection, 4, "owner", MayHaveRole("hook", "", "owner"))
    assert refused.value.answer.name == "account.bot"


def test_change_password(connection: Connection) -> None:
    """Another password ends all logins of the account but the one it was changed on, by its number or without one."""
    for kept in (True, False):
        numbers = [accounts.begin_login(connection, ANNA, token, 5.0, 0.0, allow) for token in ("a", "b", None)]
        accounts.begin_login(connection, BORIS, f"c{kept}", 5.0, 0.0, allow)
        rule = MayLogIn("anna", "anna", "hash of anna" if kept else "hash 1")
        with pytest.raises(WrongLogin):
            accounts.change_password(connection, ANNA, "x", None, MayLogIn("anna", "anna", "old hash"))
        accounts.change_password(connection, ANNA, "hash 1" if kept else "hash 2", numbers[0] if kept else None, rule)
        assert (accounts.token_login(connection, "a", 0.0) is not None) == kept
        assert accounts.token_login(connection, "b", 0.0) is None
        left = connection.execute(select(login.c.id).where(login.c.account_id == ANNA)).scalars().all()
        assert left == [numbers[0] if kept else numbers[2]]
        accounts.set_password(connection, ANNA, "hash 1" if kept else "hash of anna")


def test_power(connection: Connection) -> None:
    """Who does something is told as they are in this transaction: somebody disabled has no power, nor name for it."""
    assert accounts.account_standing(connection, BORIS, None) == AccountStanding("member", 1)
    assert accounts.account_standing(connection, BORIS, ANNA) == AccountStanding("member", 1, "owner")
    assert accounts.account_standing(connection, BORIS, BORIS) == AccountStanding("member", 1, "member", True)
    accounts.set_disabled(connection, ANNA, True, 9.0)
    assert accounts.account_standing(connection, BORIS, ANNA) == AccountStanding("member", 0, "guest")


def test_state(connection: Connection) -> None:
    """An account is shown as it is now."""
    accounts.set_disabled(connection, BORIS, True, 9.0)
    assert accounts.account_state(connection, BORIS) == AccountState("boris", 100.0, disabled=True)


def test_credentials(connection: Connection) -> None:
    """What a login is checked against: hash, state, and the latest use after a time, however many logins there are."""
    assert accounts.credentials(connection, "nobody", 0.0) is None
    anna = AccountRecord(ANNA, "anna")
    assert accounts.credentials(connection, "anna", 0.0) == Credentials(anna, "hash of anna", False, None, role="owner")
    accounts.begin_login(connection, ANNA, None, 500.0, 0.0, allow)
    accounts.begin_login(connection, ANNA, "t", 600.0, 0.0, allow)
    accounts.begin_login(connection, BORIS, None, 700.0, 0.0, allow)
    for since, used in ((0.0, 600.0), (600.0, 600.0), (600.1, None)):
        found = accounts.credentials(connection, "anna", since)
        assert found is not None
        assert found.login_used == used


def test_token_login(connection: Connection) -> None:
    """A login is found by its token's hash while it is young enough."""
    number = accounts.begin_login(connection, ANNA, "t", 500.0, 0.0, allow)
    expected = TokenLogin(number, AccountRecord(ANNA, "anna"), False, 500.0, role="owner")
    assert accounts.token_login(connection, "t", 500.0) == expected
    assert accounts.token_login(connection, "t", 500.1) is None
    assert accounts.token_login(connection, "other", 0.0) is None


def test_tokens_are_unique(connection: Connection) -> None:
    """No two logins have one token; many may have none."""
    accounts.begin_login(connection, ANNA, None, 1.0, 0.0, allow)
    accounts.begin_login(connection, ANNA, None, 1.0, 0.0, allow)
    accounts.begin_login(connection, ANNA, "t", 1.0, 0.0, allow)
    with pytest.raises(IntegrityError):
        accounts.begin_login(connection, BORIS, "t", 1.0, 0.0, allow)


def test_begin_login_forgets_old_ones(connection: Connection) -> None:
    """A new login takes away the account's own logins that were unused for too long, and no others."""
    accounts.begin_login(connection, ANNA, None, 100.0, 0.0, allow)
    accounts.begin_login(connection, BORIS, None, 100.0, 0.0, allow)
    accounts.begin_login(connection, ANNA, "t", 500.0, 200.0, allow)
    assert logins(connection) == 2


def test_begin_login_asks(connection: Connection) -> None:
    """A rule is asked with the password and state that the account has now; what it refuses changes nothing."""
    standings: list[LoginStanding] = []
    accounts.begin_login(connection, ANNA, None, 100.0, 0.0, standings.append)  # type: ignore[arg-type]
    accounts.set_disabled(connection, ANNA, True, 9.0)
    assert standings == [LoginStanding("hash of anna", disabled=False)]
    accounts.begin_login(connection, BORIS, None, 100.0, 0.0, allow)
    with pytest.raises(WrongLogin):
        accounts.begin_login(connection, BORIS, "t", 500.0, 200.0, MayLogIn("boris", "boris", "other"))
    assert logins(connection) == 1


def test_touch_and_end(connection: Connection) -> None:
    """With a number one login of the account is meant, without one all of its logins without a token."""
    one = accounts.begin_login(connection, ANNA, "t", 100.0, 0.0, allow)
    for _ in range(2):
        accounts.begin_login(connection, ANNA, None, 100.0, 0.0, allow)
    accounts.begin_login(connection, BORIS, None, 100.0, 0.0, allow)
    accounts.touch_login(connection, BORIS, one, 900.0)  # not boris's
    accounts.touch_login(connection, ANNA, one, 200.0)
    accounts.touch_login(connection, ANNA, None, 300.0)
    used = select(login.c.account_id, login.c.used).order_by(login.c.id)
    assert [tuple(row) for row in connection.execute(used)] == [(1, 200.0), (1, 300.0), (1, 300.0), (2, 100.0)]
    accounts.end_login(connection, BORIS, one)
    assert logins(connection) == 4
    accounts.end_login(connection, ANNA, None)
    assert logins(connection) == 2
    accounts.end_login(connection, ANNA, one)
    assert [row.account_id for row in connection.execute(used)] == [BORIS]


def test_password_ends_logins(connection: Connection) -> None:
    """A new password ends all logins of the account and of no other."""
    for account_id in (ANNA, BORIS):
        accounts.begin_login(connection, account_id, None, 100.0, 0.0, allow)
        accounts.begin_login(connection, account_id, str(account_id), 100.0, 0.0, allow)
    accounts.set_password(connection, ANNA, "new")
    assert logins(connection) == 2
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert (found.password_hash, found.login_used) == ("new", None)


def test_disabling_ends_logins(connection: Connection) -> None:
    """Disabling ends the logins; enabling gives none back and is a change only when there was something to change."""
    accounts.begin_login(connection, ANNA, "t", 100.0, 0.0, allow)
    accounts.set_disabled(connection, ANNA, True, 9.0)
    assert logins(connection) == 0
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert found.disabled is True
    accounts.set_disabled(connection, ANNA, False, 9.0)
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert found.disabled is False


def test_contacts(connection: Connection) -> None:
    """Contacts are sorted by key, kept once, one-way, and removed once."""
    for contact_id in (VERA, BORIS, BORIS, ANNA):
        accounts.add_contact(connection, ANNA, contact_id, allow)
    assert accounts.contacts(connection, ANNA) == ["anna", "boris", "Вера"]
    assert accounts.contacts(connection, BORIS) == []
    standings: list[ContactStanding] = []
    for _ in range(2):
        accounts.remove_contact(connection, ANNA, BORIS, standings.append)  # type: ignore[arg-type]
    assert standings == [ContactStanding(known=True, total=3), ContactStanding(known=False, total=2)]
    assert accounts.contacts(connection, ANNA) == ["anna", "Вера"]


def test_contacts_exist(connection: Connection) -> None:
    """A contact is an account that there is."""
    with pytest.raises(IntegrityError):
        accounts.add_contact(connection, ANNA, 99, allow)


def test_find_accounts(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those among many names that are known are found by their keys, however many are looked up at a time."""
    wanted = ["anna", "nobody", "вера", "Anna"]
    expected = {"anna": AccountRecord(1, "anna"), "вера": AccountRecord(3, "Вера")}
    for at_a_time in (500, 2, 1):
        monkeypatch.setattr(accounts, "MAX_KEYS", at_a_time)
        assert accounts.find_accounts(connection, wanted) == expected
    assert accounts.find_accounts(connection, []) == {}
