"""How far the conversations of an account go, and how far it has read them."""

import pytest
from sqlalchemy import Connection

from tests.store.queries.test_messages import ANNA, BORIS, VERA, keep
from tests.support.store import allow, reader
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.conversations import DirectRecord, Unread
from vestnik.chat.storage.messages import Delivered
from vestnik.store.queries import alterations, conversations, messages, rooms
from vestnik.store.queries.history import PAGE_CHARACTERS


@pytest.fixture
def talk(connection: Connection) -> int:
    """A conversation of anna and boris: three messages of anna, then one of boris."""
    number = messages.direct_conversation(connection, ANNA, BORIS, 1.0)
    for seq, sender in enumerate((ANNA, ANNA, ANNA, BORIS), 1):
        keep(connection, number, seq, sender)
    return number


def test_directs(connection: Connection, talk: int) -> None:
    """Each of the two sees the other, and how far it goes; who takes no part sees nothing."""
    alterations.pin_message(connection, talk, 1, BORIS, 2.0, allow)
    alone = messages.direct_conversation(connection, ANNA, ANNA, 1.0)
    assert sorted(conversations.conversations(connection, ANNA).directs) == [
        DirectRecord(talk, "boris", 4, 1),
        DirectRecord(alone, "anna", 0, 0),
    ]
    assert conversations.conversations(connection, BORIS).directs == [DirectRecord(talk, "anna", 4, 1)]
    assert conversations.conversations(connection, VERA).directs == []


def test_ends(connection: Connection, talk: int) -> None:
    """How far conversations go in messages and changes, of any number of them."""
    alterations.pin_message(connection, talk, 1, BORIS, 2.0, allow)
    room = rooms.join_room(connection, "#tea", "#tea", ANNA, 1.0, allow).room_id
    assert conversations.ends(connection, [talk, room, 99]) == {talk: (4, 1), room: (0, 1)}


def test_undelivered(connection: Connection, talk: int) -> None:
    """The first message of others that never came is named, until it has."""
    rooms.join_room(connection, "#tea", "#tea", BORIS, 1.0, allow)
    assert conversations.undelivered(connection, BORIS) == {talk: 1}
    assert conversations.undelivered(connection, ANNA) == {talk: 4}
    messages.save_cursors(connection, [Delivered(talk, BORIS, 2)])
    assert conversations.undelivered(connection, BORIS) == {talk: 3}
    messages.save_cursors(connection, [Delivered(talk, BORIS, 3)])
    assert conversations.undelivered(connection, BORIS) == {}


def test_unread(connection: Connection, talk: int) -> None:
    """Messages of others behind the cursor count, up to a limit, and those that mention the reader; no deleted ones."""

    def unread(account_id: int, read: int, limit: int = 10) -> Unread:
        return conversations.unread(connection, account_id, [(talk, read, 4)], limit).found[talk]

    messages.add_mentions(connection, talk, 2, [AccountRecord(BORIS, "boris")])
    assert [unread(BORIS, read) for read in (0, 1, 2, 3)] == [Unread(3, 1), Unread(2, 1), Unread(1, 0), Unread(0, 0)]
    assert unread(BORIS, 0, 2) == Unread(2, 1)
    assert unread(ANNA, 0) == Unread(1, 0)
    alterations.delete_message(connection, talk, 2, ANNA, 2.0, allow)
    assert unread(BORIS, 0) == Unread(2, 0)


def test_too_much_to_count(connection: Connection, talk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many messages in all nothing is looked at any more; how far it got is told, so that one can go on."""
    monkeypatch.setattr(conversations, "MAX_COUNTED", 3)
    other = messages.direct_conversation(connection, VERA, BORIS, 1.0)
    keep(connection, other, 1, BORIS)
    places = [(talk, 0, 4), (other, 0, 1)]
    assert conversations.unread(connection, BORIS, places, 10) == ({talk: Unread(3, 0)}, 1)
    assert conversations.unread(connection, BORIS, places[1:], 10) == ({other: Unread(0, 0)}, 1)
    assert conversations.unread(connection, BORIS, places[::-1], 10) == ({other: Unread(0, 0), talk: Unread(3, 0)}, 2)


def test_what_is_missed_comes_in_pages(connection: Connection, talk: int) -> None:
    """A page has so many messages or changes, and fewer if they are long; whether there is more is told."""
    keep(connection, talk, 5, ANNA, text="x" * PAGE_CHARACTERS)
    keep(connection, talk, 6, ANNA, text="y")
    for first, limit, seqs, more in (
        (0, 9, [1, 2, 3, 4], True),
        (0, 2, [1, 2], True),
        (4, 9, [5], True),
        (5, 1, [6], False),
    ):
        page = conversations.missed_messages(connection, BORIS, [(talk, first)], limit)
        assert ([missed.message.seq for missed in page.found], page.more) == (seqs, more)
    for text in ("a" * PAGE_CHARACTERS, "b", "c"):
        alterations.edit_message(connection, talk, 1, ANNA, text, (), 2.0, allow)
    alterations.edit_message(connection, talk, 2, ANNA, "d" * PAGE_CHARACTERS, (), 2.0, allow)
    for first, limit, changes, more in ((0, 9, [1, 2, 3], True), (0, 2, [1, 2], True), (3, 1, [4], False)):
        missed = conversations.missed_changes(connection, BORIS, [(talk, first)], limit)
        assert ([each.change.change for each in missed.found], missed.more) == (changes, more)


def test_reading(connection: Connection, talk: int) -> None:
    """A read cursor goes to the end at most, never back, and says whether it has moved; it is one account's."""
    moved = [conversations.read_up_to(connection, reader(BORIS), talk, seq) for seq in (2, 2, 1, 9, 9)]
    assert moved == [2, None, None, 4, None]
    assert conversations.conversations(connection, BORIS).read == {talk: 4}
    assert conversations.conversations(connection, ANNA).read == {}
    assert conversations.undelivered(connection, BORIS) == {talk: 1}, "read is not delivered"
