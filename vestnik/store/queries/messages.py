"""Direct conversations, and the messages in them that wait for their recipient."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Integer, and_, bindparam, case, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.messages import Delivered, KeptMessage, StoredMessage
from vestnik.store.schema import account, conversation, cursor, message, room


def direct_conversation(connection: Connection, one: int, other: int, now: float) -> int:
    """The number of the conversation of two accounts, which is begun if there is none."""
    low, high = sorted((one, other))
    same = (conversation.c.low_id == low, conversation.c.high_id == high)
    found = connection.execute(select(conversation.c.id).where(*same)).scalar()
    if found is None:
        values = {"created": now, "low_id": low, "high_id": high}
        found = connection.execute(insert(conversation).values(values).returning(conversation.c.id)).scalar_one()
    return int(found)


# Put together once: building a statement costs more than running it.
_ME: Final = bindparam("account_id", type_=Integer)
_KEPT: Final = (
    select(message, account.c.name)
    .select_from(conversation)
    .outerjoin(cursor, and_(cursor.c.conversation_id == conversation.c.id, cursor.c.account_id == _ME))
    .join(
        message,
        and_(
            message.c.conversation_id == conversation.c.id,
            message.c.seq > func.coalesce(cursor.c.delivered, 0),
            message.c.sender_id != _ME,
            message.c.id.between(bindparam("first"), bindparam("last")),
        ),
    )
    .join(account, account.c.id == message.c.sender_id)
    .where(or_(conversation.c.low_id == _ME, conversation.c.high_id == _ME))
    .order_by(message.c.id)
    .limit(bindparam("page", type_=Integer))
)


def kept_messages(connection: Connection, account_id: int, first: int, last: int, limit: int) -> list[KeptMessage]:
    """Direct messages to the account, numbered from `first` to `last`, that were never delivered, oldest first."""
    return [
        KeptMessage(row.id, row.conversation_id, row.seq, row.name, row.client_id, row.text, row.time)
        for row in connection.execute(_KEPT, {"account_id": account_id, "first": first, "last": last, "page": limit})
    ]


_SENDER: Final = account.alias("sender")
_ADDRESSEE: Final = account.alias("addressee")
_STORED: Final = (
    select(
        message.c.id,
        message.c.seq,
        message.c.client_id,
        message.c.time,
        _SENDER.c.name.label("sender"),
        func.coalesce(room.c.name, _ADDRESSEE.c.name).label("to"),
    )
    .join(_SENDER, _SENDER.c.id == message.c.sender_id)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .outerjoin(room, room.c.id == conversation.c.id)
    .outerjoin(
        _ADDRESSEE,
        _ADDRESSEE.c.id
        == case((conversation.c.low_id == message.c.sender_id, conversation.c.high_id), else_=conversation.c.low_id),
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


def save_cursors(connection: Connection, delivered: Sequence[Delivered]) -> None:
    """Note how far conversations were delivered; a cursor never goes back."""
    if not delivered:
        return
    new = insert_or_update(cursor)
    statement = new.on_conflict_do_update(
        index_elements=[cursor.c.conversation_id, cursor.c.account_id],
        set_={"delivered": func.max(cursor.c.delivered, new.excluded.delivered)},
    )
    connection.execute(
        statement,
        [{"conversation_id": d.conversation_id, "account_id": d.account_id, "delivered": d.seq} for d in delivered],
    )
