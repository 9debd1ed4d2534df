"""Invitations that wait for their answer, in the real database."""

import pytest
from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS, VERA
from tests.support.store import allow
from vestnik.chat.rules.rooms import MayJoin
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol.errors import Forbidden
from vestnik.protocol.events import InvitationState
from vestnik.store.queries import members, rooms
from vestnik.store.queries.invitations import decline, invitations, offer
from vestnik.store.queries.standing import add_member
from vestnik.store.queries.vacancy import remove_room

BORIS_AS = AccountRecord(BORIS, "boris")


def test_they_wait(connection: Connection) -> None:
    """The newest is first; one that is answered, or whose room is gone, waits no more."""
    made = [rooms.join_room(connection, name, name, ANNA, 1.0, allow).room_id for name in ("#a", "#b", "#c")]
    for moment, room_id in enumerate(made):
        assert offer(connection, room_id, ANNA, BORIS_AS, float(moment), 9, allow) is True
        assert offer(connection, room_id, ANNA, BORIS_AS, 99.0, 9, allow) is False
    assert offer(connection, made[0], ANNA, BORIS_AS, 99.0, 3, allow) is None
    states = [InvitationState(name, "anna", moment) for name, moment in (("#c", 2.0), ("#b", 1.0), ("#a", 0.0))]
    assert invitations(connection, BORIS, 10) == states
    assert invitations(connection, BORIS, 1) == states[:1]
    assert decline(connection, made[2], BORIS)
    assert not decline(connection, made[2], BORIS)
    rooms.join_room(connection, "#b", "#b", BORIS, 5.0, allow)
    assert invitations(connection, BORIS, 10) == states[2:]
    assert offer(connection, made[1], ANNA, BORIS_AS, 6.0, 9, allow) is None, "a member"
    members.leave_room(connection, made[0], ANNA, 6.0, allow)
    assert remove_room(connection, made[0], 10, 7.0)
    assert invitations(connection, BORIS, 10) == []


@pytest.mark.parametrize(
    "ending",
    [
        "DELETE FROM member WHERE account_id = 2",
        "UPDATE member SET role = 'member' WHERE account_id = 2",
        "UPDATE account SET disabled = 1 WHERE id = 2",
    ],
)
def test_they_hold_as_long_as_they_could_be_given(connection: Connection, ending: str) -> None:
    """An invitation to a private room is none when who gave it is removed, no moderator any more, or disabled."""
    room_id = rooms.create_room(connection, "#a", "#a", ANNA, 1.0, {"private": True}, allow).room_id
    add_member(connection, room_id, BORIS, 1.0, "moderator")
    vera = AccountRecord(VERA, "vera")
    assert offer(connection, room_id, BORIS, vera, 2.0, 9, allow) is True
    assert [each.from_ for each in invitations(connection, VERA, 10)] == ["boris"]
    connection.exec_driver_sql(ending.replace("2", str(BORIS)))
    assert invitations(connection, VERA, 10) == []
    with pytest.raises(Forbidden):
        rooms.join_room(connection, "#a", "#a", VERA, 3.0, MayJoin("vera", "#a"))
    assert offer(connection, room_id, ANNA, vera, 4.0, 1, allow) is True, "it neither counts nor stands in the way"
    assert [each.from_ for each in invitations(connection, VERA, 10)] == ["anna"]
    assert rooms.join_room(connection, "#a", "#a", VERA, 5.0, MayJoin("vera", "#a")).change is not None


def test_a_room_that_became_private(connection: Connection) -> None:
    """Who was invited by a member of a public room does not get in when it is private."""
    room_id = rooms.create_room(connection, "#a", "#a", ANNA, 1.0, {}, allow).room_id
    add_member(connection, room_id, BORIS, 1.0, "member")
    offer(connection, room_id, BORIS, AccountRecord(VERA, "vera"), 2.0, 9, allow)
    rooms.set_room(connection, room_id, ANNA, 3.0, None, {"private": True}, allow)
    with pytest.raises(Forbidden):
        rooms.join_room(connection, "#a", "#a", VERA, 4.0, MayJoin("vera", "#a"))
