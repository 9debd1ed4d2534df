"""Direct conversations and the messages that wait, in the real database."""

from itertools import pairwise

import pytest
from sqlalchemy import Connection, insert

from tests.support.store import allow, work
from vestnik.chat.storage.messages import Delivered, KeptMessage
from vestnik.protocol.events import Delivery
from vestnik.store.queries import messages, rooms
from vestnik.store.schema import message

ANNA, BORIS, VERA = 1, 2, 3


def keep(connection: Connection, conversation_id: int, seq: int, sender_id: int, text: str = "x") -> int:
    """Write a message as the writer would; its number."""
    values = {"conversation_id": conversation_id, "seq": seq, "sender_id": sender_id, "time": 5.0, "text": text}
    made = connection.execute(insert(message).values(values | {"client_id": f"id{seq}-{conversation_id}"}))
    (number,) = made.inserted_primary_key or ()
    return int(number)


def waiting(connection: Connection, account_id: int) -> list[tuple[int, int]]:
    """Conversation and seq of the messages that wait for an account."""
    numbers = messages.kept_numbers(connection, account_id, 0, 100)
    return [(kept.conversation_id, kept.seq) for kept in messages.kept_messages(connection, BORIS, numbers)]


def test_direct_conversation(connection: Connection) -> None:
    """Two accounts have one conversation, whoever begins it; other pairs have others, and so has one with oneself."""
    assert messages.find_direct_conversation(connection, ANNA, BORIS) is None
    number = messages.direct_conversation(connection, BORIS, ANNA, 1.0)
    assert messages.direct_conversation(connection, ANNA, BORIS, 2.0) == number
    assert messages.find_direct_conversation(connection, ANNA, BORIS) == number
    others = [messages.direct_conversation(connection, ANNA, other, 1.0) for other in (ANNA, VERA)]
    assert len({number, *others}) == 3
    assert messages.direct_conversation(connection, ANNA, ANNA, 2.0) == others[0]


def test_kept_messages(connection: Connection) -> None:
    """What waits has the sender's name and everything a delivery needs."""
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    number = keep(connection, talk, 1, ANNA, "Привет")
    assert messages.kept_messages(connection, BORIS, messages.kept_numbers(connection, BORIS, 0, 10)) == [
        KeptMessage(number, talk, 1, Delivery(5.0, "anna", "boris", "Привет", 1, f"id1-{talk}"))
    ]


def test_own_messages_and_rooms_do_not_wait(connection: Connection) -> None:
    """One's own messages, those of others' conversations and those of rooms are never kept for anybody."""
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    room = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    myself = messages.direct_conversation(connection, ANNA, ANNA, 1.0)
    keep(connection, talk, 1, ANNA)
    keep(connection, room, 1, BORIS)
    keep(connection, myself, 1, ANNA)
    assert waiting(connection, ANNA) == []
    assert waiting(connection, VERA) == []
    assert waiting(connection, BORIS) == [(talk, 1)]


def test_cursors(connection: Connection) -> None:
    """What was delivered does not wait any more; a cursor is one account's and never goes back."""
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    for seq in range(1, 5):
        keep(connection, talk, seq, ANNA)
    messages.save_cursors(connection, [Delivered(talk, ANNA, 4)])
    assert [seq for _, seq in waiting(connection, BORIS)] == [1, 2, 3, 4]
    for delivered in (2, 3, 1):
        messages.save_cursors(connection, [Delivered(talk, BORIS, delivered)])
    assert [seq for _, seq in waiting(connection, BORIS)] == [4]
    messages.save_cursors(connection, [Delivered(talk, BORIS, 4)])
    assert waiting(connection, BORIS) == []


def test_many_cursors_at_once(connection: Connection) -> None:
    """Many cursors are saved together, and none at all is no change."""
    messages.save_cursors(connection, [])
    talks = [messages.direct_conversation(connection, BORIS, other, 1.0) for other in (ANNA, VERA)]
    keep(connection, talks[0], 1, ANNA)
    keep(connection, talks[1], 1, VERA)
    messages.save_cursors(connection, [Delivered(talk, BORIS, 1) for talk in talks])
    assert waiting(connection, BORIS) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages(connection: Connection, limit: int) -> None:
    """Page after page gives every message once, in the order in which they were kept, across conversations."""
    talks = [messages.direct_conversation(connection, BORIS, other, 1.0) for other in (ANNA, VERA)]
    expected = []
    for seq in range(1, 4):
        for talk, sender in zip(talks, (ANNA, VERA), strict=True):
            keep(connection, talk, seq, sender)
            expected.append((talk, seq))
    found: list[tuple[int, int]] = []
    number = 0
    while numbers := messages.kept_numbers(connection, BORIS, number, limit):
        assert len(numbers) <= limit
        assert all(one < other for one, other in pairwise(numbers))
        page = messages.kept_messages(connection, BORIS, numbers)
        assert [kept.number for kept in page] == numbers
        found += [(kept.conversation_id, kept.seq) for kept in page]
        number = numbers[-1]
    assert found == expected


def test_very_many_kept_messages(connection: Connection) -> None:
    """The first page of what is kept takes as long as any other, however much is behind it."""
    talks = [messages.direct_conversation(connection, BORIS, other, 1.0) for other in (ANNA, VERA)]
    connection.exec_driver_sql(
        "INSERT INTO message (conversation_id, seq, sender_id, time, text)"
        " WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000)"
        " SELECT CASE x % 2 WHEN 0 THEN ? ELSE ? END, (x + 1) / 2, CASE x % 2 WHEN 0 THEN ? ELSE ? END, 5.0, '' FROM n",
        (*talks, ANNA, VERA),
    )
    assert work(connection, lambda: messages.kept_numbers(connection, BORIS, 0, 100)) < 20
    assert messages.kept_numbers(connection, BORIS, 0, 5) == [1, 2, 3, 4, 5]
    assert messages.kept_numbers(connection, BORIS, 5, 3) == [6, 7, 8]
    assert messages.kept_numbers(connection, ANNA, 0, 5) == []
