"""What the store has about one message, but for its text."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, or_, select

from vestnik.chat.storage.messages import StoredMessage
from vestnik.store.queries.messages import messages_after
from vestnik.store.queries.standing import LEADS_TO
from vestnik.store.schema import account, conversation, cursor, message, room


class Trace(NamedTuple):
    """A kept message. `delivered` is how far its conversation was delivered to its addressee; None for a room."""

    message: StoredMessage
    delivered: int | None


def with_id(connection: Connection, client_id: str) -> list[Trace]:
    """The messages with this id: one for each account that has sent one, oldest first."""
    senders = select(account.c.id)
    found = select(message.c.id).where(message.c.sender_id.in_(senders), message.c.client_id == client_id)
    return _traces(connection, found)


def in_room(connection: Connection, key: str, seq: int) -> list[Trace]:
    """The message `seq` of the room whose name has, or had, this key, if there is one."""
    rooms = select(room.c.id).where(LEADS_TO)
    found = select(message.c.id).where(message.c.conversation_id.in_(rooms), message.c.seq == seq)
    return _traces(connection, found.params(key=key))


def between(connection: Connection, keys: Sequence[str], seq: int) -> list[Trace]:
    """The message `seq` of the conversation of the accounts whose names have these keys, if there is one."""
    ids = connection.execute(select(account.c.id).where(account.c.key.in_(keys))).scalars().all()
    if len(ids) != len(set(keys)):
        return []
    pair = select(conversation.c.id).where(conversation.c.low_id == min(ids), conversation.c.high_id == max(ids))
    found = select(message.c.id).where(message.c.conversation_id.in_(pair), message.c.seq == seq)
    return _traces(connection, found)


def _traces(connection: Connection, found: Select[Any]) -> list[Trace]:
    numbers = connection.execute(found.order_by(message.c.id)).scalars().all()
    return [Trace(messages_after(connection, number - 1, 1)[0], _delivered(connection, number)) for number in numbers]


def _delivered(connection: Connection, number: int) -> int | None:
    row = connection.execute(
        select(conversation.c.low_id, cursor.c.delivered)
        .select_from(message)
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .outerjoin(
            cursor,
            (cursor.c.conversation_id == conversation.c.id)
            & (cursor.c.account_id != message.c.sender_id)
            & or_(cursor.c.account_id == conversation.c.low_id, cursor.c.account_id == conversation.c.high_id),
        )
        .where(message.c.id == number)
    ).one()
    return None if row.low_id is None else row.delivered or 0
