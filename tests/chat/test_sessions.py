"""Sessions, and the audiences of rooms that follow them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chat.conftest import Ear, hearers
from vestnik.chat.presence import Presences
from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.session import NO_FEATURES, Session
from vestnik.chat.sessions import Sessions
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord
from vestnik.protocol.formats import JIM_PLAIN, JIM_RICH

RICH = frozenset({"seq"})
ANNA = AccountRecord(7, "Anna")


@pytest.fixture
def rooms() -> RoomDirectory:
    """One room with two members."""
    return RoomDirectory([RoomRecord(1, "#tea", {7, 8})])


@pytest.fixture
def sessions(rooms: RoomDirectory) -> Sessions:
    """No session yet."""
    return Sessions(rooms, Presences(lambda: 0.0))


@pytest.mark.parametrize("features", [NO_FEATURES, RICH])
def test_attach(sessions: Sessions, rooms: RoomDirectory, features: frozenset[str]) -> None:
    """A session that logs in speaks for its account and hears its rooms in its own format."""
    session = Session(Ear())
    sessions.attach(session, ANNA, "anna", features)
    assert (session.speaker.name, session.name, session.format.rich) == ("Anna", "Anna", features == RICH)
    room = rooms.find("#tea")
    assert room is not None
    assert hearers(room, JIM_RICH if features else JIM_PLAIN) == hearers(room) == {session.recipient}


def test_attach_again(sessions: Sessions, rooms: RoomDirectory) -> None:
    """Logging in again with other features changes the format and leaves one session."""
    session = Session(Ear())
    sessions.attach(session, ANNA, "anna", NO_FEATURES)
    sessions.attach(session, ANNA, "anna", RICH)
    room = rooms.find("#tea")
    assert room is not None
    assert (hearers(room, JIM_PLAIN), hearers(room, JIM_RICH)) == (set(), {session.recipient})
    assert session.speaker.sessions == {session}


RESUMING = RICH | {"resume"}


@pytest.mark.parametrize(
    ("first", "again", "kept", "live"),
    [
        (RICH, NO_FEATURES, False, True),
        (RICH, RESUMING, False, False),
        (RESUMING, RICH, True, True),
        (RESUMING, RESUMING, False, False),
    ],
)
def test_attach_again_resuming(
    sessions: Sessions, rooms: RoomDirectory, first: frozenset[str], again: frozenset[str], kept: bool, live: bool
) -> None:
    """Logging in again, a session hears what its features say: nothing until it resumes, or all and what was kept."""
    session = Session(Ear())
    sessions.attach(session, ANNA, "anna", first)
    before, waiting = session.missing, session.waiting
    assert sessions.attach(session, ANNA, "anna", again) == kept
    assert session.live == live
    assert hearers(rooms.find("#tea")) == ({session.recipient} if live else set())
    assert (session.waiting is None) == (not live)
    assert first is not RICH or not live or session.waiting is waiting
    assert before.over == ("resume" in first)
    assert not session.missing.over


def test_attach_after_the_end(sessions: Sessions, rooms: RoomDirectory) -> None:
    """A connection that is gone is not logged in any more."""
    session = Session(Ear())
    session.closed = True
    sessions.attach(session, ANNA, "anna", NO_FEATURES)
    assert session.account is None
    assert sessions.find(7) is None


def test_detach(sessions: Sessions, rooms: RoomDirectory) -> None:
    """The account is there as long as one of its sessions; who logs out hears nothing any more."""
    one, other = Session(Ear()), Session(Ear())
    for session in (one, other):
        sessions.attach(session, ANNA, "anna", NO_FEATURES)
    account = sessions.find(7)
    assert one.waiting == []
    sessions.detach(one)
    assert (one.account, one.waiting) == (None, None)
    assert sessions.find(7) is account is other.account
    sessions.detach(other)
    sessions.detach(other)
    assert sessions.find(7) is None
    room = rooms.find("#tea")
    assert room is not None
    assert not room.hearers


def test_joined_and_left(sessions: Sessions, rooms: RoomDirectory) -> None:
    """Joining and leaving reach every session of the account, each in its own format."""
    plain, rich = Session(Ear()), Session(Ear())
    sessions.attach(plain, ANNA, "anna", NO_FEATURES)
    sessions.attach(rich, ANNA, "anna", RICH)
    room = rooms.add(RoomRecord(2, "#coffee", {7}))
    sessions.joined(7, room)
    assert (hearers(room, JIM_PLAIN), hearers(room, JIM_RICH)) == ({plain.recipient}, {rich.recipient})
    sessions.left(7, room)
    assert room.hearers == {}


def test_without_sessions(sessions: Sessions, rooms: RoomDirectory) -> None:
    """Joining and leaving of an account that is not connected change no audience."""
    room = rooms.add(RoomRecord(2, "#coffee", {9}))
    sessions.joined(9, room)
    sessions.left(9, room)
    assert not room.hearers


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.booleans()), max_size=20))
def test_audience(changes: list[tuple[int, int, bool]]) -> None:
    """After any logins and logouts, a room is heard by exactly the sessions of its members, in their format."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", {1, 2})])
    sessions = Sessions(rooms, Presences(lambda: 0.0))
    people = [Session(Ear()) for _ in range(4)]
    for number, account_id, rich in changes:
        if account_id:
            features = RICH if rich else NO_FEATURES
            sessions.attach(people[number], AccountRecord(account_id, str(account_id)), str(account_id), features)
        else:
            sessions.detach(people[number])
    room = rooms.find("#tea")
    assert room is not None
    logged_in = [session for session in people if session.account]
    assert hearers(room, JIM_PLAIN) == {session.recipient for session in logged_in if not session.format.rich}
    assert hearers(room, JIM_RICH) == {session.recipient for session in logged_in if session.format.rich}
