"""Who may do what in a room: owner, moderator, member, in this order. In a group conversation all are members.

The functions that take a `Standing` are the checks of changes, called by the store (`vestnik.chat.storage.rooms`);
`account` is the name of who does it, `person` of whom it is done to.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from vestnik.chat.rooms import Room
from vestnik.chat.sessions import Account
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Conflict, Forbidden, NotFound
from vestnik.protocol.requests import RoleName

_RANK: Final[Mapping[RoleName | None, int]] = {None: 0, "member": 1, "moderator": 2, "owner": 3}

_NEEDED: Final[Mapping[str, RoleName]] = {
    # Actions.
    "invite": "member",
    "invite to a private room": "moderator",
    "remove": "moderator",
    "ban": "moderator",
    "unban": "moderator",
    "mute": "moderator",
    "unmute": "moderator",
    "set_role": "owner",
    # Fields of `set_room`.
    "topic": "moderator",
    "description": "moderator",
    "name": "owner",
    "private": "owner",
    "archived": "owner",
    "edits": "owner",
    "retention": "owner",
}
"""The role that it takes to do something, or to set a field of a room."""


# For what the rooms in memory are asked.


def role_of(room: Room, account_id: int) -> RoleName | None:
    """The role of an account in a room; None if it is not a member."""
    return room.roles.get(account_id, "member") if account_id in room.members else None


def check_may_write(room: Room, account: Account, now: float) -> None:
    """Raises Forbidden in an archived room, and for a muted member. `now` in UNIX seconds.

    Only ordinary members are muted; whoever has become more may write.
    """
    if room.archived:
        raise Forbidden(answers.ROOM_ARCHIVED, room.name)
    until = room.muted.get(account.id)
    if until is None:
        return
    if until <= now:
        del room.muted[account.id]
    elif account.id not in room.roles:
        raise Forbidden(answers.ROOM_MUTED, account.name, room.name)


# Checks of changes.


def check_join(account: str, standing: Standing) -> None:
    """Whether somebody who is no member may become one by themselves. Raises Forbidden."""
    if standing.banned:
        raise Forbidden(answers.ROOM_BANNED, account, standing.room)
    if standing.private:
        raise Forbidden(answers.ROOM_PRIVATE, account, standing.room)
    if standing.archived:
        raise Forbidden(answers.ROOM_ARCHIVED, standing.room)


def check_leave(account: str, standing: Standing) -> None:
    """Whether somebody may leave. Raises Forbidden."""
    _check_member(account, standing)
    _check_no_group(standing)


def check_set_room(account: str, fields: Iterable[str], standing: Standing) -> None:
    """Whether somebody may set these fields of a room; in a group everybody the topic. Raises Forbidden."""
    _check_member(account, standing)
    for field in fields:
        if not standing.group:
            _check_rank(account, standing, field)
        elif field != "topic":
            _check_no_group(standing)


def check_invite(account: str, person: str, standing: Standing) -> None:
    """Whether somebody may make a person a member. Raises Forbidden."""
    _check_power(account, standing, "invite to a private room" if standing.private else "invite")
    if standing.archived:
        raise Forbidden(answers.ROOM_ARCHIVED, standing.room)
    if standing.banned:
        raise Forbidden(answers.ROOM_BANNED, person, standing.room)


def check_remove(account: str, person: str, standing: Standing) -> None:
    """Whether somebody may end a person's membership. Raises Forbidden, NotFound for who is no member."""
    _check_power(account, standing, "remove")
    _check_person(person, standing)
    _check_below(person, standing, standing.role)


def check_ban(account: str, person: str, standing: Standing) -> None:
    """Whether somebody may keep a person out, member or not. Raises Forbidden."""
    _check_power(account, standing, "ban")
    _check_below(person, standing, standing.role)


def check_unban(account: str, standing: Standing) -> None:
    """Whether somebody may let a person in again. Raises Forbidden."""
    _check_power(account, standing, "unban")


def check_mute(account: str, person: str, standing: Standing) -> None:
    """Whether somebody may mute a person: ordinary members only. Raises Forbidden, NotFound for who is no member."""
    _check_power(account, standing, "mute")
    _check_person(person, standing)
    _check_below(person, standing, "moderator")


def check_unmute(account: str, standing: Standing) -> None:
    """Whether somebody may let a person write again. Raises Forbidden."""
    _check_power(account, standing, "unmute")


def check_set_role(account: str, person: str, role: RoleName, standing: Standing) -> None:
    """Whether somebody may give a person a role. Raises Forbidden, NotFound, and Conflict for the last owner."""
    _check_power(account, standing, "set_role")
    _check_person(person, standing)
    if standing.last_owner and role != "owner":
        raise Conflict(answers.ROOM_LAST_OWNER, person, standing.room)


def _check_power(account: str, standing: Standing, action: str) -> None:
    _check_member(account, standing)
    _check_no_group(standing)
    _check_rank(account, standing, action)


def _check_member(account: str, standing: Standing) -> None:
    if standing.role is None:
        raise Forbidden(answers.ROOM_NOT_MEMBER, account, standing.room)


def _check_no_group(standing: Standing) -> None:
    if standing.group:
        raise Forbidden(answers.GROUP_FIXED, standing.room)


def _check_rank(account: str, standing: Standing, needed_for: str) -> None:
    needed = _NEEDED[needed_for]
    if _RANK[standing.role] < _RANK[needed]:
        raise Forbidden(answers.ROOM_NOT_ALLOWED, account, standing.room, needed)


def _check_person(person: str, standing: Standing) -> None:
    if standing.their_role is None:
        raise NotFound(answers.MEMBER_UNKNOWN, standing.room, person)


def _check_below(person: str, standing: Standing, role: RoleName | None) -> None:
    if _RANK[standing.their_role] >= _RANK[role]:
        raise Forbidden(answers.MEMBER_OUTRANKS, standing.room, person)
