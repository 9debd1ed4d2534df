"""`msg`: to a room of which the sender is a member, or to a person."""

from collections.abc import Awaitable

from vestnik.chat.chat import Chat
from vestnik.chat.names import ROOM_SIGN, check_length, name_key
from vestnik.chat.outcome import Post
from vestnik.chat.sessions import Account, Session
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound
from vestnik.protocol.messages import Msg


def send(chat: Chat, session: Session, request: Msg) -> Post | Awaitable[Post]:
    """Check a message. Raises NotFound for an unknown addressee, Forbidden for a room one is not a member of."""
    account = session.speaker
    text = request.message
    limits = chat.limits
    if not 0 < len(text) <= limits.text:
        check_length("message", text, limits.text)
    to = request.to
    if to.startswith(ROOM_SIGN):
        if len(to) > limits.room:
            check_length("to", to, limits.room)
        room = chat.rooms.find(to)
        if room is None:
            raise NotFound(answers.ROOM_UNKNOWN, to)
        if account.id not in room.members:
            raise Forbidden(answers.ROOM_NOT_MEMBER, account.name, room.name)
        return Post(session, account, account.id, room, room.id, room.name, text, request.id)
    check_length("to", to, limits.name)
    direct = chat.directs.find(account, to)
    if direct is None:
        return _begin_direct(chat, session, account, request)
    return Post(session, account, account.id, direct, direct.id, direct.to_name, text, request.id)


async def _begin_direct(chat: Chat, session: Session, account: Account, request: Msg) -> Post:
    """The way of a message whose conversation is not remembered: its addressee is looked up first."""
    person = await chat.storage.find_account(name_key(request.to))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, request.to)
    conversation_id = await chat.storage.direct_conversation(account.id, person.id, chat.clock())
    direct = chat.directs.remember(account, person, conversation_id)
    return Post(session, account, account.id, direct, direct.id, direct.to_name, request.message, request.id)
