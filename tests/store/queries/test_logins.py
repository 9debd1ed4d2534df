"""The list of an account's logins, and their end, in the real database."""

from sqlalchemy import Connection

from tests.support.store import allow
from vestnik.chat.storage.accounts import MAX_LOGINS, LoginOrigin, LoginRecord
from vestnik.store.queries import accounts, logins

ANNA, BORIS = 1, 2


def test_logins(connection: Connection) -> None:
    """Logins of an account are listed, the last used first, with where they were used from."""
    plain = accounts.begin_login(connection, ANNA, None, 100.0, 0.0, allow, LoginOrigin("", "192.0.2.1"))
    phone = accounts.begin_login(connection, ANNA, "t", 200.0, 0.0, allow, LoginOrigin("phone", "192.0.2.2"))
    accounts.begin_login(connection, BORIS, None, 300.0, 0.0, allow)
    assert logins.logins(connection, ANNA, 0.0) == [
        LoginRecord(phone, True, 200.0, 200.0, LoginOrigin("phone", "192.0.2.2")),
        LoginRecord(plain, False, 100.0, 100.0, LoginOrigin("", "192.0.2.1")),
    ]
    accounts.touch_login(connection, ANNA, None, 400.0, LoginOrigin("", "192.0.2.3"))
    assert logins.logins(connection, ANNA, 300.0) == [
        LoginRecord(plain, False, 100.0, 400.0, LoginOrigin("", "192.0.2.3"))
    ]
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert (found.plain_used, found.plain_origin) == (400.0, LoginOrigin("", "192.0.2.3"))


def test_end_other_logins(connection: Connection) -> None:
    """All logins of an account end but one with a token, or but those without."""
    for keeps in (True, False):
        accounts.begin_login(connection, ANNA, None, 100.0, 0.0, allow)
        phone = accounts.begin_login(connection, ANNA, f"t{keeps}", 200.0, 0.0, allow)
        accounts.begin_login(connection, BORIS, f"b{keeps}", 200.0, 0.0, allow)
        assert logins.end_logins(connection, ANNA, phone if keeps else None) == (1 if keeps else 2)
        assert [each.with_token for each in logins.logins(connection, ANNA, 0.0)] == [keeps]


def test_an_account_has_so_many_logins(connection: Connection) -> None:
    """One more login than there may be ends the one of the account that was not used for longest."""
    for number in range(MAX_LOGINS):
        accounts.begin_login(connection, ANNA, f"t{number}", float(number), 0.0, allow)
    accounts.begin_login(connection, BORIS, None, 0.0, 0.0, allow)
    accounts.begin_login(connection, ANNA, "last", 5000.0, 0.0, allow)
    assert len(logins.logins(connection, ANNA, 0.0)) == MAX_LOGINS
    assert accounts.token_login(connection, "t0", 0.0) is None
    assert accounts.token_login(connection, "t1", 0.0) is not None
    assert len(logins.logins(connection, BORIS, 0.0)) == 1
