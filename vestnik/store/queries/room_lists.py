"""Rooms and their members as they are listed and loaded."""

from collections import defaultdict
from collections.abc import Mapping
from sys import intern
from time import thread_time
from typing import Any, Final, cast

from msgspec import UNSET
from sqlalchemy import Connection, Integer, Row, Select, and_, bindparam, false, func, literal_column, or_, select, true

from vestnik.chat.storage.changes import NOBODY, RoomRecord
from vestnik.chat.storage.rooms import Asker, RoomPage
from vestnik.chat.storage.words import normal
from vestnik.protocol.events import MemberState, RoomState
from vestnik.protocol.requests import Circle, EditsVisibility, RoleName
from vestnik.store.queries.reading import check_reading
from vestnik.store.queries.standing import ALLOWED, LAST_SEQ, allowances
from vestnik.store.schema import account, change, conversation, member, message, mute, room, room_alias

BUDGET: Final = 0.01
"""Seconds of the thread's own processor time after which a page of rooms ends with what was found."""

MAX_WRITTEN: Final = 10_000
"""Messages of a slow room that are looked through for who has written lately."""

_ALL_ROOMS: Final = select(
    room.c.id,
    room.c.name,
    room.c.private,
    room.c.archived,
    room.c.people,
    room.c.edits,
    *ALLOWED,
    room.c.slow,
    room.c.guests,
    LAST_SEQ.label("seq"),
    select(func.coalesce(func.max(change.c.change), 0))
    .where(change.c.conversation_id == room.c.id)
    .scalar_subquery()
    .label("last_change"),
).join(conversation, conversation.c.id == room.c.id)
_MEMBERS: Final = select(member.c.room_id, func.group_concat(member.c.account_id)).group_by(member.c.room_id)
_ROLES: Final = select(member.c.room_id, member.c.account_id, member.c.role).where(member.c.role != "member")
_INVITED: Final = select(member.c.room_id, member.c.account_id).where(member.c.invited == true())
_ALIASES: Final = select(room_alias.c.key, room_alias.c.room_id).order_by(literal_column("rowid"))
_MUTED: Final = select(mute.c.room_id, mute.c.account_id, mute.c.until)


_WRITTEN: Final = (
    select(message.c.sender_id, message.c.time)
    .where(message.c.conversation_id == bindparam("room_id"))
    .order_by(message.c.seq.desc())
    .limit(bindparam("page", type_=Integer))
)


def _spoke(connection: Connection, room_id: int, seconds: int) -> dict[int, float]:
    """Who has written in a room in the seconds before its last message, and when last; the oldest first."""
    found: dict[int, float] = {}
    last = 0.0
    rows = connection.execute(_WRITTEN, {"room_id": room_id, "page": MAX_WRITTEN})
    for sender_id, when in rows:
        last = max(last, when)
        if when <= last - seconds:
            break
        found.setdefault(sender_id, when)
    rows.close()
    return dict(reversed(found.items()))


def all_rooms(connection: Connection) -> list[RoomRecord]:
    """Every room with its members."""
    members: dict[int, set[int]] = {}
    for room_id, accounts in connection.execute(_MEMBERS):
        members[room_id] = set(map(int, accounts.split(",")))
    roles: defaultdict[int, dict[int, RoleName]] = defaultdict(dict)
    for room_id, account_id, role in connection.execute(_ROLES):
        roles[room_id][account_id] = role
    muted: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for room_id, account_id, until in connection.execute(_MUTED):
        muted[room_id][account_id] = until
    invited: defaultdict[int, set[int]] = defaultdict(set)
    for room_id, account_id in connection.execute(_INVITED):
        invited[room_id].add(account_id)
    aliases: defaultdict[int, list[str]] = defaultdict(list)
    for key, room_id in connection.execute(_ALIASES):
        aliases[room_id].append(key)
    return [
        RoomRecord(
            row.id,
            row.name,
            members.get(row.id, set()),
            roles.get(row.id, NOBODY),
            muted.get(row.id, NOBODY),
            row.private,
            row.archived,
            row.people is not None,
            row.edits,
            row.seq,
            row.last_change,
            tuple(aliases.get(row.id, ())),
            frozenset(invited.get(row.id, ())),
            allowances(row),
            row.slow,
            _spoke(connection, row.id, row.slow) if row.slow else NOBODY,
            row.guests,
        )
        for row in connection.execute(_ALL_ROOMS)
    ]


