"""Rows that go are noted by the database itself, whoever deletes them."""

from sqlalchemy import Connection, delete

from tests.store.queries.test_messages import ANNA, keep
from tests.support.store import allow
from vestnik.store.queries import rooms
from vestnik.store.queries.changes import last_number
from vestnik.store.queries.removed import forget_removed, removed
from vestnik.store.schema import change, message


def test_removed(connection: Connection) -> None:
    """Messages that are gone are told, oldest first and not too many, until they are forgotten."""
    tea = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    for seq in range(1, 5):
        keep(connection, tea, seq, ANNA)
    numbers = list(connection.exec_driver_sql("SELECT id FROM message ORDER BY id").scalars())
    connection.execute(delete(message).where(message.c.seq > 1))
    assert removed(connection, 2) == numbers[1:3]
    forget_removed(connection, numbers[1:3])
    assert removed(connection, 10) == numbers[3:]


def test_numbers_never_come_again(connection: Connection) -> None:
    """Whatever is deleted, messages or changes, one by one or all at once: the next number is a new one."""
    tea = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    for seq, table in enumerate((message, change, message, change), 1):
        keep(connection, tea, seq, ANNA)
        last = last_number(connection)
        connection.execute(delete(table))
        assert last_number(connection) == last
    connection.execute(delete(message))
    connection.execute(delete(change))
    assert last_number(connection) == last
