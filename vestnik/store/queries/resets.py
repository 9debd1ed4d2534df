"""Codes for new passwords. What a rule refuses has changed nothing."""

from typing import Final

from sqlalchemy import Connection, bindparam, exists, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.accounts import AccountRecord, AccountRule, ResetRule, ResetStanding
from vestnik.store.queries.accounts import account_standing, set_password
from vestnik.store.schema import account, reset

_STANDING: Final = select(
    account.c.id,
    account.c.name,
    account.c.disabled,
    exists()
    .where(
        reset.c.account_id == account.c.id,
        reset.c.code_hash == bindparam("code_hash"),
        reset.c.expires > bindparam("now"),
    )
    .label("good"),
)
_BY_KEY: Final = _STANDING.where(account.c.key == bindparam("key"))
_BY_ID: Final = _STANDING.where(account.c.id == bindparam("id"))


def add_reset(
    connection: Connection,
    account_id: int,
    code_hash: str,
    now: float,
    expires: float,
    rule: AccountRule,
    by_id: int | None = None,
) -> None:
    """Keep a code for a new password, in the place of any other."""
    rule(account_standing(connection, account_id, by_id))
    values = {"code_hash": code_hash, "time": now, "expires": expires, "by_id": by_id}
    new = insert_or_update(reset).values(account_id=account_id, **values)
    connection.execute(new.on_conflict_do_update(index_elements=[reset.c.account_id], set_=values))


def reset_standing(
    connection: Connection, key: str, code_hash: str, now: float
) -> tuple[AccountRecord, ResetStanding] | None:
    """The account whose name has this key, and how it stands with this code."""
    row = connection.execute(_BY_KEY, {"key": key, "code_hash": code_hash, "now": now}).first()
    return None if row is None else (AccountRecord(row.id, row.name), ResetStanding(row.good, row.disabled))


def reset_password(
    connection: Connection, account_id: int, password_hash: str, code_hash: str, now: float, rule: ResetRule
) -> None:
    """Change the password and end all logins, which uses up the code."""
    row = connection.execute(_BY_ID, {"id": account_id, "code_hash": code_hash, "now": now}).one()
    rule(ResetStanding(row.good, row.disabled))
    set_password(connection, account_id, password_hash)
