"""Direct conversations, and the messages in them that wait for their recipient."""

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import Connection, Integer, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.messages import Delivered, Extras, KeptMessage, MessageRecord, Origin, StoredMessage
from vestnik.chat.storage.rooms import Asker
from vestnik.store.queries.history import load_messages
from vestnik.store.queries.places import TO, with_place
from vestnik.store.queries.reading import check_reading
from vestnik.store.schema import account, conversation, cursor, mention, message

# Put together once: building a statement costs more than running it.
_OF_TWO: Final = select(conversation.c.id).where(
    conversation.c.low_id == bindparam("low_id"), conversation.c.high_id == bindparam("high_id")
)


def find_direct_conversation(connection: Connection, one: int, other: int) -> int | None:
    """The number of the conversation of two accounts, if there is one."""
    low, high = sorted((one, other))
    found: int | None = connection.execute(_OF_TWO, {"low_id": low, "high_id": high}).scalar()
    return found


def direct_conversation(connection: Connection, one: int, other: int, now: float) -> int:
    """The number of the conversation of two accounts, which is begun if there is none."""
    found = find_direct_conversation(connection, one, other)
    if found is None:
        low, high = sorted((one, other))
        values = {"created": now, "low_id": low, "high_id": high}
        found = connection.execute(insert(conversation).values(values).returning(conversation.c.id)).scalar_one()
    return int(found)


_ME: Final = bindparam("account_id", type_=Integer)
_OTHERS: Final = (
    select(message.c.seq)
    .where(message.c.sender_id != _ME, message.c.id > bindparam("number", type_=Integer))
    .order_by(message.c.seq)
)
_FIRST_KEPT: Final = (
    select(
        conversation.c.id,
        _OTHERS.where(
            message.c.conversation_id == conversation.c.id, message.c.seq > func.coalesce(cursor.c.delivered, 0)
        )
        .limit(1)
        .correlate(conversation, cursor)
        .scalar_subquery(),
    )
    .outerjoin(cursor, and_(cursor.c.conversation_id == conversation.c.id, cursor.c.account_id == _ME))
    .where(or_(conversation.c.low_id == _ME, conversation.c.high_id == _ME))
)
_KEPT: Final = (
    _OTHERS.with_only_columns(message.c.id)
    .where(message.c.conversation_id == bindparam("conversation_id"), message.c.seq >= bindparam("first"))
    .limit(bindparam("page", type_=Integer))
)


def kept_numbers(connection: Connection, account_id: int, after: int, limit: int) -> list[int]:
    """The numbers of direct messages to the account that were never delivered: the first `limit` behind a number."""
    values = {"account_id": account_id, "number": after, "page": limit}
    found: list[int] = []
    # Numbers grow with `seq`: of each conversation no more than a page is looked at, however much was kept.
    for conversation_id, first in connection.execute(_FIRST_KEPT, values).all():
        if first is not None:
            found += connection.execute(_KEPT, values | {"conversation_id": conversation_id, "first": first}).scalars()
    return sorted(found)[:limit]


_PLACES: Final = (
    select(message.c.id, message.c.conversation_id, message.c.seq)
    .where(message.c.id.in_(bindparam("numbers", expanding=True, type_=Integer)))
    .order_by(message.c.id)
)


def kept_messages(connection: Connection, account_id: int, numbers: Sequence[int]) -> list[KeptMessage]:
    """The messages with these numbers as they are now and the account sees them, oldest first."""
    found = connection.execute(_PLACES, {"numbers": numbers}).all()
    shown = load_messages(connection, [row.id for row in found], account_id)
    return [KeptMessage(*row, each) for row, each in zip(found, shown, strict=True)]


_MESSAGE: Final = (
    select(account.c.name, message.c.time, message.c.text, message.c.deleted, message.c.thread, message.c.forwarded)
    .join(account, account.c.id == message.c.sender_id)
    .where(message.c.conversation_id == bindparam("conversation_id"), message.c.seq == bindparam("seq"))
)


def find_message(connection: Connection, reader: Asker, conversation_id: int, seq: int) -> MessageRecord | None:
    """A message of a conversation, also a deleted one."""
    check_reading(connection, reader, conversation_id)
    row = connection.execute(_MESSAGE, {"conversation_id": conversation_id, "seq": seq}).first()
    if row is None:
        return None
    origin = None if row.forwarded is None else msgspec.json.decode(row.forwarded, type=Origin)
    return MessageRecord(row.name, row.time, row.text, row.deleted, row.thread, origin)


_MENTION: Final = insert(mention)
_EXTEND: Final = (
    update(message)
    .where(message.c.id == bindparam("number"))
    .values(reply_to=bindparam("reply_to"), thread=bindparam("thread"), forwarded=bindparam("forwarded"))
)


Extended: TypeAlias = tuple[int, int, int, Extras]
"""A message by its number, conversation and `seq`, and what only some messages have."""


def add_extras(connection: Connection, extended: Sequence[Extended]) -> None:
    """Keep what some messages have beside the messages themselves."""
    derived = [
        {
            "number": number,
            "reply_to": extras.reply_to,
            "thread": extras.thread,
            "forwarded": None if extras.origin is None else msgspec.json.encode(extras.origin).decode(),
        }
        for number, _, _, extras in extended
        if extras.reply_to is not None or extras.origin is not None
    ]
    if derived:
        connection.execute(_EXTEND, derived)
    mentions = [
        {"conversation_id": conversation_id, "seq": seq, "account_id": account.id}
        for _, conversation_id, seq, extras in extended
        for account in extras.mentions
    ]
    if mentions:
        connection.execute(_MENTION, mentions)


def add_mentions(connection: Connection, conversation_id: int, seq: int, mentions: Sequence[AccountRecord]) -> None:
    """Keep whom a message mentions."""
    if mentions:
        place = {"conversation_id": conversation_id, "seq": seq}
        connection.execute(_MENTION, [place | {"account_id": account.id} for account in mentions])


_SENDER: Final = account.alias("sender")
_STORED: Final = (
    with_place(
        select(
            message.c.id,
            message.c.seq,
            message.c.client_id,
            message.c.time,
            _SENDER.c.name.label("sender"),
            TO,
        ).join(_SENDER, _SENDER.c.id == message.c.sender_id),
        message,
        message.c.sender_id,
    )
    .where(message.c.id > bindparam("number"))
    .order_by(message.c.id)
    .limit(bindparam("page", type_=Integer))
)


def messages_after(connection: Connection, number: int, limit: int) -> list[StoredMessage]:
    """Messages with higher numbers than `number`, oldest first."""
    return [
        StoredMessage(row.id, row.seq, row.sender, row.to, row.client_id, row.time)
        for row in connection.execute(_STORED, {"number": number, "page": limit})
    ]


_NEW: Final = insert_or_update(cursor)
_DELIVERED: Final = _NEW.on_conflict_do_update(
    index_elements=[cursor.c.conversation_id, cursor.c.account_id],
    set_={"delivered": func.max(cursor.c.delivered, _NEW.excluded.delivered)},
)


def save_cursors(connection: Connection, delivered: Sequence[Delivered]) -> None:
    """Note how far conversations were delivered; a cursor never goes back."""
    if delivered:
        connection.execute(
            _DELIVERED,
            [{"conversation_id": d.conversation_id, "account_id": d.account_id, "delivered": d.seq} for d in delivered],
        )
