"""What is done with messages, in the real database: what becomes of changes, and of earlier texts."""

import pytest
from sqlalchemy import Connection, select

from tests.store.queries.test_messages import ANNA, BORIS, keep
from tests.support.store import allow, reader
from vestnik.chat.rules.alterations import MayDelete
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.alterations import MessageStanding
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import EVERYBODY
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden
from vestnik.protocol.events import Version
from vestnik.store.indexing import catch_up
from vestnik.store.queries import alterations, members, messages, rooms
from vestnik.store.queries.behind import changes_behind
from vestnik.store.schema import change, metadata


@pytest.fixture
def talk(connection: Connection) -> int:
    """A conversation of anna and boris with one message, of anna."""
    number = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    keep(connection, number, 1, ANNA, "one")
    return number


def edit(connection: Connection, talk: int, text: str) -> ChangeEvent:
    """An edit of the message."""
    made = alterations.edit_message(connection, talk, 1, ANNA, text, (), 2.0, allow)
    assert isinstance(made, ChangeEvent)
    return made


def changes(connection: Connection, talk: int) -> list[ChangeEvent]:
    """The changes of a conversation as they are read when they did not all come by themselves."""
    return changes_behind(connection, talk, 0, 100)


def test_changes_of_a_message(connection: Connection, talk: int) -> None:
    """Changes are read as they were made and numbered without gaps; what changes nothing is not among them."""
    made = [
        alterations.react(connection, talk, 1, BORIS, "👍", 2.0, allow),
        alterations.pin_message(connection, talk, 1, BORIS, 2.0, allow),
        edit(connection, talk, "two"),
        alterations.unreact(connection, talk, 1, BORIS, "👍", 3.0, allow),
        alterations.unpin_message(connection, talk, 1, ANNA, 3.0, allow),
    ]
    assert alterations.unpin_message(connection, talk, 1, ANNA, 3.0, allow) is None
    with pytest.raises(Forbidden):
        alterations.delete_message(connection, talk, 1, BORIS, 3.0, MayDelete("boris", "anna"))
    made.append(alterations.react(connection, talk, 1, ANNA, "x", 3.0, allow))
    found = list(changes(connection, talk))
    assert found == made
    assert [each.change for each in found] == [1, 2, 3, 4, 5, 6]


def test_an_edit_is_read_with_the_text_of_now(connection: Connection, talk: int) -> None:
    """Who was away gets no text that has been replaced or deleted since: whether they may see it, others decide."""
    assert edit(connection, talk, "two").data == {"message": "two"}
    edit(connection, talk, "three")
    assert [each.data for each in changes(connection, talk)] == [{"message": "three"}] * 2
    alterations.delete_message(connection, talk, 1, ANNA, 3.0, allow)
    assert [each.data for each in changes(connection, talk)] == [{"message": ""}] * 2 + [{}]


def test_earlier_texts_are_kept(connection: Connection, talk: int) -> None:
    """The texts that a message had, and reactions, are kept until it is deleted; other changes are no texts."""
    reaction = select(change.c.data).where(change.c.kind == "react")
    edit(connection, talk, "two")
    alterations.react(connection, talk, 1, BORIS, "👍", 2.0, allow)
    edit(connection, talk, "three")
    both = [Version(2.0, "anna", "one"), Version(2.0, "anna", "two")]
    assert alterations.versions(connection, reader(ANNA), talk, 1, 10) == both
    assert alterations.versions(connection, reader(ANNA), talk, 1, 1) == both[:1]
    assert alterations.versions(connection, reader(ANNA), talk, 2, 10) is None
    assert connection.execute(reaction).scalar() == '{"emoji":"👍"}'
    alterations.delete_message(connection, talk, 1, BORIS, 3.0, allow)
    assert alterations.versions(connection, reader(ANNA), talk, 1, 10) == [Version(3.0, "boris", "", deleted=True)]
    assert connection.execute(reaction).scalar() == "{}"


