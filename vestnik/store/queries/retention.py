"""Retention: messages that a room keeps no longer, and all that belongs to them."""

from itertools import takewhile
from typing import Final

from sqlalchemy import Connection, Integer, bindparam, delete, select, update

from vestnik.chat.storage.rooms import ExpiryEvent, Retained
from vestnik.store.queries.epochs import keep_numbers
from vestnik.store.schema import change, conversation, mention, message, pin, reaction, room

_OLDEST: Final = (
    select(message.c.id, message.c.seq, message.c.time)
    .where(message.c.conversation_id == bindparam("room_id"))
    .order_by(message.c.seq)
    .limit(bindparam("most", type_=Integer))
)


def retained_rooms(connection: Connection) -> list[Retained]:
    """The rooms that do not keep their messages for ever."""
    rooms = select(room.c.id, room.c.name, room.c.retention).where(room.c.retention.is_not(None))
    return [Retained(*row) for row in connection.execute(rooms)]


def expire(connection: Connection, room_id: int, before: float, limit: int) -> ExpiryEvent | None:
    """Remove the oldest messages of a room that were kept before a time (UNIX seconds), at most `limit`.

    The room's numbers go on behind them. Changes to them stay, for these are counted too, but without any text.
    """
    oldest = connection.execute(_OLDEST, {"room_id": room_id, "most": limit})
    gone = list(takewhile(lambda row: row.time < before, oldest))
    if not gone:
        return None
    floor = gone[-1].seq
    keep_numbers(connection)
    connection.execute(delete(message).where(message.c.id.in_([row.id for row in gone])))
    for table in (reaction, pin, mention):
        connection.execute(delete(table).where(table.c.conversation_id == room_id, table.c.seq <= floor))
    connection.execute(
        update(change).where(change.c.conversation_id == room_id, change.c.seq <= floor).values(data="{}", before=None)
    )
    connection.execute(update(conversation).where(conversation.c.id == room_id).values(floor=floor))
    return ExpiryEvent(room_id, floor, len(gone))
