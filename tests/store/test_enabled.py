"""Nobody does anything whose account is disabled."""

import pytest
from sqlalchemy import Connection

from tests.support.store import allow
from vestnik.protocol.errors import Forbidden
from vestnik.store.enabled import by_enabled, disabled_accounts, forget_disabled
from vestnik.store.queries import accounts

ANNA, BORIS = 1, 2

add_contact = by_enabled(accounts.add_contact)


def test_a_disabled_account_does_nothing(connection: Connection) -> None:
    """What a disabled account does is refused, however the number is given, and changes nothing; others go on."""
    accounts.set_disabled(connection, ANNA, True, 100.0)
    with pytest.raises(Forbidden) as caught:
        add_contact(connection, ANNA, BORIS, allow)
    assert (caught.value.answer.name, caught.value.values) == ("account.disabled", ("anna",))
    with pytest.raises(Forbidden):
        add_contact(connection, account_id=ANNA, contact_id=BORIS, rule=allow)
    assert accounts.contacts(connection, ANNA) == []
    add_contact(connection, BORIS, ANNA, allow)
    assert accounts.contacts(connection, BORIS) == ["anna"]


def test_enabled_again(connection: Connection) -> None:
    """An account that is enabled again acts as before."""
    for disabled in (True, False):
        accounts.set_disabled(connection, ANNA, disabled, 100.0)
        assert disabled_accounts(connection) == ({ANNA: "anna"} if disabled else {})
    add_contact(connection, ANNA, BORIS, allow)


def test_remembered(connection: Connection) -> None:
    """Who is disabled is read once, and anew after it may have changed."""
    known = disabled_accounts(connection)
    assert disabled_accounts(connection) is known
    forget_disabled(connection)
    assert disabled_accounts(connection) is not known
