"""Rooms and memberships in the real database."""

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from vestnik.chat.storage.rooms import RoomRecord
from vestnik.store.queries import messages, rooms

ANNA, BORIS, VERA = 1, 2, 3


def test_join(connection: Connection) -> None:
    """The first to join makes the room under the name they gave; the next ones become members of it."""
    made = rooms.join_room(connection, "#tea", "#Tea", ANNA, 1.0)
    assert made == RoomRecord(made.id, "#Tea", {ANNA})
    assert rooms.join_room(connection, "#tea", "#TEA", BORIS, 2.0) == RoomRecord(made.id, "#Tea", {ANNA, BORIS})
    assert rooms.all_rooms(connection) == [RoomRecord(made.id, "#Tea", {ANNA, BORIS})]


def test_join_twice(connection: Connection) -> None:
    """Joining twice changes nothing."""
    made = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0)
    assert rooms.join_room(connection, "#tea", "#tea", ANNA, 2.0) == made


def test_leave(connection: Connection) -> None:
    """Leaving ends one membership; the room stays, even empty, and can be joined again."""
    made = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0)
    rooms.join_room(connection, "#coffee", "#coffee", ANNA, 1.0)
    for _ in range(2):
        rooms.leave_room(connection, made.id, ANNA)
        assert {room.name: room.members for room in rooms.all_rooms(connection)} == {"#tea": set(), "#coffee": {ANNA}}
    assert rooms.join_room(connection, "#tea", "#other", BORIS, 2.0) == RoomRecord(made.id, "#tea", {BORIS})


def test_numbers_are_shared_with_directs(connection: Connection) -> None:
    """A room and a direct conversation never have the same number."""
    numbers = [
        rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0).id,
        messages.direct_conversation(connection, ANNA, BORIS, 1.0),
        rooms.join_room(connection, "#coffee", "#coffee", ANNA, 1.0).id,
        messages.direct_conversation(connection, ANNA, VERA, 1.0),
    ]
    assert len(set(numbers)) == 4


def test_members_exist(connection: Connection) -> None:
    """A member is an account that there is."""
    with pytest.raises(IntegrityError):
        rooms.join_room(connection, "#tea", "#tea", 99, 1.0)


def test_none(connection: Connection) -> None:
    """Without rooms there is nothing to list."""
    assert rooms.all_rooms(connection) == []
