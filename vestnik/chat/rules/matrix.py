"""Who may do what: one table, by role, kind of conversation, and whose message or what person it is about.

The rules ask it; docs/protocol.md shows it; `tests/scenarios/test_matrix.py` tries every cell of it over the wire.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from vestnik.chat.storage.rooms import Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotFound
from vestnik.protocol.requests import RoleName

Level: TypeAlias = Literal["anybody", "member", "moderator", "owner", "nobody"]
"""The lowest role that may; in a direct conversation its two people are members."""
About: TypeAlias = Literal["", "own", "another's", "lower", "not lower", "ordinary", "ranked"]
"""Whose message it is; or whether the person's role is lower than one's own, or that of an ordinary member."""

_LEVEL_OF: Final[Mapping[str, Level]] = {
    "members": "member",
    "moderators": "moderator",
    "owners": "owner",
    "nobody": "nobody",
}
_RANK: Final[Mapping[RoleName | Level | None, int]] = {
    None: 0,
    "anybody": 0,
    "member": 1,
    "moderator": 2,
    "owner": 3,
    "nobody": 4,
}


class Permission(NamedTuple):
    """The role that it takes in a public room, a private one, a group, a direct conversation.

    The room's `setting` of that name says it instead, in rooms; `muted` and `archived` say whether it can be done by
    somebody who is muted, and in an archived room.
    """

    public: Level
    private: Level
    group: Level
    direct: Level
    setting: str = ""
    muted: bool = True
    archived: bool = True


def _all(level: Level, *, muted: bool = True, archived: bool = True, setting: str = "") -> Permission:
    return Permission(level, level, level, level, setting, muted, archived)


def _room(level: Level, group: Level = "nobody", *, archived: bool = True) -> Permission:
    """What is done to rooms, so that there is nothing of it in a direct conversation."""
    return Permission(level, level, group, "nobody", archived=archived)


MATRIX: Final[Mapping[tuple[str, About], Permission]] = MappingProxyType(
    {
        ("look", ""): Permission("anybody", "member", "member", "nobody"),
        ("join", ""): Permission("anybody", "nobody", "nobody", "nobody", archived=False),
        ("leave", ""): _room("member", "member"),
        ("read", ""): _all("member"),
        ("write", ""): _all("member", setting="posting", muted=False, archived=False),
        ("typing", ""): _all("member", setting="posting", muted=False, archived=False),
        ("mention_all", ""): Permission("member", "member", "member", "nobody", "mention_all", False, False),
        ("edit", "own"): _all("member", setting="posting", muted=False, archived=False),
        ("edit", "another's"): _all("nobody"),
        ("edits", ""): _all("member", setting="edits"),
        ("delete", "own"): _all("member"),
        ("delete", "another's"): Permission("moderator", "moderator", "nobody", "nobody"),
        ("report", "own"): _all("nobody"),
        ("report", "another's"): _all("member"),
        ("resolve", "lower"): _room("moderator"),
        ("resolve", "not lower"): _room("nobody"),
        ("react", ""): _all("member", muted=False, archived=False),
        ("unreact", "own"): _all("member"),
        ("pin", ""): _all("member", setting="pinning", muted=False, archived=False),
        ("unpin", ""): _all("member", setting="pinning", muted=False, archived=False),
        ("invite", ""): Permission("member", "moderator", "nobody", "nobody", "inviting", archived=False),
        ("set topic", ""): _room("moderator", "member", archived=False),
        ("set description", ""): _room("moderator", archived=False),
        ("set slow", ""): _room("moderator"),
        ("set name", ""): _room("owner"),
        ("set private", ""): _room("owner"),
        ("set archived", ""): _room("owner"),
        ("set edits", ""): _room("owner"),
        ("set retention", ""): _room("owner"),
        ("set guests", ""): _room("owner"),
        ("set posting", ""): _room("owner"),
        ("set inviting", ""): _room("owner"),
        ("set pinning", ""): _room("owner"),
        ("set mention_all", ""): _room("owner"),
        ("remove", "lower"): _room("moderator"),
        ("remove", "not lower"): _room("nobody"),
        ("ban", "lower"): _room("moderator"),
        ("ban", "not lower"): _room("nobody"),
        ("unban", ""): _room("moderator"),
        ("mute", "ordinary"): _room("moderator"),
        ("mute", "ranked"): _room("nobody"),
        ("unmute", ""): _room("moderator"),
        ("set_role", ""): _room("owner"),
    }
)


def needed(standing: Standing, action: str, about: About = "") -> Level:
    """The lowest role that may do something in a room, as that is set."""
    permission = MATRIX[action, about]
    if standing.group:
        return permission.group
    if permission.setting:
        place = standing if permission.setting == "edits" else standing.allowed
        if (chosen := getattr(place, permission.setting)) is not None:
            return _LEVEL_OF[chosen]
    return permission.private if standing.private else permission.public


def ranks(role: RoleName | None, level: RoleName | Level | None) -> bool:
    """Whether a role is enough."""
    return _RANK[role] >= _RANK[level]


class Doing(NamedTuple):
    """Somebody (`account`) does something (an action of the table) in the room that they call `asked`.

    `now` (UNIX seconds) is needed where who is muted may not; `open` says that what it does opens an archive.
    """

    account: str
    asked: str
    action: str
    now: float = 0.0
    open: bool = False

    def check(self, standing: Standing, about: About = "") -> None:
        """Raises Forbidden for who may not, and NotFound for a room that they may not know.

        What nobody may because of whom or what it is `about` is for the rule to refuse, which knows them.
        """
        level = needed(standing, self.action, about)
        if level == "anybody":
            return
        check_member(self.account, self.asked, standing)
        if standing.group and level == "nobody":
            raise Forbidden(answers.GROUP_FIXED, standing.room)
        permission = MATRIX[self.action, about]
        if standing.archived and not permission.archived and not self.open:
            raise Forbidden(answers.ROOM_ARCHIVED, standing.room)
        if level != "nobody" and not ranks(standing.role, level):
            raise Forbidden(answers.ROOM_NOT_ALLOWED, self.account, standing.room, level)
        if standing.muted > self.now and not permission.muted:
            raise Forbidden(answers.ROOM_MUTED, self.account, standing.room)


def check_member(account: str, asked: str, standing: Standing) -> None:
    """Raises Forbidden for who is no member, NotFound if they may not know the room, either."""
    if standing.role is None:
        if standing.private:
            raise NotFound(answers.ROOM_UNKNOWN, asked)
        raise Forbidden(answers.ROOM_NOT_MEMBER, account, standing.room)
