"""Rooms and members as they are listed and loaded, from the real database."""

from itertools import count
from time import thread_time

import pytest
from sqlalchemy import Connection, insert, update

from tests.support.store import allow, reader
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord
from vestnik.protocol.events import MemberState, RoomState
from vestnik.store.queries import members, room_lists, rooms
from vestnik.store.schema import conversation, message

ANNA, BORIS, VERA = 1, 2, 3


def create(connection: Connection, name: str, owner: int = ANNA, **settings: object) -> int:
    """Make a room."""
    return rooms.create_room(connection, name.casefold(), name, owner, 1.0, settings, allow).room_id


def names(connection: Connection, query: str = "", after: str = "", limit: int = 10, who: int = ANNA) -> list[str]:
    """The names of the rooms that are found."""
    return [state.room for state in room_lists.list_rooms(connection, who, query, after, limit).rooms]


def test_none(connection: Connection) -> None:
    """Without rooms there is nothing to list."""
    assert room_lists.all_rooms(connection) == []
    assert names(connection) == []


def test_last_numbers(connection: Connection) -> None:
    """A loaded room knows its last seq, that of messages which retention removed included, and its last change."""
    tea, empty = create(connection, "#tea"), create(connection, "#void")
    columns = {"conversation_id": tea, "sender_id": ANNA, "time": 1.0, "text": "x"}
    connection.execute(insert(message), [columns | {"seq": seq} for seq in (8, 9)])
    connection.execute(update(conversation).where(conversation.c.id == empty).values(floor=5))
    rooms.set_room(connection, tea, ANNA, 1.0, None, {"topic": "new"}, allow)
    found = {record.name: (record.seq, record.change) for record in room_lists.all_rooms(connection)}
    assert found == {"#tea": (9, 2), "#void": (5, 1)}


def test_loading_does_not_read_all_messages(connection: Connection) -> None:
    """Messages and changes are looked up in their indexes, room by room, and not scanned."""
    statement = str(room_lists._ALL_ROOMS.compile(connection, compile_kwargs={"literal_binds": True}))
    plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]
    assert [step for step in plan if "SCAN" in step and ("message" in step or "change" in step)] == []
    assert len([step for step in plan if step.startswith("SEARCH") and "conversation_id=?" in step]) == 2


def test_all_that_is_loaded(connection: Connection) -> None:
    """A loaded room has its members, roles, mutes, flags and earlier names."""
    tea = create(connection, "#tea", private=True, edits="moderators")
    for person in (AccountRecord(BORIS, "boris"), AccountRecord(VERA, "Вера")):
        members.invite(connection, tea, ANNA, person, 1.0, allow)
    members.set_role(connection, tea, ANNA, AccountRecord(BORIS, "boris"), "moderator", 1.0, allow)
    members.mute_member(connection, tea, ANNA, AccountRecord(VERA, "Вера"), 99.0, 1.0, allow)
    rooms.set_room(connection, tea, ANNA, 1.0, "#coffee", {"name": "#coffee", "archived": True}, allow)
    assert room_lists.all_rooms(connection) == [
        RoomRecord(
            tea,
            "#coffee",
            {ANNA, BORIS, VERA},
            {ANNA: "owner", BORIS: "moderator"},
            {VERA: 99.0},
            private=True,
            archived=True,
            edits="moderators",
            change=6,
            aliases=("#tea",),
            invited={BORIS, VERA},
        )
    ]


def test_room_state(connection: Connection) -> None:
    """What a member sees of a room, and what somebody else does."""
    tea = create(connection, "#tea", topic="Чай", description="Про чай", retention=30)
    common = {"members": 1, "topic": "Чай", "description": "Про чай", "retention": 30}
    rooms.set_room(connection, tea, ANNA, 1.0, None, {"posting": "owners", "inviting": "members", "slow": 5}, allow)
    common |= {"posting": "owners", "inviting": "members", "slow": 5}
    assert room_lists.room_state(connection, reader(ANNA), tea) == RoomState("#tea", role="owner", **common)
    assert room_lists.room_state(connection, reader(BORIS), tea) == RoomState("#tea", **common)


