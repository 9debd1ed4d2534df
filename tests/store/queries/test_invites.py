"""Invites and registration in the real database."""

import pytest
from sqlalchemy import Connection

from tests.support.store import allow
from vestnik.chat.rules.registration import MayRegister, may_bring_in
from vestnik.chat.storage.invites import InvitersStanding, Registered
from vestnik.protocol.errors import Conflict, Forbidden, WrongLogin
from vestnik.protocol.events import InviteState
from vestnik.store.queries import accounts, invites, members, rooms

ANNA, BORIS, VERA = 1, 2, 3
DORA = 4


def register(connection: Connection, name: str, code: str | None, now: float = 5.0) -> Registered:
    """Register with the code."""
    rule = MayRegister(name, "invite", code is not None)
    return invites.register(connection, name, name, "hash", code, now, rule, may_bring_in)


def make_room(connection: Connection, name: str, *, private: bool = False) -> int:
    """A room of anna's."""
    return rooms.create_room(connection, name, name, ANNA, 1.0, {"private": private}, allow).room_id


def test_counted(connection: Connection) -> None:
    """An invite is good for as many as it says, and for as long; then there is none."""
    number = invites.add_invite(connection, "one", "guest", 2, [], 1.0, 10.0, allow, ANNA)
    assert invites.invites(connection, 0, 9, 5.0) == [InviteState(number, 1.0, 10.0, 2, "anna", "guest")]
    assert register(connection, "dora", "one") == Registered("anna", ())
    found = accounts.account_state(connection, DORA)
    assert (found.role, found.invited_by) == ("guest", "anna")
    with pytest.raises(WrongLogin):
        register(connection, "eve", "one", 10.0)
    register(connection, "eve", "one", 9.9)
    with pytest.raises(WrongLogin):
        register(connection, "fred", "one", 9.9)
    assert invites.invites(connection, 0, 9, 5.0) == []
    assert accounts.find_account(connection, "fred") is None


def test_refused_changes_nothing(connection: Connection) -> None:
    """Whoever is refused for the name has not used the invite up, and nobody needs one that is withdrawn."""
    number = invites.add_invite(connection, "one", "member", 1, [], 1.0, 10.0, allow)
    with pytest.raises(Conflict):
        register(connection, "anna", "one")
    with pytest.raises(Forbidden):
        register(connection, "dora", None)
    assert [each.uses for each in invites.invites(connection, 0, 9, 5.0)] == [1]
    assert invites.remove_invite(connection, number)
    assert not invites.remove_invite(connection, number)
    with pytest.raises(WrongLogin):
        register(connection, "dora", "one")


def test_maker(connection: Connection) -> None:
    """An invite holds as long as whoever made it could make it again."""
    invites.add_invite(connection, "member", "member", 9, [], 1.0, 10.0, allow, BORIS)
    invites.add_invite(connection, "administrator", "administrator", 9, [], 1.0, 10.0, allow, BORIS)
    for role, good in (("owner", 2), ("administrator", 1), ("member", 0), ("owner", 2)):
        accounts.set_account_role(connection, BORIS, role, allow)  # type: ignore[arg-type]
        assert len(invites.invites(connection, 0, 9, 5.0)) == good
        for code, wanted in (("member", good > 0), ("administrator", good > 1)):
            assert invites.registration_standing(connection, "dora", "dora", code, 5.0).invited == wanted
    accounts.set_disabled(connection, BORIS, True, 2.0)
    assert not invites.registration_standing(connection, "dora", "dora", "member", 5.0).invited
    assert invites.inviters_standing(connection, BORIS, 5.0) == InvitersStanding("guest", 2)
    assert invites.inviters_standing(connection, None, 10.0) == InvitersStanding(None, 0)


def test_rooms(connection: Connection) -> None:
    """Who registers is brought into those rooms that the maker may invite to by then, as if they had done it."""
    tea, board, cake = (make_room(connection, name, private=name == "#board") for name in ("#tea", "#board", "#cake"))
    for room in (tea, board):
        members.invite(connection, room, ANNA, accounts.AccountRecord(BORIS, "boris"), 1.0, allow)
    accounts.set_account_role(connection, BORIS, "administrator", allow)
    invites.add_invite(connection, "one", "member", 1, [tea, board, cake, tea], 1.0, 10.0, allow, BORIS)
    assert [each.rooms for each in invites.invites(connection, 0, 9, 5.0)] == [["#board", "#cake", "#tea"]]
    made = register(connection, "dora", "one")
    assert [(each.conversation_id, each.account_id, each.kind, each.data["name"]) for each in made.changes] == [
        (tea, BORIS, "invite", "dora")
    ]


def test_rooms_of_the_server(connection: Connection) -> None:
    """By an invite that no account has made somebody joins rooms by themselves; one that nobody owns is theirs."""
    tea, board = make_room(connection, "#tea"), make_room(connection, "#board", private=True)
    members.leave_room(connection, tea, ANNA, 1.0, allow)
    invites.add_invite(connection, "one", "member", 1, [tea, board], 1.0, 10.0, allow)
    made = register(connection, "dora", "one")
    assert [(each.conversation_id, each.account_id, each.kind, dict(each.data)) for each in made.changes] == [
        (tea, DORA, "join", {"role": "owner"}),
        (board, DORA, "join", {}),
    ]


def test_forgotten(connection: Connection) -> None:
    """What is good no more is deleted when another invite is made."""
    tea = make_room(connection, "#tea")
    first = invites.add_invite(connection, "one", "member", 1, [tea], 1.0, 10.0, allow)
    invites.add_invite(connection, "two", "member", 1, [], 20.0, 30.0, allow)
    assert not invites.remove_invite(connection, first)
    assert [each.rooms for each in invites.invites(connection, 0, 9, 20.0)] == [[]]
