"""Invitations that wait for their answer, in the real database."""

from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS
from tests.support.store import allow
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol.events import InvitationState
from vestnik.store.queries import members, rooms
from vestnik.store.queries.invitations import decline, invitations, offer
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