def test_whose_rooms(connection: Connection) -> None:
    """Public rooms are for everybody, private ones and groups for their members."""
    create(connection, "#b")
    create(connection, "#a", private=True)
    group = rooms.begin_group(connection, [ANNA, BORIS, VERA], BORIS, 1.0, allow).name
    create(connection, "#c", owner=BORIS, private=True)
    assert names(connection) == [group, "#a", "#b"]
    assert names(connection, who=BORIS) == [group, "#b", "#c"]
    states = room_lists.list_rooms(connection, ANNA, "", "", 10).rooms
    assert [(state.members, state.group) for state in states] == [(3, True), (1, False), (1, False)]


def test_a_page_that_takes_long(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time is up a page ends with what was found, perhaps nothing, and says where it goes on."""
    for number in range(9):
        create(connection, f"#{number}", topic="x" if number in {2, 3, 8} else "")
    ticks, after, found = count(), "", []
    with monkeypatch.context() as patched:
        patched.setattr(room_lists, "thread_time", lambda: float(next(ticks)))
        for _ in range(9):
            page = room_lists.list_rooms(connection, ANNA, "X", after, 10)
            found.append([state.room for state in page.rooms])
            after = str(page.next)
    assert found == [[], [], ["#2"], ["#3"], [], [], [], [], ["#8"]]
    assert room_lists.list_rooms(connection, ANNA, "x", "#3", 1).next is None
    assert room_lists.list_rooms(connection, ANNA, "x", "#2", 1).next == "#3"


@pytest.mark.parametrize("text", ["z" + "\u0316\u0301" * 499, "ﷺ" * 1000], ids=["marks", "ligatures"])
def test_what_a_page_costs(connection: Connection, text: str) -> None:
    """However many rooms there are and whatever is said of them, a page takes its time and no more."""
    for number in range(300):
        create(connection, f"#{number}", description=text)
    begun = thread_time()
    page = room_lists.list_rooms(connection, ANNA, "ключ", "", 10)
    assert thread_time() - begun < 0.1
    assert page.rooms == []


def test_pages(connection: Connection) -> None:
    """Rooms come by key, a page at a time, with and without a query."""
    for name in ("#д", "#a", "#B", "#c"):
        create(connection, name, topic="" if name == "#a" else "x")
    assert names(connection, limit=3) == ["#a", "#B", "#c"]
    assert names(connection, after="#c", limit=3) == ["#д"]
    assert names(connection, query="x", limit=2) == ["#B", "#c"]
    assert names(connection, query="x", after="#c", limit=2) == ["#д"]


@pytest.mark.parametrize("query", ["ЧАЙ", "чай", "Чай", "зелёный ч", "ЗЕЛЁНЫЙ", "#T", "чаи\u0306", "ＴＥＡ", "fuSS"])
def test_search(connection: Connection, query: str) -> None:
    """A part of name, topic or description is found in any case, script and form; wildcards are ordinary signs."""
    create(connection, "#tea", topic="Зелёный Чай", description="Zu Fuß")
    create(connection, "#coffee", topic="100%")
    assert names(connection, query) == ["#tea"]
    assert names(connection, "%") == ["#coffee"]
    assert names(connection, "_") == []


def test_members(connection: Connection) -> None:
    """Members come by key, a page at a time; a mute is shown while it lasts, and of ordinary members only."""
    tea = create(connection, "#tea", owner=VERA)
    boris = AccountRecord(BORIS, "boris")
    members.invite(connection, tea, VERA, AccountRecord(ANNA, "anna"), 5.0, allow)
    members.invite(connection, tea, VERA, boris, 6.0, allow)
    members.mute_member(connection, tea, VERA, boris, 99.0, 7.0, allow)
    everybody = [MemberState("anna", 5.0), MemberState("boris", 6.0, muted=99.0), MemberState("Вера", 1.0, "owner")]
    assert room_lists.list_members(connection, reader(ANNA), tea, 98.0, "", 10) == everybody
    assert room_lists.list_members(connection, reader(ANNA), tea, 98.0, "", 1) == everybody[:1]
    assert room_lists.list_members(connection, reader(ANNA), tea, 98.0, "anna", 2) == everybody[1:]
    assert room_lists.list_members(connection, reader(ANNA), tea, 99.0, "anna", 1) == [MemberState("boris", 6.0)]
    members.set_role(connection, tea, VERA, boris, "moderator", 8.0, allow)
    assert room_lists.list_members(connection, reader(ANNA), tea, 98.0, "anna", 1) == [
        MemberState("boris", 6.0, "moderator")
    ]
