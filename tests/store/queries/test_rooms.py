"""Making, joining and setting rooms in the real database."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from tests.support.store import allow, reader
from vestnik.chat.rules.rooms import NameFree
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord
from vestnik.chat.storage.rooms import Joined, Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Conflict, Forbidden
from vestnik.store.queries import members, messages, rooms
from vestnik.store.queries.room_lists import all_rooms, room_state
from vestnik.store.schema import cursor, member, message

ANNA, BORIS, VERA = 1, 2, 3
TEA = ("#tea", "#Tea")


def write(connection: Connection, room_id: int, count: int) -> None:
    """Put messages 1 to `count` into a room."""
    columns = {"conversation_id": room_id, "sender_id": ANNA, "time": 1.0, "text": "x"}
    connection.execute(insert(message), [columns | {"seq": seq} for seq in range(1, count + 1)])


def change(joined: Joined) -> tuple[int, str, str, dict[str, Any]] | None:
    """What a change says."""
    made = joined.change
    return None if made is None else (made.change, made.account, made.kind, dict(made.data))


def record(joined: Joined) -> RoomRecord | None:
    """The room that was made."""
    return None if joined.change is None else joined.change.room


def refuse(_standing: Standing) -> None:
    """A check that nothing passes."""
    raise Forbidden(answers.ROOM_ARCHIVED, "#tea")


def seen(standings: list[Standing]) -> Callable[[Standing], None]:
    """A check that everything passes, and is noted."""
    return standings.append


def test_join(connection: Connection) -> None:
    """The first to join makes the room under the name they gave and owns it; the next one becomes a member of it."""
    made = rooms.join_room(connection, *TEA, ANNA, 1.0, allow)
    number = made.room_id
    assert made.name == "#Tea"
    assert record(made) == RoomRecord(number, "#Tea", {ANNA}, {ANNA: "owner"})
    assert change(made) == (1, "anna", "create_room", {})
    second = rooms.join_room(connection, "#tea", "#TEA", BORIS, 2.0, allow)
    assert (second.room_id, second.name, change(second)) == (number, "#Tea", (2, "boris", "join", {}))
    assert all_rooms(connection) == [RoomRecord(number, "#Tea", {ANNA, BORIS}, {ANNA: "owner"}, change=2)]


def test_join_twice(connection: Connection) -> None:
    """Joining twice changes nothing and asks nobody."""
    rooms.join_room(connection, *TEA, ANNA, 1.0, allow)
    before = all_rooms(connection)
    assert rooms.join_room(connection, *TEA, ANNA, 2.0, refuse).change is None
    assert all_rooms(connection) == before


def test_join_is_checked(connection: Connection) -> None:
    """The check gets what the room is like and how the account stands in it; what it refuses has changed nothing."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {"private": True}, allow).room_id
    members.ban_person(connection, made, ANNA, AccountRecord(BORIS, "boris"), 1.0, allow)
    rooms.set_room(connection, made, ANNA, 1.0, None, {"archived": True}, allow)
    before = all_rooms(connection)
    with pytest.raises(Forbidden):
        rooms.join_room(connection, *TEA, BORIS, 2.0, refuse)
    assert all_rooms(connection) == before
    standings: list[Standing] = []
    rooms.join_room(connection, *TEA, BORIS, 2.0, seen(standings))
    assert standings == [Standing("#Tea", private=True, archived=True, banned=True)]


def test_join_an_empty_room(connection: Connection) -> None:
    """Whoever joins a room that all have left becomes its owner, and the change says so."""
    made = rooms.join_room(connection, *TEA, ANNA, 1.0, allow).room_id
    members.leave_room(connection, made, ANNA, 2.0, allow)
    joined = rooms.join_room(connection, "#tea", "#other", BORIS, 3.0, allow)
    assert (joined.room_id, joined.name) == (made, "#Tea")
    assert change(joined) == (3, "boris", "join", {"role": "owner"})


def test_what_was_written_before_joining_is_read(connection: Connection) -> None:
    """A membership begins at the last seq, every time: nothing is unread, and nothing goes back."""
    made = rooms.join_room(connection, *TEA, ANNA, 1.0, allow).room_id
    write(connection, made, 3)

    def position() -> tuple[int, ...]:
        found = select(member.c.since, cursor.c.read, cursor.c.delivered)
        joined = found.join(cursor, (cursor.c.account_id == member.c.account_id))
        return tuple(connection.execute(joined.where(member.c.account_id == BORIS)).one())

    rooms.join_room(connection, *TEA, BORIS, 2.0, allow)
    assert position() == (3, 3, 3)
    members.leave_room(connection, made, BORIS, 3.0, allow)
    connection.execute(insert(message).values(conversation_id=made, seq=4, sender_id=ANNA, time=3.0, text="x"))
    rooms.join_room(connection, *TEA, BORIS, 4.0, allow)
    assert position() == (4, 4, 4)


def test_create(connection: Connection) -> None:
    """A room is made with its settings, which the change tells; what is usual is not told."""
    made = rooms.create_room(
        connection, *TEA, ANNA, 1.0, {"topic": "Чай", "private": True, "edits": "nobody", "retention": 7}, allow
    )
    expected = RoomRecord(made.room_id, "#Tea", {ANNA}, {ANNA: "owner"}, private=True, edits="nobody")
    assert record(made) == expected
    told = {"topic": "Чай", "private": True, "edits": "nobody", "retention": 7}
    assert change(made) == (1, "anna", "create_room", told)
    assert all_rooms(connection) == [expected._replace(change=1)]
    state = room_state(connection, reader(ANNA), made.room_id)
    assert (state.topic, state.private, state.edits, state.retention, state.role) == ("Чай", True, "nobody", 7, "owner")


