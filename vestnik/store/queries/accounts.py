"""Accounts, their logins and their contacts."""

from collections.abc import Collection
from sys import intern
from typing import Final, cast

from sqlalchemy import Connection, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.accounts import (
    GONE,
    NOWHERE,
    VISITING,
    AccountRecord,
    AccountRule,
    AccountStanding,
    ContactRule,
    ContactStanding,
    Credentials,
    LoginOrigin,
    LoginRule,
    LoginStanding,
    NameRule,
    NameStanding,
    TokenLogin,
)
from vestnik.chat.storage.likeness import skeleton
from vestnik.protocol.events import AccountState
from vestnik.protocol.requests import GivenRole, ServerRole
from vestnik.store.enabled import forget_disabled
from vestnik.store.queries.heirs import inherit_all
from vestnik.store.queries.logins import forget_oldest
from vestnik.store.schema import account, authenticator, contact, login, reset

MAX_KEYS: Final = 500
"""Names that are looked up by one query."""


# Put together once: building a statement costs more than running it.
_ACCOUNT: Final = select(account.c.id, account.c.name, account.c.visitor).where(account.c.key == bindparam("key"))
_SIMILAR: Final = select(account.c.name).where(account.c.skeleton == bindparam("skeleton"))
_ACCOUNTS: Final = select(account.c.key, account.c.id, account.c.name, account.c.visitor).where(
    account.c.key.in_(bindparam("keys", expanding=True))
)
_LOGIN_USED: Final = (
    select(func.max(login.c.used))
    .where(login.c.account_id == account.c.id, login.c.used >= bindparam("since"))
    .scalar_subquery()
    .label("used")
)
_PLAIN: Final = login.alias("plain")
_NEWEST_PLAIN: Final = (
    select(login.c.id)
    .where(login.c.account_id == account.c.id, login.c.token_hash.is_(None), login.c.used >= bindparam("since"))
    .order_by(login.c.used.desc())
    .limit(1)
    .correlate(account)
    .scalar_subquery()
)
_CREDENTIALS: Final = (
    select(
        account.c.id,
        account.c.name,
        account.c.password_hash,
        account.c.disabled,
        _LOGIN_USED,
        account.c.status,
        account.c.role,
        _PLAIN.c.used.label("plain_used"),
        _PLAIN.c.device,
        _PLAIN.c.address,
        exists()
        .where(authenticator.c.account_id == account.c.id, authenticator.c.confirmed)
        .correlate(account)
        .label("second_factor"),
    )
    .select_from(account.outerjoin(_PLAIN, _PLAIN.c.id == _NEWEST_PLAIN))
    .where(account.c.key == bindparam("key"), account.c.visitor == 0)
)
_TOKEN_LOGIN: Final = (
    select(
        login.c.id.label("login_id"),
        account.c.id,
        account.c.name,
        account.c.disabled,
        login.c.used,
        account.c.status,
        account.c.role,
        login.c.device,
        login.c.address,
    )
    .join(account, account.c.id == login.c.account_id)
    .where(login.c.token_hash == bindparam("token_hash"), login.c.used >= bindparam("since"))
)
_LOGIN_STANDING: Final = select(account.c.password_hash, account.c.disabled).where(account.c.id == bindparam("id"))
_OWNERS: Final = select(func.count()).where(account.c.role == "owner", ~account.c.disabled).scalar_subquery()
_ACCOUNT_STANDING: Final = select(account.c.role, _OWNERS).where(account.c.id == bindparam("id"))
_POWER: Final = select(case((account.c.disabled, "guest"), else_=account.c.role)).where(account.c.id == bindparam("id"))
_INVITER: Final = account.alias("inviter")
_STATES: Final = select(
    account.c.name,
    account.c.created,
    account.c.disabled,
    account.c.role,
    func.coalesce(_INVITER.c.name, "").label("invited_by"),
).outerjoin(_INVITER, _INVITER.c.id == account.c.invited_by_id)


_PEOPLE: Final = select(account.c.id).where(account.c.role != "bot", account.c.visitor == 0).limit(1)


def find_account(connection: Connection, key: str) -> AccountRecord | None:
    """The account whose name has this key."""
    row = connection.execute(_ACCOUNT, {"key": key}).first()
    return AccountRecord(row.id, row.name, row.visitor) if row else None


