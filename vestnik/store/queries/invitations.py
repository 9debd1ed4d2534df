"""Invitations that wait for their answer, as long as they hold. What a rule refuses has changed nothing."""

from typing import Final

from sqlalchemy import Connection, Integer, bindparam, delete, exists, func, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.rooms import RoomRule
from vestnik.protocol.events import InvitationState
from vestnik.store.queries.standing import HOLDS, check_standing
from vestnik.store.schema import account, invitation, room

_ME: Final = bindparam("account_id", type_=Integer)
_INVITER: Final = account.alias()
_OPEN: Final = (
    select(room.c.name, _INVITER.c.name, invitation.c.time)
    .select_from(invitation)
    .join(room, room.c.id == invitation.c.room_id)
    .join(_INVITER, _INVITER.c.id == invitation.c.by_id)
    .where(invitation.c.account_id == _ME, HOLDS)
    .order_by(invitation.c.time.desc(), room.c.key)
    .limit(bindparam("page", type_=Integer))
)
_COUNT: Final = (
    select(func.count())
    .select_from(invitation)
    .join(room, room.c.id == invitation.c.room_id)
    .where(invitation.c.account_id == _ME, HOLDS)
)
_OVER: Final = delete(invitation).where(
    invitation.c.room_id == bindparam("in_room", type_=Integer),
    invitation.c.account_id == _ME,
    ~exists().where(room.c.id == invitation.c.room_id, HOLDS).correlate(invitation),
)
"""An invitation that whoever gave it could not give any more: it is as if there was none."""


def offer(
    connection: Connection, room_id: int, account_id: int, person: AccountRecord, now: float, limit: int, rule: RoomRule
) -> bool | None:
    """Ask a person to join; whether that is new. None for a member, and for who has `limit` invitations already."""
    standing = check_standing(connection, room_id, account_id, person.id, rule)
    if standing.their_role is not None or connection.execute(_COUNT, {"account_id": person.id}).scalar_one() >= limit:
        return None
    connection.execute(_OVER, {"in_room": room_id, "account_id": person.id})
    values = {"room_id": room_id, "account_id": person.id, "by_id": account_id, "time": now}
    return connection.execute(insert_or_ignore(invitation).values(values).on_conflict_do_nothing()).rowcount > 0


def decline(connection: Connection, room_id: int, account_id: int) -> bool:
    """Forget an invitation; whether there was one."""
    gone = delete(invitation).where(invitation.c.room_id == room_id, invitation.c.account_id == account_id)
    return connection.execute(gone).rowcount > 0


def invitations(connection: Connection, account_id: int, limit: int) -> list[InvitationState]:
    """The newest invitations of an account that wait for their answer."""
    return [InvitationState(*row) for row in connection.execute(_OPEN, {"account_id": account_id, "page": limit})]