def test_create_what_there_is(connection: Connection) -> None:
    """A name that leads to a room, or led to it once, is a conflict."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {}, allow).room_id
    rooms.set_room(connection, made, ANNA, 1.0, "#coffee", {"name": "#Coffee"}, allow)
    for key in ("#tea", "#coffee"):
        with pytest.raises(Conflict) as caught:
            rooms.create_room(connection, key, key.upper(), BORIS, 2.0, {}, NameFree(key.upper()))
        assert caught.value.values == ("#Coffee",)
    assert len(all_rooms(connection)) == 1


def test_rename(connection: Connection) -> None:
    """A room that is renamed is found under both names, and may be called as before again."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {}, allow).room_id
    renamed = rooms.set_room(connection, made, ANNA, 1.0, "#coffee", {"name": "#Coffee"}, allow)
    assert renamed is not None
    assert (renamed.kind, renamed.data) == ("set_room", {"name": "#Coffee"})
    assert [(room.name, room.aliases) for room in all_rooms(connection)] == [("#Coffee", ("#tea",))]
    assert rooms.join_room(connection, "#tea", "#tea", BORIS, 2.0, allow).room_id == made
    assert rooms.set_room(connection, made, ANNA, 1.0, "#tea", {"name": "#TEA"}, allow) is not None
    assert [(room.name, room.aliases) for room in all_rooms(connection)] == [("#TEA", ("#coffee",))]


def test_respelling(connection: Connection) -> None:
    """Another spelling of the same name is a change that leaves no second name."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {}, allow).room_id
    assert rooms.set_room(connection, made, ANNA, 1.0, "#tea", {"name": "#TEA"}, allow) is not None
    assert [(room.name, room.aliases) for room in all_rooms(connection)] == [("#TEA", ())]


def test_rename_to_anothers_name(connection: Connection) -> None:
    """The name of another room, or one that it had, is a conflict and changes nothing."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {}, allow).room_id
    other = rooms.create_room(connection, "#one", "#one", ANNA, 1.0, {}, allow).room_id
    rooms.set_room(connection, other, ANNA, 1.0, "#two", {"name": "#two"}, allow)
    before = all_rooms(connection)
    for name in ("#one", "#two"):
        with pytest.raises(Conflict):
            rooms.set_room(connection, made, ANNA, 1.0, name, {"name": name, "topic": "new"}, NameFree(name))
    assert all_rooms(connection) == before
    assert room_state(connection, reader(ANNA), made).topic == ""


def test_set_tells_what_is_different(connection: Connection) -> None:
    """A change has the fields that are different now; without any there is no change."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {"topic": "one", "retention": 7}, allow).room_id
    wanted = {"topic": "one", "description": "two", "private": False, "archived": True, "retention": None}
    changed = rooms.set_room(connection, made, ANNA, 1.0, None, wanted, allow)
    assert changed is not None
    assert changed.data == {"description": "two", "archived": True, "retention": None}
    assert rooms.set_room(connection, made, ANNA, 1.0, None, wanted, allow) is None
    assert [room.change for room in all_rooms(connection)] == [2]


def test_set_is_checked(connection: Connection) -> None:
    """What the check refuses is not set."""
    made = rooms.create_room(connection, *TEA, ANNA, 1.0, {}, allow).room_id
    with pytest.raises(Forbidden):
        rooms.set_room(connection, made, ANNA, 1.0, None, {"topic": "new"}, refuse)
    assert room_state(connection, reader(ANNA), made).topic == ""


def test_group(connection: Connection) -> None:
    """The same people, named in any order by any of them, have one conversation; others another one."""
    begun = rooms.begin_group(connection, [ANNA, BORIS, VERA], ANNA, 1.0, allow)
    name = f"#@{begun.room_id}"
    expected = RoomRecord(begun.room_id, name, {ANNA, BORIS, VERA}, private=True, group=True)
    assert (begun.name, record(begun)) == (name, expected)
    assert change(begun) == (1, "anna", "create_room", {})
    again = rooms.begin_group(connection, [VERA, BORIS, ANNA], BORIS, 2.0, allow)
    assert again == Joined(begun.room_id, name, None)
    assert all_rooms(connection) == [expected._replace(change=1)]


def test_numbers_are_shared_with_directs(connection: Connection) -> None:
    """A room and a direct conversation never have the same number."""
    numbers = [
        rooms.join_room(connection, *TEA, ANNA, 1.0, allow).room_id,
        messages.direct_conversation(connection, ANNA, BORIS, 1.0),
        rooms.join_room(connection, "#coffee", "#coffee", ANNA, 1.0, allow).room_id,
        messages.direct_conversation(connection, ANNA, VERA, 1.0),
    ]
    assert len(set(numbers)) == 4


def test_members_exist(connection: Connection) -> None:
    """A member is an account that there is."""
    with pytest.raises(IntegrityError):
        rooms.join_room(connection, *TEA, 99, 1.0, allow)
