"""`totp`, `begin_totp`, `confirm_totp`, `end_totp`, `recovery_codes`: the second factor of one's own account.

Whoever sits down at a connection that somebody has left open changes nothing here: each change takes the password.
"""

from math import ceil

from vestnik.chat.chat import Chat
from vestnik.chat.codes import hash_code
from vestnik.chat.limits import MAX_PASSWORD
from vestnik.chat.outcome import Reply
from vestnik.chat.second_factor import (
    is_one_time,
    key_uri,
    make_key,
    make_recovery_codes,
    step_of,
    tidied,
)
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, NotFound, TooMany, WrongLogin
from vestnik.protocol.own_account import BeginTotp, ConfirmTotp, EndTotp, RecoveryCodes, Totp
from vestnik.secret import Secret


async def show_totp(chat: Chat, session: Session, request: Totp) -> Reply:
    """Whether the account has a second factor, and how many recovery codes are left."""
    account = session.speaker
    found = await chat.storage.second_factor(account.id)
    on = found is not None and found.confirmed
    more = {"totp": on, "codes_left": found.codes if found is not None and on else 0}
    return Reply(answers.TOTP_SHOWN, (account.name,), more=more)


async def begin_totp(chat: Chat, session: Session, request: BeginTotp) -> Reply:
    """Make a key for an authenticator, which is in force once a code of it is confirmed.

    Raises WrongLogin for a wrong password, Conflict where a key is in force already.
    """
    account = session.speaker
    await _check_password(chat, session, request.password)
    key = make_key()
    if not await chat.storage.begin_second_factor(account.id, key.reveal()):
        raise Conflict(answers.TOTP_IS_ON, account.name)
    return Reply(answers.TOTP_BEGUN, (account.name,), more={"key": key, "uri": key_uri(key, account.name)})


async def confirm_totp(chat: Chat, session: Session, request: ConfirmTotp) -> Reply:
    """Put the key in force with a code of it, and give recovery codes. Raises WrongLogin, NotFound without a key."""
    account = session.speaker
    found = await chat.storage.second_factor(account.id)
    if found is None:
        raise NotFound(answers.TOTP_IS_OFF, account.name)
    if found.confirmed:
        raise Conflict(answers.TOTP_IS_ON, account.name)
    step = step_of(Secret(found.key), tidied(request.code), chat.clock())
    if step is None:
        raise WrongLogin(answers.TOTP_REFUSED, account.name)
    codes = make_recovery_codes()
    if not await chat.storage.confirm_second_factor(account.id, found.key, step, list(map(hash_code, codes))):
        raise NotFound(answers.TOTP_IS_OFF, account.name)
    chat.sessions.expel_logins(account.id, lambda _login_id: False)  # logins by password alone that are under way
    return Reply(answers.TOTP_CONFIRMED, (account.name,), more={"codes": codes})


async def end_totp(chat: Chat, session: Session, request: EndTotp) -> Reply:
    """Forget key and recovery codes. Raises WrongLogin for a wrong password or code, NotFound where there is none."""
    account = session.speaker
    await _check_both(chat, session, request.password, request.code)
    if not await chat.storage.end_second_factor(account.id):
        raise NotFound(answers.TOTP_IS_OFF, account.name)
    return Reply(answers.TOTP_ENDED, (account.name,))


async def recovery_codes(chat: Chat, session: Session, request: RecoveryCodes) -> Reply:
    """Give new recovery codes, in the place of those before. Raises WrongLogin, NotFound without a factor."""
    account = session.speaker
    await _check_both(chat, session, request.password, request.code)
    codes = make_recovery_codes()
    await chat.storage.set_recovery_codes(account.id, list(map(hash_code, codes)))
    return Reply(answers.TOTP_CODES, (account.name, len(codes)), more={"codes": codes})


async def _check_both(chat: Chat, session: Session, password: Secret, code: Secret) -> None:
    account = session.speaker
    found = await chat.storage.second_factor(account.id)
    if found is None or not found.confirmed:
        raise NotFound(answers.TOTP_IS_OFF, account.name)
    await _check_password(chat, session, password, code)


async def _check_password(chat: Chat, session: Session, password: Secret, code: Secret | None = None) -> None:
    """Raises WrongLogin unless the password is the account's, and so is the code, if there is one. It takes a turn like
    a login, so that nobody guesses faster here."""
    account = session.speaker
    if len(password) > MAX_PASSWORD:
        raise BadRequest(answers.FIELD_TOO_LONG, "password", MAX_PASSWORD)
    async with chat.passwords.turn(session, account.name):
        found = await chat.storage.credentials(account.key, chat.clock())
        right = await chat.passwords.verify(found.password_hash if found else None, password)
        if not right:
            raise WrongLogin(answers.LOGIN_REFUSED, account.name)
        if code is not None:
            await check_code(chat, AccountRecord(account.id, account.name), code)


async def check_code(chat: Chat, account: AccountRecord, code: Secret) -> None:
    """Use up a one-time code, or a recovery code. Raises WrongLogin, and TooMany after too many wrong ones.

    Recovery codes cannot be guessed, so the rightful owner gets in by them also while somebody tries.
    """
    code = tidied(code)
    if not is_one_time(code):
        if not await chat.storage.use_recovery_code(account.id, hash_code(code)):
            raise WrongLogin(answers.TOTP_REFUSED, account.name)
        return
    now = chat.clock()
    seconds = await chat.storage.take_try(account.id, now)
    if seconds:
        raise TooMany(answers.TOTP_LATER, account.name, ceil(seconds))
    found = await chat.storage.second_factor(account.id)
    step = None if found is None else step_of(Secret(found.key), code, now)
    if step is None or not await chat.storage.use_step(account.id, step):
        raise WrongLogin(answers.TOTP_REFUSED, account.name)
