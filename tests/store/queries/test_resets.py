"""Codes for new passwords in the real database."""

import pytest
from sqlalchemy import Connection

from tests.support.store import allow
from vestnik.chat.rules.accounts import MayReset
from vestnik.chat.storage.accounts import AccountRecord, ResetStanding
from vestnik.protocol.errors import WrongLogin
from vestnik.store.queries import accounts, resets

ANNA, BORIS, VERA = 1, 2, 3


def test_code(connection: Connection) -> None:
    """A code is good for its account until it expires, and until there is another one."""
    resets.add_reset(connection, ANNA, "one", 1.0, 10.0, allow)
    anna = AccountRecord(ANNA, "anna")
    for code, now, good in (("one", 9.9, True), ("one", 10.0, False), ("two", 9.9, False)):
        assert resets.reset_standing(connection, "anna", code, now) == (anna, ResetStanding(good, False))
    assert resets.reset_standing(connection, "boris", "one", 9.9) == (
        AccountRecord(BORIS, "boris"),
        ResetStanding(False, False),
    )
    assert resets.reset_standing(connection, "nobody", "one", 9.9) is None
    resets.add_reset(connection, ANNA, "two", 2.0, 20.0, allow)
    found = [resets.reset_standing(connection, "anna", code, 9.9) for code in ("one", "two")]
    assert found == [(anna, ResetStanding(False, False)), (anna, ResetStanding(True, False))]


def test_used(connection: Connection) -> None:
    """A code is good once, and ends all logins of its account and no others."""
    for who in (ANNA, BORIS):
        accounts.begin_login(connection, who, f"t{who}", 1.0, 0.0, allow)
    resets.add_reset(connection, ANNA, "one", 1.0, 10.0, allow)
    resets.reset_password(connection, ANNA, "new hash", "one", 2.0, MayReset("anna"))
    with pytest.raises(WrongLogin):
        resets.reset_password(connection, ANNA, "other hash", "one", 2.0, MayReset("anna"))
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert (found.password_hash, found.login_used) == ("new hash", None)
    assert accounts.token_login(connection, "t2", 0.0) is not None


@pytest.mark.parametrize("how", ["changed", "given"])
def test_another_password(connection: Connection, how: str) -> None:
    """Whichever way an account gets another password, a code from before is good no more."""
    resets.add_reset(connection, ANNA, "one", 1.0, 10.0, allow)
    if how == "given":
        accounts.set_password(connection, ANNA, "new hash")
    else:
        accounts.change_password(connection, ANNA, "new hash", None, allow)
    assert resets.reset_standing(connection, "anna", "one", 2.0) == (
        AccountRecord(ANNA, "anna"),
        ResetStanding(False, False),
    )


@pytest.mark.parametrize(("whose", "how"), [(ANNA, "role"), (BORIS, "role"), (BORIS, "disabled")])
def test_rights_that_change(connection: Connection, whose: int, how: str) -> None:
    """When who made a code or whom it is for gets another role, or its maker is disabled, it is good no more."""
    resets.add_reset(connection, ANNA, "one", 1.0, 10.0, allow, BORIS)
    resets.add_reset(connection, VERA, "two", 1.0, 10.0, allow)
    if how == "role":
        accounts.set_account_role(connection, whose, "administrator", allow)
    else:
        accounts.set_disabled(connection, whose, True, 2.0)
    with pytest.raises(WrongLogin):
        resets.reset_password(connection, ANNA, "hash", "one", 2.0, MayReset("anna"))
    resets.reset_password(connection, VERA, "hash", "two", 2.0, MayReset("vera"))
