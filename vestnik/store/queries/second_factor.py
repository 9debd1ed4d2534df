"""The second factor of accounts."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from vestnik.chat.storage.second_factor import MAX_TRIES, TRY_EVERY, SecondFactor
from vestnik.store.schema import authenticator, recovery_code

_CODES: Final = (
    select(func.count())
    .where(recovery_code.c.account_id == authenticator.c.account_id)
    .correlate(authenticator)
    .scalar_subquery()
)
_FACTOR: Final = select(authenticator.c.key, authenticator.c.confirmed, _CODES).where(
    authenticator.c.account_id == bindparam("account_id")
)


def second_factor(connection: Connection, account_id: int) -> SecondFactor | None:
    """What an account has."""
    row = connection.execute(_FACTOR, {"account_id": account_id}).first()
    return None if row is None else SecondFactor(*row)


def begin_second_factor(connection: Connection, account_id: int, key: str) -> bool:
    """Keep a key that is still to be confirmed; whether none is in force."""
    found = second_factor(connection, account_id)
    if found is not None and found.confirmed:
        return False
    connection.execute(delete(authenticator).where(authenticator.c.account_id == account_id))
    values = {"account_id": account_id, "key": key, "confirmed": False, "step": 0}
    connection.execute(insert(authenticator).values(values | {"tries": float(MAX_TRIES), "tried": 0.0}))
    return True


def confirm_second_factor(
    connection: Connection, account_id: int, key: str, step: int, code_hashes: Collection[str]
) -> bool:
    """Put a key in force, of which the code of a step was used, with recovery codes; whether it was still there."""
    pending = (authenticator.c.account_id == account_id, authenticator.c.key == key, ~authenticator.c.confirmed)
    done = connection.execute(
        update(authenticator).where(*pending).values(confirmed=True, step=step, tries=float(MAX_TRIES))
    )
    if not done.rowcount:
        return False
    set_recovery_codes(connection, account_id, code_hashes)
    return True


def end_second_factor(connection: Connection, account_id: int) -> bool:
    """Forget key and recovery codes; whether they were in force."""
    found = second_factor(connection, account_id)
    for kept in (authenticator, recovery_code):
        connection.execute(delete(kept).where(kept.c.account_id == account_id))
    return found is not None and found.confirmed


def set_recovery_codes(connection: Connection, account_id: int, code_hashes: Collection[str]) -> None:
    """Keep these recovery codes in the place of others."""
    connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
    rows = [{"account_id": account_id, "code_hash": code_hash} for code_hash in code_hashes]
    connection.execute(insert(recovery_code), rows)


def take_try(connection: Connection, account_id: int, now: float) -> float:
    """Count a try of a one-time code; seconds until the next one may be made, if there were too many."""
    mine = authenticator.c.account_id == account_id
    row = connection.execute(select(authenticator.c.tries, authenticator.c.tried).where(mine)).first()
    if row is None:
        return 0.0
    tries = min(float(MAX_TRIES), row.tries + max(0.0, now - row.tried) / TRY_EVERY)
    left = tries - 1 if tries >= 1 else tries
    connection.execute(update(authenticator).where(mine).values(tries=left, tried=now))
    return 0.0 if tries >= 1 else (1 - tries) * TRY_EVERY


def use_step(connection: Connection, account_id: int, step: int) -> bool:
    """Note that the code of a step was right; not if it was used already, or one after it."""
    fresh = (authenticator.c.account_id == account_id, authenticator.c.confirmed, authenticator.c.step < step)
    return (
        connection.execute(update(authenticator).where(*fresh).values(step=step, tries=float(MAX_TRIES))).rowcount == 1
    )


def use_recovery_code(connection: Connection, account_id: int, code_hash: str) -> bool:
    """Forget a recovery code; whether there was one."""
    this = (recovery_code.c.account_id == account_id, recovery_code.c.code_hash == code_hash)
    return connection.execute(delete(recovery_code).where(*this)).rowcount == 1
