"""`authenticate`, `presence` and `quit`: who speaks, that they are there, that they go.

A login outlives its connection: the first one is answered 202, the next ones 200 until `quit` ends it. A client that
asks to be remembered gets a token, which is a login of its own and makes reconnecting cheap.
"""

from functools import lru_cache
from typing import Final

from vestnik.chat.actions.passwords import check_unexposed, understand
from vestnik.chat.actions.totp import check_code
from vestnik.chat.chat import Chat
from vestnik.chat.limits import MAX_DEVICE, MAX_PASSWORD
from vestnik.chat.names import INVISIBLE, check_length, check_text, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.passwords import BOT_TOKEN, NO_PASSWORD, hash_token, make_token
from vestnik.chat.presence import AWAY
from vestnik.chat.rules.accounts import MayLogIn
from vestnik.chat.scopes import Scope, actions_of
from vestnik.chat.second_factor import apart
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import Credentials, LoginOrigin, LoginStanding, TokenLogin
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Forbidden, NotAuthorised, WrongLogin
from vestnik.protocol.requests import FEATURES, Authenticate, Presence, Quit
from vestnik.protocol.spellings import named
from vestnik.secret import Secret

UNHEARING: Final = frozenset({"seq", "probe", "notice"})
"""Features of a session whose token lets it hear nothing of others."""
TOUCH_AFTER: Final = 3600.0
"""Seconds after which the use of a login from the same place is noted again; more often would cost a commit for every
login."""


async def authenticate(chat: Chat, session: Session, request: Authenticate) -> Reply:
    """Log in by password or token. Raises WrongLogin (one text for unknown name, wrong password, wrong token), and
    Forbidden when somebody else is named, too, or when others could have read it on the way, and NotAuthorised when the
    password is right and a code is missing.
    """
    understand(session, request.lang)
    name = check_length("user.account_name", request.user.account_name, chat.limits.name)
    session.claimed = name
    for other in named(request.account_name, request.client_name):
        if name_key(other[: chat.limits.name + 1]) != name_key(name):
            raise Forbidden(answers.IDENTITY_MISMATCH, name, other[: chat.limits.name])
    check_unexposed(chat, session, name)
    origin = _origin(session, request)
    token = request.token if request.user.token is None else request.user.token
    if token is not None:
        if token.reveal().startswith(BOT_TOKEN):
            return await _by_bot_token(chat, session, request, name, token)
        return await _by_token(chat, session, request, name, origin, token)
    password = request.password if request.user.password is None else request.user.password
    if password is None:
        raise BadRequest(answers.FIELD_MISSING, "user.password")
    if len(password) > MAX_PASSWORD:
        raise BadRequest(answers.FIELD_TOO_LONG, "user.password", MAX_PASSWORD)
    return await _by_password(chat, session, request, name, origin, password)


async def _by_password(
    chat: Chat, session: Session, request: Authenticate, name: str, origin: LoginOrigin, password: Secret
) -> Reply:
    async with chat.passwords.turn(session, name):
        now = chat.clock()
        since = now - chat.login_lifetime
        expulsions = chat.sessions.expulsions
        found = await chat.storage.credentials(name_key(name), since)
        code = request.code if request.user.code is None else request.user.code
        if found is not None and found.second_factor and code is None:
            password, code = apart(password)
        has_none = found is None or found.role == "bot" or found.password_hash == NO_PASSWORD
        hashed = None if found is None or has_none else found.password_hash
        right = await chat.passwords.verify(hashed, password)
        if found is None or not right:
            raise WrongLogin(answers.LOGIN_REFUSED, name)
        if found.second_factor and not found.disabled:
            if code is None:
                raise NotAuthorised(answers.LOGIN_CODE_NEEDED, found.account.name)
            await check_code(chat, found.account, code)
    may_log_in = MayLogIn(name, found.account.name, found.password_hash)
    may_log_in(LoginStanding(found.password_hash, found.disabled))
    _check_connections(chat, session, found)
    token = make_token() if request.remember or request.user.remember else None
    login_id = await _begin(chat, found, token, now, may_log_in, origin)
    answer = answers.LOGIN_ACCEPTED if found.login_used is None else answers.LOGIN_RESUMED
    while chat.sessions.expulsions != expulsions:  # perhaps of this account, since it was read
        expulsions = chat.sessions.expulsions
        found = await chat.storage.credentials(name_key(name), since) or found
        may_log_in(LoginStanding(found.password_hash, found.disabled))
        if found.second_factor and code is None:
            raise NotAuthorised(answers.LOGIN_CODE_NEEDED, found.account.name)
        logins = await chat.storage.logins(found.account.id, since)
        if not any(each.id == login_id if each.with_token else login_id is None for each in logins):
            raise WrongLogin(answers.LOGIN_REFUSED, name)  # it was ended meanwhile
    logged_in = _attach(chat, session, found, request, login_id)
    return Reply(answer, (found.account.name,), token=token, logged_in=logged_in)