def test_alterations_are_checked(connection: Connection, talk: int) -> None:
    """The rule gets what there is of the message and of others like what is wanted; what it refuses changes nothing."""
    standings: list[MessageStanding] = []

    def refuse(standing: MessageStanding) -> None:
        standings.append(standing)
        raise Forbidden(answers.MESSAGE_NOT_OWN, "", "", 0)

    alterations.react(connection, talk, 1, BORIS, "👍", 2.0, allow)
    alterations.pin_message(connection, talk, 1, BORIS, 2.0, allow)
    keep(connection, talk, 2, BORIS, "two")
    before = list(changes(connection, talk))
    for alter in (
        lambda: alterations.edit_message(connection, talk, 1, ANNA, "x", (), 3.0, refuse),
        lambda: alterations.react(connection, talk, 1, ANNA, "👍", 3.0, refuse),
        lambda: alterations.react(connection, talk, 1, ANNA, "x", 3.0, refuse),
        lambda: alterations.pin_message(connection, talk, 1, ANNA, 3.0, refuse),
        lambda: alterations.pin_message(connection, talk, 2, ANNA, 3.0, refuse),
        lambda: alterations.unreact(connection, talk, 3, BORIS, "👍", 3.0, refuse),
    ):
        with pytest.raises(Forbidden):
            alter()
    assert standings == [
        MessageStanding(1, known=True, own=True),
        MessageStanding(1, known=True, own=True),
        MessageStanding(1, known=True, own=True, others=1),
        MessageStanding(1, known=True, own=True),
        MessageStanding(2, known=True, others=1),
        MessageStanding(3, known=False),
    ]
    assert list(changes(connection, talk)) == before


def test_alterations_in_a_room(connection: Connection) -> None:
    """In a room the rule also gets how the account stands there."""
    tea = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    rooms.join_room(connection, "#tea", "#tea", BORIS, 1.0, allow)
    keep(connection, tea, 1, ANNA, "one")
    members.mute_member(connection, tea, ANNA, AccountRecord(BORIS, "boris"), 9.0, 1.0, allow)
    standings: list[MessageStanding] = []
    for account_id in (ANNA, BORIS, 3):
        alterations.unpin_message(connection, tea, 1, account_id, 2.0, standings.append)  # type: ignore[arg-type]
    assert [standing.room for standing in standings] == [
        Standing("#tea", role="owner", their_role="owner"),
        Standing("#tea", role="member", their_role="member", muted=9.0),
        Standing("#tea"),
    ]


def test_a_deleted_text_is_nowhere(connection: Connection, talk: int) -> None:
    """After a deletion no column of any table has a text or reaction that the message had, nor whom it mentioned."""
    for text in ("secret two", "secret three"):
        mentions = (AccountRecord(BORIS, "boris"), EVERYBODY)
        alterations.edit_message(connection, talk, 1, ANNA, text, mentions, 2.0, allow)
    catch_up(connection, 100)
    alterations.pin_message(connection, talk, 1, BORIS, 2.0, allow)
    for emoji in (":secret:", ":secret-too:"):
        alterations.react(connection, talk, 1, BORIS, emoji, 2.0, allow)
    alterations.unreact(connection, talk, 1, BORIS, ":secret:", 2.0, allow)
    alterations.delete_message(connection, talk, 1, ANNA, 3.0, allow)
    catch_up(connection, 100)
    for table in metadata.sorted_tables:
        rows = [tuple(row) for row in connection.execute(select(table))]
        assert "secret" not in str(rows), table.name
        if table.name in {"mention", "pin", "reaction"}:
            assert rows == []
    query = "SELECT count(*) FROM search_index WHERE search_index MATCH 'secret'"
    assert connection.exec_driver_sql(query).scalar() == 0
    assert [each.data for each in changes(connection, talk) if each.kind == "edit"] == [{"message": ""}] * 2


def test_an_edit_is_read_with_the_mentions_of_now(connection: Connection, talk: int) -> None:
    """An older edit does not tell whom the message mentioned then, but what its text of now does."""
    boris = AccountRecord(BORIS, "boris")
    for text, mentions in (("@boris", (boris,)), ("@all @boris", (boris, EVERYBODY))):
        told = alterations.edit_message(connection, talk, 1, ANNA, text, mentions, 2.0, allow)
        assert told is not None
        assert told.data == {"message": text, "mentions": [each.name for each in mentions]}
    read = {"message": "@all @boris", "mentions": ["all", "boris"]}
    assert [each.data for each in changes(connection, talk)] == [read, read]
