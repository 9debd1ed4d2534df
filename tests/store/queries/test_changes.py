"""Changes are counted without gaps: each conversation's own, and all of them together with the messages."""

from sqlalchemy import Connection, select

from tests.store.queries.test_messages import ANNA, BORIS, VERA, keep
from vestnik.chat.storage.changes import ChangeRecord
from vestnik.store.queries.changes import CHANGES, add_change, change_record, last_number
from vestnik.store.queries.messages import direct_conversation
from vestnik.store.schema import change


def test_numbers(connection: Connection) -> None:
    """A change gets the next number of its conversation, and the next of all messages and changes."""
    assert last_number(connection) == 0
    one, other = (direct_conversation(connection, ANNA, person, 1.0) for person in (BORIS, VERA))
    first = keep(connection, one, 1, ANNA)
    made = [add_change(connection, where, ANNA, 2.0, "pin", seq=1) for where in (one, other, one)]
    assert [(each.number, each.change) for each in made] == [(first + 1, 1), (first + 2, 1), (first + 3, 2)]
    assert last_number(connection) == first + 3


def test_what_is_read_is_what_was_kept(connection: Connection) -> None:
    """A change is read as it was made, with its author's name and the fields of its kind."""
    talk = direct_conversation(connection, ANNA, BORIS, 1.0)
    keep(connection, talk, 1, ANNA, "one")
    made = [
        add_change(connection, talk, BORIS, 2.0, "react", seq=1, emoji="👍"),
        add_change(connection, talk, VERA, 3.0, "set_room", topic="Чай", retention=None),
    ]
    assert made[0] == ChangeRecord(made[0].number, talk, 1, "boris", 2.0, "react", 1, {"emoji": "👍"})
    assert [change_record(row) for row in connection.execute(CHANGES.order_by(change.c.id))] == made


def test_an_edit(connection: Connection) -> None:
    """An edit keeps the text that was there before, and is read with the text that is there now."""
    talk = direct_conversation(connection, ANNA, BORIS, 1.0)
    keep(connection, talk, 1, ANNA, "new")
    add_change(connection, talk, ANNA, 2.0, "edit", seq=1, before="old", message="newer")
    (row,) = connection.execute(CHANGES)
    assert change_record(row).data == {"message": "new"}
    assert connection.execute(select(change.c.before)).scalar() == "old"
