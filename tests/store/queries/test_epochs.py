"""The epoch changes when it is told to; numbers that were given are not given again."""

from sqlalchemy import Connection, delete

from tests.store.queries.test_messages import ANNA, keep
from tests.support.store import allow
from vestnik.store.queries.changes import last_number
from vestnik.store.queries.epochs import begin_epoch, current_epoch
from vestnik.store.queries.rooms import join_room
from vestnik.store.schema import message


def test_the_first_epoch(connection: Connection) -> None:
    """A database has an epoch from the beginning, which has seen no other."""
    found = current_epoch(connection)
    assert len(found.epoch) == 8
    assert (found.began, found.past) == (0, frozenset())


def test_a_new_epoch(connection: Connection) -> None:
    """A new epoch is another one, and begins behind the newest number; those before it are remembered."""
    room = join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    first = current_epoch(connection)
    keep(connection, room, 1, ANNA)
    second = begin_epoch(connection)
    assert second == current_epoch(connection)
    assert (second.began, second.past) == (last_number(connection), {first.epoch})
    third = begin_epoch(connection, "f00d")
    assert third.past == {first.epoch, second.epoch, "f00d"}
    fourth = begin_epoch(connection, third.epoch)
    assert fourth.past == {*third.past, third.epoch}
    assert fourth.epoch not in fourth.past


def test_numbers_of_what_is_removed(connection: Connection) -> None:
    """The newest number stays what it was when its message is removed."""
    room = join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    keep(connection, room, 1, ANNA)
    newest = last_number(connection)
    connection.execute(delete(message))
    assert last_number(connection) == newest
