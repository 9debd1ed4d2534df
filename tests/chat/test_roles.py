"""Who may do what in a room."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from vestnik.chat import roles
from vestnik.chat.rooms import Room
from vestnik.chat.sessions import Account
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.rooms import Check, RoomRecord, Standing
from vestnik.protocol.errors import Forbidden, VestnikError
from vestnik.protocol.requests import RoleName

ANNA, BORIS = Account(AccountRecord(1, "anna"), "anna"), Account(AccountRecord(2, "boris"), "boris")
EVERY_ROLE: tuple[RoleName | None, ...] = (None, "member", "moderator", "owner")


def room(**fields: Any) -> Room:
    """A room of Anna and Boris, who moderates it."""
    return Room(RoomRecord(1, "#tea", {1, 2}, {2: "moderator"}, **fields))


def refusal(check: Callable[..., None], *values: object) -> tuple[str, tuple[object, ...]] | None:
    """Why something is refused: the answer and its values; None if it is not."""
    try:
        check(*values)
    except VestnikError as error:
        return error.answer.name, error.values
    return None


def answer(check: Check, **standing: Any) -> str | None:
    """The answer with which a standing in #tea is refused."""
    found = refusal(check, Standing("#tea", **standing))
    return found and found[0]


def test_role_of() -> None:
    """A member has a role, everybody else none."""
    assert [roles.role_of(room(), number) for number in (1, 2, 3)] == ["member", "moderator", None]


def test_nobody_writes_in_an_archived_room() -> None:
    """Not even a moderator."""
    assert refusal(roles.check_may_write, room(archived=True), BORIS, 0.0) == ("room.archived", ("#tea",))


def test_a_muted_member_writes_when_it_is_over() -> None:
    """Until then it is refused; afterwards the mute is forgotten."""
    tea = room(muted={1: 10.0})
    assert refusal(roles.check_may_write, tea, ANNA, 9.9) == ("room.muted", ("anna", "#tea"))
    roles.check_may_write(tea, BORIS, 9.9)
    roles.check_may_write(tea, ANNA, 10.0)
    assert tea.muted == {}


def test_a_mute_does_not_hold_for_moderators() -> None:
    """It is kept, and holds again for who is an ordinary member again."""
    tea = room(muted={2: 10.0})
    roles.check_may_write(tea, BORIS, 0.0)
    del tea.roles[2]
    with pytest.raises(Forbidden):
        roles.check_may_write(tea, BORIS, 0.0)


def test_join() -> None:
    """Public rooms are open for all but the banned; of several reasons the first is told."""
    check = partial(roles.check_join, "anna")
    assert answer(check) is None
    assert answer(check, archived=True) == "room.archived"
    assert answer(check, private=True, archived=True) == "room.private"
    assert answer(check, banned=True, private=True, archived=True) == "room.banned"


def test_leave() -> None:
    """Members leave rooms, but not groups."""
    check = partial(roles.check_leave, "anna")
    assert answer(check, role="member", archived=True) is None
    assert answer(check) == "room.not_member"
    assert answer(check, role="member", group=True) == "group.fixed"


@pytest.mark.parametrize(
    ("field", "needed"),
    [
        ("topic", 2),
        ("description", 2),
        ("name", 3),
        ("private", 3),
        ("archived", 3),
        ("edits", 3),
        ("retention", 3),
    ],
)
def test_set_room(field: str, needed: int) -> None:
    """Topic and description take a moderator, the rest an owner; in a group a member sets the topic and no more."""
    check = partial(roles.check_set_room, "anna", (field,))
    for rank, role in enumerate(EVERY_ROLE):
        expected = "room.not_member" if role is None else None if rank >= needed else "room.not_allowed"
        assert answer(check, role=role) == expected
    assert answer(check, role="member", group=True) == (None if field == "topic" else "group.fixed")


def test_set_several_fields() -> None:
    """All fields must be allowed."""
    check = partial(roles.check_set_room, "anna", ("topic", "name"))
    assert answer(check, role="moderator") == "room.not_allowed"
    assert answer(check, role="owner") is None


def test_invite() -> None:
    """Every member invites to a public room, moderators to a private one; nobody who is banned, or to an archive."""
    check = partial(roles.check_invite, "anna", "boris")
    assert answer(check, role="member") is None
    assert answer(check, role="member", private=True) == "room.not_allowed"
    assert answer(check, role="moderator", private=True) is None
    assert answer(check, role="owner", archived=True) == "room.archived"
    assert answer(check, role="owner", banned=True) == "room.banned"
    assert refusal(check, Standing("#tea", role="owner", banned=True)) == ("room.banned", ("boris", "#tea"))
    assert answer(check) == "room.not_member"


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("theirs", EVERY_ROLE)
def test_power_over_others(role: RoleName | None, theirs: RoleName | None) -> None:
    """Moderators remove, ban and mute ordinary members; owners also remove and ban moderators; nobody an owner."""
    rank, other = EVERY_ROLE.index(role), EVERY_ROLE.index(theirs)
    powerless = "room.not_member" if rank == 0 else "room.not_allowed" if rank == 1 else None
    outranked = "member.outranks" if other >= rank else None
    gone = "member.unknown" if other == 0 else None
    standing = {"role": role, "their_role": theirs}
    assert answer(partial(roles.check_remove, "anna", "boris"), **standing) == (powerless or gone or outranked)
    assert answer(partial(roles.check_ban, "anna", "boris"), **standing) == (powerless or outranked)
    cannot_be_muted = "member.outranks" if other > 1 else None
    assert answer(partial(roles.check_mute, "anna", "boris"), **standing) == (powerless or gone or cannot_be_muted)
    assert answer(partial(roles.check_unban, "anna"), **standing) == powerless
    assert answer(partial(roles.check_unmute, "anna"), **standing) == powerless


def test_set_role() -> None:
    """Owners give roles to members; the last of them cannot become less."""
    demote = partial(roles.check_set_role, "anna", "boris", "moderator")
    assert answer(demote, role="owner", their_role="owner") is None
    assert answer(demote, role="owner") == "member.unknown"
    assert answer(demote, role="moderator", their_role="member") == "room.not_allowed"
    assert answer(demote, role="owner", their_role="owner", last_owner=True) == "room.last_owner"
    keep = partial(roles.check_set_role, "anna", "boris", "owner")
    assert answer(keep, role="owner", their_role="owner", last_owner=True) is None


@pytest.mark.parametrize(
    "check",
    [
        partial(roles.check_invite, "anna", "boris"),
        partial(roles.check_remove, "anna", "boris"),
        partial(roles.check_ban, "anna", "boris"),
        partial(roles.check_unban, "anna"),
        partial(roles.check_mute, "anna", "boris"),
        partial(roles.check_unmute, "anna"),
        partial(roles.check_set_role, "anna", "boris", "owner"),
    ],
    ids=lambda check: check.func.__name__,
)
def test_groups_are_fixed(check: Check) -> None:
    """In a group nothing is done to members."""
    assert answer(check, role="member", their_role="member", group=True, private=True) == "group.fixed"
