"""The events of a conversation behind a number, as they are read when they did not all come by themselves."""

from sqlalchemy import Connection, insert

from tests.support.store import allow
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import RoomRecord
from vestnik.chat.storage.messages import EVERYBODY, Extras, MessageEvent, Origin
from vestnik.store.queries import members, messages, rooms
from vestnik.store.queries.behind import changes_behind, messages_behind
from vestnik.store.queries.messages import add_extras
from vestnik.store.schema import message

ANNA, BORIS = AccountRecord(1, "anna"), AccountRecord(2, "boris")


def keep(connection: Connection, event: MessageEvent) -> MessageEvent:
    """Keep a message as the writer does; the event with its number."""
    values = {"conversation_id": event.conversation_id, "seq": event.seq, "sender_id": event.author_id}
    values |= {"client_id": event.id, "time": event.time, "text": event.text}
    (event.number,) = connection.execute(insert(message).values(values)).inserted_primary_key or (0,)
    if event.extras is not None:
        add_extras(connection, [(event.number, event.conversation_id, event.seq, event.extras)])
    return event


def fields(event: MessageEvent) -> tuple[object, ...]:
    """All of an event, to compare."""
    return tuple(getattr(event, name) for name in event.__struct_fields__)


def test_messages_of_a_room(connection: Connection) -> None:
    """They are the events that the writer made: in order, behind the number, no more than asked for."""
    tea = rooms.join_room(connection, "#tea", "#Tea", 1, 1.0, allow).room_id
    origin = Origin("boris", 3, 1.0, place=tea)
    kept = [
        keep(connection, MessageEvent(tea, 1, "anna", 0, "#Tea", "one", "a", None, seq=1, time=5.0)),
        keep(connection, MessageEvent(tea, 1, "anna", 0, "#Tea", "two", None, Extras(1, 1), seq=2, time=6.0)),
        keep(connection, MessageEvent(tea, 1, "anna", 0, "#Tea", "3", None, Extras(origin=origin), seq=3, time=7.0)),
        keep(
            connection,
            MessageEvent(tea, 1, "anna", 0, "#Tea", "@", "d", Extras(mentions=(EVERYBODY, BORIS)), seq=4, time=7.0),
        ),
    ]
    assert [fields(each) for each in messages_behind(connection, tea, 0, 10)] == [fields(each) for each in kept]
    assert [fields(each) for each in messages_behind(connection, tea, 1, 2)] == [fields(each) for each in kept[1:3]]
    assert messages_behind(connection, tea, 4, 10) == []


def test_messages_of_two_people(connection: Connection) -> None:
    """Each side's are to the other, and those to oneself to oneself."""
    talk = messages.direct_conversation(connection, 1, 2, 1.0)
    myself = messages.direct_conversation(connection, 1, 1, 1.0)
    kept = [
        keep(connection, MessageEvent(talk, 1, "anna", 2, "boris", "x", None, seq=1, time=5.0)),
        keep(connection, MessageEvent(talk, 2, "boris", 1, "anna", "y", None, seq=2, time=5.0)),
    ]
    note = keep(connection, MessageEvent(myself, 1, "anna", 1, "anna", "z", None, seq=1, time=5.0))
    assert [fields(each) for each in messages_behind(connection, talk, 0, 10)] == [fields(each) for each in kept]
    assert [fields(each) for each in messages_behind(connection, myself, 0, 10)] == [fields(note)]


def test_changes(connection: Connection) -> None:
    """They are the events that were made, each with the people it is about; a room that was made is as it is now."""
    made = rooms.join_room(connection, "#tea", "#Tea", 1, 1.0, allow)
    tea = made.room_id
    happened = [
        made.change,
        members.invite(connection, tea, 1, BORIS, 2.0, allow),
        members.set_role(connection, tea, 1, BORIS, "moderator", 3.0, allow),
    ]
    renamed = rooms.set_room(connection, tea, 1, 4.0, "#coffee", {"name": "#Coffee"}, allow)
    assert renamed is not None
    assert renamed.to == "#Tea"
    # What a room was called before is known only to who has made the change.
    happened += [renamed._replace(to=""), members.leave_room(connection, tea, 1, 5.0, allow).change]
    found = changes_behind(connection, tea, 0, 10)
    now = RoomRecord(tea, "#Coffee", {2}, {2: "owner"}, change=6, aliases=("#tea",), invited={2})
    assert found[0].room == now
    assert [found[0]._replace(room=None), *found[1:5]] == [
        happened[0] and happened[0]._replace(room=None),
        *happened[1:],
    ]
    assert (found[5].kind, found[5].account_id, found[5].person_id) == ("set_role", 1, 2)
    assert changes_behind(connection, tea, 2, 2) == found[2:4]
