"""Rooms, their members, and which connections hear them."""

from collections.abc import Iterable, Mapping
from typing import Any

from vestnik.chat.names import name_key
from vestnik.chat.session import Recipient, Session
from vestnik.chat.storage.changes import Allowances, RoomRecord
from vestnik.chat.storage.rooms import MAX_ALIASES
from vestnik.protocol.formats import Format


class Room:
    """A room in memory: `members` are account numbers; `hearers` the connections that hear it, by their format.

    `aliases`, `invited`, `roles`, `muted`, `private`, `archived`, `group`, `edits`, `allowed`, `guests`, `slow`,
    `spoke`, `seq`, `change` are those of the record, kept up to date. `ruled` says that not all members may write as
    much as they like.
    `absent` are sessions of members that do not hear it yet, because what they have missed is still on its way.
    `doubts` is how many changes are on their way to the store by which somebody may lose the right to write.
    `audience` is for whoever writes down who hears the room; it is None again after every change.
    """

    __slots__ = (
        "absent",
        "aliases",
        "allowed",
        "archived",
        "audience",
        "change",
        "doubts",
        "edits",
        "group",
        "guests",
        "hearers",
        "id",
        "invited",
        "members",
        "muted",
        "name",
        "private",
        "roles",
        "ruled",
        "seq",
        "slow",
        "spoke",
    )

    def __init__(self, record: RoomRecord) -> None:
        self.id = record.id
        self.name = record.name
        self.members = record.members
        self.roles = dict(record.roles)
        self.muted = dict(record.muted)
        self.private = record.private
        self.archived = record.archived
        self.group = record.group
        self.edits = record.edits
        self.allowed = record.allowed
        self.slow = record.slow
        self.spoke: dict[int, float] | None = dict(record.spoke) if record.slow else None
        self.ruled = self.slow > 0 or self.allowed.posting != "members"
        self.guests = record.guests
        self.seq = record.seq
        self.change = record.change
        self.aliases = list(record.aliases)
        self.invited = set(record.invited)
        self.absent: set[Session] = set()
        self.doubts = 0
        self.hearers: dict[Format, set[Recipient]] = {}  # no format without somebody who hears it
        self.audience: str | None = None

    def attach(self, session: Session) -> None:
        """Let a session hear the room in its way; one that is not live is only noted."""
        self.detach(session)
        if not session.live:
            self.absent.add(session)
        else:
            self.hearers.setdefault(session.format, set()).add(session.recipient)

    def detach(self, session: Session) -> None:
        """Let a session hear the room no more."""
        for form, hearers in self.hearers.items():
            if session.recipient in hearers:
                hearers.remove(session.recipient)
                if not hearers:
                    del self.hearers[form]
                break
        self.absent.discard(session)
        self.audience = None


class RoomDirectory:
    """All rooms by number, by name, by each name that they had before, and by member.

    `used` are keys of such names that were used since somebody has taken them.
    """

    def __init__(self, records: Iterable[RoomRecord] = ()) -> None:
        self.used: set[str] = set()
        self._by_key: dict[str, Room] = {}
        self._by_alias: dict[str, Room] = {}
        self._by_id: dict[int, Room] = {}
        self._by_account: dict[int, set[Room]] = {}
        for record in records:
            self.add(record)

    def add(self, record: RoomRecord) -> Room:
        """Take a room into memory."""
        room = self._by_id[record.id] = self._by_key[name_key(record.name)] = Room(record)
        self._by_alias.update(dict.fromkeys(record.aliases, room))
        for account_id in record.members:
            self._by_account.setdefault(account_id, set()).add(room)
        return room

    def find(self, name: str) -> Room | None:
        """The room of this name, or the one that was called so before."""
        key = name_key(name)
        return self._by_key.get(key) or self._by_old(key)

    def by_key(self, key: str) -> Room | None:
        """The same, for the key of a name."""
        return self._by_key.get(key) or self._by_old(key)

    def _by_old(self, key: str) -> Room | None:
        room = self._by_alias.get(key)
        if room is not None:
            self.used.add(key)
        return room

    def by_id(self, number: int) -> Room | None:
        """The room with this number; None for a direct conversation."""
        return self._by_id.get(number)

    def of(self, account_id: int) -> Iterable[Room]:
        """The rooms an account is a member of."""
        return self._by_account.get(account_id, ())

    def count_of(self, account_id: int) -> int:
        """How many rooms an account has joined or made itself."""
        return sum(not room.group and account_id not in room.invited for room in self.of(account_id))

    def count_by_others(self, account_id: int) -> int:
        """How many rooms and groups others have brought an account into."""
        return len(self._by_account.get(account_id, ())) - self.count_of(account_id)

    def add_member(self, room: Room, account_id: int, *, invited: bool = False) -> None:
        """Begin the membership of an ordinary member."""
        if invited:
            room.invited.add(account_id)
        room.members.add(account_id)
        self._by_account.setdefault(account_id, set()).add(room)

    def remove_member(self, room: Room, account_id: int) -> None:
        """End a membership; no change when there is none."""
        room.members.discard(account_id)
        room.roles.pop(account_id, None)
        room.invited.discard(account_id)
        rooms = self._by_account.get(account_id)
        if rooms is not None:
            rooms.discard(room)
            if not rooms:
                del self._by_account[account_id]

    def set(self, room: Room, changed: Mapping[str, Any]) -> None:
        """Take over what was changed of a room (fields of `Change`). The names that it had before still lead to it."""
        room.private = changed.get("private", room.private)
        room.archived = changed.get("archived", room.archived)
        room.edits = changed.get("edits", room.edits)
        room.allowed = room.allowed._replace(**{each: changed[each] for each in Allowances._fields if each in changed})
        if "slow" in changed:
            room.slow = changed["slow"]
            room.spoke = (room.spoke or {}) if room.slow else None
        room.ruled = room.slow > 0 or room.allowed.posting != "members"
        room.guests = changed.get("guests", room.guests)
        if "name" in changed:
            self._rename(room, changed["name"])

    def _rename(self, room: Room, name: str) -> None:
        before, after = name_key(room.name), name_key(name)
        room.name = name
        if before == after:
            return
        if self._by_alias.pop(after, None) is not None:
            room.aliases.remove(after)
        del self._by_key[before]
        self._by_key[after] = self._by_alias[before] = room
        room.aliases.append(before)
        while len(room.aliases) > MAX_ALIASES:
            del self._by_alias[room.aliases.pop(0)]

    def forget_alias(self, key: str) -> None:
        """A name of before leads nowhere any more; no change if it does not."""
        room = self._by_alias.pop(key, None)
        if room is not None:
            room.aliases.remove(key)
        self.used.discard(key)

    def remove(self, number: int) -> None:
        """A room is gone in which there was nobody; no change if it is gone already."""
        room = self._by_id.pop(number, None)
        if room is None:
            return
        key = name_key(room.name)
        if self._by_key.get(key) is room:  # somebody may have made another one of this name
            del self._by_key[key]
        for alias in list(room.aliases):
            if self._by_alias.get(alias) is room:
                del self._by_alias[alias]
