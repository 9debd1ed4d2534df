"""Retention: messages that a room keeps no longer, and all that belongs to them."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Integer, bindparam, delete, select, update

from vestnik.chat.storage.rooms import ExpiryEvent, Retained
from vestnik.store.queries.ids import spend_ids
from vestnik.store.schema import change, conversation, mention, message, pin, reaction, report, room

_OLDEST: Final = (
    select(message.c.id, message.c.seq, message.c.time)
    .where(message.c.conversation_id == bindparam("room_id"))
    .order_by(message.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_NEXT_KNOWN: Final = (
    select(message.c.time)
    .where(
        message.c.conversation_id == bindparam("room_id"),
        message.c.seq > bindparam("seq"),
        message.c.time <= bindparam("now"),
    )
    .order_by(message.c.seq)
    .limit(1)
)


def retained_rooms(connection: Connection) -> list[Retained]:
    """The rooms that do not keep their messages for ever."""
    rooms = select(room.c.id, room.c.name, room.c.retention).where(room.c.retention.is_not(None))
    return [Retained(*row) for row in connection.execute(rooms)]


def expire(connection: Connection, room_id: int, before: float, limit: int, now: float) -> ExpiryEvent | None:
    """Remove the oldest messages of a room that were kept before a time (UNIX seconds), at most `limit`.

    They go in their order. A clock that was wrong for a while has left times that cannot be: of messages after `now`
    nobody knows when they were kept, so they go when one behind them does, and keep none; and none is older than the
    one before it. The room's numbers go on behind them. Changes to them stay, for these are counted too, but without
    any text. Their ids are remembered.
    """
    oldest = connection.execute(_OLDEST, {"room_id": room_id, "most": limit}).all()
    gone = oldest[: _count(connection, room_id, oldest, before, now)]
    if not gone:
        return None
    floor = gone[-1].seq
    spend_ids(connection, room_id, floor, now)
    connection.execute(delete(message).where(message.c.id.in_([row.id for row in gone])))
    for table in (reaction, pin, mention, report):
        connection.execute(delete(table).where(table.c.conversation_id == room_id, table.c.seq <= floor))
    connection.execute(
        update(change).where(change.c.conversation_id == room_id, change.c.seq <= floor).values(data="{}", before=None)
    )
    connection.execute(update(conversation).where(conversation.c.id == room_id).values(floor=floor))
    return ExpiryEvent(room_id, floor, len(gone))


def _count(connection: Connection, room_id: int, oldest: Sequence[Any], before: float, now: float) -> int:
    """How many of the oldest messages of a room go."""
    count, latest = 0, 0.0
    for at, row in enumerate(oldest, 1):
        if row.time > now:
            continue
        latest = max(latest, row.time)
        if latest >= before:
            return count
        count = at
    if count or not oldest:
        return count
    # All of these are of a time that is still to come: what is behind them says whether they go.
    values = {"room_id": room_id, "seq": oldest[-1].seq, "now": now}
    behind = connection.execute(_NEXT_KNOWN, values).scalar()
    return len(oldest) if behind is not None and behind < before else 0
