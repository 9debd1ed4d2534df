"""Rooms that nobody is in, and names that nobody uses: it is counted how often they are found so."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, Integer, bindparam, delete, exists, or_, select, update

from vestnik.chat.storage.rooms import Vacated
from vestnik.store.queries.ids import spend_ids
from vestnik.store.schema import (
    ban,
    change,
    conversation,
    cursor,
    invitation,
    invite_room,
    member,
    mention,
    message,
    mute,
    pin,
    reaction,
    report,
    room,
    room_alias,
)

_PEOPLED: Final = exists().where(member.c.room_id == room.c.id)
_COUNT: Final = update(room).where(~_PEOPLED).values(vacant=room.c.vacant + 1)
_BEGIN_AGAIN: Final = update(room).where(_PEOPLED, room.c.vacant > 0).values(vacant=0)
_VACATED: Final = (
    select(room.c.id, room.c.name)
    .where(
        ~_PEOPLED,
        or_(
            room.c.vacant > bindparam("hours"),
            (room.c.vacant > bindparam("hours_silent")) & ~exists().where(message.c.conversation_id == room.c.id),
        ),
    )
    .order_by(room.c.id)
)
_OLDEST: Final = (
    select(message.c.seq)
    .where(message.c.conversation_id == bindparam("room_id", type_=Integer))
    .order_by(message.c.seq)
    .limit(bindparam("most", type_=Integer))
)
_EMPTY: Final = select(room.c.id).where(room.c.id == bindparam("room_id", type_=Integer), ~_PEOPLED)


def vacated_rooms(connection: Connection, hours: int, hours_silent: int) -> list[Vacated]:
    """Count once more in which rooms there is nobody; those that were found so more often than that."""
    connection.execute(_BEGIN_AGAIN)
    connection.execute(_COUNT)
    rows = connection.execute(_VACATED, {"hours": hours, "hours_silent": hours_silent})
    return [Vacated(*row) for row in rows]


def remove_room(connection: Connection, room_id: int, limit: int, now: float) -> bool:
    """Remove a room in which there is nobody, at most `limit` things of one kind; whether it is gone.

    Its messages are taken first; their ids are remembered, with `now` (UNIX seconds). The row of its conversation
    stays: its number is not given again.
    """
    if connection.execute(_EMPTY, {"room_id": room_id}).first() is None:
        return True  # somebody has come, or it is gone
    seqs = connection.execute(_OLDEST, {"room_id": room_id, "most": limit}).scalars().all()
    if seqs:
        spend_ids(connection, room_id, seqs[-1], now)
        connection.execute(delete(message).where(message.c.conversation_id == room_id, message.c.seq <= seqs[-1]))
        connection.execute(update(conversation).where(conversation.c.id == room_id).values(floor=seqs[-1]))
    numbers = select(change.c.id).where(change.c.conversation_id == room_id).limit(limit)
    gone = connection.execute(delete(change).where(change.c.id.in_(numbers))).rowcount
    if limit in {len(seqs), gone}:
        return False
    for table, column in _BESIDE:
        connection.execute(delete(table).where(table.c[column] == room_id))
    connection.execute(delete(room).where(room.c.id == room_id))
    return True


_BESIDE: Final[tuple[tuple[Any, str], ...]] = (
    (reaction, "conversation_id"),
    (pin, "conversation_id"),
    (mention, "conversation_id"),
    (report, "conversation_id"),
    (cursor, "conversation_id"),
    (invitation, "room_id"),
    (invite_room, "room_id"),
    (ban, "room_id"),
    (mute, "room_id"),
    (room_alias, "room_id"),
)
"""What belongs to a room beside its messages and changes, and by which column."""

_AT_A_TIME: Final = 500


def idle_aliases(connection: Connection, used: Collection[str], hours: int) -> list[str]:
    """Count once more which names of before nobody has used, but those `used`; those that are free now, by key."""
    keys = list(used)
    connection.execute(update(room_alias).values(idle=room_alias.c.idle + 1))
    for start in range(0, len(keys), _AT_A_TIME):
        some = room_alias.c.key.in_(keys[start : start + _AT_A_TIME])
        connection.execute(update(room_alias).where(some).values(idle=0))
    gone = delete(room_alias).where(room_alias.c.idle > hours).returning(room_alias.c.key)
    return sorted(connection.execute(gone).scalars())