def find_accounts(connection: Connection, keys: Collection[str]) -> dict[str, AccountRecord]:
    """Those accounts whose names have one of these keys, by key."""
    wanted = list(keys)
    found: dict[str, AccountRecord] = {}
    for start in range(0, len(wanted), MAX_KEYS):
        for key, *values in connection.execute(_ACCOUNTS, {"keys": wanted[start : start + MAX_KEYS]}):
            found[key] = AccountRecord(*values)
    return found


def name_standing(connection: Connection, name: str, key: str) -> NameStanding:
    """How a name stands that somebody may want."""
    similar = connection.execute(_SIMILAR, {"skeleton": skeleton(name)}).scalar()
    found = find_account(connection, key)
    return NameStanding(found is not None, similar, found is not None and found.visitor == VISITING)


def account_standing(connection: Connection, account_id: int, by_id: int | None) -> AccountStanding:
    """How an account stands that the account `by_id` does something to, or the user that the server runs as."""
    role, owners = connection.execute(_ACCOUNT_STANDING, {"id": account_id}).one()
    if by_id is None:
        return AccountStanding(role, owners)
    return AccountStanding(role, owners, power_of(connection, by_id), account_id == by_id)


def power_of(connection: Connection, account_id: int) -> ServerRole:
    """What an account is on the server: no more than a guest if it is disabled."""
    return role_of(connection.execute(_POWER, {"id": account_id}).scalar_one())


def add_account(
    connection: Connection,
    name: str,
    key: str,
    password_hash: str,
    now: float,
    rule: NameRule,
    role: ServerRole | None = None,
) -> None:
    """Keep a new account; without a `role` it is a member, or the owner if it is the first."""
    standing = name_standing(connection, name, key)
    rule(standing)
    if role is None:
        role = "member" if connection.execute(_PEOPLE).first() else "owner"
    values = {"role": role} | {
        "name": name,
        "key": key,
        "password_hash": password_hash,
        "disabled": False,
        "created": now,
    }
    values["skeleton"] = None if standing.similar is not None else skeleton(name)
    connection.execute(insert(account).values(values))


