"""Who hears what happens."""

from tests.chat.conftest import Ear
from vestnik.chat.audience import sessions_in, sessions_of
from vestnik.chat.presence import Presences
from vestnik.chat.rooms import RoomDirectory
from vestnik.chat.session import NO_FEATURES, Session
from vestnik.chat.sessions import Sessions
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord

RICH = frozenset({"seq", "resume"})


def test_audiences() -> None:
    """People are heard on all their connections; a room also by those who are still getting what they missed."""
    rooms = RoomDirectory([RoomRecord(1, "#tea", {7, 8})])
    sessions = Sessions(rooms, Presences(lambda: 0.0))
    people = (7, NO_FEATURES), (7, RICH), (8, NO_FEATURES), (9, NO_FEATURES)
    made = []
    for account, features in people:
        ear = Ear()
        ear.session = session = Session(ear)
        sessions.attach(session, AccountRecord(account, str(account)), str(account), features)
        made.append(session)
    phone, resuming, boris, carl = made
    room = rooms.find("#tea")
    assert room is not None
    assert not resuming.live
    assert sessions_in(room) == {phone, resuming, boris}
    assert set(sessions_of(sessions, [7, 9, 404])) == {phone, resuming, carl}
    assert sessions_of(sessions, []) == []
