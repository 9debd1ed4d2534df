"""What the rooms in memory are asked about roles."""

from typing import Any

import pytest

from tests.chat.rules import refusal
from vestnik.chat import roles
from vestnik.chat.rooms import Room
from vestnik.chat.session import Account
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord
from vestnik.protocol.errors import Forbidden

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


def test_a_mute_does_not_hold_for_moderators() -> None:
    """It is kept, and holds again for who is an ordinary member again."""
    tea = room(muted={2: 10.0})
    roles.check_may_write(tea, BORIS, 0.0, "#tea")
    del tea.roles[2]
    with pytest.raises(Forbidden):
        roles.check_may_write(tea, BORIS, 0.0, "#tea")
