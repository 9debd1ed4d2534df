"""`add_account`, `get_account`, `list_accounts`, `set_password`, `disable_account`, `enable_account`,
`set_account_role`.

Each act is recorded first and done afterwards, so that none is done without its record. It takes effect with its
commit: when it is answered, the connections that it ends are closed, and logins that were checked before it fail.
"""

from typing import Any, Final

from vestnik.chat.administration import Administrator
from vestnik.chat.chat import Chat
from vestnik.chat.doubtful_names import NameReport
from vestnik.chat.limits import MAX_PASSWORD
from vestnik.chat.names import check_account_name, check_new_account_name, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.rules.accounts import MayHaveRole, MayTakeName
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol import answers
from vestnik.protocol.administration import (
    AddAccount,
    DisableAccount,
    DoubtfulNames,
    EnableAccount,
    GetAccount,
    ListAccounts,
    RemoveTotp,
    SetAccountRole,
    SetPassword,
)
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.secret import Secret

PAGE: Final = 1000
"""Accounts, or names, in one answer."""
SLICE: Final = 200
"""Names that are looked at before others have their turn."""


async def add_account(chat: Chat, session: Session, request: AddAccount) -> Reply:
    """Create an account, which can log in and be mentioned at once. Raises Conflict for a name that looks taken."""
    administrator = _administrator(session)
    name = check_new_account_name(request.name, chat.limits.name)
    key = name_key(name)
    password_hash = await _hash(chat, request.password)
    may_take_name = MayTakeName(name)
    may_take_name(await chat.storage.name_standing(name, key))
    await administrator.record(answers.ADMIN_ADDED, name)
    await chat.storage.add_account(name, key, password_hash, chat.clock(), may_take_name, request.role)
    chat.initials.add(name)
    chat.known_names.add(key)
    return Reply(answers.ADMIN_ADDED, (name,))


async def get_account(chat: Chat, session: Session, request: GetAccount) -> Reply:
    """What an account is like. Raises NotFound."""
    administrator = _administrator(session)
    found = await _find(chat, request.name)
    state = await chat.storage.account_state(found.id)
    await administrator.record(answers.ADMIN_SHOWN, found.name)
    return Reply(answers.ADMIN_SHOWN, (found.name,), more={"accounts": [state]})


async def list_accounts(chat: Chat, session: Session, request: ListAccounts) -> Reply:
    """All accounts by name, `PAGE` at a time."""
    administrator = _administrator(session)
    found = await chat.storage.list_accounts(name_key(request.after), PAGE + 1)
    more: dict[str, Any] = {"accounts": found[:PAGE]}
    if len(found) > PAGE:
        more["more"] = True
    count = len(more["accounts"])
    await administrator.record(answers.ADMIN_LISTED, count)
    return Reply(answers.ADMIN_LISTED, (count,), more=more)


async def set_password(chat: Chat, session: Session, request: SetPassword) -> Reply:
    """Give an account a new password, which ends its logins and connections. Raises NotFound."""
    administrator = _administrator(session)
    account = await _find(chat, request.name)
    password_hash = await _hash(chat, request.password)
    await administrator.record(answers.ADMIN_PASSWORD, account.name)
    await chat.storage.set_password(account.id, password_hash)
    chat.sessions.expel(account.id)
    return Reply(answers.ADMIN_PASSWORD, (account.name,))


async def doubtful_names(chat: Chat, session: Session, request: DoubtfulNames) -> Reply:
    """Names of accounts and rooms that would be refused today, the first `PAGE`; the oldest of those alike is none."""
    administrator = _administrator(session)
    report = NameReport()
    for read in (chat.storage.account_names, chat.storage.room_names):
        last = 0
        while page := await read(last, SLICE):
            for last, name in page:  # noqa: B007  # the next page begins behind it
                report.add(name)
    more: dict[str, Any] = {"names": report.found[:PAGE]}
    if len(report.found) > PAGE:
        more["more"] = True
    await administrator.record(answers.ADMIN_NAMES, len(report.found))
    return Reply(answers.ADMIN_NAMES, (len(report.found),), more=more)


async def remove_totp(chat: Chat, session: Session, request: RemoveTotp) -> Reply:
    """Take the second factor off an account. Raises NotFound."""
    administrator = _administrator(session)
    account = await _find(chat, request.name)
    found = await chat.storage.second_factor(account.id)
    if found is None or not found.confirmed:
        raise NotFound(answers.TOTP_IS_OFF, account.name)
    await administrator.record(answers.ADMIN_TOTP, account.name)
    await chat.storage.end_second_factor(account.id)
    return Reply(answers.ADMIN_TOTP, (account.name,))


async def disable_account(chat: Chat, session: Session, request: DisableAccount) -> Reply:
    """Forbid an account to log in, and end its logins and connections. Raises NotFound."""
    administrator = _administrator(session)
    account = await _find(chat, request.name)
    await administrator.record(answers.ADMIN_DISABLED, account.name)
    await chat.storage.set_disabled(account.id, True, chat.clock())
    chat.sessions.expel(account.id)
    return Reply(answers.ADMIN_DISABLED, (account.name,))


async def enable_account(chat: Chat, session: Session, request: EnableAccount) -> Reply:
    """Let an account log in again. Raises NotFound."""
    administrator = _administrator(session)
    account = await _find(chat, request.name)
    await administrator.record(answers.ADMIN_ENABLED, account.name)
    await chat.storage.set_disabled(account.id, False, chat.clock())
    return Reply(answers.ADMIN_ENABLED, (account.name,))


async def set_account_role(chat: Chat, session: Session, request: SetAccountRole) -> Reply:
    """Say what an account is on the server. Raises NotFound, Conflict for the last owner."""
    administrator = _administrator(session)
    account = await _find(chat, request.name)
    await administrator.record(answers.ADMIN_ROLE, account.name, request.role)
    await chat.storage.set_account_role(account.id, request.role, MayHaveRole(account.name, request.role))
    chat.sessions.set_role(account.id, request.role)
    return Reply(answers.ADMIN_ROLE, (account.name, request.role))


def _administrator(session: Session) -> Administrator:
    assert session.administrator is not None  # noqa: S101  # the dispatcher lets nobody else come this far
    return session.administrator


async def _find(chat: Chat, name: str) -> AccountRecord:
    account = await chat.storage.find_account(name_key(check_account_name(name, chat.limits.name)))
    if account is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return account


async def _hash(chat: Chat, password: Secret) -> str:
    if not password:
        raise BadRequest(answers.PASSWORD_EMPTY)
    if len(password) > MAX_PASSWORD:
        raise BadRequest(answers.PASSWORD_TOO_LONG, MAX_PASSWORD)
    return await chat.passwords.hash(password)
