"""Who may do what in a room: roles, and who may write."""

from typing import Final

from vestnik.chat.rooms import Room
from vestnik.chat.sessions import Account
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden
from vestnik.protocol.requests import RoleName

_RANKS: Final[dict[RoleName, int]] = {"member": 0, "moderator": 1, "owner": 2}


def role_of(room: Room, account_id: int) -> RoleName:
    """The role of a member."""
    return room.roles.get(account_id, "member")


def check_role(room: Room, account: Account, role: RoleName) -> None:
    """Raises Forbidden unless a member has this role or a higher one."""
    if _RANKS[role_of(room, account.id)] < _RANKS[role]:
        raise Forbidden(answers.ROOM_NOT_ALLOWED, account.name, room.name, role)


def check_may_write(room: Room, account: Account, now: float) -> None:
    """Raises Forbidden in an archived room, and for a member who is muted at `now` (UNIX seconds)."""
    if room.archived:
        raise Forbidden(answers.ROOM_ARCHIVED, room.name)
    if room.muted.get(account.id, 0.0) > now:
        raise Forbidden(answers.ROOM_MUTED, account.name, room.name)
