"""What the rules ask of a room before something is changed in it, and how a membership begins.

Every change of a conversation that is there begins by asking here: with several writers it would be locked here, too.
"""

from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, case, delete, exists, false, func, or_, select, true
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.changes import Allowances
from vestnik.chat.storage.likeness import room_skeleton
from vestnik.chat.storage.rooms import RoomRule, Standing
from vestnik.protocol.requests import RoleName
from vestnik.store.schema import (
    account,
    ban,
    block,
    conversation,
    cursor,
    invitation,
    member,
    message,
    mute,
    room,
    room_alias,
)

LAST_SEQ: Final = func.max(
    func.coalesce(
        select(func.max(message.c.seq)).where(message.c.conversation_id == conversation.c.id).scalar_subquery(), 0
    ),
    conversation.c.floor,
)
"""The last seq of the conversation of the statement around it."""


ALLOWED: Final = tuple(room.c[field] for field in Allowances._fields)
"""Who may do what in a room: the columns, in the order of `Allowances`."""


# Put together once: building a statement costs more than running it.
def _role_of(person: str) -> Any:
    return select(member.c.role).where(member.c.room_id == room.c.id, member.c.account_id == bindparam(person))


_INVITER: Final = member.alias("inviter")
HOLDS: Final = (
    exists()
    .where(
        _INVITER.c.room_id == room.c.id,
        _INVITER.c.account_id == invitation.c.by_id,
        case(
            (room.c.inviting == "members", true()),
            (room.c.inviting == "owners", _INVITER.c.role == "owner"),
            (or_(room.c.inviting == "moderators", room.c.private == true()), _INVITER.c.role != "member"),
            else_=true(),
        ),
        account.c.id == _INVITER.c.account_id,
        account.c.disabled == false(),
    )
    .correlate(room, invitation)
)
"""That who gave an `invitation` to a `room` of the statement around it could still give it."""
_STANDING: Final[Select[Any]] = select(
    room.c.id,
    room.c.name,
    room.c.private,
    room.c.archived,
    room.c.edits,
    *ALLOWED,
    room.c.guests,
    room.c.people.is_not(None).label("is_group"),
    _role_of("account_id").scalar_subquery().label("role"),
    select(mute.c.until)
    .where(mute.c.room_id == room.c.id, mute.c.account_id == bindparam("account_id"))
    .scalar_subquery()
    .label("muted"),
    _role_of("person_id").scalar_subquery().label("their_role"),
    exists().where(ban.c.room_id == room.c.id, ban.c.account_id == bindparam("person_id")).label("banned"),
    exists()
    .where(block.c.account_id == bindparam("person_id"), block.c.blocked_id == bindparam("account_id"))
    .label("blocked"),
    exists()
    .where(invitation.c.room_id == room.c.id, invitation.c.account_id == bindparam("account_id"), HOLDS)
    .label("invited"),
    exists()
    .where(
        member.c.room_id == room.c.id,
        member.c.account_id == account.c.id,
        account.c.disabled == false(),
        account.c.role != "guest",
    )
    .label("peopled"),
)
_BY_ID: Final = _STANDING.where(room.c.id == bindparam("room_id"))
_ALIAS: Final = select(room_alias.c.room_id).where(room_alias.c.key == bindparam("key"))
LEADS_TO: Final = or_(room.c.key == bindparam("key"), room.c.id == _ALIAS.scalar_subquery())
"""That a room has the name with this key, or had it before."""
_LED_TO: Final = select(
    case((or_(room.c.private == false(), _role_of("account_id").exists()), room.c.name), else_="")
).where(LEADS_TO, room.c.id.is_distinct_from(bindparam("room_id")))
_LOOKS_LIKE: Final = or_(
    room.c.skeleton == bindparam("skeleton"),
    room.c.id.in_(select(room_alias.c.room_id).where(room_alias.c.skeleton == bindparam("skeleton"))),
)
_SIMILAR: Final = (
    select(case((or_(room.c.private == false(), _role_of("account_id").exists()), room.c.name), else_=""))
    .where(_LOOKS_LIKE, room.c.id.is_distinct_from(bindparam("room_id")))
    .order_by(room.c.id)
    .limit(1)
)
_BY_KEY: Final = _STANDING.where(LEADS_TO)
_OTHER_OWNER: Final = select(
    exists().where(
        member.c.room_id == bindparam("room_id"),
        member.c.role == "owner",
        member.c.account_id != bindparam("account_id"),
        member.c.account_id == account.c.id,
        account.c.disabled == false(),
    )
)
_SEQ: Final = select(LAST_SEQ).where(conversation.c.id == bindparam("room_id"))
_NEW_MEMBER: Final = member.insert()
_ANSWERED: Final = delete(invitation).where(
    invitation.c.room_id == bindparam("in_room"), invitation.c.account_id == bindparam("who")
)
_INSERT_CURSOR: Final = insert_or_update(cursor)
_NEW_CURSOR: Final = _INSERT_CURSOR.on_conflict_do_update(
    index_elements=[cursor.c.conversation_id, cursor.c.account_id],
    set_={
        "read": _INSERT_CURSOR.excluded.read,
        "delivered": func.max(cursor.c.delivered, _INSERT_CURSOR.excluded.delivered),
    },
)