_SEEN: Final[Select[Any]] = select(room, member.c.role).outerjoin(
    member, and_(member.c.room_id == room.c.id, member.c.account_id == bindparam("account_id"))
)
_ONE: Final = _SEEN.where(room.c.id == bindparam("room_id"))
_LIST: Final = (
    _SEEN.where(room.c.key > bindparam("after"))
    .where(or_(room.c.private == false(), member.c.role.is_not(None)))
    .order_by(room.c.key)
)
_SIZES: Final = (
    select(member.c.room_id, func.count().label("size"))
    .where(member.c.room_id.in_(bindparam("rooms", expanding=True)))
    .group_by(member.c.room_id)
)


def room_names(connection: Connection, after: int, limit: int) -> list[tuple[int, str]]:
    """Numbers and names of rooms behind the number `after`, the oldest first; not of groups."""
    named = select(room.c.id, room.c.name).where(room.c.id > after, room.c.people.is_(None))
    return [(number, name) for number, name in connection.execute(named.order_by(room.c.id).limit(limit))]


def room_state(connection: Connection, reader: Asker, room_id: int) -> RoomState:
    """A room as the reader sees it."""
    check_reading(connection, reader, room_id)
    row = connection.execute(_ONE, {"room_id": room_id, "account_id": reader.account_id}).one()
    return _state(row, _sizes(connection, [row]))


def list_rooms(connection: Connection, account_id: int, query: str, after: str, limit: int) -> RoomPage:
    """Rooms that the account may see, by key, with keys above `after`.

    With `query` those that have it in name, topic or description. SQLite knows the case of ASCII letters only, so
    that is found out here; when it takes long, the page ends.
    """
    found: list[Row[Any]] = []
    wanted = _folded(query)
    rows = connection.execute(_LIST, {"after": after, "account_id": account_id})
    deadline = thread_time() + BUDGET
    following = None
    for row in rows:
        if not wanted or any(wanted in _folded(text) for text in (row.name, row.topic, row.description)):
            if len(found) == limit:
                following = found[-1].name
                break
            found.append(row)
        if thread_time() > deadline:
            following = row.name
            break
    rows.close()
    sizes = _sizes(connection, found)
    return RoomPage([_state(row, sizes) for row in found], following)


_MEMBER_LIST: Final = (
    select(account.c.name, member.c.joined, member.c.role, mute.c.until, account.c.role.label("server_role"))
    .join(account, account.c.id == member.c.account_id)
    .outerjoin(
        mute,
        and_(
            mute.c.room_id == member.c.room_id,
            mute.c.account_id == member.c.account_id,
            mute.c.until > bindparam("now"),
        ),
    )
    .where(member.c.room_id == bindparam("room_id"), account.c.key > bindparam("after"))
    .order_by(account.c.key)
    .limit(bindparam("page", type_=Integer))
)


def list_members(
    connection: Connection, reader: Asker, room_id: int, now: float, after: str, limit: int
) -> list[MemberState]:
    """Members of a room by key, with keys above `after`."""
    check_reading(connection, reader, room_id)
    values = {"room_id": room_id, "now": now, "after": after, "page": limit}
    return [
        MemberState(name, joined, cast(RoleName, intern(role)), UNSET if until is None else until, server == "guest")
        for name, joined, role, until, server in connection.execute(_MEMBER_LIST, values)
    ]


def _sizes(connection: Connection, rows: list[Row[Any]]) -> Mapping[int, int]:
    """How many members rooms have; those without any are left out."""
    found = connection.execute(_SIZES, {"rooms": [row.id for row in rows]})
    return {row.room_id: row.size for row in found}


def _state(row: Row[Any], sizes: Mapping[int, int]) -> RoomState:
    # Interned words, here and in `list_members`: what is usual is left out only if it is the same object.
    return RoomState(
        row.name,
        sizes.get(row.id, 0),
        row.private,
        row.archived,
        row.people is not None,
        row.topic,
        row.description,
        cast(EditsVisibility, intern(row.edits)),
        row.retention,
        UNSET if row.role is None else row.role,
        cast(Circle, intern(row.posting)),
        row.inviting,
        cast(Circle, intern(row.pinning)),
        cast(Circle, intern(row.mention_all)),
        row.slow,
        row.guests,
    )


def _folded(text: str) -> str:
    """A text as it is compared: the same for all ways to write it, upper or lower case."""
    return text.lower() if text.isascii() else normal(normal(text).casefold())
