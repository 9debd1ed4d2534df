"""`join` and `leave`. Membership is kept: leaving is an action, disconnecting is not."""

from vestnik.chat.chat import Chat
from vestnik.chat.names import check_length, check_room_name, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.sessions import Session
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Forbidden
from vestnik.protocol.requests import Join, Leave


async def join(chat: Chat, session: Session, request: Join) -> Reply:
    """Become a member, creating the room if its name is free; joining twice changes nothing."""
    account = session.speaker
    name = check_room_name("room", request.room, chat.limits.room)
    room = chat.rooms.find(name)
    if room is None or account.id not in room.members:
        if chat.rooms.count_of(account.id) >= chat.limits.rooms:
            raise Forbidden(answers.ROOM_LIMIT, account.name, chat.limits.rooms)
        room = chat.rooms.add(await chat.storage.join_room(name_key(name), name, account.id, chat.clock()))
        chat.sessions.joined(account.id, room)
    return Reply(answers.ROOM_JOINED, (account.name, room.name))


async def leave(chat: Chat, session: Session, request: Leave) -> Reply:
    """Stop being a member. Raises Forbidden for a non-member, BadRequest when there is no such room."""
    account = session.speaker
    name = check_length("room", request.room, chat.limits.room)
    room = chat.rooms.find(name)
    if room is None:
        raise BadRequest(answers.ROOM_UNKNOWN_LEAVE, name)
    if account.id not in room.members:
        raise Forbidden(answers.ROOM_NOT_MEMBER, account.name, room.name)
    await chat.storage.leave_room(room.id, account.id)
    chat.sessions.left(account.id, room)
    chat.rooms.remove_member(room, account.id)
    return Reply(answers.ROOM_LEFT, (account.name, room.name))
