"""Rooms, roles and members, as the rules need them kept."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeAlias

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import USUAL, Allowances, ChangeEvent, RoomRecord
from vestnik.chat.storage.rules import Rule
from vestnik.protocol.events import InvitationState, MemberState, RoomState
from vestnik.protocol.requests import EditsVisibility, RoleName


class Standing(NamedTuple):
    """What the rules ask of a room when an account changes something in it: read in the change's own transaction.

    `role` is that of the account, which is `muted` until then (UNIX seconds); `their_role` that of the person to whom
    it is done; None for who is no member.
    `banned` is the person, and `last_owner`; `blocked` says that the person takes no invitations from the account;
    `invited` that the account was asked to join.
    `taken` is the name of another room to which the name leads that this one is to get, `similar` that of one which it
    looks like, or looked like when that was called otherwise; each is empty if the account may not know it. `edits` is
    who sees what messages said before, `allowed` who may do what else.
    `guests` says that guests may enter.
    """

    room: str
    private: bool = False
    archived: bool = False
    group: bool = False
    role: RoleName | None = None
    muted: float = 0.0
    their_role: RoleName | None = None
    banned: bool = False
    last_owner: bool = False
    taken: str | None = None
    similar: str | None = None
    blocked: bool = False
    invited: bool = False
    edits: EditsVisibility = "members"
    allowed: Allowances = USUAL
    guests: bool = False


RoomRule: TypeAlias = Rule[Standing]
GroupRule: TypeAlias = Rule[Sequence[str]]
"""Asked before a group is made, with the names of those who take no invitations from who begins it."""


class ReadStanding(NamedTuple):
    """What the rules ask before somebody reads: read in the same transaction as what is read.

    `room` is how they stand in the room, None for a direct conversation; `disabled` says that their account is.
    """

    room: Standing | None
    disabled: bool = False


ReadRule: TypeAlias = Rule[ReadStanding]


class Asker(NamedTuple):
    """Who reads, and the rule that lets them."""

    account_id: int
    rule: ReadRule


class Joined(NamedTuple):
    """A room that an account is a member of now, by number and name; `change` is None if it was one before."""

    room_id: int
    name: str
    change: ChangeEvent | None


class Left(NamedTuple):
    """A membership has ended; `promotion` made another member owner, if there was no other one left."""

    change: ChangeEvent
    promotion: ChangeEvent | None = None


class Retained(NamedTuple):
    """A room that keeps its messages for `days`."""

    id: int
    name: str
    days: int


class ExpiryEvent(NamedTuple):
    """Retention has `removed` so many of the oldest messages of a conversation, the last of them numbered `seq`."""

    conversation_id: int
    seq: int
    removed: int


class RoomPage(NamedTuple):
    """Some rooms, and the name behind which there may be more; None if there are none."""

    rooms: list[RoomState]
    next: str | None


class Vacated(NamedTuple):
    """A room in which nobody was for long."""

    id: int
    name: str


class RemovalEvent(NamedTuple):
    """A room is gone, with all that was in it. Its number is not given again."""

    conversation_id: int


MAX_ALIASES: Final = 10
"""Names that a room had before and that still lead to it: the one given up first is free again then."""


class RoomStorage(Protocol):
    """Every method that changes something returns after that is on disk. Times are UNIX seconds.

    Those with a `rule`, or a `reader` who has one, raise what it raises. A change is None when all was so before.
    """

    async def all_rooms(self) -> list[RoomRecord]:
        """Every room with its members."""

    async def join_room(
        self, key: str, name: str, account_id: int, now: float, rule: RoomRule, *, guest: bool = False
    ) -> Joined:
        """Make the account a member, and the room if there is none; the first member becomes its owner.

        A `guest` owns nothing, and makes a room that admits guests.
        """

    async def create_room(
        self, key: str, name: str, account_id: int, now: float, settings: Mapping[str, Any], rule: RoomRule
    ) -> Joined:
        """Make a room. `settings` are fields of `Change`."""

    async def begin_group(self, people: Sequence[int], account_id: int, now: float, rule: GroupRule) -> Joined:
        """The group conversation of these accounts, which the account begins if there is none, or joins again."""

    async def set_room(
        self,
        room_id: int,
        account_id: int,
        now: float,
        key: str | None,
        wanted: Mapping[str, Any],
        rule: RoomRule,
    ) -> ChangeEvent | None:
        """Set what is `wanted` (fields of `Change`); the change has what is different now.

        `key` is that of the wanted name, if there is one.
        """

    async def room_names(self, after: int, limit: int) -> list[tuple[int, str]]:
        """Numbers and names of rooms behind the number `after`, the oldest first; not of groups."""

    async def room_state(self, reader: Asker, room_id: int) -> RoomState:
        """A room as the reader sees it."""

    async def list_rooms(self, account_id: int, query: str, after: str, limit: int) -> RoomPage:
        """Rooms that the account may see, by key, with keys above `after`; with `query` those that it is found in."""

    async def list_members(self, reader: Asker, room_id: int, now: float, after: str, limit: int) -> list[MemberState]:
        """Members of a room by key, with keys above `after`."""

    async def leave_room(self, room_id: int, account_id: int, now: float, rule: RoomRule) -> Left:
        """End the account's own membership. A room with members gets an owner, if it has none any more."""

    async def offer(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, limit: int, rule: RoomRule
    ) -> bool | None:
        """Ask a person to join; whether that is new. None for a member, and for who has `limit` invitations already."""

    async def decline(self, room_id: int, account_id: int) -> bool:
        """Forget an invitation; whether there was one."""

    async def invitations(self, account_id: int, limit: int) -> list[InvitationState]:
        """The newest invitations of an account that wait for their answer."""

    async def invite(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
    ) -> ChangeEvent | None:
        """Make a person a member."""

    async def remove_member(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
    ) -> ChangeEvent:
        """End a person's membership."""

    async def ban(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
    ) -> ChangeEvent | None:
        """Keep a person out, who is no member any more."""

    async def unban(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
    ) -> ChangeEvent | None:
        """Let a person in again."""

    async def mute(
        self, room_id: int, account_id: int, person: AccountRecord, until: float, now: float, rule: RoomRule
    ) -> ChangeEvent | None:
        """Keep a person from writing until `until`."""

    async def unmute(
        self, room_id: int, account_id: int, person: AccountRecord, now: float, rule: RoomRule
    ) -> ChangeEvent | None:
        """Let a person write again; one whose time was over could do so before."""

    async def set_role(
        self, room_id: int, account_id: int, person: AccountRecord, role: RoleName, now: float, rule: RoomRule
    ) -> ChangeEvent | None:
        """Give a member another role."""

    async def retained_rooms(self) -> list[Retained]:
        """The rooms that do not keep their messages for ever."""

    async def expire(self, room_id: int, before: float, limit: int, now: float) -> ExpiryEvent | None:
        """Remove the oldest messages of a room that were kept before a time, at most `limit`; None: there is none.

        A message of a time that is still to come goes with those behind it: nobody knows when it was kept.
        """

    async def vacated_rooms(self, hours: int, hours_silent: int) -> list[Vacated]:
        """Count once more in which rooms there is nobody; those that were found so that often.

        `hours_silent` is for rooms in which there is no message.
        """

    async def remove_room(self, room_id: int, limit: int, now: float) -> bool:
        """Remove a room in which there is nobody, at most `limit` of each kind of thing; whether it is gone."""

    async def idle_aliases(self, used: Collection[str], hours: int) -> list[str]:
        """Count once more which names of before nobody has used, but those `used`; those that are free now, by key."""
