"""What the store has about one message."""

from sqlalchemy import Connection, event, insert

from tests.support.store import allow
from vestnik.chat.storage.messages import Delivered, StoredMessage
from vestnik.store.queries.messages import direct_conversation, save_cursors
from vestnik.store.queries.rooms import join_room
from vestnik.store.queries.trace import Trace, between, in_room, with_id
from vestnik.store.schema import message

ANNA, BORIS, VERA = 1, 2, 3


def keep(connection: Connection, number: int, conversation: int, seq: int, sender: int, id_: str | None) -> None:
    """A message in the table."""
    values = {"id": number, "conversation_id": conversation, "seq": seq, "sender_id": sender, "client_id": id_}
    connection.execute(insert(message).values(values | {"time": number * 10.0, "text": "secret"}))


def test_direct(connection: Connection) -> None:
    """A direct message by its id and by its number, from either side, with how far its addressee has got."""
    conversation = direct_conversation(connection, ANNA, BORIS, 0)
    keep(connection, 41, conversation, 1, BORIS, None)
    keep(connection, 42, conversation, 2, ANNA, "m1")
    expected = [Trace(StoredMessage(42, 2, "anna", "boris", "m1", 420.0), 0)]
    assert with_id(connection, "m1") == expected
    assert between(connection, ["anna", "boris"], 2) == between(connection, ["boris", "anna"], 2) == expected
    save_cursors(connection, [Delivered(conversation, BORIS, 2), Delivered(conversation, ANNA, 1)])
    assert with_id(connection, "m1")[0].delivered == 2
    assert between(connection, ["anna", "boris"], 1) == [Trace(StoredMessage(41, 1, "boris", "anna", None, 410.0), 1)]
    assert between(connection, ["anna", "boris"], 3) == []
    assert between(connection, ["anna", "вера"], 1) == between(connection, ["anna", "nobody"], 1) == []


def test_room(connection: Connection) -> None:
    """A message to a room has no cursor."""
    room = join_room(connection, "#чат", "#Чат", VERA, 0, allow)
    keep(connection, 7, room.room_id, 1, VERA, "m1")
    expected = [Trace(StoredMessage(7, 1, "Вера", "#Чат", "m1", 70.0), None)]
    assert in_room(connection, "#чат", 1) == with_id(connection, "m1") == expected
    assert in_room(connection, "#чат", 2) == in_room(connection, "#other", 1) == []


def test_to_oneself(connection: Connection) -> None:
    """A message to oneself is in a conversation of one."""
    conversation = direct_conversation(connection, ANNA, ANNA, 0)
    keep(connection, 7, conversation, 1, ANNA, "m1")
    assert between(connection, ["anna", "anna"], 1) == between(connection, ["anna"], 1) == with_id(connection, "m1")
    assert with_id(connection, "m1")[0].message.to == "anna"


def test_one_id_of_two_accounts(connection: Connection) -> None:
    """Each account has its own ids."""
    conversation = direct_conversation(connection, ANNA, BORIS, 0)
    keep(connection, 1, conversation, 1, ANNA, "m1")
    keep(connection, 2, conversation, 2, BORIS, "m1")
    assert [found.message.sender for found in with_id(connection, "m1")] == ["anna", "boris"]
    assert with_id(connection, "m2") == []


def test_an_id_is_found_by_its_index(connection: Connection) -> None:
    """The table of messages is not gone through."""
    statements: list[tuple[str, object]] = []
    event.listen(connection, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    with_id(connection, "m1")
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[0][0]}", statements[0][1]).all()
    assert any("ix_message_sender_id_client_id" in row[3] for row in plan)
    assert not any(row[3].startswith("SCAN message") for row in plan)
