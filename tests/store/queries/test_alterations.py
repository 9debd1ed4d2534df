"""What is done with messages, in the real database: what becomes of changes, and of earlier texts."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, select

from tests.store.queries.test_messages import ANNA, BORIS, keep
from vestnik.chat.storage.alterations import Refusal
from vestnik.chat.storage.changes import ChangeRecord
from vestnik.protocol.events import Version
from vestnik.store.queries import alterations, messages
from vestnik.store.queries.changes import CHANGES, change_record
from vestnik.store.schema import change


@pytest.fixture
def talk(connection: Connection) -> int:
    """A conversation of anna and boris with one message, of anna."""
    number = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    keep(connection, number, 1, ANNA, "one")
    return number


def edit(connection: Connection, talk: int, text: str) -> ChangeRecord:
    """An edit of the message."""
    made = alterations.edit_message(connection, talk, 1, ANNA, text, (), 2.0)
    assert isinstance(made, ChangeRecord)
    return made


def changes(connection: Connection, talk: int) -> Iterator[ChangeRecord]:
    """The changes of a conversation as somebody gets them who was away."""
    rows = connection.execute(CHANGES.where(change.c.conversation_id == talk).order_by(change.c.change))
    return map(change_record, rows)


def test_changes_of_a_message(connection: Connection, talk: int) -> None:
    """Changes are read as they were made and numbered without gaps; what changes nothing is not among them."""
    made = [
        alterations.react(connection, talk, 1, BORIS, "👍", 2, 2.0),
        alterations.pin_message(connection, talk, 1, BORIS, 2, 2.0),
        edit(connection, talk, "two"),
        alterations.unreact(connection, talk, 1, BORIS, "👍", 3.0),
        alterations.unpin_message(connection, talk, 1, ANNA, 3.0),
    ]
    assert alterations.unpin_message(connection, talk, 1, ANNA, 3.0) is None
    assert alterations.delete_message(connection, talk, 1, BORIS, 3.0, anybodys=False) is Refusal.NOT_OWN
    made.append(alterations.react(connection, talk, 1, ANNA, "x", 2, 3.0))
    found = list(changes(connection, talk))
    assert found == made
    assert [each.change for each in found] == [1, 2, 3, 4, 5, 6]


def test_an_edit_is_read_with_the_text_of_now(connection: Connection, talk: int) -> None:
    """Who was away gets no text that has been replaced or deleted since: whether they may see it, others decide."""
    assert edit(connection, talk, "two").data == {"message": "two"}
    edit(connection, talk, "three")
    assert [each.data for each in changes(connection, talk)] == [{"message": "three"}] * 2
    alterations.delete_message(connection, talk, 1, ANNA, 3.0, anybodys=False)
    assert [each.data for each in changes(connection, talk)] == [{"message": ""}] * 2 + [{}]


def test_earlier_texts_are_kept(connection: Connection, talk: int) -> None:
    """The texts that a message had are kept, whatever becomes of it; other changes are not among them."""
    edit(connection, talk, "two")
    alterations.react(connection, talk, 1, BORIS, "👍", 2, 2.0)
    alterations.delete_message(connection, talk, 1, BORIS, 3.0, anybodys=True)
    assert alterations.versions(connection, talk, 1, 10) == [
        Version(2.0, "anna", "one"),
        Version(3.0, "boris", "two", deleted=True),
    ]
    assert alterations.versions(connection, talk, 1, 1) == [Version(2.0, "anna", "one")]
    assert alterations.versions(connection, talk, 2, 10) is None
    assert connection.execute(select(change.c.data).where(change.c.kind == "react")).scalar() == '{"emoji":"👍"}'
