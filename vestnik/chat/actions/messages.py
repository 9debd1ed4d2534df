"""`msg`: to a room of which the sender is a member, or to a person."""

from collections.abc import Awaitable

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_direct, find_room
from vestnik.chat.names import ROOM_SIGN, check_length
from vestnik.chat.outcome import Post
from vestnik.chat.roles import check_may_write
from vestnik.chat.sessions import Account, Session
from vestnik.protocol.requests import Msg


def send(chat: Chat, session: Session, request: Msg) -> Post | Awaitable[Post]:
    """Check a message. Raises NotFound for an unknown addressee, Forbidden for a room one is not a member of."""
    account = session.speaker
    text = request.message
    limits = chat.limits
    if not 0 < len(text) <= limits.text:
        check_length("message", text, limits.text)
    to = request.to
    if to.startswith(ROOM_SIGN):
        room = find_room(chat, account, to)
        if room.archived or room.muted:
            check_may_write(room, account, chat.clock())
        return Post(session, account, account.id, room, room.id, room.name, text, request.id)
    direct = chat.directs.find(account, to)
    if direct is None:
        return _begin_direct(chat, session, account, request)
    return Post(session, account, account.id, direct, direct.id, direct.to_name, text, request.id)


async def _begin_direct(chat: Chat, session: Session, account: Account, request: Msg) -> Post:
    """The way of a message whose conversation is not remembered: its addressee is looked up first."""
    direct = await find_direct(chat, account, request.to)
    return Post(session, account, account.id, direct, direct.id, direct.to_name, request.message, request.id)
