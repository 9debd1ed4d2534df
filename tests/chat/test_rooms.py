"""Rooms in memory."""

from hypothesis import given
from hypothesis import strategies as st

from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.storage.changes import RoomRecord
from vestnik.chat.storage.rooms import MAX_ALIASES


def test_find() -> None:
    """A room is found by its name in any case, and there is none of another name."""
    rooms = RoomDirectory([RoomRecord(1, "#Чай", {7})])
    found = rooms.find("#чай")
    assert found is not None
    assert (found.id, found.name, found.members) == (1, "#Чай", {7})
    assert rooms.find("#tea") is None


def test_add() -> None:
    """A room is found by its number, its name and its members."""
    rooms = RoomDirectory()
    room = rooms.add(RoomRecord(1, "#tea", {7, 8}))
    assert rooms.by_id(1) is rooms.find("#tea") is room
    assert list(rooms.of(8)) == [room]
    assert rooms.by_id(2) is None


def test_remove_member() -> None:
    """A membership ends once; ending it again changes nothing, and the room stays."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", {7, 8})])
    room = rooms.find("#tea")
    assert room is not None
    for _ in range(2):
        rooms.remove_member(room, 7)
        assert room.members == {8}
        assert list(rooms.of(7)) == []
    rooms.remove_member(room, 8)
    assert rooms.find("#tea") is room


def test_remove_a_moderator() -> None:
    """A role ends with the membership."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", {7, 8}, {7: "moderator"})])
    room = rooms.find("#tea")
    assert room is not None
    rooms.remove_member(room, 7)
    rooms.add_member(room, 7)
    assert (room.members, room.roles, list(rooms.of(7))) == ({7, 8}, {}, [room])


def test_aliases() -> None:
    """A room is found by the names that it had before, those of the record and those of a later change."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", {7}, aliases=("#чай",))])
    room = rooms.find("#Чай")
    assert room is not None
    rooms.set(room, {"name": "#Coffee"})
    assert rooms.find("#coffee") is rooms.find("#tea") is rooms.find("#чай") is room
    assert room.name == "#Coffee"
    assert rooms.used == {"#чай", "#tea"}


def test_old_names_are_few() -> None:
    """Of more names of before than a room may have the first is forgotten; one that is taken again is none of them."""
    rooms = RoomDirectory([RoomRecord(1, "#0", {7})])
    room = rooms.find("#0")
    assert room is not None
    for number in range(1, MAX_ALIASES + 2):
        rooms.set(room, {"name": f"#{number}"})
    assert rooms.find("#0") is None
    assert room.aliases == [f"#{number}" for number in range(1, MAX_ALIASES + 1)]
    rooms.set(room, {"name": "#1"})
    assert room.aliases == [f"#{number}" for number in range(2, MAX_ALIASES + 2)]
    assert rooms.find("#1") is room
    rooms.forget_alias("#2")
    rooms.forget_alias("#2")
    assert rooms.find("#2") is None
    assert rooms.find("#3") is room


def test_a_room_is_removed() -> None:
    """Its names lead nowhere then, but to the room that somebody has made of one of them meanwhile."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", set(), aliases=("#чай", "#cake"))])
    other = rooms.add(RoomRecord(2, "#tea", {7}))
    rooms.remove(1)
    rooms.remove(1)
    assert rooms.by_id(1) is None
    assert [rooms.find(name) for name in ("#tea", "#чай", "#cake")] == [other, None, None]


def test_who_has_joined_by_themselves() -> None:
    """What others have brought an account into is counted by itself: groups, and rooms that it was invited to."""
    rooms = RoomDirectory(
        [
            RoomRecord(1, "#own", {7}),
            RoomRecord(2, "#invited", {7}, invited={7}),
            RoomRecord(3, "#@3", {7, 8, 9}, group=True),
        ]
    )
    assert (rooms.count_of(7), rooms.count_by_others(7)) == (1, 2)
    invited = rooms.by_id(2)
    assert invited is not None
    rooms.remove_member(invited, 7)
    rooms.add_member(invited, 7)
    assert (rooms.count_of(7), rooms.count_by_others(7)) == (2, 1)
    rooms.remove_member(invited, 7)
    rooms.add_member(invited, 7, invited=True)
    assert (rooms.count_of(7), rooms.count_by_others(7)) == (1, 2)


def test_set() -> None:
    """What was changed is taken over, everything else stays."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", {7}, private=True)])
    room = rooms.find("#tea")
    assert room is not None
    rooms.set(room, {"archived": True, "topic": "new"})
    rooms.set(room, {"edits": "nobody"})
    assert (room.private, room.archived, room.edits, room.name) == (True, True, "nobody", "#tea")
    rooms.set(room, {"private": False, "archived": False})
    assert (room.private, room.archived, room.edits) == (False, False, "nobody")


steps = st.lists(st.tuples(st.booleans(), st.integers(1, 4), st.integers(1, 4)), max_size=30)


@given(steps)
def test_both_directions_agree(changes: list[tuple[bool, int, int]]) -> None:
    """After any joins and leaves, a room lists exactly the accounts that list the room."""
    rooms = RoomDirectory()
    expected: set[tuple[int, int]] = set()
    for joins, room_id, account_id in changes:
        name = f"#{room_id}"
        if joins:
            rooms.add_member(rooms.find(name) or rooms.add(RoomRecord(room_id, name, set())), account_id)
            expected.add((room_id, account_id))
        elif (room := rooms.find(name)) is not None:
            rooms.remove_member(room, account_id)
            expected.discard((room_id, account_id))
    for account_id in range(1, 5):
        mine = {room for room, account in expected if account == account_id}
        assert {room.id for room in rooms.of(account_id)} == mine
        assert rooms.count_of(account_id) == len(mine)
    for room_id in range(1, 5):
        room = rooms.find(f"#{room_id}")
        assert (room.members if room else set()) == {account for other, account in expected if other == room_id}
