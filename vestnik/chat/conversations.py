"""From a name to a conversation: a room that the speaker is a member of, or the direct one with a person."""

from collections.abc import Set
from typing import TypeAlias

from vestnik.chat.chat import Chat
from vestnik.chat.directs import NOT_BEGUN, Direct
from vestnik.chat.names import ROOM_SIGN, check_length, name_key
from vestnik.chat.roles import check_may_write
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound

Conversation: TypeAlias = Room | Direct


def find_room(chat: Chat, account: Account, name: str, field: str = "to") -> Room:
    """The room `name`, of which the account is a member.

    Raises BadRequest for a name that is too long, NotFound for a room that there is not (or that is private and not
    the account's), Forbidden for one that the account is not a member of.
    """
    if not 0 < len(name) <= chat.limits.room:
        check_length(field, name, chat.limits.room)
    room = chat.rooms.find(name)
    if room is None or (room.private and account.id not in room.members):
        raise NotFound(answers.ROOM_UNKNOWN, name)
    if account.id not in room.members:
        raise Forbidden(answers.ROOM_NOT_MEMBER, account.name, room.name)
    return room


def visible_room(chat: Chat, account: Account, name: str, field: str = "room") -> Room:
    """The room `name`, which the account may look at: a public one, or one of its own.

    Raises BadRequest for a name that is too long, NotFound for a room that there is not, or that is another's.
    """
    room = chat.rooms.find(check_length(field, name, chat.limits.room))
    if room is None or (room.private and account.id not in room.members):
        raise NotFound(answers.ROOM_UNKNOWN, name)
    return room


async def find_direct(chat: Chat, account: Account, name: str, field: str = "to") -> Direct:
    """The conversation with the person `name`; `NOT_BEGUN` if there is none. Raises NotFound for an unknown account."""
    check_length(field, name, chat.limits.name)
    direct = chat.directs.find(account, name)
    if direct is not None:
        return direct
    person = await chat.storage.find_account(name_key(name))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    conversation_id = await chat.storage.find_direct_conversation(account.id, person.id)
    if conversation_id is None:
        return Direct(NOT_BEGUN, account.id, person)
    return chat.directs.remember(account, person, conversation_id)


async def begin(chat: Chat, account: Account, conversation: Conversation) -> Conversation:
    """The same conversation, begun if nobody has: for what is kept in it. Whoever reads begins none."""
    if conversation.id != NOT_BEGUN or isinstance(conversation, Room):
        return conversation
    conversation_id = await chat.storage.direct_conversation(account.id, conversation.to_id, chat.clock())
    return chat.directs.remember(
        account, AccountRecord(conversation.to_id, conversation.to_name, conversation.visitor), conversation_id
    )


async def find_conversation(chat: Chat, account: Account, name: str, field: str = "to") -> Conversation:
    """The conversation that the account calls `name`. Raises what `find_room` and `find_direct` raise."""
    if name.startswith(ROOM_SIGN):
        return find_room(chat, account, name, field)
    return await find_direct(chat, account, name, field)


def name_of(conversation: Conversation) -> str:
    """What the speaker calls the conversation."""
    return conversation.name if isinstance(conversation, Room) else conversation.to_name


def people_of(conversation: Conversation) -> Set[int]:
    """The account numbers of those who may read the conversation."""
    return conversation.members if isinstance(conversation, Room) else {conversation.from_id, conversation.to_id}


def check_writing(chat: Chat, account: Account, conversation: Conversation, asked: str) -> None:
    """Raises Forbidden if the account is not a member of the room (any more), or may not write there.

    Nor may one write to a person, if one of the two has blocked the other.
    """
    if isinstance(conversation, Room):
        check_may_write(conversation, account, chat.clock(), asked)
    elif chat.blocks:
        chat.blocks.check(account, conversation.to_id, conversation.to_name)
