"""`add_bot`, `add_token`, `list_tokens`, `revoke_token`: bots, and what they may do with which token.

A token that is revoked ends its connections before that is answered.
"""

from vestnik.chat.administration import Administrator
from vestnik.chat.chat import Chat
from vestnik.chat.limits import MAX_DEVICE
from vestnik.chat.names import check_account_name, check_length, check_new_account_name, check_text, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.passwords import NO_PASSWORD, hash_token, make_bot_token
from vestnik.chat.rules.accounts import MayTakeName
from vestnik.chat.rules.bots import MayHaveToken
from vestnik.chat.scopes import USUAL, actions_of
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.bots import BotToken, NewBotToken
from vestnik.protocol import answers
from vestnik.protocol.administration import AddBot, AddToken, ListTokens, RevokeToken
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.protocol.events import TokenState

DAY = 86_400.0


async def add_bot(chat: Chat, session: Session, request: AddBot) -> Reply:
    """Create the account of a bot, which has no password. Raises Conflict for a name that looks taken."""
    administrator = _acting(session)
    name = check_new_account_name(request.name, chat.limits.name)
    key = name_key(name)
    may_take_name = MayTakeName(name)
    may_take_name(await chat.storage.name_standing(name, key))
    await administrator.record(answers.ADMIN_BOT_ADDED, name)
    await chat.storage.add_account(name, key, NO_PASSWORD, chat.clock(), may_take_name, "bot")
    chat.initials.add(name)
    chat.known_names.add(key)
    return Reply(answers.ADMIN_BOT_ADDED, (name,))


async def add_token(chat: Chat, session: Session, request: AddToken) -> Reply:
    """Make a token, which is shown only here. Raises NotFound for an account or a room that there is not."""
    administrator = _acting(session)
    bot = await _find_bot(chat, request.name)
    label = check_text("label", request.label, MAX_DEVICE, lines=False)
    may = tuple(dict.fromkeys(USUAL if request.may is None else request.may))
    try:
        actions_of(may)
    except KeyError as unknown:  # no event: the answer has one
        raise BadRequest(answers.ACTION_UNKNOWN, str(unknown.args[0])[: chat.limits.name]) from None
    rooms = None if request.rooms is None else tuple(_room(chat, name) for name in request.rooms)
    now = chat.clock()
    expires = None if request.days is None else now + request.days * DAY
    token = make_bot_token()
    new = NewBotToken(hash_token(token), label, now, expires, rooms, may)
    await administrator.record(answers.ADMIN_TOKEN_ADDED, bot.name, label, " ".join(may))
    number = await chat.storage.add_bot_token(bot.id, new, MayHaveToken(bot.name))
    state = _state(chat, BotToken(number, label, now, None, expires, rooms, may))
    values = (bot.name, label, " ".join(may))
    return Reply(answers.ADMIN_TOKEN_ADDED, values, token=token, more={"tokens": [state]})


async def list_tokens(chat: Chat, session: Session, request: ListTokens) -> Reply:
    """The tokens of a bot. Raises NotFound."""
    administrator = _acting(session)
    bot = await _find_bot(chat, request.name)
    found = await chat.storage.bot_tokens(bot.id)
    await administrator.record(answers.ADMIN_TOKENS_LISTED, bot.name, len(found))
    more = {"tokens": [_state(chat, each) for each in found]}
    return Reply(answers.ADMIN_TOKENS_LISTED, (bot.name, len(found)), more=more)


async def revoke_token(chat: Chat, session: Session, request: RevokeToken) -> Reply:
    """End a token and its connections. Raises NotFound."""
    administrator = _acting(session)
    bot = await _find_bot(chat, request.name)
    if request.token not in [each.id for each in await chat.storage.bot_tokens(bot.id)]:
        raise NotFound(answers.BOT_TOKEN_UNKNOWN, bot.name, request.token)
    await administrator.record(answers.ADMIN_TOKEN_REVOKED, bot.name, request.token)
    await chat.storage.revoke_bot_token(bot.id, request.token)
    chat.sessions.expel_logins(bot.id, lambda login_id: login_id == -request.token)
    return Reply(answers.ADMIN_TOKEN_REVOKED, (bot.name, request.token))


def _acting(session: Session) -> Administrator:
    assert session.administrator is not None  # noqa: S101  # the dispatcher lets nobody else come this far
    return session.administrator


async def _find_bot(chat: Chat, name: str) -> AccountRecord:
    """The account of this name. That it is a bot's is asked where that matters. Raises NotFound."""
    account = await chat.storage.find_account(name_key(check_account_name(name, chat.limits.name)))
    if account is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return account


def _room(chat: Chat, name: str) -> int:
    room = chat.rooms.find(check_length("rooms", name, chat.limits.room))
    if room is None:
        raise NotFound(answers.ROOM_UNKNOWN, name)
    return room.id


def _state(chat: Chat, token: BotToken) -> TokenState:
    """A token as an administrator sees it; rooms by the names that they have now, without those that are gone."""
    state = TokenState(token.id, token.created, list(token.may), token.label)
    if token.used is not None:
        state.used = token.used
    if token.expires is not None:
        state.expires = token.expires
    if token.rooms is not None:
        rooms = [chat.rooms.by_id(number) for number in token.rooms]
        state.rooms = [room.name for room in rooms if room is not None]
    return state