def check_standing(
    connection: Connection,
    room_id: int,
    account_id: int,
    person_id: int,
    rule: RoomRule,
    wanted_key: str | None = None,
    wanted_name: str = "",
) -> Standing:
    """How an account and a person stand in a room, if `rule` lets them. Every change of a room begins with it.

    `wanted_name` is what the room is to be called, `wanted_key` the key of that. Raises what `rule` raises.
    """
    values = {"room_id": room_id, "account_id": account_id, "person_id": person_id}
    row = connection.execute(_BY_ID, values).first()
    if row is None:  # it is gone: like one that nobody may know
        standing = Standing("", private=True)
        rule(standing)
        return standing
    last = row.their_role == "owner" and not has_other_owner(connection, room_id, person_id)
    taken = None if wanted_key is None else name_taken(connection, wanted_key, account_id, room_id)
    similar = None if wanted_key is None else name_similar(connection, wanted_name, account_id, room_id)
    standing = _standing(row)._replace(last_owner=last, taken=taken, similar=similar)
    rule(standing)
    return standing


def standing_in(connection: Connection, conversation_id: int, account_id: int) -> Standing | None:
    """How an account stands in a room; None for a direct conversation."""
    values = {"room_id": conversation_id, "account_id": account_id, "person_id": account_id}
    row = connection.execute(_BY_ID, values).first()
    return None if row is None else _standing(row)


def standing_by_key(connection: Connection, key: str, account_id: int) -> tuple[int, bool, Standing] | None:
    """The number of the room to which a name leads, whether somebody in it can act, and how the account stands."""
    row = connection.execute(_BY_KEY, {"key": key, "account_id": account_id, "person_id": account_id}).first()
    return None if row is None else (row.id, row.peopled, _standing(row))


def name_taken(connection: Connection, key: str, account_id: int, room_id: int | None = None) -> str | None:
    """The name of another room than `room_id` to which the name with this key leads, if there is one.

    Empty for an account that may not know it.
    """
    return connection.execute(_LED_TO, {"key": key, "account_id": account_id, "room_id": room_id}).scalar()


def name_similar(connection: Connection, name: str, account_id: int, room_id: int | None = None) -> str | None:
    """The name of another room than `room_id` which a name looks like, or looks like one that it had before.

    Empty for an account that may not know it.
    """
    values = {"skeleton": room_skeleton(name), "account_id": account_id, "room_id": room_id}
    return connection.execute(_SIMILAR, values).scalar()


def has_other_owner(connection: Connection, room_id: int, account_id: int) -> bool:
    """Whether somebody else than the account owns the room, and can act."""
    return bool(connection.execute(_OTHER_OWNER, {"room_id": room_id, "account_id": account_id}).scalar())


def add_member(
    connection: Connection, room_id: int, account_id: int, now: float, role: RoleName, *, invited: bool = False
) -> None:
    """Begin a membership, by oneself or `invited`: what was written before counts as read."""
    seq = connection.execute(_SEQ, {"room_id": room_id}).scalar_one()
    values = {"room_id": room_id, "account_id": account_id, "joined": now, "since": seq, "role": role}
    connection.execute(_NEW_MEMBER, values | {"invited": invited})
    connection.execute(_ANSWERED, {"in_room": room_id, "who": account_id})
    if seq:
        values = {"conversation_id": room_id, "account_id": account_id, "read": seq, "delivered": seq}
        connection.execute(_NEW_CURSOR, values)


def allowances(row: Any) -> Allowances:
    """Who may do what in the room of a row that has the columns `ALLOWED`."""
    return Allowances(*(getattr(row, field) for field in Allowances._fields))


def _standing(row: Row[Any]) -> Standing:
    muted = row.muted or 0.0
    return Standing(
        row.name,
        row.private,
        row.archived,
        row.is_group,
        row.role,
        muted,
        row.their_role,
        row.banned,
        blocked=row.blocked,
        invited=row.invited,
        edits=row.edits,
        allowed=allowances(row),
        guests=row.guests,
    )
