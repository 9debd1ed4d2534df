"""Messages as they are shown: pages of a conversation, and what belongs to a message."""

import pytest
from msgspec import UNSET
from sqlalchemy import Connection, insert, update

from tests.store.queries.test_messages import ANNA, BORIS, VERA, keep
from tests.support.store import allow, reader, work
from vestnik.protocol.events import Delivery
from vestnik.store.queries import alterations, history, messages, rooms
from vestnik.store.queries.history import EVERYBODY, MAX_REPLIES, load_messages
from vestnik.store.schema import account, mention, message, reaction

MESSAGES = 9


@pytest.fixture
def tea(connection: Connection) -> int:
    """A room of anna's and boris' with nine messages: 4, 6 and 8 are in the thread that begins with 2."""
    number = rooms.join_room(connection, "#tea", "#Tea", ANNA, 1.0, allow).room_id
    rooms.join_room(connection, "#tea", "#Tea", BORIS, 1.0, allow)
    for seq in range(1, MESSAGES + 1):
        keep(connection, number, seq, ANNA if seq % 2 else BORIS, f"text {seq}")
    in_thread = update(message).where(message.c.conversation_id == number, message.c.seq.in_((4, 6, 8)))
    connection.execute(in_thread.values(thread=2, reply_to=2))
    return number


def page(connection: Connection, conversation: int, limit: int, **where: int) -> tuple[list[int], bool]:
    """The numbers of the messages on a page, and whether there are more."""
    found = history.history(connection, reader(ANNA), conversation, limit, **where)
    return [each.seq for each in found.messages if each.seq is not UNSET], found.more


@pytest.mark.parametrize(
    ("where", "limit", "seqs", "more"),
    [
        ({}, 3, [7, 8, 9], True),
        ({}, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9], False),
        ({"before": 4}, 2, [2, 3], True),
        ({"before": 3}, 2, [1, 2], False),
        ({"before": 1}, 2, [], False),
        ({"after": 0}, 2, [1, 2], True),
        ({"after": 7}, 2, [8, 9], False),
        ({"after": 9}, 2, [], False),
        ({"around": 5}, 4, [3, 4, 5, 6], True),
        ({"around": 1}, 4, [1, 2, 3, 4], True),
        ({"around": 9}, 4, [7, 8, 9], True),
        ({"around": 5}, 100, [1, 2, 3, 4, 5, 6, 7, 8, 9], False),
        ({"thread": 2}, 10, [2, 4, 6, 8], False),
        ({"thread": 2}, 2, [6, 8], True),
        ({"thread": 2, "before": 6}, 2, [2, 4], False),
        ({"thread": 2, "after": 2}, 2, [4, 6], True),
        ({"thread": 2, "around": 6}, 2, [4, 6], True),
        ({"thread": 3}, 2, [3], False),
    ],
)
def test_pages(
    connection: Connection, tea: int, where: dict[str, int], limit: int, seqs: list[int], more: bool
) -> None:
    """A page is in order, is no longer than asked, and says whether there are more in its direction."""
    assert page(connection, tea, limit, **where) == (seqs, more)


