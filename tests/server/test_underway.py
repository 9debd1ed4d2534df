"""What was written to connections and has not arrived yet."""

import pytest

from tests.chat.conftest import Ear
from vestnik.chat.session import Session
from vestnik.server.underway import JOINED, Arrival, Underway

ANNA, BORIS = 1, 2
TALK, OTHER = 7, 8


class Slow(Ear):
    """A connection with bytes that are not acknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.left = 0

    def unread(self) -> int:
        """Those bytes."""
        return self.left


def session_with(left: int) -> Session:
    """A session with so many bytes that are not acknowledged."""
    recipient = Slow()
    recipient.left = left
    return Session(recipient)


def test_what_is_acknowledged_has_arrived() -> None:
    """Everything before the bytes that are not acknowledged has arrived, once."""
    underway, session = Underway(), session_with(JOINED + 1)
    for seq in range(1, 6):
        underway.write(session, BORIS, TALK, seq, JOINED)
    assert [each.seq for each in underway.arrived()] == [1, 2, 3]
    assert list(underway.arrived()) == []
    assert underway
    session.recipient.left = 0  # type: ignore[attr-defined]
    assert list(underway.arrived(ANNA)) == []
    assert list(underway.arrived(BORIS)) == [Arrival(TALK, BORIS, 4), Arrival(TALK, BORIS, 5)]
    assert not underway


@pytest.mark.parametrize(
    ("unread", "arrived", "lost"), [(0, 5, 0), (1, 4, 1), (JOINED, 4, 1), (JOINED + 1, 3, 2), (10**9, 0, 5)]
)
def test_end(unread: int, arrived: int, lost: int) -> None:
    """At the end the messages of the bytes that nobody has acknowledged are lost, one of which a part is there, too."""
    underway, session = Underway(), session_with(0)
    for seq in range(1, 6):
        underway.write(session, BORIS, TALK, seq, JOINED)
    found, count = underway.end(session, unread)
    assert [each.seq for each in found] == list(range(1, arrived + 1))
    assert count == lost
    assert not underway


def test_small_messages_are_one_piece() -> None:
    """Small messages of a conversation in a row are one piece, and it is known which of them have arrived."""
    underway, session = Underway(), session_with(0)
    for seq in range(1, 101):
        underway.write(session, BORIS, TALK, seq, 40)
    underway.write(session, BORIS, OTHER, 1, 40)
    assert len(underway._portions[BORIS][session]) == 2
    found, lost = underway.end(session, 50)
    assert found == [Arrival(TALK, BORIS, 99)]
    assert lost == 2


def test_sessions_and_accounts_are_apart() -> None:
    """What a quick device has taken has arrived at the account; what ends is one connection, for whatever account."""
    underway, quick, slow = Underway(), session_with(0), session_with(100)
    for session in (slow, quick):
        underway.write(session, BORIS, TALK, 1, 40)
    underway.write(slow, ANNA, OTHER, 1, 40)
    assert list(underway.arrived()) == [Arrival(TALK, BORIS, 1)]
    assert underway.end(quick, 100) == ([], 0)
    assert underway.end(slow, 100) == ([], 2)
    assert not underway
