"""What the rooms in memory are asked about roles. Rules of changes are in `vestnik.chat.rules`."""

from vestnik.chat.rooms import Room
from vestnik.chat.rules.rooms import MayWrite
from vestnik.chat.session import Account
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol.requests import RoleName


def role_of(room: Room, account_id: int) -> RoleName | None:
    """The role of an account in a room; None if it is not a member."""
    return room.roles.get(account_id, "member") if account_id in room.members else None


def standing_of(room: Room, account_id: int) -> Standing:
    """How an account stands in a room."""
    muted = room.muted.get(account_id, 0.0)
    role = role_of(room, account_id)
    return Standing(
        room.name, room.private, room.archived, room.group, role, muted, edits=room.edits, allowed=room.allowed
    )


def check_may_write(room: Room, account: Account, now: float, asked: str) -> None:
    """Raises what `MayWrite` raises for who may not write (any more) in the room that they call `asked`.

    `now` in UNIX seconds.
    """
    if 0.0 < room.muted.get(account.id, 0.0) <= now:
        del room.muted[account.id]
    MayWrite(account.name, now, asked)(standing_of(room, account.id))
