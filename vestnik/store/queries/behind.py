"""The events of one conversation behind a number: what is read when they did not all come by themselves."""

from collections import defaultdict
from typing import Final

import msgspec
from sqlalchemy import Connection, Integer, bindparam, case, func, select

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import EVERYBODY, Extras, MessageEvent, Origin
from vestnik.store.queries.changes import CHANGES, change_record
from vestnik.store.queries.places import TO, with_place
from vestnik.store.queries.room_lists import all_rooms
from vestnik.store.schema import account, change, conversation, mention, message

_CONVERSATION: Final = bindparam("conversation_id", type_=Integer)
_AUTHOR: Final = account.alias("author")


def _other(author_id: object) -> object:
    """The account that a direct conversation is with, seen from its author; 0 in a room."""
    other = case((conversation.c.low_id == author_id, conversation.c.high_id), else_=conversation.c.low_id)
    return func.coalesce(other, 0).label("to_id")


_MESSAGES: Final = (
    with_place(
        select(message, _AUTHOR.c.name.label("author"), _other(message.c.sender_id), TO).join(  # type: ignore[call-overload]
            _AUTHOR, _AUTHOR.c.id == message.c.sender_id
        ),
        message,
        message.c.sender_id,
    )
    .where(message.c.conversation_id == _CONVERSATION, message.c.seq > bindparam("after"))
    .order_by(message.c.seq)
    .limit(bindparam("page", type_=Integer))
)
_MENTIONS: Final = (
    select(mention.c.seq, mention.c.account_id, account.c.name)
    .outerjoin(account, account.c.id == mention.c.account_id)
    .where(mention.c.conversation_id == _CONVERSATION, mention.c.seq.between(bindparam("first"), bindparam("last")))
    .order_by(mention.c.account_id)
)


def messages_behind(connection: Connection, conversation_id: int, seq: int, limit: int) -> list[MessageEvent]:
    """The first `limit` messages of a conversation behind `seq`, as they are now."""
    values = {"conversation_id": conversation_id, "after": seq, "page": limit}
    rows = connection.execute(_MESSAGES, values).all()
    if not rows:
        return []
    mentions: defaultdict[int, tuple[AccountRecord, ...]] = defaultdict(tuple)
    places = {"conversation_id": conversation_id, "first": rows[0].seq, "last": rows[-1].seq}
    for at, account_id, name in connection.execute(_MENTIONS, places):
        mentions[at] += (AccountRecord(account_id, name) if account_id else EVERYBODY,)
    found = []
    for row in rows:
        origin = None if row.forwarded is None else msgspec.json.decode(row.forwarded, type=Origin)
        extras = Extras(row.reply_to, row.thread, None, mentions[row.seq], origin)
        found.append(
            MessageEvent(
                conversation_id,
                row.sender_id,
                row.author,
                row.to_id,
                row.to,
                row.text,
                row.client_id,
                extras if extras != Extras() else None,
                row.id,
                row.seq,
                row.time,
            )
        )
    return found


_CHANGES: Final = (
    with_place(
        CHANGES.add_columns(change.c.account_id, _other(change.c.account_id), TO),  # type: ignore[arg-type]
        change,
        change.c.account_id,
    )
    .where(change.c.conversation_id == _CONVERSATION, change.c.change > bindparam("after"))
    .order_by(change.c.change)
    .limit(bindparam("page", type_=Integer))
)
_PERSON: Final = select(account.c.id).where(account.c.name == bindparam("name"))


def changes_behind(connection: Connection, conversation_id: int, number: int, limit: int) -> list[ChangeEvent]:
    """The first `limit` changes of a conversation behind a `change`; a room that was made is as it is now."""
    values = {"conversation_id": conversation_id, "after": number, "page": limit}
    found = []
    for *row, account_id, to_id, to in connection.execute(_CHANGES, values).all():
        event = change_record(row)._replace(account_id=account_id, to_id=to_id, to=to if to_id else "")
        if event.kind == "create_room":
            made = next(room for room in all_rooms(connection) if room.id == conversation_id)
            event = event._replace(room=made)
        elif "name" in event.data and event.kind != "set_room":
            person_id = connection.execute(_PERSON, {"name": event.data["name"]}).scalar_one()
            event = event._replace(person_id=person_id)
        found.append(event)
    return found
