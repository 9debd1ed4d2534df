"""Guests in the real database: a name as long as they are connected, and what they leave."""

from sqlalchemy import Connection, select

from tests.store.queries.test_messages import ANNA, BORIS
from tests.support.store import allow
from vestnik.chat.rules.accounts import MayTakeName
from vestnik.chat.rules.guests import MayVisit
from vestnik.chat.storage.accounts import GONE, VISITING, NameStanding
from vestnik.store.queries import accounts, guests, people, room_lists, rooms
from vestnik.store.schema import account


def test_they_come_and_go(connection: Connection) -> None:
    """A guest has the name until the end, and is in no list and no room afterwards; then another one may have it."""
    names = []
    for _ in range(2):
        gleb = guests.add_guest(connection, "Gleb", "gleb", 1.0, MayVisit("Gleb"))
        assert gleb.visitor == VISITING
        assert accounts.name_standing(connection, "gleb", "gleb") == NameStanding(True, "Gleb", visiting=True)
        assert accounts.credentials(connection, "gleb", 0.0) is None
        assert guests.guests_left(connection) == [gleb.id]
        room = rooms.join_room(connection, "#all", "#all", gleb.id, 2.0, allow, guest=True).room_id
        assert "Gleb" in [known.person.name for known in people.everybody(connection, "", 100)]
        for _again in range(2):
            guests.forget_guest(connection, gleb.id, 25, 3.0)
        (record,) = [each for each in room_lists.all_rooms(connection) if each.id == room]
        assert (record.members, record.guests) == (set(), True)
        names.append(connection.execute(select(account.c.name).where(account.c.id == gleb.id)).scalar_one())
        assert names[-1] == f"Gleb~{gleb.id}"
        assert guests.guests_left(connection) == []
        assert not {"Gleb", *names} & {known.person.name for known in people.everybody(connection, "", 100)}
        assert not {"Gleb", *names} & {each.name for each in accounts.list_accounts(connection, "", 100)}
        found = accounts.find_account(connection, names[-1].lower())
        assert found is not None
        assert found.visitor == GONE
    assert len(set(names)) == 2


def test_a_long_name(connection: Connection) -> None:
    """The name of who has gone is no longer than names are, and nobody else's."""
    first = guests.add_guest(connection, "x" * 25, "x" * 25, 1.0, MayVisit("x" * 25))
    taken = "x" * (25 - len(f"~{first.id}")) + f"~{first.id}"
    accounts.add_account(connection, taken, taken, "", 1.0, MayTakeName(taken))
    guests.forget_guest(connection, first.id, 25, 2.0)
    name = connection.execute(select(account.c.name).where(account.c.id == first.id)).scalar_one()
    assert len(name) == 25
    assert name != taken


def test_whom_they_may_write_to(connection: Connection) -> None:
    """To each other, and to who says so."""
    gleb = guests.add_guest(connection, "gleb", "gleb", 1.0, MayVisit("gleb"))
    assert guests.takes_guests(connection, gleb.id, 0)
    assert not guests.takes_guests(connection, ANNA, 0)
    guests.admit_guests(connection, ANNA, True)
    assert guests.takes_guests(connection, ANNA, 0)
    assert not guests.takes_guests(connection, BORIS, 0)
    assert [known.person.name for known in guests.hosts(connection, 10)] == ["anna", "gleb"]
    guests.admit_guests(connection, ANNA, False)
    assert [known.person.name for known in guests.hosts(connection, 10)] == ["gleb"]


def test_rooms_of_guests(connection: Connection) -> None:
    """Guests own no rooms: the first account that comes does."""
    gleb = guests.add_guest(connection, "gleb", "gleb", 1.0, MayVisit("gleb"))
    room = rooms.join_room(connection, "#den", "#den", gleb.id, 2.0, allow, guest=True).room_id
    rooms.join_room(connection, "#den", "#den", ANNA, 3.0, allow)
    (record,) = [each for each in room_lists.all_rooms(connection) if each.id == room]
    assert record.roles == {ANNA: "owner"}
