"""Who may change what in a room."""

from typing import Any

import pytest

from tests.chat.rules import refusal
from vestnik.chat.rules.rooms import (
    MayBan,
    MayBegin,
    MayGiveRole,
    MayInvite,
    MayJoin,
    MayLeave,
    MayMute,
    MayPardon,
    MayRemove,
    MaySet,
    MayUnmute,
    NameFree,
)
from vestnik.chat.storage.rooms import RoomRule, Standing
from vestnik.protocol.requests import RoleName

EVERY_ROLE: tuple[RoleName | None, ...] = (None, "member", "moderator", "owner")


def answer(rule: RoomRule, **standing: Any) -> str | None:
    """The answer with which a standing in #tea is refused."""
    found = refusal(rule, Standing("#tea", **standing))
    return found and found[0]


def test_join() -> None:
    """Public rooms are open for all but the banned; of a private one nothing else is told, and no other name."""
    rule = MayJoin("anna", "#jam")
    assert answer(rule) is None
    assert answer(rule, archived=True) == "room.archived"
    assert answer(rule, private=True, archived=True) == "room.private"
    assert answer(rule, banned=True, archived=True) == "room.banned"
    assert answer(rule, private=True, invited=True) is None
    assert answer(rule, private=True, invited=True, banned=True) == "room.banned"
    told = ("room.private", ("anna", "#jam"))
    assert refusal(rule, Standing("#tea", banned=True, private=True, archived=True)) == told


def test_join_makes_no_double() -> None:
    """A room is not made by joining a name that looks like another's, whose name only those are told who know it."""
    rule = MayJoin("anna", "#jаm")
    assert refusal(rule, Standing("#jаm", similar="#jam")) == ("room.similar", ("#jаm", "#jam"))
    assert refusal(rule, Standing("#jаm", similar="")) == ("room.exists", ("#jаm",))


def test_leave() -> None:
    """Members leave rooms, and groups."""
    rule = MayLeave("anna", "#jam")
    assert answer(rule, role="member", archived=True) is None
    assert answer(rule) == "room.not_member"
    assert refusal(rule, Standing("#tea", private=True)) == ("room.unknown_leave", ("#jam",))
    assert answer(rule, role="member", group=True) is None


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
    rule = MaySet("anna", (field,), "#jam")
    for rank, role in enumerate(EVERY_ROLE):
        expected = "room.not_member" if role is None else None if rank >= needed else "room.not_allowed"
        assert answer(rule, role=role) == expected
    assert answer(rule, role="member", group=True) == (None if field == "topic" else "group.fixed")


def test_set_several_fields() -> None:
    """All fields must be allowed."""
    rule = MaySet("anna", ("topic", "name"), "#jam")
    assert answer(rule, role="moderator") == "room.not_allowed"
    assert answer(rule, role="owner") is None


def test_taken_names() -> None:
    """A name that leads to another room is refused with that room's name, but first whoever may not rename at all."""
    for rule in (NameFree("#COFFEE"), MaySet("anna", ("name",), "#jam", "#COFFEE")):
        taken = refusal(rule, Standing("#tea", role="owner", taken="#Coffee"))
        assert taken == ("room.exists", ("#Coffee",))
    assert answer(MaySet("anna", ("name",), "#jam", "#COFFEE"), role="member", taken="#Coffee") == "room.not_allowed"
    assert answer(NameFree("#COFFEE")) is None


def test_invite() -> None:
    """Every member invites to a public room, moderators to a private one; nobody who is banned, or to an archive."""
    rule = MayInvite("anna", "boris", "#jam")
    assert answer(rule, role="member") is None
    assert answer(rule, role="member", private=True) == "room.not_allowed"
    assert answer(rule, role="moderator", private=True) is None
    assert answer(rule, role="owner", archived=True) == "room.archived"
    assert answer(rule, role="owner", banned=True) == "room.banned"
    assert refusal(rule, Standing("#tea", role="owner", banned=True)) == ("room.banned", ("boris", "#tea"))
    assert answer(rule) == "room.not_member"


@pytest.mark.parametrize("role", EVERY_ROLE)
@pytest.mark.parametrize("theirs", EVERY_ROLE)
def test_power_over_others(role: RoleName | None, theirs: RoleName | None) -> None:
    """Moderators remove, ban and mute ordinary members; owners also remove and ban moderators; nobody an owner."""
    rank, other = EVERY_ROLE.index(role), EVERY_ROLE.index(theirs)
    powerless = "room.not_member" if rank == 0 else "room.not_allowed" if rank == 1 else None
    outranked = "member.outranks" if other >= rank else None
    gone = "member.unknown" if other == 0 else None
    standing = {"role": role, "their_role": theirs}
    assert answer(MayRemove("anna", "boris", "#jam"), **standing) == (powerless or gone or outranked)
    assert answer(MayBan("anna", "boris", "#jam"), **standing) == (powerless or outranked)
    cannot_be_muted = "member.outranks" if other > 1 else None
    assert answer(MayMute("anna", "boris", "#jam"), **standing) == (powerless or gone or cannot_be_muted)
    assert answer(MayPardon("anna", "#jam"), **standing) == powerless
    assert answer(MayUnmute("anna", "#jam", own=True, now=5.0), **standing) == powerless
    muted = powerless or "room.muted"
    assert answer(MayUnmute("anna", "#jam", own=True, now=5.0), muted=5.1, **standing) == muted
    assert answer(MayUnmute("anna", "#jam", own=False, now=5.0), muted=5.1, **standing) == powerless


def test_set_role() -> None:
    """Owners give roles to members; the last of them cannot become less."""
    demote = MayGiveRole("anna", "boris", "moderator", "#jam")
    assert answer(demote, role="owner", their_role="owner") is None
    assert answer(demote, role="owner") == "member.unknown"
    assert answer(demote, role="moderator", their_role="member") == "room.not_allowed"
    assert answer(demote, role="owner", their_role="owner", last_owner=True) == "room.last_owner"
    keep = MayGiveRole("anna", "boris", "owner", "#jam")
    assert answer(keep, role="owner", their_role="owner", last_owner=True) is None


@pytest.mark.parametrize(
    "rule",
    [
        MayInvite("anna", "boris", "#jam"),
        MayRemove("anna", "boris", "#jam"),
        MayBan("anna", "boris", "#jam"),
        MayMute("anna", "boris", "#jam"),
        MayPardon("anna", "#jam"),
        MayGiveRole("anna", "boris", "owner", "#jam"),
    ],
    ids=lambda rule: type(rule).__name__,
)
def test_groups_are_fixed(rule: RoomRule) -> None:
    """In a group nothing is done to members."""
    assert answer(rule, role="member", their_role="member", group=True, private=True) == "group.fixed"


def test_who_takes_no_invitations() -> None:
    """They are not invited, unless they are in the room already, and no group is begun with them."""
    rule = MayInvite("anna", "boris", "#jam")
    assert answer(rule, role="owner", blocked=True) == "invitation.blocked"
    assert answer(rule, role="owner", blocked=True, their_role="member") is None
    assert refusal(MayBegin("anna"), ["boris", "clara"]) == ("invitation.blocked", ("anna", "boris"))
    assert refusal(MayBegin("anna"), []) is None
    full = MayBegin("anna", "clara", 5)
    assert refusal(full, []) == ("invitation.limit", ("clara", 5))
    assert refusal(MayBegin("anna", "anna", 7), []) == ("room.creations", ("anna", 7))
    assert refusal(full, ["boris"]) == ("invitation.blocked", ("anna", "boris"))
