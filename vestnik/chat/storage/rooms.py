"""Rooms, roles and members, as the rules need them kept."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

from vestnik.chat.storage.changes import ChangeRecord
from vestnik.protocol.requests import EditsVisibility, RoleName

NOBODY: Final[Mapping[int, Any]] = MappingProxyType({})


class RoomRecord(NamedTuple):
    """A room as it is in memory: its number, its name as it was created, its members' account numbers.

    `roles` has the members that are more than ordinary ones, `muted` those who may not write, until when (UNIX
    seconds). `seq` and `change` are the last ones; `aliases` are the keys of names that it had before.
    """

    id: int
    name: str
    members: set[int]
    roles: Mapping[int, RoleName] = NOBODY
    muted: Mapping[int, float] = NOBODY
    private: bool = False
    archived: bool = False
    group: bool = False
    edits: EditsVisibility = "members"
    seq: int = 0
    change: int = 0
    aliases: frozenset[str] = frozenset()


class Joined(NamedTuple):
    """A room that an account is a member of now; `change` is None if it was one before."""

    room: RoomRecord
    change: ChangeRecord | None


class RoomStorage(Protocol):
    """Every method returns after the change is on disk. Times are UNIX seconds."""

    async def join_room(self, key: str, name: str, account_id: int, now: float) -> RoomRecord:
        """Make the account a member, and the room if there is none; the room with all its members."""

    async def leave_room(self, room_id: int, account_id: int) -> None:
        """End a membership."""
