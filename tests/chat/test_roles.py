"""What the rooms in memory are asked about roles."""

from typing import Any

from tests.chat.rules import refusal
from vestnik.chat import roles
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord

ANNA, BORIS = Account(AccountRecord(1, "anna"), "anna"), Account(AccountRecord(2, "boris"), "boris")


def room(**fields: Any) -> Room:
    """A room of Anna and Boris, who moderates it."""
    return Room(RoomRecord(1, "#tea", {1, 2}, {2: "moderator"}, **fields))


def test_role_of() -> None:
    """A member has a role, everybody else none."""
    assert [roles.role_of(room(), number) for number in (1, 2, 3)] == ["member", "moderator", None]


def test_nobody_writes_in_an_archived_room() -> None:
    """Not even a moderator."""
    assert refusal(roles.check_may_write, room(archived=True), BORIS, 0.0, "#tea") == ("room.archived", ("#tea",))


def test_a_muted_member_writes_when_it_is_over() -> None:
    """Until then it is refused; afterwards the mute is forgotten."""
    tea = room(muted={1: 10.0})
    assert refusal(roles.check_may_write, tea, ANNA, 9.9, "#tea") == ("room.muted", ("anna", "#tea"))
    roles.check_may_write(tea, BORIS, 9.9, "#tea")
    roles.check_may_write(tea, ANNA, 10.0, "#tea")
    assert tea.muted == {}


def test_a_mute_holds_for_every_role() -> None:
    """Who inherits a room while they are muted may not write; who is given a role has no mute any more."""
    tea = room(muted={2: 10.0})
    assert tea.roles[2] == "moderator"
    for role in ("member", "moderator", "owner"):
        tea.roles[2] = role
        assert refusal(roles.check_may_write, tea, BORIS, 9.9, "#tea") == ("room.muted", ("boris", "#tea"))
        roles.check_may_write(tea, ANNA, 9.9, "#tea")
