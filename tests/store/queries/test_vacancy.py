"""Empty rooms and old names, in the real database."""

from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.store.queries.test_messages import ANNA, BORIS, keep
from tests.support.store import allow
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import EVERYBODY
from vestnik.chat.storage.rooms import MAX_ALIASES, Vacated
from vestnik.store.queries import alterations, conversations, members, messages, rooms
from vestnik.store.queries.changes import last_number
from vestnik.store.queries.room_lists import all_rooms
from vestnik.store.queries.vacancy import idle_aliases, remove_room, vacated_rooms
from vestnik.store.schema import message, metadata, room_alias

BORIS_AS = AccountRecord(BORIS, "boris")


@pytest.fixture
def tea(connection: Connection) -> int:
    """A room that anna has left, with everything that a room may have."""
    number = rooms.join_room(connection, "#tea", "#Tea", ANNA, 1.0, allow).room_id
    members.invite(connection, number, ANNA, BORIS_AS, 2.0, allow)
    for seq in (1, 2, 3):
        keep(connection, number, seq, ANNA)
    messages.add_mentions(connection, number, 1, [BORIS_AS, EVERYBODY])
    alterations.react(connection, number, 1, BORIS, "x", 2.0, allow)
    alterations.pin_message(connection, number, 1, BORIS, 2.0, allow)
    members.mute_member(connection, number, ANNA, BORIS_AS, 99.0, 2.0, allow)
    members.ban_person(connection, number, ANNA, BORIS_AS, 3.0, allow)
    rooms.set_room(connection, number, ANNA, 3.0, "#black", {"name": "#Black"}, allow)
    members.leave_room(connection, number, ANNA, 4.0, allow)
    return number


def rows(connection: Connection, room_id: int) -> dict[str, int]:
    """How many rows of each table belong to a room; tables without any are left out."""
    found: dict[str, int] = {}
    for table in metadata.sorted_tables:
        column: Any = next((table.c[name] for name in ("room_id", "conversation_id") if name in table.c), None)
        if table.name in {"room", "conversation"}:
            column = table.c.id
        if column is not None:
            found[table.name] = connection.execute(
                select(func.count()).select_from(table).where(column == room_id)
            ).scalar_one()
    return {name: count for name, count in found.items() if count}


def test_it_is_counted(connection: Connection, tea: int) -> None:
    """A room goes that was found empty so often without a break, sooner if nobody has written there."""
    silent = rooms.join_room(connection, "#silent", "#silent", ANNA, 1.0, allow).room_id
    rooms.join_room(connection, "#peopled", "#peopled", ANNA, 1.0, allow)
    assert vacated_rooms(connection, 3, 1) == []
    members.leave_room(connection, silent, ANNA, 5.0, allow)
    assert vacated_rooms(connection, 3, 1) == []
    assert vacated_rooms(connection, 3, 1) == [Vacated(silent, "#silent")]
    assert vacated_rooms(connection, 3, 1) == [Vacated(tea, "#Black"), Vacated(silent, "#silent")]
    rooms.join_room(connection, "#black", "#black", ANNA, 6.0, allow)
    assert vacated_rooms(connection, 3, 1) == [Vacated(silent, "#silent")]
    members.leave_room(connection, tea, ANNA, 7.0, allow)
    assert vacated_rooms(connection, 3, 1) == [Vacated(silent, "#silent")]


def test_all_of_it_goes(connection: Connection, tea: int) -> None:
    """Little by little, the number of its conversation but stays; other rooms keep what is theirs."""
    other = rooms.join_room(connection, "#other", "#other", ANNA, 1.0, allow).room_id
    keep(connection, other, 1, ANNA)
    spent = connection.execute(select(func.count()).where(message.c.client_id.is_not(None))).scalar_one()
    before, last = rows(connection, other), last_number(connection)
    assert {"message", "change", "reaction", "pin", "mention", "ban", "mute", "room_alias"} <= set(
        rows(connection, tea)
    )
    steps = 1
    while not remove_room(connection, tea, 2, 9.0):
        steps += 1
    assert steps > 3
    assert rows(connection, tea) == {"conversation": 1} | ({"spent_id": 3} if spent else {})
    assert rows(connection, other) == before
    assert last_number(connection) == last
    made = rooms.join_room(connection, "#tea", "#tea", BORIS, 9.0, allow)
    assert made.room_id > other
    assert conversations.ends(connection, [made.room_id]) == {made.room_id: (0, 1)}


def test_somebody_has_come(connection: Connection, tea: int) -> None:
    """A room that somebody joins while it is being removed stays, with what is left of it; one that is gone is gone."""
    assert not remove_room(connection, tea, 1, 9.0)
    rooms.join_room(connection, "#black", "#black", ANNA, 6.0, allow)
    assert remove_room(connection, tea, 1, 9.0)
    (left,) = all_rooms(connection)
    assert (left.id, left.name, left.members) == (tea, "#Black", {ANNA})
    assert remove_room(connection, 999, 1, 9.0)


def test_names_that_nobody_uses(connection: Connection, tea: int) -> None:
    """A name of before is free again when it was not used so often without a break; a room has few of them."""
    rooms.set_room(connection, tea, ANNA, 5.0, "#green", {"name": "#green"}, allow)
    assert idle_aliases(connection, [], 1) == []
    assert idle_aliases(connection, ["#tea", "#nothing"], 1) == ["#black"]
    assert idle_aliases(connection, [], 1) == []
    assert idle_aliases(connection, [], 1) == ["#tea"]
    for number in range(MAX_ALIASES + 3):
        name = f"#{number}"
        rooms.set_room(connection, tea, ANNA, 5.0, name, {"name": name}, allow)
    (kept,) = all_rooms(connection)
    assert kept.aliases == tuple(f"#{number}" for number in range(2, MAX_ALIASES + 2))
    assert connection.execute(select(func.count()).select_from(room_alias)).scalar() == MAX_ALIASES