def account_names(connection: Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """Numbers and names of accounts behind the number `after`, the oldest first."""
    found = select(account.c.id, account.c.name).where(account.c.id > after).order_by(account.c.id).limit(limit)
    return [(number, name) for number, name in connection.execute(found)]


def doubtful_accounts(connection: Connection, keys: Collection[str], limit: int) -> list[str]:
    """Accounts whose names look like others' that were there before, or have one of these keys."""
    doubtful = select(account.c.name).where(
        account.c.visitor == 0, or_(account.c.skeleton.is_(None), account.c.key.in_(keys))
    )
    return list(connection.execute(doubtful.order_by(account.c.key).limit(limit)).scalars())


def set_password(connection: Connection, account_id: int, password_hash: str) -> None:
    """Change the password and end all logins; a code for another one is good no more."""
    connection.execute(delete(reset).where(reset.c.account_id == account_id))
    connection.execute(update(account).where(account.c.id == account_id).values(password_hash=password_hash))
    connection.execute(delete(login).where(login.c.account_id == account_id))


def set_account_role(
    connection: Connection, account_id: int, role: GivenRole, rule: AccountRule, by_id: int | None = None
) -> None:
    """Say what an account is on the server. Codes that were made for it, or by it, are good no more."""
    rule(account_standing(connection, account_id, by_id))
    # Who makes a code must be allowed to as long as it is good, which depends on what both are.
    connection.execute(delete(reset).where(or_(reset.c.account_id == account_id, reset.c.by_id == account_id)))
    connection.execute(update(account).where(account.c.id == account_id).values(role=role))


def change_password(
    connection: Connection, account_id: int, password_hash: str, login_id: int | None, rule: LoginRule
) -> None:
    """Change the password and end all logins but one."""
    rule(LoginStanding(*connection.execute(_LOGIN_STANDING, {"id": account_id}).one()))
    connection.execute(delete(reset).where(reset.c.account_id == account_id))
    connection.execute(update(account).where(account.c.id == account_id).values(password_hash=password_hash))
    others = login.c.token_hash.is_not(None) if login_id is None else login.c.id != login_id
    connection.execute(delete(login).where(login.c.account_id == account_id, others))


def set_disabled(
    connection: Connection,
    account_id: int,
    disabled: bool,
    now: float,
    rule: AccountRule | None = None,
    by_id: int | None = None,
) -> None:
    """Disable an account, which ends its logins, or enable it again. Rooms that have no owner then get one.

    Codes for new passwords that it has made are good no more when it is disabled.
    """
    if rule is not None:
        rule(account_standing(connection, account_id, by_id))
    connection.execute(update(account).where(account.c.id == account_id).values(disabled=disabled))
    forget_disabled(connection)
    if disabled:
        connection.execute(delete(login).where(login.c.account_id == account_id))
        connection.execute(delete(reset).where(reset.c.by_id == account_id))
    inherit_all(connection, account_id, now)


def list_accounts(connection: Connection, after: str, limit: int) -> list[AccountState]:
    """Accounts by name, those behind the key `after`."""
    rows = _STATES.where(account.c.key > after, account.c.visitor != GONE).order_by(account.c.key).limit(limit)
    return [_state(*row) for row in connection.execute(rows)]


def account_state(connection: Connection, account_id: int) -> AccountState:
    """What an account is like."""
    return _state(*connection.execute(_STATES.where(account.c.id == account_id)).one())


def initials(connection: Connection) -> list[str]:
    """The first characters of all accounts' names, each once."""
    return list(connection.execute(select(func.substr(account.c.name, 1, 1)).distinct()).scalars())


def credentials(connection: Connection, key: str, since: float) -> Credentials | None:
    """The account whose name has this key, and when a login of it was last used after `since`."""
    row = connection.execute(_CREDENTIALS, {"key": key, "since": since}).first()
    if row is None:
        return None
    origin = NOWHERE if row.plain_used is None else LoginOrigin(row.device, row.address)
    return Credentials(
        AccountRecord(row.id, row.name), *row[2:6], role_of(row.role), row.plain_used, origin, row.second_factor
    )


def token_login(connection: Connection, token_hash: str, since: float) -> TokenLogin | None:
    """The login with this token, if it was used after `since`."""
    row = connection.execute(_TOKEN_LOGIN, {"token_hash": token_hash, "since": since}).first()
    if row is None:
        return None
    origin = LoginOrigin(row.device, row.address)
    return TokenLogin(row.login_id, AccountRecord(row.id, row.name), *row[3:6], role_of(row.role), origin)


def begin_login(
    connection: Connection,
    account_id: int,
    token_hash: str | None,
    now: float,
    since: float,
    rule: LoginRule,
    origin: LoginOrigin = NOWHERE,
) -> int:
    """Keep a new login and forget those of the account that were last used before `since`; its number."""
    rule(LoginStanding(*connection.execute(_LOGIN_STANDING, {"id": account_id}).one()))
    connection.execute(delete(login).where(login.c.account_id == account_id, login.c.used < since))
    values = {"account_id": account_id, "token_hash": token_hash, "created": now, "used": now}
    made = connection.execute(insert(login).values(values | origin._asdict()).returning(login.c.id))
    number = int(made.scalar_one())
    forget_oldest(connection, account_id)
    return number


def touch_login(
    connection: Connection, account_id: int, login_id: int | None, now: float, origin: LoginOrigin = NOWHERE
) -> None:
    """Note that a login was used, and from where."""
    values = {"used": now} | origin._asdict()
    connection.execute(update(login).where(*_which_login(account_id, login_id)).values(values))


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


def _state(name: str, created: float, disabled: bool, role: str, invited_by: str) -> AccountState:
    return AccountState(name, created, disabled, role_of(role), invited_by)


def role_of(text: str) -> ServerRole:
    """A role as it is kept with everybody who is logged in: one text for all who have it, the literal."""
    return cast("ServerRole", intern(text))


def _which_login(account_id: int, login_id: int | None):  # type: ignore[no-untyped-def]
    if login_id is not None:
        return (login.c.account_id == account_id, login.c.id == login_id)
    return (login.c.account_id == account_id, login.c.token_hash.is_(None))
