"""What a room keeps no longer goes with all that belongs to it; its numbers go on."""

import pytest
from sqlalchemy import Connection, func, select, update

from tests.store.queries.test_messages import ANNA, BORIS, keep
from tests.support.store import allow, reader
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.rooms import ExpiryEvent, Retained
from vestnik.store.queries import alterations, messages, rooms
from vestnik.store.queries.behind import changes_behind
from vestnik.store.queries.changes import last_number
from vestnik.store.queries.conversations import conversations
from vestnik.store.queries.history import history
from vestnik.store.queries.retention import expire, retained_rooms
from vestnik.store.schema import change, mention, message, pin, reaction, room


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
    assert expire(connection, tea, before, limit) == (ExpiryEvent(tea, gone, gone) if gone else None)
    assert [each.seq for each in history(connection, reader(ANNA), tea, 10).messages] == list(range(gone + 1, 5))
    for table in (mention, reaction, pin):
        assert connection.execute(select(func.count()).select_from(table)).scalar() == 4 - gone
    assert conversations(connection, BORIS).floors == ({tea: gone} if gone else {})


def test_numbers_over_all_conversations_go_on(connection: Connection, tea: int) -> None:
    """No number is given twice, though the newest message is gone."""
    keep(connection, tea, 5, ANNA)
    newest = last_number(connection)
    connection.execute(update(message).values(time=1.0))
    expire(connection, tea, 9.0, 100)
    assert last_number(connection) == newest


def test_changes_stay_without_their_content(connection: Connection, tea: int) -> None:
    """Changes are counted without gaps, so those of messages that are gone stay, but say nothing of them."""
    alterations.edit_message(connection, tea, 1, ANNA, "y", (), 6.0, allow)
    expire(connection, tea, 2.0, 100)
    found = changes_behind(connection, tea, 0, 100)
    assert [each.change for each in found] == list(range(1, len(found) + 1))
    assert {str(each.data) for each in found if each.seq == 1} == {"{}", "{'message': ''}"}
    assert {str(each.data) for each in found if each.seq == 2} == {"{}", "{'emoji': '👍'}"}
    assert connection.execute(select(func.count()).where(change.c.before.is_not(None))).scalar() == 0
