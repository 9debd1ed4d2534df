"""Who inherits a room that has no owner any more who can act."""

import pytest
from sqlalchemy import Connection, select

from tests.store.queries.test_messages import ANNA, BORIS, VERA
from tests.support.store import allow
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.store.queries import accounts, members, rooms
from vestnik.store.queries.changes import HAPPENED
from vestnik.store.queries.heirs import inherit
from vestnik.store.queries.standing import has_other_owner
from vestnik.store.schema import member

PEOPLE = {BORIS: AccountRecord(BORIS, "boris"), VERA: AccountRecord(VERA, "Вера")}


@pytest.fixture
def tea(connection: Connection) -> int:
    """A room of anna's, in which boris is for longer than Вера, who moderates."""
    made = rooms.join_room(connection, "#tea", "#Tea", ANNA, 1.0, allow).room_id
    for account_id, person in PEOPLE.items():
        members.invite(connection, made, ANNA, person, 2.0 + account_id, allow)
    members.set_role(connection, made, ANNA, PEOPLE[VERA], "moderator", 9.0, allow)
    connection.info[HAPPENED] = []
    return made


def roles(connection: Connection, room_id: int) -> dict[int, str]:
    """The roles in a room."""
    found = select(member.c.account_id, member.c.role).where(member.c.room_id == room_id)
    return dict(tuple(row) for row in connection.execute(found))


def mute(connection: Connection, room_id: int, *people: int) -> None:
    """Mute people until 100."""
    for account_id in people:
        members.mute_member(connection, room_id, ANNA, PEOPLE[account_id], 100.0, 10.0, allow)


@pytest.mark.parametrize(
    ("muted", "now", "heir", "until"),
    [
        ((), 20.0, VERA, None),
        ((VERA,), 20.0, BORIS, None),
        ((VERA, BORIS), 20.0, VERA, 100.0),
        ((VERA,), 100.0, VERA, None),
    ],
)
def test_who_is_not_muted_comes_first(
    connection: Connection, tea: int, muted: tuple[int, ...], now: float, heir: int, until: float | None
) -> None:
    """Then who moderates, then who was there first; if all are muted the heir stays so, which the change says."""
    mute(connection, tea, *muted)
    promotion = members.leave_room(connection, tea, ANNA, now, allow).promotion
    assert promotion is not None
    assert (promotion.person_id, promotion.kind, promotion.data.get("until")) == (heir, "set_role", until)
    assert roles(connection, tea)[heir] == "owner"


def test_who_is_disabled_does_not_inherit(connection: Connection, tea: int) -> None:
    """Nor is a room without members anybody's."""
    accounts.set_disabled(connection, VERA, True, 10.0)
    promotion = members.leave_room(connection, tea, ANNA, 11.0, allow).promotion
    assert promotion is not None
    assert promotion.person_id == BORIS
    assert members.leave_room(connection, tea, BORIS, 12.0, allow).promotion is None
    assert roles(connection, tea) == {VERA: "moderator"}


def test_the_last_owner_is_disabled(connection: Connection, tea: int) -> None:
    """Somebody else becomes owner in the same transaction; who is enabled again is one, too, as before."""
    accounts.set_disabled(connection, ANNA, True, 10.0)
    assert roles(connection, tea) == {ANNA: "owner", BORIS: "member", VERA: "owner"}
    (event,) = connection.info[HAPPENED]
    assert isinstance(event, ChangeEvent)
    assert (event.account, event.kind, event.person_id, event.time) == ("anna", "set_role", VERA, 10.0)
    assert not has_other_owner(connection, tea, VERA), "who is disabled does not count"
    accounts.set_disabled(connection, ANNA, False, 11.0)
    assert roles(connection, tea) == {ANNA: "owner", BORIS: "member", VERA: "owner"}
    assert has_other_owner(connection, tea, VERA)
    assert len(connection.info[HAPPENED]) == 1


def test_all_are_disabled(connection: Connection, tea: int) -> None:
    """Who is enabled first inherits then."""
    for account_id in (BORIS, VERA, ANNA):
        accounts.set_disabled(connection, account_id, True, 10.0)
    assert roles(connection, tea) == {ANNA: "owner", BORIS: "member", VERA: "moderator"}
    accounts.set_disabled(connection, BORIS, False, 11.0)
    assert roles(connection, tea) == {ANNA: "owner", BORIS: "owner", VERA: "moderator"}


def test_groups_have_no_owners(connection: Connection) -> None:
    """Nobody inherits a group."""
    group = rooms.begin_group(connection, [ANNA, BORIS, VERA], ANNA, 1.0, allow).room_id
    assert inherit(connection, group, ANNA, 2.0) is None
    accounts.set_disabled(connection, ANNA, True, 3.0)
    assert set(roles(connection, group).values()) == {"member"}


def test_who_is_given_a_role_is_not_muted_any_more(connection: Connection, tea: int) -> None:
    """A role that is given lifts a mute for good, also if it is taken back."""
    mute(connection, tea, BORIS)
    members.set_role(connection, tea, ANNA, PEOPLE[BORIS], "moderator", 20.0, allow)
    members.set_role(connection, tea, ANNA, PEOPLE[BORIS], "member", 21.0, allow)
    assert members.unmute_member(connection, tea, ANNA, PEOPLE[BORIS], 22.0, allow) is None


def test_who_joins_a_room_of_people_who_are_disabled(connection: Connection, tea: int) -> None:
    """They become its owner, as in an empty room."""
    for account_id in (BORIS, VERA, ANNA):
        accounts.set_disabled(connection, account_id, True, 10.0)
    accounts.add_account(connection, "dora", "dora", "", 11.0, allow)
    dora = accounts.find_account(connection, "dora")
    assert dora is not None
    joined = rooms.join_room(connection, "#tea", "#tea", dora.id, 12.0, allow)
    assert joined.change is not None
    assert joined.change.data == {"role": "owner"}
