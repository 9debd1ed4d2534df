"""What the rooms in memory are asked about roles. Rules of changes are in `vestnik.chat.rules`."""

from vestnik.chat.rooms import Room
from vestnik.chat.sessions import Account
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden
from vestnik.protocol.requests import RoleName


def role_of(room: Room, account_id: int) -> RoleName | None:
    """The role of an account in a room; None if it is not a member."""
    return room.roles.get(account_id, "member") if account_id in room.members else None


def check_may_write(room: Room, account: Account, now: float) -> None:
    """Raises Forbidden in an archived room, and for a muted member. `now` in UNIX seconds.

    Only ordinary members are muted; whoever has become more may write.
    """
    if room.archived:
        raise Forbidden(answers.ROOM_ARCHIVED, room.name)
    until = room.muted.get(account.id)
    if until is None:
        return
    if until <= now:
        del room.muted[account.id]
    elif account.id not in room.roles:
        raise Forbidden(answers.ROOM_MUTED, account.name, room.name)
