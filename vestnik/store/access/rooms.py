"""Rooms and their members of the store."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeRecord
from vestnik.chat.storage.rooms import Check, Joined, Left, RoomRecord
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.events import MemberState, RoomState
from vestnik.protocol.requests import RoleName
from vestnik.store.access.base import Access
from vestnik.store.queries import members, room_lists, rooms

T = TypeVar("T")


class RoomAccess(Access):
    """`vestnik.chat.storage.rooms.RoomStorage`."""

    async def all_rooms(self) -> list[RoomRecord]:
        """Every room with its members."""
        return await self._read(room_lists.all_rooms)

    async def room_state(self, room_id: int, account_id: int) -> RoomState:
        """A room as the account sees it."""
        return await self._read(room_lists.room_state, room_id, account_id)

    async def list_rooms(self, account_id: int, query: str, after: str, limit: int) -> list[RoomState]:
        """Rooms that the account may see, by key."""
        return await self._read(room_lists.list_rooms, account_id, query, after, limit)

    async def list_members(self, room_id: int, now: float, after: str, limit: int) -> list[MemberState]:
        """Members of a room by key."""
        return await self._read(room_lists.list_members, room_id, now, after, limit)

    async def join_room(self, key: str, name: str, account_id: int, now: float, check: Check) -> Joined:
        """Make the account a member, and the room if there is none."""
        return await self._change_by_rule(rooms.join_room, key, name, account_id, now, check)

    async def create_room(
        self, key: str, name: str, account_id: int, now: float, settings: Mapping[str, Any]
    ) -> Joined:
        """Make a room."""
        return await self._change_by_rule(rooms.create_room, key, name, account_id, now, settings)

    async def begin_group(self, people: Sequence[int], account_id: int, now: float) -> Joined:
        """The group conversation of these accounts, which the account begins if there is none."""
        return await self._change(rooms.begin_group, people, account_id, now)

    async def set_room(
        self, room_id: int, account_id: int, now: float, key: str | None, wanted: Mapping[str, Any], check: Check
    ) -> ChangeRecord | None:
        """Set what is wanted."""
        return await self._change_by_rule(rooms.set_room, room_id, account_id, now, key, wanted, check)

    async def leave_room(self, room_id: int, account_id: int, now: float, check: Check) -> Left:
        """End the account's own membership."""
        return await self._change_by_rule(members.leave_room, room_id, account_id, now, check)

    async def invite(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, check: Check
    ) -> ChangeRecord | None:
        """Make a person a member."""
        return await self._change_by_rule(members.invite, room_id, account_id, person, now, check)

    async def remove_member(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, check: Check
    ) -> ChangeRecord:
        """End a person's membership."""
        return await self._change_by_rule(members.remove_member, room_id, account_id, person, now, check)

    async def ban(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, check: Check
    ) -> ChangeRecord | None:
        """Keep a person out."""
        return await self._change_by_rule(members.ban_person, room_id, account_id, person, now, check)

    async def unban(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, check: Check
    ) -> ChangeRecord | None:
        """Let a person in again."""
        return await self._change_by_rule(members.unban_person, room_id, account_id, person, now, check)

    async def mute(
        self, room_id: int, account_id: int, person: AccountRecord, until: float, now: float, check: Check
    ) -> ChangeRecord | None:
        """Keep a person from writing."""
        return await self._change_by_rule(members.mute_member, room_id, account_id, person, until, now, check)

    async def unmute(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, check: Check
    ) -> ChangeRecord | None:
        """Let a person write again."""
        return await self._change_by_rule(members.unmute_member, room_id, account_id, person, now, check)

    async def set_role(
        self, room_id: int, account_id: int, person: AccountRecord, role: RoleName, now: float, check: Check
    ) -> ChangeRecord | None:
        """Give a member another role."""
        return await self._change_by_rule(members.set_role, room_id, account_id, person, role, now, check)

    async def _change_by_rule(self, change: Callable[..., T], *values: object) -> T:
        """What `_change` gives. A refusal is raised here, not in the transaction, which others share."""
        outcome: T | VestnikError = await self._change(_outcome_of, change, *values)
        if isinstance(outcome, VestnikError):
            raise outcome
        return outcome


def _outcome_of(connection: Connection, change: Callable[..., T], *values: object) -> T | VestnikError:
    """What a change returns, or why it was refused, before it has changed anything."""
    try:
        return change(connection, *values)
    except VestnikError as refusal:  # no event: it is raised for whoever asked
        return refusal
