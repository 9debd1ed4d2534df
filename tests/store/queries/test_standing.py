"""What the rules ask of a room, read in the transaction of what they are asked about."""

import pytest
from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS, VERA, keep
from tests.support.store import allow
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.rooms import Standing
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden
from vestnik.store.queries import members, messages, rooms
from vestnik.store.queries.conversations import conversations
from vestnik.store.queries.standing import check_standing, has_other_owner, name_taken, standing_by_key, standing_in

PERSON = AccountRecord(BORIS, "boris")


@pytest.fixture
def tea(connection: Connection) -> int:
    """A room that anna owns and boris is in, muted until 9."""
    number = rooms.join_room(connection, "#tea", "#Tea", ANNA, 1.0, allow).room_id
    rooms.join_room(connection, "#tea", "#Tea", BORIS, 1.0, allow)
    members.mute_member(connection, number, ANNA, PERSON, 9.0, 1.0, allow)
    return number


def test_what_a_rule_gets(connection: Connection, tea: int) -> None:
    """A rule gets how both stand, whether the last owner is meant, and whether a wanted name is another room's."""
    rooms.join_room(connection, "#cake", "#Cake", VERA, 1.0, allow)
    given: list[Standing] = []
    check_standing(connection, tea, ANNA, BORIS, given.append, "#cake")  # type: ignore[arg-type]  # it lets pass
    check_standing(connection, tea, BORIS, ANNA, given.append, "#tea")  # type: ignore[arg-type]
    check_standing(connection, tea, VERA, VERA, given.append)  # type: ignore[arg-type]
    assert given == [
        Standing("#Tea", role="owner", their_role="member", taken="#Cake"),
        Standing("#Tea", role="member", muted=9.0, their_role="owner", last_owner=True),
        Standing("#Tea"),
    ]


def test_what_a_rule_raises(connection: Connection, tea: int) -> None:
    """What a rule refuses is refused."""

    def refuse(standing: Standing) -> None:
        raise Forbidden(answers.ROOM_NOT_MEMBER, "", standing.room)

    with pytest.raises(Forbidden) as caught:
        check_standing(connection, tea, ANNA, BORIS, refuse)
    assert "#Tea" in caught.value.text("en")


def test_bans(connection: Connection, tea: int) -> None:
    """Who is banned is known as that, and is no member."""
    members.ban_person(connection, tea, ANNA, PERSON, 2.0, allow)
    standing = check_standing(connection, tea, ANNA, BORIS, allow)
    assert (standing.banned, standing.their_role) == (True, None)


def test_a_direct_conversation_has_none(connection: Connection) -> None:
    """In a direct conversation nobody has a standing."""
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    assert standing_in(connection, talk, ANNA) is None


def test_names_that_a_room_had(connection: Connection, tea: int) -> None:
    """A room is found by its name and by those that it had before, which nobody else may take."""
    rooms.set_room(connection, tea, ANNA, 2.0, "#green", {"name": "#Green"}, allow)
    for key in ("#tea", "#green"):
        assert standing_by_key(connection, key, BORIS) == (tea, True, standing_in(connection, tea, BORIS))
        assert name_taken(connection, key, BORIS) == "#Green"
        assert name_taken(connection, key, BORIS, tea) is None
    assert standing_by_key(connection, "#black", BORIS) is None
    assert name_taken(connection, "#black", BORIS) is None
    rooms.set_room(connection, tea, ANNA, 3.0, None, {"private": True}, allow)
    for key in ("#tea", "#green"):
        assert [name_taken(connection, key, who) for who in (ANNA, VERA)] == ["#Green", ""]


def test_other_owners(connection: Connection, tea: int) -> None:
    """A room has another owner when a second member is one."""
    assert not has_other_owner(connection, tea, ANNA)
    assert has_other_owner(connection, tea, BORIS)
    members.set_role(connection, tea, ANNA, PERSON, "owner", 2.0, allow)
    assert has_other_owner(connection, tea, ANNA)


def test_a_membership_begins_at_the_end(connection: Connection, tea: int) -> None:
    """What was written before somebody joined is not unread to them."""
    keep(connection, tea, 1, ANNA)
    keep(connection, tea, 2, ANNA)
    rooms.join_room(connection, "#tea", "#Tea", VERA, 3.0, allow)
    found = conversations(connection, VERA)
    assert (found.read, found.since) == ({tea: 2}, {tea: 2})
