"""`add_account`, `get_account`, `list_accounts`, `set_password`, `disable_account`, `enable_account`,
`set_account_role`, `add_reset`.

Each act is recorded first and done afterwards, so that none is done without its record. It takes effect with its
commit: when it is answered, the connections that it ends are closed, and logins that were checked before it fail.
"""

from collections.abc import Mapping
from typing import Any, Final

from vestnik.chat.administration import Administrator
from vestnik.chat.chat import Chat
from vestnik.chat.codes import hash_code, make_code
from vestnik.chat.doubtful_names import NameReport
from vestnik.chat.names import check_account_name, check_new_account_name, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.rules.accounts import MayDisable, MayGive, MayHavePassword, MayHaveRole, MayManage, MayTakeName
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord, AccountRule
from vestnik.chat.strength import check_length_of, check_password
from vestnik.protocol import answers
from vestnik.protocol.administration import (
    AddAccount,
    AddReset,
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
    """Create an account, which can log in and be mentioned at once.

    Raises Conflict for a name that looks taken, BadRequest for a bot, which has no password.
    """
    administrator = _administrator(session)
    name = check_new_account_name(request.name, chat.limits.name)
    if request.role == "bot":
        raise BadRequest(answers.BOT_PASSWORD, name)
    key = name_key(name)
    await _check(chat, administrator, administrator.account_id, MayGive(administrator.name, request.role or "member"))
    weak = _is_weak(chat, administrator, request.password, name)
    password_hash = await chat.passwords.hash(request.password)
    may_take_name = MayTakeName(name)
    may_take_name(await chat.storage.name_standing(name, key))
    await administrator.record(answers.ADMIN_ADDED, name)
    await chat.storage.add_account(name, key, password_hash, chat.clock(), may_take_name, request.role)
    chat.initials.add(name)
    chat.known_names.add(key)
    return Reply(answers.ADMIN_ADDED, (name,), more=weak)


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
    """Give an account a new password, which ends its logins and connections. Raises NotFound, BadRequest for a bot."""
    administrator = _administrator(session)
    account = await _find_settled(chat, request.name)
    await _check(chat, administrator, account.id, MayHavePassword(account.name, administrator.name))
    weak = _is_weak(chat, administrator, request.password, account.name)
    password_hash = await chat.passwords.hash(request.password)
    await administrator.record(answers.ADMIN_PASSWORD, account.name)
    await chat.storage.set_password(account.id, password_hash)
    chat.sessions.expel(account.id)
    return Reply(answers.ADMIN_PASSWORD, (account.name,), more=weak)


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
    rule = MayDisable(account.name, administrator.name)
    await _check(chat, administrator, account.id, rule)
    await administrator.record(answers.ADMIN_DISABLED, account.name)
    await chat.storage.set_disabled(account.id, True, chat.clock(), rule, administrator.account_id)
    chat.sessions.expel(account.id)
    return Reply(answers.ADMIN_DISABLED, (account.name,))


async def enable_account(chat: Chat, session: Session, request: EnableAccount) -> Reply:
    """Let an account log in again. Raises NotFound."""
    administrator = _administrator(session)
    account = await _find(chat, request.name)
    rule = MayManage(account.name, administrator.name)
    await _check(chat, administrator, account.id, rule)
    await administrator.record(answers.ADMIN_ENABLED, account.name)
    await chat.storage.set_disabled(account.id, False, chat.clock(), rule, administrator.account_id)
    return Reply(answers.ADMIN_ENABLED, (account.name,))


async def set_account_role(chat: Chat, session: Session, request: SetAccountRole) -> Reply:
    """Say what an account is on the server. Raises NotFound, Conflict for the last owner."""
    administrator = _administrator(session)
    account = await _find_settled(chat, request.name)
    rule = MayHaveRole(account.name, administrator.name, request.role)
    await _check(chat, administrator, account.id, rule)
    await administrator.record(answers.ADMIN_ROLE, account.name, request.role)
    await chat.storage.set_account_role(account.id, request.role, rule, administrator.account_id)
    chat.sessions.set_role(account.id, request.role)
    return Reply(answers.ADMIN_ROLE, (account.name, request.role))


async def add_reset(chat: Chat, session: Session, request: AddReset) -> Reply:
    """Make a code for a new password; one that there was is good no more. Raises NotFound, BadRequest for a bot."""
    administrator = _administrator(session)
    account = await _find_settled(chat, request.name)
    code, now = make_code(), chat.clock()
    expires = now + request.seconds
    rule = MayHavePassword(account.name, administrator.name)
    await _check(chat, administrator, account.id, rule)
    await administrator.record(answers.ADMIN_RESET, account.name)
    await chat.storage.add_reset(account.id, hash_code(code), now, expires, rule, administrator.account_id)
    return Reply(answers.ADMIN_RESET, (account.name,), more={"code": code, "expires": expires})


def _administrator(session: Session) -> Administrator:
    assert session.administrator is not None  # noqa: S101  # the dispatcher lets nobody else come this far
    return session.administrator


async def _find(chat: Chat, name: str) -> AccountRecord:
    account = await chat.storage.find_account(name_key(check_account_name(name, chat.limits.name)))
    if account is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return account


async def _find_settled(chat: Chat, name: str) -> AccountRecord:
    """The account of this name, which is no guest's without one: they are gone with their connection."""
    account = await _find(chat, name)
    if account.visitor:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return account


async def _check(chat: Chat, administrator: Administrator, account_id: int | None, rule: AccountRule) -> None:
    """Raises what `rule` raises, before the record: the change itself asks it once more."""
    if account_id is not None:
        rule(await chat.storage.account_standing(account_id, administrator.account_id))


def _is_weak(chat: Chat, administrator: Administrator, password: Secret, name: str) -> Mapping[str, Any]:
    """What an answer has for a weak password: the user that the server runs as may give one, and is told so.

    Raises BadRequest for a password that cannot be one, and to anybody else for a weak one.
    """
    check_length_of(password)
    try:
        check_password(password, chat.limits.password, name)
    except BadRequest:  # no event: the answer says so
        if administrator.account_id is not None:
            raise
        return {"weak": True}
    return {}
