"""The second factor of accounts in the real database."""

from sqlalchemy import Connection

from vestnik.chat.storage.second_factor import MAX_TRIES, TRY_EVERY, SecondFactor
from vestnik.store.queries import accounts, second_factor

ANNA, BORIS = 1, 2


def in_force(connection: Connection, account_id: int = ANNA) -> None:
    """Give an account a second factor."""
    assert second_factor.begin_second_factor(connection, account_id, "KEY")
    assert second_factor.confirm_second_factor(connection, account_id, "KEY", 7, ["a", "b"])


def test_begin_and_confirm(connection: Connection) -> None:
    """A key is in force once that very key is confirmed, and then no other can be begun."""
    assert second_factor.second_factor(connection, ANNA) is None
    for key in ("OLD", "KEY"):
        assert second_factor.begin_second_factor(connection, ANNA, key)
    assert not second_factor.confirm_second_factor(connection, ANNA, "OLD", 7, ["a"])
    assert second_factor.second_factor(connection, ANNA) == SecondFactor("KEY", False, 0)
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert not found.second_factor
    assert second_factor.confirm_second_factor(connection, ANNA, "KEY", 7, ["a", "b"])
    assert second_factor.second_factor(connection, ANNA) == SecondFactor("KEY", True, 2)
    assert not second_factor.begin_second_factor(connection, ANNA, "NEW")
    found = accounts.credentials(connection, "anna", 0.0)
    assert found is not None
    assert found.second_factor


def test_steps_and_codes(connection: Connection) -> None:
    """A step is used once and none before it afterwards, a recovery code once, and those of others are no matter."""
    in_force(connection)
    in_force(connection, BORIS)
    assert [second_factor.use_step(connection, ANNA, step) for step in (7, 8, 8, 6, 9)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert [second_factor.use_recovery_code(connection, ANNA, code) for code in ("a", "a", "x")] == [True, False, False]
    assert second_factor.second_factor(connection, BORIS) == SecondFactor("KEY", True, 2)


def test_tries(connection: Connection) -> None:
    """So many tries, then one after each pause; a step that was right gives them back."""
    in_force(connection)
    assert [second_factor.take_try(connection, ANNA, 1000.0) for _ in range(MAX_TRIES)] == [0.0] * MAX_TRIES
    assert second_factor.take_try(connection, ANNA, 1000.0) == TRY_EVERY
    assert 0 < second_factor.take_try(connection, ANNA, 1000.0 + TRY_EVERY / 2) <= TRY_EVERY / 2
    assert second_factor.take_try(connection, ANNA, 1001.0 + TRY_EVERY) == 0.0
    assert second_factor.take_try(connection, ANNA, 1001.0 + TRY_EVERY) > 0
    assert second_factor.use_step(connection, ANNA, 8)
    assert second_factor.take_try(connection, ANNA, 1001.0 + TRY_EVERY) == 0.0


def test_end(connection: Connection) -> None:
    """Nothing is left afterwards, and it is said whether it was in force."""
    assert not second_factor.end_second_factor(connection, ANNA)
    in_force(connection)
    assert second_factor.end_second_factor(connection, ANNA)
    assert second_factor.second_factor(connection, ANNA) is None
    assert not second_factor.use_recovery_code(connection, ANNA, "a")
