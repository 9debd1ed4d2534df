"""Invites to the server, and registration. What a rule refuses has changed nothing."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.invites import (
    InvitersStanding,
    InviteRule,
    Registered,
    RegistrationRule,
    RegistrationStanding,
    RoomChoice,
)
from vestnik.chat.storage.likeness import skeleton
from vestnik.protocol.administration import InviteRole
from vestnik.protocol.events import InviteState
from vestnik.store.queries.accounts import name_standing, power_of, role_of
from vestnik.store.queries.changes import add_change
from vestnik.store.queries.standing import add_member, has_other_owner, standing_in
from vestnik.store.schema import account, invite, invite_room, room

_GOOD: Final = (invite.c.uses > 0, invite.c.expires > bindparam("now"))
_HOLDS: Final = or_(
    invite.c.by_id.is_(None),
    ~account.c.disabled
    & or_(account.c.role == "owner", (account.c.role == "administrator") & (invite.c.role != "administrator")),
)
"""That who made an invite could still make it."""
_BY_CODE: Final = (
    select(invite.c.id, invite.c.role, invite.c.by_id, account.c.name)
    .outerjoin(account, account.c.id == invite.c.by_id)
    .where(invite.c.code_hash == bindparam("code_hash"), *_GOOD, _HOLDS)
)
_TOTAL: Final = select(func.count()).select_from(invite).where(*_GOOD)
_LIST: Final = (
    select(invite, account.c.name)
    .outerjoin(account, account.c.id == invite.c.by_id)
    .where(*_GOOD, _HOLDS, invite.c.id > bindparam("after"))
    .order_by(invite.c.id)
    .limit(bindparam("page"))
)


def inviters_standing(connection: Connection, by_id: int | None, now: float) -> InvitersStanding:
    """How the account `by_id` stands that wants to make an invite, or the user that the server runs as."""
    total = connection.execute(_TOTAL, {"now": now}).scalar_one()
    return InvitersStanding(None if by_id is None else power_of(connection, by_id), total)


def add_invite(
    connection: Connection,
    code_hash: str,
    role: InviteRole,
    uses: int,
    rooms: Sequence[int],
    now: float,
    expires: float,
    rule: InviteRule,
    by_id: int | None = None,
) -> int:
    """Keep an invite, and forget those that are good no more; its number."""
    rule(inviters_standing(connection, by_id, now))
    over = select(invite.c.id).where(or_(invite.c.uses <= 0, invite.c.expires <= now))
    connection.execute(delete(invite_room).where(invite_room.c.invite_id.in_(over)))
    connection.execute(delete(invite).where(or_(invite.c.uses <= 0, invite.c.expires <= now)))
    values = {"code_hash": code_hash, "by_id": by_id, "role": role, "uses": uses, "created": now, "expires": expires}
    number = int(connection.execute(insert(invite).values(values).returning(invite.c.id)).scalar_one())
    for room_id in dict.fromkeys(rooms):
        connection.execute(insert(invite_room).values(invite_id=number, room_id=room_id))
    return number


def invites(connection: Connection, after: int, limit: int, now: float) -> list[InviteState]:
    """The invites that are good, by number, those behind `after`."""
    found = connection.execute(_LIST, {"after": after, "page": limit, "now": now}).all()
    names = select(room.c.name).join(invite_room, invite_room.c.room_id == room.c.id).order_by(room.c.key)
    return [
        InviteState(
            row.id,
            row.created,
            row.expires,
            row.uses,
            row.name or "",
            role_of(row.role),
            list(connection.execute(names.where(invite_room.c.invite_id == row.id)).scalars()),
        )
        for row in found
    ]


def remove_invite(connection: Connection, invite_id: int) -> bool:
    """Forget an invite; whether there was one."""
    connection.execute(delete(invite_room).where(invite_room.c.invite_id == invite_id))
    return connection.execute(delete(invite).where(invite.c.id == invite_id)).rowcount > 0


def registration_standing(
    connection: Connection, name: str, key: str, code_hash: str | None, now: float
) -> RegistrationStanding:
    """How somebody stands who wants to register."""
    return RegistrationStanding(name_standing(connection, name, key), _find(connection, code_hash, now) is not None)


def register(
    connection: Connection,
    name: str,
    key: str,
    password_hash: str,
    code_hash: str | None,
    now: float,
    rule: RegistrationRule,
    allowed: RoomChoice,
) -> Registered:
    """Keep a new account, use up an invite once, and bring the account into the rooms that the invite leads to."""
    standing = name_standing(connection, name, key)
    found = _find(connection, code_hash, now)
    rule(RegistrationStanding(standing, found is not None))
    values = {"name": name, "key": key, "password_hash": password_hash, "disabled": False, "created": now}
    values |= {"skeleton": None if standing.similar is not None else skeleton(name)}
    if found is not None:
        values |= {"role": found.role, "invited_by_id": found.by_id}
    number = connection.execute(insert(account).values(values).returning(account.c.id)).scalar_one()
    if found is None:
        return Registered("", ())
    connection.execute(update(invite).where(invite.c.id == found.id).values(uses=invite.c.uses - 1))
    person = AccountRecord(number, name)
    rooms = select(invite_room.c.room_id).where(invite_room.c.invite_id == found.id).order_by(invite_room.c.room_id)
    brought = [
        _bring(connection, room_id, found.by_id, person, now, allowed)
        for room_id in connection.execute(rooms).scalars().all()
    ]
    return Registered(found.name or "", tuple(change for change in brought if change is not None))


def _find(connection: Connection, code_hash: str | None, now: float) -> Any:
    if code_hash is None:
        return None
    return connection.execute(_BY_CODE, {"code_hash": code_hash, "now": now}).first()


def _bring(
    connection: Connection, room_id: int, by_id: int | None, person: AccountRecord, now: float, allowed: RoomChoice
) -> ChangeEvent | None:
    """Make a new account a member of a room, if whoever made the invite may do so now."""
    if by_id is not None:
        standing = standing_in(connection, room_id, by_id)
        if standing is None or not allowed(standing):
            return None
        add_member(connection, room_id, person.id, now, "member", invited=True)
        return add_change(connection, room_id, by_id, now, "invite", person=person)
    standing = standing_in(connection, room_id, person.id)
    if standing is None or standing.archived or standing.group:
        return None
    role = "member" if has_other_owner(connection, room_id, person.id) else "owner"
    add_member(connection, room_id, person.id, now, role, invited=True)  # type: ignore[arg-type]
    told: dict[str, Any] = {} if role == "member" else {"role": role}
    return add_change(connection, room_id, person.id, now, "join", **told)