def test_a_long_text_ends_a_page(connection: Connection, tea: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page ends before it has too many characters, though it has at least one message."""
    monkeypatch.setattr(history, "PAGE_CHARACTERS", len("text 1") * 2)
    assert page(connection, tea, 5, after=0) == ([1, 2], True)
    monkeypatch.setattr(history, "PAGE_CHARACTERS", 1)
    assert page(connection, tea, 5) == ([9], True)


def test_another_conversation(connection: Connection, tea: int) -> None:
    """A page has nothing of other conversations."""
    talk = messages.direct_conversation(connection, ANNA, VERA, 1.0)
    keep(connection, talk, 1, VERA, "hello")
    assert page(connection, talk, 5) == ([1], False)
    assert page(connection, tea, 1) == ([9], True)


def test_what_belongs_to_a_message(connection: Connection, tea: int) -> None:
    """A message comes with its reactions in their order, pin, mentions and number of replies that are there."""
    for number, (who, emoji) in enumerate([(BORIS, "👍"), (VERA, "🎉"), (ANNA, "👍")]):
        alterations.react(connection, tea, 2, who, emoji, float(number), allow)
    alterations.pin_message(connection, tea, 2, ANNA, 5.0, allow)
    for who in (EVERYBODY, VERA):
        connection.execute(insert(mention).values(conversation_id=tea, account_id=who, seq=2))
    alterations.delete_message(connection, tea, 6, BORIS, 7.0, allow)
    ((found,), more) = history.history(connection, reader(ANNA), tea, 1, around=2)
    assert more
    assert found == Delivery(
        5.0,
        "boris",
        "#Tea",
        "text 2",
        2,
        f"id2-{tea}",
        reactions={"👍": ["boris", "anna"], "🎉": ["Вера"]},
        pinned=True,
        mentions=["all", "Вера"],
        replies=2,
    )


def test_numbers_in_any_order(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages come in the order of the given numbers, however many are looked up at once, without unknown ones."""
    monkeypatch.setattr(history, "_AT_A_TIME", 2)
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    numbers = [keep(connection, talk, seq, ANNA) for seq in range(1, 6)]
    wanted = [numbers[3], 999_999, numbers[0], numbers[4], numbers[1]]
    assert [each.seq for each in load_messages(connection, wanted, ANNA)] == [4, 1, 5, 2]
    assert load_messages(connection, [], ANNA) == []


def test_each_calls_a_direct_conversation_by_the_other(connection: Connection) -> None:
    """`to` is the other person, as the sender sees it; oneself in a conversation with oneself."""
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    alone = messages.direct_conversation(connection, VERA, VERA, 1.0)
    numbers = [keep(connection, talk, 1, ANNA), keep(connection, talk, 2, BORIS), keep(connection, alone, 1, VERA)]
    found = [(each.from_, each.to) for each in load_messages(connection, numbers, ANNA)]
    assert found == [("anna", "boris"), ("boris", "anna"), ("Вера", "Вера")]


def steps(connection: Connection, *arguments: int, **where: int) -> int:
    """How many thousands of instructions SQLite takes for a page."""
    return work(connection, lambda: page(connection, *arguments, **where))


def test_long_threads(connection: Connection, tea: int) -> None:
    """A page of a thread takes as long as any other, however many replies there are; they are counted to a limit."""
    connection.exec_driver_sql(
        "INSERT INTO message (conversation_id, seq, sender_id, time, text, thread)"
        " WITH RECURSIVE n(x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n WHERE x < 50009)"
        " SELECT ?, x, ?, 5.0, '', 1 FROM n",
        (tea, BORIS),
    )
    assert steps(connection, tea, 50, thread=1) < 200
    assert steps(connection, tea, 50, thread=1, after=6_000) < 200
    assert steps(connection, tea, 50, before=5) < 300
    assert page(connection, tea, 3, thread=1) == ([50_007, 50_008, 50_009], True)
    assert page(connection, tea, 2, thread=1, before=MESSAGES + 2) == ([1, MESSAGES + 1], False)
    assert page(connection, tea, 2, thread=1, after=MESSAGES) == ([MESSAGES + 1, MESSAGES + 2], True)
    (first,) = history.history(connection, reader(ANNA), tea, 1, before=2).messages
    assert first.replies == MAX_REPLIES


def test_reactions_take_room_on_a_page(connection: Connection, tea: int) -> None:
    """A page with very many reactions ends early, but never before its first message."""
    for account_id in range(10_001, 13_001):
        values = {"id": account_id, "name": f"a{account_id}", "key": f"a{account_id}", "password_hash": ""}
        connection.execute(insert(account).values(values | {"disabled": False, "created": 0.0}))
        for seq in (7, 8):  # the two of them are too much for a page
            place = {"conversation_id": tea, "seq": seq, "account_id": account_id}
            connection.execute(insert(reaction).values(place | {"emoji": "x", "time": 0.0}))
    assert page(connection, tea, 9) == ([8, 9], True)
    assert page(connection, tea, 9, before=8) == ([1, 2, 3, 4, 5, 6, 7], False)
    (most,) = history.history(connection, reader(ANNA), tea, 1, before=8).messages
    assert isinstance(most.reactions, dict)
    assert len(most.reactions["x"]) == 3_000
