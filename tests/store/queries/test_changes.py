"""Changes are counted without gaps: each conversation's own, and all of them together with the messages."""

from sqlalchemy import Connection, select

from tests.store.queries.test_messages import ANNA, BORIS, VERA, keep
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.store.queries.behind import changes_behind
from vestnik.store.queries.changes import HAPPENED, add_change, last_number
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
        add_change(connection, talk, ANNA, 3.0, "set_room", topic="Чай", retention=None),
    ]
    number = made[0].number
    data = {"emoji": "👍"}
    assert made[0] == ChangeEvent(number, talk, 1, "boris", 2.0, "react", 1, data, BORIS, to="anna", to_id=ANNA)
    assert changes_behind(connection, talk, 0, 10) == made


def test_what_has_happened_is_handed_on(connection: Connection) -> None:
    """The writer finds the changes of a transaction that it asks for, in their order."""
    talk = direct_conversation(connection, ANNA, BORIS, 1.0)
    add_change(connection, talk, ANNA, 2.0, "pin", seq=1)
    connection.info[HAPPENED] = []
    made = [add_change(connection, talk, ANNA, 2.0, kind, seq=1) for kind in ("unpin", "pin")]
    assert connection.info.pop(HAPPENED) == made


def test_an_edit(connection: Connection) -> None:
    """An edit keeps the text that was there before, and is read with the text that is there now."""
    talk = direct_conversation(connection, ANNA, BORIS, 1.0)
    keep(connection, talk, 1, ANNA, "new")
    add_change(connection, talk, ANNA, 2.0, "edit", seq=1, before="old", message="newer")
    (found,) = changes_behind(connection, talk, 0, 10)
    assert found.data == {"message": "new"}
    assert connection.execute(select(change.c.before)).scalar() == "old"
