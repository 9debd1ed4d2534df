"""Rooms do not stay without an owner who can act: who inherits one."""

from typing import Final

from sqlalchemy import Connection, Integer, bindparam, case, false, func, select, update

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.store.queries.changes import add_change
from vestnik.store.schema import account, member, mute, room

_ROOM: Final = bindparam("room_id", type_=Integer)
_UNTIL: Final = func.coalesce(
    select(mute.c.until)
    .where(mute.c.room_id == member.c.room_id, mute.c.account_id == member.c.account_id)
    .scalar_subquery(),
    0.0,
)
_MUTED: Final = bindparam("now") < _UNTIL
_HEIR: Final = (
    select(account.c.id, account.c.name, case((_MUTED, _UNTIL)).label("until"))
    .join(member, member.c.account_id == account.c.id)
    .where(member.c.room_id == _ROOM, account.c.disabled == false(), account.c.role != "guest")
    .order_by(
        case((_MUTED, 1), else_=0),
        case((member.c.role == "moderator", 0), else_=1),
        member.c.joined,
        member.c.account_id,
    )
    .limit(1)
)
_OWNED: Final = (
    select(room.c.id)
    .outerjoin(member, (member.c.room_id == room.c.id) & (member.c.role == "owner"))
    .outerjoin(account, (account.c.id == member.c.account_id) & (account.c.disabled == false()))
    .where(room.c.id == _ROOM, room.c.people.is_(None))
    .group_by(room.c.id)
    .having(func.count(account.c.id) == 0)
)
"""The room, if it is one that should have an owner and has none who can act."""
_ROOMS_OF: Final = select(member.c.room_id).where(member.c.account_id == bindparam("account_id", type_=Integer))


def inherit(connection: Connection, room_id: int, account_id: int, now: float) -> ChangeEvent | None:
    """Give a room an owner if it has none who can act, by what an account has just done or undergone.

    It is the member who is not muted, has the highest role, and has been there for longest. Somebody who is muted
    inherits if there are no others, and stays muted: the change says until when.
    """
    if connection.execute(_OWNED, {"room_id": room_id}).first() is None:
        return None
    heir = connection.execute(_HEIR, {"room_id": room_id, "now": now}).first()
    if heir is None:
        return None
    who = (member.c.room_id == room_id, member.c.account_id == heir.id)
    connection.execute(update(member).where(*who).values(role="owner"))
    told = {} if heir.until is None else {"until": heir.until}
    person = AccountRecord(heir.id, heir.name)
    return add_change(connection, room_id, account_id, now, "set_role", person=person, role="owner", **told)


def inherit_all(connection: Connection, account_id: int, now: float) -> None:
    """The same for all rooms of an account that has been disabled, or enabled again."""
    for room_id in connection.execute(_ROOMS_OF, {"account_id": account_id}).scalars().all():
        inherit(connection, room_id, account_id, now)
