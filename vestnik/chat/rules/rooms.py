"""Who may do what in a room: owner, moderator, member, in this order. In a group conversation all are members.

`account` is the name of who does it, `person` of whom it is done to, `asked` what the request calls the room: nothing
else is told of a room that the account may not know, and of one that it cannot even name not that there is one.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from vestnik.chat.storage.rooms import GroupRule, ReadRule, ReadStanding, RoomRule, Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, NotFound
from vestnik.protocol.requests import RoleName

_RANK: Final[Mapping[RoleName | None, int]] = {None: 0, "member": 1, "moderator": 2, "owner": 3}

_NEEDED: Final[Mapping[str, RoleName]] = {
    "topic": "moderator",
    "description": "moderator",
    "name": "owner",
    "private": "owner",
    "archived": "owner",
    "edits": "owner",
    "retention": "owner",
}
"""The role that it takes to set a field of a room."""


class NameFree(RoomRule, frozen=True):
    """The name that is wanted, `asked`, leads to no other room."""

    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Conflict, which tells what a room is called now only to who may know it."""
        if standing.taken is not None:
            raise Conflict(answers.ROOM_EXISTS, standing.taken or self.asked)


class MayJoin(RoomRule, frozen=True):
    """Somebody who is no member may become one by themselves."""

    account: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        if standing.private and not standing.invited:  # nothing more is told, not what it is called now, either
            raise Forbidden(answers.ROOM_PRIVATE, self.account, self.asked)
        if standing.banned:
            raise Forbidden(answers.ROOM_BANNED, self.account, standing.room)
        if standing.archived:
            raise Forbidden(answers.ROOM_ARCHIVED, standing.room)


class MayLeave(RoomRule, frozen=True):
    """A member may leave."""

    account: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and BadRequest for a room that the account may not know."""
        if standing.role is None and standing.private:
            raise BadRequest(answers.ROOM_UNKNOWN_LEAVE, self.asked)
        check_member(self.account, self.asked, standing)


class MaySet(RoomRule, frozen=True):
    """Somebody may set these fields of a room; in a group everybody the topic. `name` is the one that it is to get."""

    account: str
    fields: tuple[str, ...]
    asked: str
    name: str = ""

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and Conflict for a taken name."""
        check_member(self.account, self.asked, standing)
        for field in self.fields:
            if not standing.group:
                _check_rank(self.account, standing, _NEEDED[field])
            elif field != "topic":
                _check_no_group(standing)
        NameFree(self.name)(standing)


class MayWrite(RoomRule, frozen=True):
    """A member may write who is not muted; `now` in UNIX seconds. Whoever is given a higher role is muted no more."""

    account: str
    now: float
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and NotFound for a room that the account may not know."""
        check_member(self.account, self.asked, standing)
        if standing.archived:
            raise Forbidden(answers.ROOM_ARCHIVED, standing.room)
        if standing.muted > self.now:
            raise Forbidden(answers.ROOM_MUTED, self.account, standing.room)


class MayInvite(RoomRule, frozen=True):
    """Somebody may make a person a member: a member may, in a private room a moderator."""

    account: str
    person: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        _check_power(self.account, self.asked, standing, "moderator" if standing.private else "member")
        if standing.archived:
            raise Forbidden(answers.ROOM_ARCHIVED, standing.room)
        if standing.banned:
            raise Forbidden(answers.ROOM_BANNED, self.person, standing.room)
        if standing.blocked and standing.their_role is None:
            raise Forbidden(answers.INVITATION_BLOCKED, self.account, self.person)


class MayBegin(GroupRule, frozen=True):
    """Somebody may begin a group with people who take invitations from them.

    `full` is who is at a `limit`, if somebody is: a person whom others have brought into so many rooms, or who would
    begin it and has made so many lately. It keeps nobody from coming back to a group that there is.
    """

    account: str
    full: str = ""
    limit: int = 0

    def __call__(self, standing: Sequence[str]) -> None:
        """Raises Forbidden, which names the first who does not, or who is at a limit."""
        if standing:
            raise Forbidden(answers.INVITATION_BLOCKED, self.account, standing[0])
        if self.full:
            answer = answers.ROOM_CREATIONS if self.full == self.account else answers.INVITATION_LIMIT
            raise Forbidden(answer, self.full, self.limit)


class MayRemove(RoomRule, frozen=True):
    """A moderator may end a person's membership."""

    account: str
    person: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and NotFound for who is no member."""
        _check_power(self.account, self.asked, standing, "moderator")
        _check_person(self.person, standing)
        _check_below(self.person, standing, standing.role)


class MayBan(RoomRule, frozen=True):
    """A moderator may keep a person out, member or not."""

    account: str
    person: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        _check_power(self.account, self.asked, standing, "moderator")
        _check_below(self.person, standing, standing.role)


class MayMute(RoomRule, frozen=True):
    """A moderator may mute a person: ordinary members only."""

    account: str
    person: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and NotFound for who is no member."""
        _check_power(self.account, self.asked, standing, "moderator")
        _check_person(self.person, standing)
        _check_below(self.person, standing, "moderator")


