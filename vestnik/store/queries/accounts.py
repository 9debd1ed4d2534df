"""Accounts, their logins and their contacts."""

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.accounts import AccountRecord, ContactRule, ContactStanding, Credentials, TokenLogin
from vestnik.store.schema import account, contact, login

MAX_KEYS: Final = 500
"""Names that are looked up by one query."""


class AccountState(NamedTuple):
    """What an administrator sees of an account. `created` in UNIX seconds; `revision` grows with every change."""

    id: int
    name: str
    disabled: bool
    created: float
    revision: int


# Put together once: building a statement costs more than running it.
_ACCOUNT: Final = select(account.c.id, account.c.name).where(account.c.key == bindparam("key"))
_ACCOUNTS: Final = select(account.c.key, account.c.id, account.c.name).where(
    account.c.key.in_(bindparam("keys", expanding=True))
)
_LOGIN_USED: Final = (
    select(func.max(login.c.used))
    .where(login.c.account_id == account.c.id, login.c.used >= bindparam("since"))
    .scalar_subquery()
    .label("used")
)
_CREDENTIALS: Final = select(
    account.c.id,
    account.c.name,
    account.c.password_hash,
    account.c.disabled,
    _LOGIN_USED,
    account.c.revision,
    account.c.status,
).where(account.c.key == bindparam("key"))
_TOKEN_LOGIN: Final = (
    select(
        login.c.id.label("login_id"),
        account.c.id,
        account.c.name,
        account.c.disabled,
        login.c.used,
        account.c.revision,
        account.c.status,
    )
    .join(account, account.c.id == login.c.account_id)
    .where(login.c.token_hash == bindparam("token_hash"), login.c.used >= bindparam("since"))
)


def find_account(connection: Connection, key: str) -> AccountRecord | None:
    """The account whose name has this key."""
    row = connection.execute(_ACCOUNT, {"key": key}).first()
    return AccountRecord(row.id, row.name) if row else None


def find_accounts(connection: Connection, keys: Collection[str]) -> dict[str, AccountRecord]:
    """Those accounts whose names have one of these keys, by key."""
    wanted = list(keys)
    found: dict[str, AccountRecord] = {}
    for start in range(0, len(wanted), MAX_KEYS):
        for key, account_id, name in connection.execute(_ACCOUNTS, {"keys": wanted[start : start + MAX_KEYS]}):
            found[key] = AccountRecord(account_id, name)
    return found


def add_account(connection: Connection, name: str, key: str, password_hash: str, now: float) -> bool:
    """Keep a new account; False when the name is taken."""
    if find_account(connection, key) is not None:
        return False
    connection.execute(
        insert(account).values(
            name=name,
            key=key,
            password_hash=password_hash,
            disabled=False,
            created=now,
            revision=_next_revision(connection),
        )
    )
    return True


def set_password(connection: Connection, account_id: int, password_hash: str) -> None:
    """Change the password and end all logins."""
    connection.execute(
        update(account)
        .where(account.c.id == account_id)
        .values(password_hash=password_hash, revision=_next_revision(connection))
    )
    connection.execute(delete(login).where(login.c.account_id == account_id))


def set_disabled(connection: Connection, account_id: int, disabled: bool) -> None:
    """Disable an account, which ends its logins, or enable it again."""
    connection.execute(
        update(account)
        .where(account.c.id == account_id, account.c.disabled != disabled)
        .values(disabled=disabled, revision=_next_revision(connection))
    )
    if disabled:
        connection.execute(delete(login).where(login.c.account_id == account_id))


def list_accounts(connection: Connection) -> list[AccountState]:
    """All accounts, by name."""
    return [_state(row) for row in connection.execute(select(account).order_by(account.c.key))]


def changed_accounts(connection: Connection, since: int) -> list[AccountState]:
    """Accounts that an administrator made or changed after revision `since`, oldest change first."""
    rows = select(account).where(account.c.revision > since).order_by(account.c.revision)
    return [_state(row) for row in connection.execute(rows)]


def initials(connection: Connection) -> list[str]:
    """The first characters of all accounts' names, each once."""
    return list(connection.execute(select(func.substr(account.c.name, 1, 1)).distinct()).scalars())


def last_revision(connection: Connection) -> int:
    """The revision of the newest change to an account; 0 when there is none."""
    return connection.execute(select(func.max(account.c.revision))).scalar() or 0


def credentials(connection: Connection, key: str, since: float) -> Credentials | None:
    """The account whose name has this key, and when a login of it was last used after `since`."""
    row = connection.execute(_CREDENTIALS, {"key": key, "since": since}).first()
    return Credentials(AccountRecord(row.id, row.name), *row[2:]) if row else None


def token_login(connection: Connection, token_hash: str, since: float) -> TokenLogin | None:
    """The login with this token, if it was used after `since`."""
    row = connection.execute(_TOKEN_LOGIN, {"token_hash": token_hash, "since": since}).first()
    return TokenLogin(row.login_id, AccountRecord(row.id, row.name), *row[3:]) if row else None


def begin_login(connection: Connection, account_id: int, token_hash: str | None, now: float, since: float) -> int:
    """Keep a new login and forget those of the account that were last used before `since`; its number."""
    connection.execute(delete(login).where(login.c.account_id == account_id, login.c.used < since))
    values = {"account_id": account_id, "token_hash": token_hash, "created": now, "used": now}
    made = connection.execute(insert(login).values(values).returning(login.c.id))
    return int(made.scalar_one())


def touch_login(connection: Connection, account_id: int, login_id: int | None, now: float) -> None:
    """Note that a login was used."""
    connection.execute(update(login).where(*_which_login(account_id, login_id)).values(used=now))


def end_login(connection: Connection, account_id: int, login_id: int | None) -> None:
    """Forget a login."""
    connection.execute(delete(login).where(*_which_login(account_id, login_id)))


def contacts(connection: Connection, account_id: int) -> list[str]:
    """Names of an account's contacts, sorted."""
    names = select(account.c.name).join(contact, contact.c.contact_id == account.c.id)
    found = connection.execute(names.where(contact.c.account_id == account_id).order_by(account.c.key))
    return list(found.scalars())


def add_contact(connection: Connection, account_id: int, contact_id: int, rule: ContactRule) -> None:
    """Keep a contact; no change when it is one already."""
    _check_contacts(connection, account_id, contact_id, rule)
    values = {"account_id": account_id, "contact_id": contact_id}
    connection.execute(insert_or_ignore(contact).values(values).on_conflict_do_nothing())


def remove_contact(connection: Connection, account_id: int, contact_id: int, rule: ContactRule) -> None:
    """Forget a contact."""
    _check_contacts(connection, account_id, contact_id, rule)
    connection.execute(delete(contact).where(contact.c.account_id == account_id, contact.c.contact_id == contact_id))


def _check_contacts(connection: Connection, account_id: int, contact_id: int, rule: ContactRule) -> None:
    mine = select(contact.c.contact_id).where(contact.c.account_id == account_id)
    known = set(connection.execute(mine).scalars())
    rule(ContactStanding(contact_id in known, len(known)))


def _which_login(account_id: int, login_id: int | None):  # type: ignore[no-untyped-def]
    if login_id is not None:
        return (login.c.account_id == account_id, login.c.id == login_id)
    return (login.c.account_id == account_id, login.c.token_hash.is_(None))


def _next_revision(connection: Connection) -> int:
    return last_revision(connection) + 1


def _state(row: Row[tuple[int, str, bool, float, int]]) -> AccountState:
    return AccountState(row.id, row.name, row.disabled, row.created, row.revision)
