"""Who may do what in a room: owner, moderator, member, in this order. In a group conversation all are members.

`account` is the name of who does it, `person` of whom it is done to, `asked` what the request calls the room: nothing
else is told of a room that the account may not know, and of one that it cannot even name not that there is one.
"""

from collections.abc import Sequence

from vestnik.chat.rules.matrix import About, Doing, check_member, needed, ranks
from vestnik.chat.storage.rooms import GroupRule, ReadRule, ReadStanding, RoomRule, Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden, NotFound
from vestnik.protocol.requests import RoleName


class NameFree(RoomRule, frozen=True):
    """The name that is wanted, `asked`, leads to no other room, and does not look like one that does."""

    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Conflict, which tells what a room is called now only to who may know it."""
        if standing.taken is not None:
            raise Conflict(answers.ROOM_EXISTS, standing.taken or self.asked)
        if standing.similar is not None:
            if not standing.similar:
                raise Conflict(answers.ROOM_EXISTS, self.asked)
            raise Conflict(answers.ROOM_SIMILAR, self.asked, standing.similar)


class MayJoin(RoomRule, frozen=True):
    """Somebody who is no member may become one by themselves, or make the room if its name is free.

    A `guest` may where guests may enter.
    """

    account: str
    asked: str
    guest: bool = False

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and Conflict for a name that looks like another room's."""
        NameFree(self.asked)(standing)
        # Nothing more is told of it, not what it is called now, either.
        if needed(standing, "join") != "anybody" and not standing.invited:
            raise Forbidden(answers.ROOM_PRIVATE, self.account, self.asked)
        if standing.banned:
            raise Forbidden(answers.ROOM_BANNED, self.account, standing.room)
        if standing.archived:
            raise Forbidden(answers.ROOM_ARCHIVED, standing.room)
        if self.guest and not standing.guests:
            raise Forbidden(answers.ROOM_NO_GUESTS, self.account, standing.room)


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
    """Somebody may set these fields of a room. `name` is the one that it is to get; `opens` says that it opens an
    archive.
    """

    account: str
    fields: tuple[str, ...]
    asked: str
    name: str = ""
    opens: bool = False

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and Conflict for a taken name."""
        check_member(self.account, self.asked, standing)
        for field in self.fields:
            Doing(self.account, self.asked, f"set {field}", open=self.opens).check(standing)
        NameFree(self.name)(standing)


class MayWrite(RoomRule, frozen=True):
    """Somebody may write who is not muted; `now` in UNIX seconds. Whoever is given a higher role is muted no more."""

    account: str
    now: float
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and NotFound for a room that the account may not know."""
        Doing(self.account, self.asked, "write", self.now).check(standing)


class MayInvite(RoomRule, frozen=True):
    """Somebody may make a person a member, who may be a `guest`."""

    account: str
    person: str
    asked: str
    guest: bool = False

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        Doing(self.account, self.asked, "invite").check(standing)
        if standing.banned:
            raise Forbidden(answers.ROOM_BANNED, self.person, standing.room)
        if standing.blocked and standing.their_role is None:
            raise Forbidden(answers.INVITATION_BLOCKED, self.account, self.person)
        if self.guest and not standing.guests:
            raise Forbidden(answers.ROOM_NO_GUESTS, self.person, standing.room)


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
        Doing(self.account, self.asked, "remove").check(standing, "lower")
        _check_person(self.person, standing)
        _check_about(self.person, standing, "remove", _below(standing))


class MayBan(RoomRule, frozen=True):
    """A moderator may keep a person out, member or not."""

    account: str
    person: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        Doing(self.account, self.asked, "ban").check(standing, "lower")
        _check_about(self.person, standing, "ban", _below(standing))


class MayMute(RoomRule, frozen=True):
    """A moderator may mute a person: ordinary members only."""

    account: str
    person: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden, and NotFound for who is no member."""
        Doing(self.account, self.asked, "mute").check(standing, "ordinary")
        _check_person(self.person, standing)
        _check_about(self.person, standing, "mute", "ordinary" if standing.their_role == "member" else "ranked")


class MayPardon(RoomRule, frozen=True):
    """A moderator may let a person in again, or write again."""

    account: str
    asked: str

    def __call__(self, standing: Standing) -> None:
        """Raises Forbidden."""
        Doing(self.account, self.asked, "unban").check(standing)


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
        Doing(self.account, self.asked, "set_role").check(standing)
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
        if room is not None and not ranks(room.role, needed(room, "edits")):
            raise Forbidden(answers.EDITS_HIDDEN, self.account, self.place)


class MayLookAt(ReadRule, frozen=True):
    """Everybody may look at a public room, members at a private one."""

    account: str
    asked: str

    def __call__(self, standing: ReadStanding) -> None:
        """Raises Forbidden, and NotFound for a room that the account may not know."""
        _check_enabled(self.account, standing)
        if standing.room is not None and needed(standing.room, "look") != "anybody":
            check_member(self.account, self.asked, standing.room)


def _check_enabled(account: str, standing: ReadStanding) -> None:
    if standing.disabled:
        raise Forbidden(answers.ACCOUNT_DISABLED, account)


def _below(standing: Standing) -> About:
    return "not lower" if ranks(standing.their_role, standing.role) else "lower"


def _check_person(person: str, standing: Standing) -> None:
    if standing.their_role is None:
        raise NotFound(answers.MEMBER_UNKNOWN, standing.room, person)


def _check_about(person: str, standing: Standing, action: str, about: About) -> None:
    if needed(standing, action, about) == "nobody":
        raise Forbidden(answers.MEMBER_OUTRANKS, standing.room, person)