class MayPardon(RoomRule, frozen=True):
    """A moderator may let a person in again, or write again."""

    account: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        _check_power(self.account, self.asked, standing, "moderator")


class MayUnmute(MayPardon, frozen=True):
    """They may do so for others, but not for themselves (`own`), though they have inherited the room."""

    own: bool
    now: float

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        super().__call__(standing)
        if self.own and standing.muted > self.now:
            raise Forbidden(answers.ROOM_MUTED, self.account, standing.room)


class MayGiveRole(RoomRule, frozen=True):
    """An owner may give a member a role."""

    account: str
    person: str
    role: RoleName
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, NotFound for who is no member, and Conflict for the last owner."""
        _check_power(self.account, self.asked, standing, "owner")
        _check_person(self.person, standing)
        if standing.last_owner and self.role != "owner":
            raise Conflict(answers.ROOM_LAST_OWNER, self.person, standing.room)


class MayRead(ReadRule, frozen=True):
    """A member may read, or one of the two people of a direct conversation."""

    account: str
    asked: str

    def __call__(self, standing: ReadStanding) -> None:
        """Raises Forbidden, and NotFound for a room that the account may not know."""
        _check_enabled(self.account, standing)
        if standing.room is not None:
            check_member(self.account, self.asked, standing.room)


class MayReadEdits(MayRead, frozen=True):
    """Who may read may read what messages said before, where the room does not keep that for moderators or from all.

    `place` is what they call the conversation.
    """

    place: str

    def __call__(self, standing: ReadStanding) -> None:
        """Raises Forbidden, and NotFound for a room that the account may not know."""
        super().__call__(standing)
        room = standing.room
        if room is None or room.group or room.edits == "members":
            return
        if room.edits == "nobody" or _RANK[room.role] < _RANK["moderator"]:
            raise Forbidden(answers.EDITS_HIDDEN, self.account, self.place)


class MayLookAt(ReadRule, frozen=True):
    """Everybody may look at a public room, members at a private one."""

    account: str
    asked: str

    def __call__(self, standing: ReadStanding) -> None:
        """Raises Forbidden, and NotFound for a room that the account may not know."""
        _check_enabled(self.account, standing)
        if standing.room is not None and standing.room.private:
            check_member(self.account, self.asked, standing.room)


def _check_enabled(account: str, standing: ReadStanding) -> None:
    if standing.disabled:
        raise Forbidden(answers.ACCOUNT_DISABLED, account)


def _check_power(account: str, asked: str, standing: Standing, needed: RoleName) -> None:
    check_member(account, asked, standing)
    _check_no_group(standing)
    _check_rank(account, standing, needed)


def check_member(account: str, asked: str, standing: Standing) -> None:
    """Raises Forbidden for who is no member, NotFound if they may not know the room, either."""
    if standing.role is None:
        if standing.private:
            raise NotFound(answers.ROOM_UNKNOWN, asked)
        raise Forbidden(answers.ROOM_NOT_MEMBER, account, standing.room)


def _check_no_group(standing: Standing) -> None:
    if standing.group:
        raise Forbidden(answers.GROUP_FIXED, standing.room)


def _check_rank(account: str, standing: Standing, needed: RoleName) -> None:
    if _RANK[standing.role] < _RANK[needed]:
        raise Forbidden(answers.ROOM_NOT_ALLOWED, account, standing.room, needed)


def _check_person(person: str, standing: Standing) -> None:
    if standing.their_role is None:
        raise NotFound(answers.MEMBER_UNKNOWN, standing.room, person)


def _check_below(person: str, standing: Standing, role: RoleName | None) -> None:
    if _RANK[standing.their_role] >= _RANK[role]:
        raise Forbidden(answers.MEMBER_OUTRANKS, standing.room, person)