def _origin(session: Session, request: Authenticate) -> LoginOrigin:
    """Where a login comes from. Raises BadRequest for a device's name that is too long, or of several lines."""
    device = check_text("device", request.device or "", MAX_DEVICE, lines=False)
    shown = "".join(filter(str.isprintable, INVISIBLE.sub("", device)))
    return LoginOrigin(shown.strip(), session.recipient.address[0])


async def _begin(
    chat: Chat, found: Credentials, token: Secret | None, now: float, rule: MayLogIn, origin: LoginOrigin
) -> int | None:
    """Keep a login with a token, whose number it returns; or see to it that there is one without."""
    account_id, since = found.account.id, now - chat.login_lifetime
    if token is not None:
        return await chat.storage.begin_login(account_id, hash_token(token), now, since, rule, origin)
    if found.plain_used is None:
        await chat.storage.begin_login(account_id, None, now, since, rule, origin)
    elif found.plain_used < now - TOUCH_AFTER or found.plain_origin != origin:
        await chat.storage.touch_login(account_id, None, now, origin)
    return None


async def _by_token(
    chat: Chat, session: Session, request: Authenticate, name: str, origin: LoginOrigin, token: Secret
) -> Reply:
    now = chat.clock()
    while True:
        expulsions = chat.sessions.expulsions
        found = await chat.storage.token_login(hash_token(token), now - chat.login_lifetime)
        if found is None or name_key(found.account.name) != name_key(name):
            raise WrongLogin(answers.LOGIN_REFUSED, name)
        if found.disabled:
            raise Forbidden(answers.ACCOUNT_DISABLED, found.account.name)
        if found.used < now - TOUCH_AFTER or found.origin != origin:
            await chat.storage.touch_login(found.account.id, found.id, now, origin)
        if chat.sessions.expulsions == expulsions:
            break
    logged_in = _attach(chat, session, found, request, found.id)
    return Reply(answers.LOGIN_RESUMED, (found.account.name,), logged_in=logged_in)


async def _by_bot_token(chat: Chat, session: Session, request: Authenticate, name: str, token: Secret) -> Reply:
    now = chat.clock()
    while True:
        expulsions = chat.sessions.expulsions
        found = await chat.storage.bot_login(hash_token(token), now)
        if found is None or name_key(found.login.account.name) != name_key(name):
            raise WrongLogin(answers.LOGIN_REFUSED, name)
        if found.login.disabled:
            raise Forbidden(answers.ACCOUNT_DISABLED, found.login.account.name)
        if found.login.used < now - TOUCH_AFTER:
            await chat.storage.touch_bot_token(found.token.id, now)
        if chat.sessions.expulsions == expulsions:
            break
    rooms = None if found.token.rooms is None else frozenset(found.token.rooms)
    scope = Scope(actions_of(found.token.may, strict=False), rooms, found.token.expires)
    logged_in = _attach(chat, session, found.login, request, found.login.id, scope)
    return Reply(answers.LOGIN_RESUMED, (found.login.account.name,), logged_in=logged_in)


def _attach(
    chat: Chat,
    session: Session,
    found: Credentials | TokenLogin,
    request: Authenticate,
    login_id: int | None,
    scope: Scope | None = None,
) -> bool:
    _check_connections(chat, session, found)
    account = found.account
    features = _shared((FEATURES if scope is None or scope.hears else UNHEARING).intersection(request.features))
    session.login_id, session.scope = login_id, scope
    return chat.sessions.attach(session, account, name_key(account.name), features, found.status, found.role)


def _check_connections(chat: Chat, session: Session, found: Credentials | TokenLogin) -> None:
    """Raises Forbidden when the account has as many other connections as it may have."""
    account = chat.sessions.find(found.account.id)
    if account is None or session in account.sessions:
        return
    limit = chat.most_connections(len(account.sessions))
    if len(account.sessions) >= limit:
        raise Forbidden(answers.ACCOUNT_CROWDED, account.name, limit)


@lru_cache(maxsize=1 << len(FEATURES))
def _shared(features: frozenset[str]) -> frozenset[str]:
    """The same set for all who named the same features: one for each session would take 216 bytes."""
    return features


def presence(chat: Chat, session: Session, request: Presence) -> Reply:
    """Take note of a status text, which an empty one clears, and of whether the user is away."""
    account = session.speaker
    user = request.user
    if user is not None and user.status is not None:
        status = user.status and check_length("user.status", user.status, chat.limits.status)
        chat.presence.set_status(session, status)
    if user is not None and user.state is not None:
        chat.presence.set_away(session, user.state == AWAY)
    return Reply(answers.PRESENCE_ACCEPTED, (account.name, chat.presence.status(session)))


async def quit_(chat: Chat, session: Session, request: Quit) -> Reply:
    """End the login, if there is one, and the connection."""
    account = session.account
    if account is None:
        return Reply(answers.LOGIN_NONE, final=True)
    await chat.storage.end_login(account.id, session.login_id)
    chat.sessions.detach(session)
    return Reply(answers.LOGIN_ENDED, (account.name,), final=True)
