"""`change_password` and `reset_password`: new passwords that people give themselves.

Both take a turn like a login by password, so that nobody can guess quicker here than there.
"""

from sys import intern

from vestnik.chat.chat import Chat
from vestnik.chat.codes import hash_code
from vestnik.chat.limits import MAX_PASSWORD
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.rules.accounts import MayLogIn, MayReset
from vestnik.chat.session import Session
from vestnik.chat.strength import check_password
from vestnik.protocol import answers
from vestnik.protocol.accounts import ChangePassword, ResetPassword
from vestnik.protocol.errors import BadRequest, Forbidden, WrongLogin
from vestnik.secret import Secret


async def change_password(chat: Chat, session: Session, request: ChangePassword) -> Reply:
    """Give one's account another password; this connection and its login go on, the account's others end.

    Raises WrongLogin for a wrong password, BadRequest for a weak new one.
    """
    account, login_id = session.speaker, session.login_id
    check_unexposed(chat, session, account.name)
    check_password(request.new_password, chat.limits.password, account.name)
    if len(request.password) > MAX_PASSWORD:
        raise BadRequest(answers.FIELD_TOO_LONG, "password", MAX_PASSWORD)
    async with chat.passwords.turn(session, account.name):
        found = await chat.storage.credentials(account.key, chat.clock())
        right = await chat.passwords.verify(found.password_hash if found else None, request.password)
        if found is None or not right:
            raise WrongLogin(answers.PASSWORD_WRONG, account.name)
        password_hash = await chat.passwords.hash_in_turn(request.new_password)
    rule = MayLogIn(account.name, account.name, found.password_hash)
    await chat.storage.change_password(account.id, password_hash, login_id, rule)
    chat.sessions.expel(account.id, but=session)
    return Reply(answers.PASSWORD_CHANGED, (account.name,))


async def reset_password(chat: Chat, session: Session, request: ResetPassword) -> Reply:
    """Give an account a new password with a code, which ends its logins and connections.

    Raises WrongLogin (one text for an unknown name and a code that is not good), Forbidden for a disabled account.
    """
    understand(session, request.lang)
    name = check_length("user.account_name", request.user.account_name, chat.limits.name)
    check_unexposed(chat, session, name)
    password = new_password(chat, request.password, request.user.password, name)
    code_hash = hash_code(request.code)
    async with chat.passwords.turn(session, name):
        now = chat.clock()
        found = await chat.storage.reset_standing(name_key(name), code_hash, now)
        if found is None:
            raise WrongLogin(answers.CODE_REFUSED)
        account, standing = found
        rule = MayReset(account.name)
        rule(standing)
        password_hash = await chat.passwords.hash_in_turn(password)
    await chat.storage.reset_password(account.id, password_hash, code_hash, now, rule)
    chat.sessions.expel(account.id)
    return Reply(answers.PASSWORD_RESET, (account.name,))


def check_unexposed(chat: Chat, session: Session, name: str) -> None:
    """Raises Forbidden for a secret that others could have read on its way, unless the setting lets it pass."""
    if session.exposed and not chat.plain_passwords:
        raise Forbidden(answers.LOGIN_EXPOSED, name)


def understand(session: Session, lang: str | None) -> None:
    """Answer a session in the language that it has named."""
    if lang is not None:
        session.lang = intern(lang.partition("-")[0].casefold())


def new_password(chat: Chat, beside: Secret | None, inside: Secret | None, name: str) -> Secret:
    """The new password of the account `name`, which stands beside `user` or in it. Raises BadRequest."""
    password = beside if inside is None else inside
    if password is None:
        raise BadRequest(answers.FIELD_MISSING, "user.password")
    check_password(password, chat.limits.password, name)
    return password
