"""The list of an account's logins, and their end."""

from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from vestnik.chat.storage.accounts import MAX_LOGINS, LoginOrigin, LoginRecord
from vestnik.store.schema import login

_LOGINS: Final = (
    select(login.c.id, login.c.token_hash, login.c.created, login.c.used, login.c.device, login.c.address)
    .where(login.c.account_id == bindparam("account_id"), login.c.used >= bindparam("since"))
    .order_by(login.c.used.desc(), login.c.id.desc())
)
_COUNT_LOGINS: Final = select(func.count()).where(login.c.account_id == bindparam("account_id"))
_OLDEST: Final = login.alias("oldest")
_FORGET_OLDEST: Final = delete(login).where(
    login.c.id.in_(
        select(_OLDEST.c.id)
        .where(_OLDEST.c.account_id == bindparam("account_id"))
        .order_by(_OLDEST.c.used.desc(), _OLDEST.c.id.desc())
        .limit(-1)
        .offset(MAX_LOGINS)
    )
)


def logins(connection: Connection, account_id: int, since: float) -> list[LoginRecord]:
    """The logins of an account that were used after `since`, the last used first."""
    found = connection.execute(_LOGINS, {"account_id": account_id, "since": since})
    return [
        LoginRecord(number, token_hash is not None, created, used, LoginOrigin(device, address))
        for number, token_hash, created, used, device, address in found
    ]


def end_logins(connection: Connection, account_id: int, login_id: int | None) -> int:
    """Forget all logins of the account but this one; how many."""
    others = login.c.token_hash.is_not(None) if login_id is None else login.c.id != login_id
    return connection.execute(delete(login).where(login.c.account_id == account_id, others)).rowcount


def forget_oldest(connection: Connection, account_id: int) -> None:
    """Forget the logins of an account that were not used for longest, if there are too many."""
    if connection.execute(_COUNT_LOGINS, {"account_id": account_id}).scalar_one() > MAX_LOGINS:
        connection.execute(_FORGET_OLDEST, {"account_id": account_id})
