"""Rooms: making, joining and setting them. What a rule refuses has changed nothing."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, literal_column, select, update

from vestnik.chat.storage.changes import Allowances, ChangeEvent, RoomRecord
from vestnik.chat.storage.likeness import room_skeleton
from vestnik.chat.storage.rooms import MAX_ALIASES, GroupRule, Joined, RoomRule, Standing
from vestnik.protocol.requests import RoleName
from vestnik.store.queries.blocks import blockers
from vestnik.store.queries.changes import add_change
from vestnik.store.queries.standing import add_member, check_standing, name_similar, name_taken, standing_by_key
from vestnik.store.schema import conversation, member, room, room_alias

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})

_SETTINGS: Final = select(
    room.c.name,
    room.c.key,
    room.c.topic,
    room.c.description,
    room.c.private,
    room.c.archived,
    room.c.edits,
    room.c.retention,
    *(room.c[field] for field in Allowances._fields),
    room.c.slow,
    room.c.guests,
).where(room.c.id == bindparam("room_id"))


_ALIASES: Final = room_alias.alias()
_FORGET_ALIASES: Final = delete(room_alias).where(
    room_alias.c.room_id == bindparam("room"),
    room_alias.c.key.not_in(
        select(_ALIASES.c.key)
        .where(_ALIASES.c.room_id == bindparam("room"))
        .order_by(literal_column("rowid").desc())
        .limit(MAX_ALIASES)
    ),
)
"""All but the newest names of before."""


def join_room(
    connection: Connection, key: str, name: str, account_id: int, now: float, rule: RoomRule, *, guest: bool = False
) -> Joined:
    """Make the account a member, and the room if there is none; the first member becomes its owner."""
    found = standing_by_key(connection, key, account_id)
    if found is None:
        rule(Standing(name, similar=name_similar(connection, name, account_id), guests=guest))
        told: dict[str, Any] = {"guests": True} if guest else {}
        first: RoleName = "member" if guest else "owner"
        return _make_room(connection, account_id, now, {account_id: first}, {"name": name, "key": key, **told}, told)
    room_id, peopled, standing = found
    if standing.role is not None:
        return Joined(room_id, standing.room, None)
    rule(standing)
    role: RoleName = "member" if peopled or guest else "owner"
    add_member(connection, room_id, account_id, now, role)
    told = {} if role == "member" else {"role": role}
    return Joined(room_id, standing.room, add_change(connection, room_id, account_id, now, "join", **told))


def create_room(
    connection: Connection,
    key: str,
    name: str,
    account_id: int,
    now: float,
    settings: Mapping[str, Any],
    rule: RoomRule,
) -> Joined:
    """Make a room."""
    taken, similar = name_taken(connection, key, account_id), name_similar(connection, name, account_id)
    rule(Standing(name, taken=taken, similar=similar))
    columns = {"name": name, "key": key, **settings}
    return _make_room(connection, account_id, now, {account_id: "owner"}, columns, settings)


def begin_group(connection: Connection, people: Sequence[int], account_id: int, now: float, rule: GroupRule) -> Joined:
    """The group conversation of these accounts, which the account begins if there is none, or joins again."""
    text = ",".join(map(str, sorted(people)))
    found = connection.execute(select(room.c.id, room.c.name).where(room.c.people == text)).first()
    if found is not None:
        return Joined(found.id, found.name, _join_again(connection, found.id, account_id, now))
    rule(blockers(connection, account_id, people))
    members: dict[int, RoleName] = dict.fromkeys(people, "member")
    return _make_room(connection, account_id, now, members, {"private": True, "people": text})


def _join_again(connection: Connection, room_id: int, account_id: int, now: float) -> ChangeEvent | None:
    """Make somebody a member of a group again who has left it; None if they have not."""
    mine = select(member.c.role).where(member.c.room_id == room_id, member.c.account_id == account_id)
    if connection.execute(mine).first() is not None:
        return None
    add_member(connection, room_id, account_id, now, "member")
    return add_change(connection, room_id, account_id, now, "join")


def set_room(
    connection: Connection,
    room_id: int,
    account_id: int,
    now: float,
    key: str | None,
    wanted: Mapping[str, Any],
    rule: RoomRule,
) -> ChangeEvent | None:
    """Set what is `wanted`; the change has what is different now."""
    check_standing(connection, room_id, account_id, account_id, rule, key, wanted.get("name", ""))
    row = connection.execute(_SETTINGS, {"room_id": room_id}).one()
    is_now = row._mapping
    changed = {field: value for field, value in wanted.items() if is_now[field] != value}
    if not changed:
        return None
    values = dict(changed)
    if "name" in changed and key is not None and key != row.key:
        connection.execute(delete(room_alias).where(room_alias.c.key == key))
        old = {"key": row.key, "room_id": room_id, "skeleton": room_skeleton(row.name)}
        connection.execute(insert(room_alias).values(old))
        connection.execute(_FORGET_ALIASES, {"room": room_id})
        values["key"] = key
    if "name" in changed:
        values["skeleton"] = room_skeleton(changed["name"])
    connection.execute(update(room).where(room.c.id == room_id).values(values))
    return add_change(connection, room_id, account_id, now, "set_room", called=row.name, **changed)


def _make_room(
    connection: Connection,
    account_id: int,
    now: float,
    members: Mapping[int, RoleName],
    columns: Mapping[str, Any],
    told: Mapping[str, Any] = NOTHING,
) -> Joined:
    """A new room with these `members` and `columns`, of which others are `told` some.

    Without a name it gets one that nobody can give: `#@` and its number.
    """
    room_id = connection.execute(insert(conversation).values(created=now).returning(conversation.c.id)).scalar_one()
    name = columns.get("name", f"#@{room_id}")
    looks = None if "people" in columns else room_skeleton(name)
    connection.execute(
        insert(room).values({"id": room_id, "name": name, "key": name, "skeleton": looks} | dict(columns))
    )
    for person_id, role in members.items():
        add_member(connection, room_id, person_id, now, role)
    record = RoomRecord(
        room_id,
        name,
        set(members),
        {person_id: role for person_id, role in members.items() if role != "member"},
        private=columns.get("private", False),
        group="people" in columns,
        edits=columns.get("edits", "members"),
        allowed=Allowances(**{field: columns[field] for field in Allowances._fields if field in columns}),
        slow=columns.get("slow", 0),
        guests=columns.get("guests", False),
    )
    return Joined(room_id, name, add_change(connection, room_id, account_id, now, "create_room", made=record, **told))
