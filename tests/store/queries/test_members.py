"""What is done to members of rooms, in the real database."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection

from tests.support.store import allow
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent, RoomRecord
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden
from vestnik.store.queries import members, rooms
from vestnik.store.queries.room_lists import all_rooms

ANNA, BORIS, VERA = (AccountRecord(number, name) for number, name in enumerate(("anna", "boris", "Вера"), 1))
YEAR = 31_536_000.0


@pytest.fixture
def tea(connection: Connection) -> int:
    """A room of Anna, who owns it, Boris and Vera, who joined in this order; its changes are 1 to 3."""
    for when, person in enumerate((ANNA, BORIS, VERA)):
        number = rooms.join_room(connection, "#tea", "#tea", person.id, when, allow).room_id
    return number


def now(connection: Connection) -> RoomRecord:
    """The only room."""
    (record,) = all_rooms(connection)
    return record


def told(change: ChangeEvent | None) -> tuple[int, str, str, dict[str, object]]:
    """What a change says."""
    assert change is not None
    return change.change, change.account, change.kind, dict(change.data)


def test_leave(connection: Connection, tea: int) -> None:
    """An ordinary member leaves: one change, and the others stay what they are."""
    left = members.leave_room(connection, tea, BORIS.id, 9.0, allow)
    assert (told(left.change), left.promotion) == ((4, "boris", "leave", {}), None)
    assert (now(connection).members, now(connection).roles) == ({ANNA.id, VERA.id}, {ANNA.id: "owner"})


def test_the_longest_member_inherits(connection: Connection, tea: int) -> None:
    """When the last owner leaves, the one who joined first is owner, by a change of its own."""
    left = members.leave_room(connection, tea, ANNA.id, 9.0, allow)
    assert left.promotion is not None
    assert left.promotion.person_id == BORIS.id
    assert told(left.promotion) == (5, "anna", "set_role", {"name": "boris", "role": "owner"})
    assert now(connection).roles == {BORIS.id: "owner"}


def test_a_moderator_inherits_before_members(connection: Connection, tea: int) -> None:
    """A moderator inherits even from before members who joined earlier."""
    members.set_role(connection, tea, ANNA.id, VERA, "moderator", 8.0, allow)
    promotion = members.leave_room(connection, tea, ANNA.id, 9.0, allow).promotion
    assert promotion is not None
    assert promotion.person_id == VERA.id
    assert now(connection).roles == {VERA.id: "owner"}


def test_another_owner_needs_no_heir(connection: Connection, tea: int) -> None:
    """One of two owners leaves, and nobody is promoted; nor when the last member leaves."""
    members.set_role(connection, tea, ANNA.id, BORIS, "owner", 8.0, allow)
    assert members.leave_room(connection, tea, ANNA.id, 9.0, allow).promotion is None
    assert now(connection).roles == {BORIS.id: "owner"}
    members.leave_room(connection, tea, VERA.id, 9.0, allow)
    assert members.leave_room(connection, tea, BORIS.id, 9.0, allow).promotion is None
    assert now(connection).members == set()


def test_invite(connection: Connection, tea: int) -> None:
    """An invited person is a member; inviting a member changes nothing."""
    members.leave_room(connection, tea, VERA.id, 8.0, allow)
    assert told(members.invite(connection, tea, BORIS.id, VERA, 9.0, allow)) == (5, "boris", "invite", {"name": "Вера"})
    assert members.invite(connection, tea, BORIS.id, VERA, 9.0, allow) is None
    assert now(connection).members == {ANNA.id, BORIS.id, VERA.id}


def test_remove(connection: Connection, tea: int) -> None:
    """A removed person is no member."""
    assert told(members.remove_member(connection, tea, ANNA.id, BORIS, 9.0, allow)) == (
        4,
        "anna",
        "remove",
        {"name": "boris"},
    )
    assert now(connection).members == {ANNA.id, VERA.id}


def test_ban(connection: Connection, tea: int) -> None:
    """A banned person is no member and stays banned until unbanned; doing it again changes nothing."""
    standings: list[Standing] = []
    assert told(members.ban_person(connection, tea, ANNA.id, BORIS, 9.0, allow)) == (
        4,
        "anna",
        "ban",
        {"name": "boris"},
    )
    assert now(connection).members == {ANNA.id, VERA.id}
    assert members.ban_person(connection, tea, ANNA.id, BORIS, 9.0, standings.append) is None
    assert standings == [Standing("#tea", role="owner", banned=True)]
    unbanned = told(members.unban_person(connection, tea, ANNA.id, BORIS, 9.0, allow))
    assert unbanned == (5, "anna", "unban", {"name": "boris"})
    assert members.unban_person(connection, tea, ANNA.id, BORIS, 9.0, standings.append) is None
    assert standings[1:] == [Standing("#tea", role="owner")]


def test_mute(connection: Connection, tea: int) -> None:
    """A mute is kept until when it is; the same again changes nothing, another time does."""
    muted = told(members.mute_member(connection, tea, ANNA.id, BORIS, YEAR, 9.0, allow))
    assert muted == (4, "anna", "mute", {"name": "boris", "until": YEAR})
    assert members.mute_member(connection, tea, ANNA.id, BORIS, YEAR, 9.0, allow) is None
    assert members.mute_member(connection, tea, ANNA.id, BORIS, 2 * YEAR, 9.0, allow) is not None
    assert now(connection).muted == {BORIS.id: 2 * YEAR}
    assert told(members.unmute_member(connection, tea, ANNA.id, BORIS, 9.0, allow)) == (
        6,
        "anna",
        "unmute",
        {"name": "boris"},
    )
    assert members.unmute_member(connection, tea, ANNA.id, BORIS, 9.0, allow) is None
    assert now(connection).muted == {}


def test_unmute_after_its_time(connection: Connection, tea: int) -> None:
    """The end of a mute whose time is over is no change, and clears it away."""
    members.mute_member(connection, tea, ANNA.id, BORIS, 10.0, 9.0, allow)
    assert members.unmute_member(connection, tea, ANNA.id, BORIS, 10.0, allow) is None
    assert now(connection).muted == {}


def test_a_mute_outlives_the_membership(connection: Connection, tea: int) -> None:
    """Leaving and joining again does not end a mute."""
    members.mute_member(connection, tea, ANNA.id, BORIS, YEAR, 9.0, allow)
    members.leave_room(connection, tea, BORIS.id, 9.0, allow)
    rooms.join_room(connection, "#tea", "#tea", BORIS.id, 9.0, allow)
    assert now(connection).muted == {BORIS.id: YEAR}


def test_set_role(connection: Connection, tea: int) -> None:
    """A role is given once; the check is told who would be the last owner."""
    made = told(members.set_role(connection, tea, ANNA.id, BORIS, "owner", 9.0, allow))
    assert made == (4, "anna", "set_role", {"name": "boris", "role": "owner"})
    assert members.set_role(connection, tea, ANNA.id, BORIS, "owner", 9.0, allow) is None
    assert now(connection).roles == {ANNA.id: "owner", BORIS.id: "owner"}
    standings: list[Standing] = []
    members.set_role(connection, tea, ANNA.id, ANNA, "member", 9.0, standings.append)
    members.set_role(connection, tea, BORIS.id, BORIS, "owner", 9.0, standings.append)
    assert [standing.last_owner for standing in standings] == [False, True]


@pytest.mark.parametrize(
    "act",
    [
        lambda c, room, check: members.leave_room(c, room, BORIS.id, 9.0, check),
        lambda c, room, check: members.invite(c, room, ANNA.id, BORIS, 9.0, check),
        lambda c, room, check: members.remove_member(c, room, ANNA.id, BORIS, 9.0, check),
        lambda c, room, check: members.ban_person(c, room, ANNA.id, BORIS, 9.0, check),
        lambda c, room, check: members.unban_person(c, room, ANNA.id, BORIS, 9.0, check),
        lambda c, room, check: members.mute_member(c, room, ANNA.id, BORIS, YEAR, 9.0, check),
        lambda c, room, check: members.unmute_member(c, room, ANNA.id, BORIS, 9.0, check),
        lambda c, room, check: members.set_role(c, room, ANNA.id, BORIS, "owner", 9.0, check),
    ],
    ids=["leave", "invite", "remove", "ban", "unban", "mute", "unmute", "set_role"],
)
def test_checked(
    connection: Connection, tea: int, act: Callable[[Connection, int, Callable[[Standing], None]], object]
) -> None:
    """Every one of these asks the rules first, and changes nothing when they refuse."""

    def refuse(standing: Standing) -> None:
        assert standing.their_role == "member"
        raise Forbidden(answers.ROOM_ARCHIVED, "#tea")

    before = now(connection)
    with pytest.raises(Forbidden):
        act(connection, tea, refuse)
    assert now(connection) == before
