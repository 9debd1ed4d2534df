"""What is done with messages that are there: `edit`, `delete`, `edits`, `react`, `unreact`, `pin`, `unpin`, `pins`.

What is one's own may be taken back always.
"""

import re
from typing import Any, Final

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_conversation, name_of
from vestnik.chat.limits import MAX_EMOJI
from vestnik.chat.mentions import find_mentions
from vestnik.chat.names import INVISIBLE, check_length
from vestnik.chat.outcome import Reply
from vestnik.chat.reading import reader_of
from vestnik.chat.rules.alterations import MayDelete, MayEdit, MayPin, MayReact, MayUnpin, MayUnreact
from vestnik.chat.rules.rooms import MayReadEdits
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.alterations import Alteration
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.protocol.requests import Delete, Edit, Edits, Pin, Pins, React, Unpin, Unreact

_JOINERS: Final = re.compile("[\u200d\U000e0020-\U000e007f]")
"""What holds the parts of an emoji together, though it is not printable: the joiner, and the tags of flags."""


async def edit(chat: Chat, session: Session, request: Edit) -> Reply:
    """Change the text of a message of one's own. Raises Forbidden for others' messages and for forwarded ones."""
    account = session.speaker
    text = check_length("message", request.message, chat.limits.text)
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    mentions = await find_mentions(chat, account.id, conversation, text)
    now = chat.clock()
    rule = MayEdit(account.name, name, now)
    result = await chat.storage.edit_message(conversation.id, request.seq, account.id, text, mentions, now, rule)
    return _reply(session, account, answers.MESSAGE_EDITED, name, request.seq, result)


async def delete(chat: Chat, session: Session, request: Delete) -> Reply:
    """Delete a message of one's own; in a room that one moderates anybody's."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    rule = MayDelete(account.name, name)
    result = await chat.storage.delete_message(conversation.id, request.seq, account.id, chat.clock(), rule)
    return _reply(session, account, answers.MESSAGE_DELETED, name, request.seq, result)


async def edits(chat: Chat, session: Session, request: Edits) -> Reply:
    """The texts that a message had before. Raises Forbidden where the room keeps them from the asker."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    limit = chat.limits.page
    reader = Asker(account.id, MayReadEdits(account.name, request.to, name))
    found = await chat.storage.versions(reader, conversation.id, request.seq, limit + 1)
    if found is None:
        raise NotFound(answers.MESSAGE_UNKNOWN, name, request.seq)
    more: dict[str, Any] = {"edits": found[:limit]} | ({"more": True} if len(found) > limit else {})
    values = (account.name, name, request.seq, len(more["edits"]))
    return Reply(answers.EDITS_LISTED, values, more=more, about=((conversation, reader),))


async def react(chat: Chat, session: Session, request: React) -> Reply:
    """Put an emoji to a message. Raises Forbidden when it has too many different ones."""
    account = session.speaker
    emoji = _check_emoji(request.emoji)
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    now = chat.clock()
    rule = MayReact(account.name, name, now, chat.limits.reactions)
    result = await chat.storage.react(conversation.id, request.seq, account.id, emoji, now, rule)
    return _reply(session, account, answers.REACTION_ADDED, name, request.seq, result, emoji)


async def unreact(chat: Chat, session: Session, request: Unreact) -> Reply:
    """Take one's emoji off a message."""
    account = session.speaker
    emoji = _check_emoji(request.emoji)
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    rule = MayUnreact(account.name, name)
    result = await chat.storage.unreact(conversation.id, request.seq, account.id, emoji, chat.clock(), rule)
    return _reply(session, account, answers.REACTION_REMOVED, name, request.seq, result, emoji)


async def pin(chat: Chat, session: Session, request: Pin) -> Reply:
    """Pin a message. Raises Forbidden when too many are pinned."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    now = chat.clock()
    rule = MayPin(account.name, name, now, chat.limits.pins)
    result = await chat.storage.pin(conversation.id, request.seq, account.id, now, rule)
    return _reply(session, account, answers.MESSAGE_PINNED, name, request.seq, result)


async def unpin(chat: Chat, session: Session, request: Unpin) -> Reply:
    """Take a message off the pinned ones."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    now = chat.clock()
    rule = MayUnpin(account.name, name, now)
    result = await chat.storage.unpin(conversation.id, request.seq, account.id, now, rule)
    return _reply(session, account, answers.MESSAGE_UNPINNED, name, request.seq, result)


async def pins(chat: Chat, session: Session, request: Pins) -> Reply:
    """The pinned messages of a conversation, newest pin first."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    reader = reader_of(account, request.to)
    found = await chat.storage.pinned(reader, conversation.id)
    values = (account.name, name, len(found))
    return Reply(answers.PINS_LISTED, values, more={"messages": found}, about=((conversation, reader),))


def _check_emoji(emoji: str) -> str:
    """`emoji`, if it shows something and has no blanks, else BadRequest."""
    check_length("emoji", emoji, MAX_EMOJI)
    parts = _JOINERS.sub("", emoji)
    if not parts.isprintable() or " " in parts or not INVISIBLE.sub("", parts):
        raise BadRequest(answers.REACTION_INVALID)
    return emoji


def _reply(
    session: Session,
    account: Account,
    answer: Answer,
    name: str,
    seq: int,
    result: Alteration,
    *values: object,
) -> Reply:
    """The answer to an alteration by `account` where it was `name` when that was asked for, with the change, if any."""
    changes = () if result is None else (result,)
    more = {"seq": seq} if session.format.rich else {}
    return Reply(answer, (account.name, name, seq, *values), more=more, changes=changes)
