"""`msg` and `forward`: to a room of which the sender is a member, or to a person."""

from collections.abc import Awaitable

from vestnik.chat.actions.guests import check_guests
from vestnik.chat.chat import Chat
from vestnik.chat.conversations import Conversation, begin, check_writing, find_conversation, find_room, name_of
from vestnik.chat.doubts import resolve
from vestnik.chat.initials import SIGN
from vestnik.chat.mentions import find_mentions, recall_mentions
from vestnik.chat.names import ROOM_SIGN, check_length
from vestnik.chat.outcome import Post
from vestnik.chat.reading import check_readable, reader_of
from vestnik.chat.roles import check_may_write
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account, Session
from vestnik.chat.slow import take_turn, wait_of
from vestnik.chat.storage.messages import Extras, MessageEvent, MessageRecord, Origin
from vestnik.protocol import answers
from vestnik.protocol.errors import NotFound
from vestnik.protocol.requests import Forward, Msg


def send(chat: Chat, session: Session, request: Msg) -> Post | Awaitable[Post]:
    """Check a message. Raises NotFound for an unknown addressee, Forbidden for a room where one may not write."""
    account = session.speaker
    text = request.message
    limits = chat.limits
    if not 0 < len(text) <= limits.text:
        check_length("message", text, limits.text)
    if request.reply_to is not None or account.role == "guest":
        return _look_up(chat, session, account, request)
    to = request.to
    place: Conversation
    if to.startswith(ROOM_SIGN):
        place = room = find_room(chat, account, to)
        if room.doubts or room.slow:
            return _look_up(chat, session, account, request)
        if room.archived or room.muted or room.ruled:
            check_may_write(room, account, chat.clock(), to)
        to_id, to = 0, room.name
    else:
        check_length("to", to, limits.name)
        direct = chat.directs.find(account, to)
        if direct is None:
            return _look_up(chat, session, account, request)
        if chat.blocks:
            chat.blocks.check(account, direct.to_id, direct.to_name)
        place, to_id, to = direct, direct.to_id, direct.to_name
    extras = None
    if SIGN in text:
        mentions = recall_mentions(chat, account.id, place, text)
        if mentions is None:
            return _look_up(chat, session, account, request)
        if mentions:
            extras = Extras(mentions=mentions)
    return Post(session, MessageEvent(place.id, account.id, account.name, to_id, to, text, request.id, extras))


async def _look_up(chat: Chat, session: Session, account: Account, request: Msg) -> Post:
    """The way of a message of which something is not in memory: its addressee, what it answers, whom it mentions.

    Raises NotFound also when there is no message that it could answer.
    """
    conversation = await find_conversation(chat, account, request.to)
    await check_guests(chat, account, conversation)
    thread = None
    if request.reply_to is not None:
        reader = reader_of(account, request.to)
        name = name_of(conversation)
        answered = await chat.storage.find_message(reader, conversation.id, request.reply_to)
        if answered is None:
            raise NotFound(answers.MESSAGE_UNKNOWN, name, request.reply_to)
        thread = request.reply_to if answered.thread is None else answered.thread
    mentions = await find_mentions(chat, account.id, conversation, request.message)
    extras = Extras(request.reply_to, thread, None, mentions) if thread is not None or mentions else None
    check_writing(chat, account, conversation, request.to)
    conversation = await begin(chat, account, conversation)
    again = await _prepare(chat, account, conversation, request)
    await check_guests(chat, account, conversation)  # once more: a room, or who is written to, may have closed
    return _post(chat, session, request, conversation, request.message, extras, again=again)


async def _prepare(chat: Chat, account: Account, conversation: Conversation, request: Msg | Forward) -> bool:
    """Wait for what is known only afterwards: changes on their way, and whether a message was sent before.

    That is asked only where it matters, of somebody who has to wait before they may write: one that they send again
    because they did not see the answer is no new one.
    """
    if not isinstance(conversation, Room):
        return False
    await resolve(chat, conversation)
    if request.id is None or not wait_of(conversation, account, chat.clock()):
        return False
    chat.hand_over()
    return await chat.storage.knows_id(account.id, request.id)


def _post(
    chat: Chat,
    session: Session,
    request: Msg | Forward,
    conversation: Conversation,
    text: str,
    extras: Extras | None,
    *,
    again: bool,
) -> Post:
    """A message for which something was looked up: only now it is sure that its sender may still write.

    `again` says that it was sent before, so that its sender need not wait.
    """
    account = session.speaker
    check_writing(chat, account, conversation, request.to)
    if isinstance(conversation, Room) and not again:
        take_turn(conversation, account, chat.clock())
    to_id = 0 if isinstance(conversation, Room) else conversation.to_id
    to = name_of(conversation)
    return Post(session, MessageEvent(conversation.id, account.id, account.name, to_id, to, text, request.id, extras))


async def forward(chat: Chat, session: Session, request: Forward) -> Post:
    """Send a copy of a message that the speaker may read. Raises what `send` raises, for both conversations."""
    account = session.speaker
    source = await find_conversation(chat, account, request.source, "source")
    name = name_of(source)
    conversation = await find_conversation(chat, account, request.to)
    await check_guests(chat, account, conversation)
    reader = reader_of(account, request.source)
    found = await chat.storage.find_message(reader, source.id, request.seq)
    if found is None or found.deleted is not None:
        raise NotFound(answers.MESSAGE_UNKNOWN, name, request.seq)
    extras = Extras(origin=_origin(found, source, request.seq))
    check_writing(chat, account, conversation, request.to)
    conversation = await begin(chat, account, conversation)
    again = await _prepare(chat, account, conversation, request)
    await check_guests(chat, account, conversation)  # once more: a room, or who is written to, may have closed
    check_readable(session, source, reader)
    return _post(chat, session, request, conversation, found.text, extras, again=again)


def _origin(found: MessageRecord, source: Conversation, seq: int) -> Origin:
    """Where a forwarded message comes from; one that was forwarded before, still from where it was written."""
    if found.origin is not None:
        return found.origin
    if isinstance(source, Room):
        return Origin(found.author, seq, found.time, place=source.id)
    return Origin(found.author, seq, found.time, to=source.to_name, people=(source.from_id, source.to_id))
