"""What a room keeps no longer goes with all that belongs to it; its numbers go on."""

import pytest
from sqlalchemy import Connection, func, select, update

from tests.store.queries.test_messages import ANNA, BORIS, keep
from tests.support.store import allow, reader
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import MessageEvent
from vestnik.chat.storage.rooms import ExpiryEvent, Retained
from vestnik.store.queries import alterations, messages, rooms
from vestnik.store.queries.behind import changes_behind
from vestnik.store.queries.changes import last_number
from vestnik.store.queries.conversations import conversations
from vestnik.store.queries.history import history
from vestnik.store.queries.ids import forget_ids, kept_ids, spent_ids
from vestnik.store.queries.retention import expire, retained_rooms
from vestnik.store.schema import change, mention, message, pin, reaction, room

NOW = 10.0


@pytest.fixture
def tea(connection: Connection) -> int:
    """A room with four messages, of the times 1 to 4, to each of which something belongs."""
    number = rooms.join_room(connection, "#tea", "#Tea", ANNA, 1.0, allow).room_id
    rooms.join_room(connection, "#tea", "#Tea", BORIS, 1.0, allow)
    for seq in range(1, 5):
        keep(connection, number, seq, ANNA)
        messages.add_mentions(connection, number, seq, [AccountRecord(BORIS, "boris")])
        alterations.react(connection, number, seq, BORIS, "👍", 5.0, allow)
        alterations.pin_message(connection, number, seq, BORIS, 5.0, allow)
    times = update(message).where(message.c.conversation_id == number).values(time=message.c.seq)
    connection.execute(times)
    return number


def test_which_rooms(connection: Connection, tea: int) -> None:
    """Only rooms that keep their messages for some days are looked at."""
    assert retained_rooms(connection) == []
    connection.execute(update(room).values(retention=7))
    assert retained_rooms(connection) == [Retained(tea, "#Tea", 7)]


@pytest.mark.parametrize(("before", "limit", "gone"), [(3.0, 100, 2), (3.0, 1, 1), (1.0, 100, 0), (9.0, 100, 4)])
def test_expire(connection: Connection, tea: int, before: float, limit: int, gone: int) -> None:
    """The oldest messages go, at most so many at once, with mentions, reactions and pins; the others stay."""
    assert expire(connection, tea, before, limit, NOW) == (ExpiryEvent(tea, gone, gone) if gone else None)
    assert [each.seq for each in history(connection, reader(ANNA), tea, 10).messages] == list(range(gone + 1, 5))
    for table in (mention, reaction, pin):
        assert connection.execute(select(func.count()).select_from(table)).scalar() == 4 - gone
    assert conversations(connection, BORIS).floors == ({tea: gone} if gone else {})


def test_numbers_over_all_conversations_go_on(connection: Connection, tea: int) -> None:
    """No number is given twice, though the newest message is gone."""
    keep(connection, tea, 5, ANNA)
    newest = last_number(connection)
    connection.execute(update(message).values(time=1.0))
    expire(connection, tea, 9.0, 100, NOW)
    assert last_number(connection) == newest


def test_changes_stay_without_their_content(connection: Connection, tea: int) -> None:
    """Changes are counted without gaps, so those of messages that are gone stay, but say nothing of them."""
    alterations.edit_message(connection, tea, 1, ANNA, "y", (), 6.0, allow)
    expire(connection, tea, 2.0, 100, NOW)
    found = changes_behind(connection, tea, 0, 100)
    assert [each.change for each in found] == list(range(1, len(found) + 1))
    assert {str(each.data) for each in found if each.seq == 1} == {"{}", "{'message': ''}"}
    assert {str(each.data) for each in found if each.seq == 2} == {"{}", "{'emoji': '👍'}"}
    assert connection.execute(select(func.count()).where(change.c.before.is_not(None))).scalar() == 0


@pytest.mark.parametrize(
    ("times", "before", "gone"),
    [
        ((1, 400, 2, 9), 5, 3),  # set forward for one message: that goes with those around it, and keeps none
        ((400, 401, 2, 9), 5, 3),
        ((1, 2, 400, 401), 5, 2),  # and nobody knows when these were written
        ((400, 401, 402, 403), 5, 0),
        ((8, 1, 1, 9), 5, 0),  # set back: they are not older than the one before them
        ((1, 8, 1, 1), 5, 1),
        ((1, 2, 1, 9), 5, 3),
    ],
)
def test_clocks_that_were_wrong(
    connection: Connection, tea: int, times: tuple[int, ...], before: float, gone: int
) -> None:
    """Messages go in their order: a time that cannot be neither takes others with it nor keeps them."""
    for limit in (100, 2):
        with connection.begin_nested() as attempt:
            for seq, moment in enumerate(times, 1):
                connection.execute(update(message).where(message.c.seq == seq).values(time=moment))
            removed = 0
            while event := expire(connection, tea, before, limit, NOW):
                removed += event.removed
            assert removed == gone
            attempt.rollback()


def test_ids_outlive_their_messages(connection: Connection, tea: int) -> None:
    """What was sent under an id is known after its message is gone, as it was sent, and is forgotten later."""
    for seq in range(1, 4):
        connection.execute(update(message).where(message.c.seq == seq).values(client_id=f"m{seq}"))
    alterations.edit_message(connection, tea, 1, ANNA, "edited", (), 6.0, allow)
    alterations.delete_message(connection, tea, 2, ANNA, 6.0, allow)
    sent = dict(kept_ids(connection, ANNA, ["m1", "m2", "m3", "m4"]))
    assert [each.text for each in sent.values()] == ["x", None, "x"]
    expire(connection, tea, 4.0, 2, NOW)
    assert set(dict(kept_ids(connection, ANNA, ["m1", "m2", "m3"]))) == {"m3"}
    spent = dict(spent_ids(connection, ANNA, ["m1", "m2", "m3"]))
    assert {name: (each.conversation_id, each.seq) for name, each in spent.items()} == {"m1": (tea, 1), "m2": (tea, 2)}
    for known in (sent, spent):
        for text, differs in (("x", False), ("edited", True)):
            again = MessageEvent(tea, ANNA, "anna", 0, "#tea", text, "m1")
            assert known["m1"].differs(again) is differs
            assert not known["m2"].differs(again), "nobody knows any more"
            assert [known[name].withdrawn for name in ("m1", "m2")] == [False, True]
    assert not dict(spent_ids(connection, BORIS, ["m1"]))
    expire(connection, tea, 4.0, 2, NOW + 1)
    assert [forget_ids(connection, NOW + 1, limit) for limit in (1, 5, 5)] == [1, 1, 0]
    assert set(dict(spent_ids(connection, ANNA, ["m1", "m2", "m3"]))) == {"m3"}
