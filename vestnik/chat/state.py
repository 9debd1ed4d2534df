"""What has happened in conversations, applied to what is in memory: here only, and in the order of its numbers."""

from collections.abc import Callable, Mapping
from typing import Final

from vestnik.chat.rooms import Room, RoomDirectory
from vestnik.chat.sessions import Sessions
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import MessageEvent
from vestnik.chat.storage.rooms import RemovalEvent


class State:
    """Rooms, who is in them, and which sessions hear them."""

    def __init__(self, rooms: RoomDirectory, sessions: Sessions) -> None:
        self._rooms = rooms
        self._sessions = sessions

    def apply_message(self, event: MessageEvent) -> None:
        """A message was kept, and those before it."""
        room = self._rooms.by_id(event.conversation_id)
        if room is not None:
            room.seq = event.seq

    def apply_change(self, event: ChangeEvent, origin: str | None = None) -> None:
        """A change was kept; `origin` is the name of the connection that asked for it, None in another process.

        What a session hears behind a change begins with it, so a room has the number of the change only afterwards.
        """
        room = self._rooms.by_id(event.conversation_id)
        if room is None and event.room is not None:
            room = self._rooms.add(event.room)
        if room is None:
            return
        apply = _BY_KIND.get(event.kind)
        if apply is not None:
            apply(self, room, event, origin)
        room.change = event.change

    def apply_removal(self, event: RemovalEvent) -> None:
        """A room is gone in which there was nobody."""
        self._rooms.remove(event.conversation_id)

    def _made(self, room: Room, event: ChangeEvent, _origin: str | None) -> None:
        for account_id in room.members:
            self._sessions.joined(account_id, room)

    def _joined(self, room: Room, event: ChangeEvent, _origin: str | None) -> None:
        account_id = event.person_id or event.account_id
        self._rooms.add_member(room, account_id, invited=event.kind == "invite")
        if "role" in event.data:
            room.roles[account_id] = event.data["role"]
        self._sessions.joined(account_id, room)

    def _left(self, room: Room, event: ChangeEvent, origin: str | None) -> None:
        account_id = event.person_id or event.account_id
        self._sessions.left(account_id, room, origin)
        self._rooms.remove_member(room, account_id)

    def _muted(self, room: Room, event: ChangeEvent, _origin: str | None) -> None:
        room.muted[event.person_id] = event.data["until"]

    def _unmuted(self, room: Room, event: ChangeEvent, _origin: str | None) -> None:
        room.muted.pop(event.person_id, None)

    def _ranked(self, room: Room, event: ChangeEvent, _origin: str | None) -> None:
        if event.data["role"] == "member":
            room.roles.pop(event.person_id, None)
        else:
            room.roles[event.person_id] = event.data["role"]
            if "until" not in event.data:  # else they inherit, and stay muted
                room.muted.pop(event.person_id, None)

    def _set(self, room: Room, event: ChangeEvent, _origin: str | None) -> None:
        self._rooms.set(room, event.data)


_BY_KIND: Final[Mapping[str, Callable[[State, Room, ChangeEvent, str | None], None]]] = {
    "create_room": State._made,
    "join": State._joined,
    "invite": State._joined,
    "leave": State._left,
    "remove": State._left,
    "ban": State._left,
    "mute": State._muted,
    "unmute": State._unmuted,
    "set_role": State._ranked,
    "set_room": State._set,
}
"""What is in memory of a change, by the name of its action; of the others there is nothing."""
