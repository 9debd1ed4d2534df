"""Who may read, as the store knows it."""

from inspect import signature

import pytest
from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS, VERA, keep
from tests.support.store import allow
from vestnik.chat.rules.rooms import MayLookAt, MayRead
from vestnik.chat.storage.rooms import Asker, ReadRule
from vestnik.protocol.errors import VestnikError
from vestnik.store.access import rows
from vestnik.store.queries import accounts, conversations, messages, rooms
from vestnik.store.queries.conversations import missed_changes, missed_messages
from vestnik.store.queries.reading import check_reading, closed_to

FOR_THE_SERVER = {"messages_behind", "changes_behind", "expire", "remove_room", "takes_guests"}
"""What it asks for itself, or does."""
WITH_STANDING = {"reports"}
"""What comes with how the account stands to each, which decides."""
FOR_ONESELF = {"decline"}
"""What forgets something of one's own, and tells nothing of the room."""


@pytest.fixture
def tea(connection: Connection) -> int:
    """A private room of anna's with a message."""
    made = rooms.create_room(connection, "#tea", "#tea", ANNA, 1.0, {"private": True}, allow).room_id
    keep(connection, made, 1, ANNA)
    return made


def answer(connection: Connection, conversation_id: int, account_id: int, rule: ReadRule) -> str | None:
    """Why somebody may not read; None if they may."""
    try:
        check_reading(connection, Asker(account_id, rule), conversation_id)
    except VestnikError as error:
        return error.answer.name
    return None


def test_who_may_read(connection: Connection, tea: int) -> None:
    """Members in their rooms, both in a direct conversation, and nobody whose account is disabled."""
    talk = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    for rule in (MayRead("x", "#jam"), MayLookAt("x", "#jam")):
        assert answer(connection, tea, ANNA, rule) is None
        assert answer(connection, tea, BORIS, rule) == "room.unknown"
        assert answer(connection, talk, BORIS, rule) is None
    rooms.set_room(connection, tea, ANNA, 2.0, None, {"private": False}, allow)
    assert answer(connection, tea, BORIS, MayRead("x", "#jam")) == "room.not_member"
    assert answer(connection, tea, BORIS, MayLookAt("x", "#jam")) is None
    accounts.set_disabled(connection, BORIS, True, 9.0)
    for place in (tea, talk):
        assert answer(connection, place, BORIS, MayLookAt("x", "#jam")) == "account.disabled"


def test_what_is_closed(connection: Connection, tea: int) -> None:
    """Of rooms that somebody is not in nothing is missed, and nothing is unread."""
    talk = messages.direct_conversation(connection, ANNA, VERA, 1.0)
    assert closed_to(connection, VERA, [tea, talk]) == {tea}
    assert closed_to(connection, ANNA, [tea, talk]) == set()
    for account_id, count in ((ANNA, 1), (VERA, 0)):
        assert len(missed_messages(connection, account_id, [(tea, 0)], 9).found) == count
        assert len(missed_changes(connection, account_id, [(tea, 0)], 9).found) == count
        assert set(conversations.unread(connection, account_id, [(tea, 0, 1)], 9).found) == ({tea} if count else set())


def test_whoever_reads_says_who_reads() -> None:
    """Every method that is asked for something of one conversation is told for whom."""
    for name, method, _ in rows():
        asked = set(signature(method).parameters)
        if {"conversation_id", "room_id"} & asked and name not in FOR_THE_SERVER | WITH_STANDING | FOR_ONESELF:
            assert asked & {"reader", "rule"}, name
