"""`logins`, `end_login`, `end_logins`: from where one is logged in, and what of that is to end."""

from collections import Counter

from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Reply
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.accounts import LoginRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound
from vestnik.protocol.events import LoginState
from vestnik.protocol.own_account import EndLogin, EndLogins, Logins


async def list_logins(chat: Chat, session: Session, request: Logins) -> Reply:
    """One's own logins, the last used first, at most a page of them: older ones are not used any more."""
    account = session.speaker
    found = (await _logins(chat, account))[: chat.limits.page]
    connections = Counter(each.login_id for each in account.sessions)
    states = [
        LoginState(
            each.id,
            each.created,
            each.used,
            each.origin.device,
            each.origin.address,
            each.with_token,
            connections[_number(each)],
            _number(each) == session.login_id,
        )
        for each in found
    ]
    return Reply(answers.LOGINS_LISTED, (account.name, len(states)), more={"logins": states})


async def end_login(chat: Chat, session: Session, request: EndLogin) -> Reply:
    """End a login and its connections. Raises NotFound, and Forbidden for that of this connection."""
    account = session.speaker
    found = next((each for each in await _logins(chat, account) if each.id == request.login), None)
    if found is None:
        raise NotFound(answers.LOGIN_UNKNOWN, account.name, request.login)
    number = _number(found)
    if number == session.login_id:
        raise Forbidden(answers.LOGIN_CURRENT, account.name, request.login)
    await chat.storage.end_login(account.id, number)
    chat.sessions.expel_logins(account.id, lambda login_id: login_id == number)
    device = found.origin.device or found.origin.address
    return Reply(answers.LOGIN_REVOKED, (account.name, request.login, device))


async def end_logins(chat: Chat, session: Session, request: EndLogins) -> Reply:
    """End all other logins and their connections."""
    account, current = session.speaker, session.login_id
    count = await chat.storage.end_logins(account.id, current)
    chat.sessions.expel_logins(account.id, lambda login_id: login_id != current)
    return Reply(answers.LOGINS_REVOKED, (account.name, count))


async def _logins(chat: Chat, account: Account) -> list[LoginRecord]:
    return await chat.storage.logins(account.id, chat.clock() - chat.login_lifetime)


def _number(login: LoginRecord) -> int | None:
    """The number under which sessions know a login: none of one without a token."""
    return login.id if login.with_token else None
