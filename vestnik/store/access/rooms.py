"""Rooms and their members of the store."""

from vestnik.chat.storage.rooms import RoomRecord
from vestnik.store.access.base import Access
from vestnik.store.queries import rooms


class RoomAccess(Access):
    """`vestnik.chat.storage.rooms.RoomStorage`."""

    async def all_rooms(self) -> list[RoomRecord]:
        """Every room with its members."""
        return await self._read(rooms.all_rooms)

    async def join_room(self, key: str, name: str, account_id: int, now: float) -> RoomRecord:
        """Make the account a member, and the room if there is none."""
        return await self._change(rooms.join_room, key, name, account_id, now)

    async def leave_room(self, room_id: int, account_id: int) -> None:
        """End a membership."""
        await self._change(rooms.leave_room, room_id, account_id)
