"""Rooms and their members."""

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.rooms import RoomRecord
from vestnik.store.schema import conversation, member, room


def all_rooms(connection: Connection) -> list[RoomRecord]:
    """Every room with its members."""
    members: dict[int, set[int]] = {}
    for row in connection.execute(select(member.c.room_id, member.c.account_id)):
        members.setdefault(row.room_id, set()).add(row.account_id)
    rooms = connection.execute(select(room.c.id, room.c.name))
    return [RoomRecord(row.id, row.name, members.get(row.id, set())) for row in rooms]


def join_room(connection: Connection, key: str, name: str, account_id: int, now: float) -> RoomRecord:
    """Make the account a member, and the room if there is none; the room with all its members."""
    found = connection.execute(select(room.c.id, room.c.name).where(room.c.key == key)).first()
    if found is None:
        made = connection.execute(insert(conversation).values(created=now).returning(conversation.c.id))
        room_id = int(made.scalar_one())
        connection.execute(insert(room).values(id=room_id, name=name, key=key))
    else:
        room_id, name = found.id, found.name
    membership = {"room_id": room_id, "account_id": account_id, "joined": now}
    connection.execute(insert_or_ignore(member).values(membership).on_conflict_do_nothing())
    members = connection.execute(select(member.c.account_id).where(member.c.room_id == room_id))
    return RoomRecord(room_id, name, set(members.scalars()))


def leave_room(connection: Connection, room_id: int, account_id: int) -> None:
    """End a membership."""
    connection.execute(delete(member).where(member.c.room_id == room_id, member.c.account_id == account_id))
