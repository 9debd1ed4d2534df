"""The conversations of an account: how far they go, how far they were delivered and read, and what a session missed."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Integer, and_, bindparam, case, exists, func, literal_column, or_, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.conversations import (
    ConversationRecords,
    DirectRecord,
    MissedChange,
    MissedMessage,
    MissedPage,
    Unread,
    UnreadPage,
)
from vestnik.chat.storage.rooms import Asker
from vestnik.store.queries.changes import CHANGES, change_record
from vestnik.store.queries.history import EVERYBODY, PAGE_CHARACTERS, WEIGHT, load_messages
from vestnik.store.queries.places import TO, with_place
from vestnik.store.queries.reading import check_reading, closed_to
from vestnik.store.queries.standing import LAST_SEQ
from vestnik.store.schema import account, block, change, conversation, cursor, member, mention, message

MAX_COUNTED: Final = 5_000
"""Unread messages that are counted at once; more would keep a reader for long."""

# Put together once: building a statement costs more than running it.
_ME: Final = bindparam("account_id", type_=Integer)
_CONVERSATION: Final = bindparam("conversation_id", type_=Integer)


_LAST_CHANGE: Final = func.coalesce(
    select(func.max(change.c.change)).where(change.c.conversation_id == conversation.c.id).scalar_subquery(), 0
)
_DIRECTS: Final = (
    select(conversation.c.id, account.c.name, LAST_SEQ, _LAST_CHANGE)
    .join(
        account,
        account.c.id == case((conversation.c.low_id == _ME, conversation.c.high_id), else_=conversation.c.low_id),
    )
    .where(or_(conversation.c.low_id == _ME, conversation.c.high_id == _ME))
)
_ENDS: Final = select(conversation.c.id, LAST_SEQ, _LAST_CHANGE).where(
    conversation.c.id.in_(bindparam("numbers", expanding=True, type_=Integer))
)
_CURSORS: Final = select(cursor.c.conversation_id, cursor.c.read).where(cursor.c.account_id == _ME)
_MEMBERSHIPS: Final = (
    select(member.c.room_id, member.c.since, conversation.c.floor)
    .join(conversation, conversation.c.id == member.c.room_id)
    .where(member.c.account_id == _ME)
)
_DIRECT_FLOORS: Final = select(conversation.c.id, conversation.c.floor).where(
    or_(conversation.c.low_id == _ME, conversation.c.high_id == _ME), conversation.c.floor > 0
)


def conversations(connection: Connection, account_id: int) -> ConversationRecords:
    """All conversations of an account; rooms have their last numbers in memory."""
    values = {"account_id": account_id}
    directs = [DirectRecord(*row) for row in connection.execute(_DIRECTS, values)]
    read = dict(tuple(row) for row in connection.execute(_CURSORS, values))
    since, floors = {}, {}
    for room_id, joined, floor in connection.execute(_MEMBERSHIPS, values):
        since[room_id] = joined
        if floor:
            floors[room_id] = floor
    return ConversationRecords(directs, read, since, floors)


def ends(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How far conversations go, by their numbers: the last `seq` and `change` of each."""
    rows = connection.execute(_ENDS, {"numbers": numbers})
    return {number: (seq, last_change) for number, seq, last_change in rows}


_UNDELIVERED: Final = (
    select(
        conversation.c.id,
        select(message.c.seq)
        .where(
            message.c.conversation_id == conversation.c.id,
            message.c.seq > func.coalesce(cursor.c.delivered, 0),
            message.c.sender_id != _ME,
        )
        .order_by(message.c.seq)
        .limit(1)
        .correlate(conversation, cursor)
        .scalar_subquery(),
    )
    .outerjoin(cursor, and_(cursor.c.conversation_id == conversation.c.id, cursor.c.account_id == _ME))
    .where(or_(conversation.c.low_id == _ME, conversation.c.high_id == _ME))
)


def undelivered(connection: Connection, account_id: int) -> dict[int, int]:
    """The first `seq` of each direct conversation that was never delivered to the account, where there is one."""
    rows = connection.execute(_UNDELIVERED, {"account_id": account_id})
    return {number: seq for number, seq in rows if seq is not None}


_UNREAD: Final = select(func.count()).select_from(
    select(message.c.id)
    .where(
        message.c.conversation_id == _CONVERSATION,
        message.c.seq > bindparam("read"),
        message.c.sender_id != _ME,
        message.c.deleted.is_(None),
    )
    .limit(bindparam("most", type_=Integer))
    .subquery()
)
_MENTIONED: Final = select(func.count()).select_from(
    select(mention.c.seq)
    .distinct()
    .where(
        mention.c.conversation_id == _CONVERSATION,
        mention.c.account_id.in_((_ME, EVERYBODY)),
        mention.c.seq > bindparam("read"),
        exists().where(
            message.c.conversation_id == mention.c.conversation_id,
            message.c.seq == mention.c.seq,
            message.c.sender_id != _ME,
            message.c.sender_id.not_in(select(block.c.blocked_id).where(block.c.account_id == _ME)),
        ),
    )
    .limit(bindparam("most", type_=Integer))
    .subquery()
)


def unread(connection: Connection, account_id: int, places: Sequence[tuple[int, int, int]], limit: int) -> UnreadPage:
    """What is unread in conversations, each up to `limit`: given by number, `seq` read up to, and last `seq`.

    Rooms that the account is not a member of are left out. After about `MAX_COUNTED` messages it stops.
    """
    found: dict[int, Unread] = {}
    closed = closed_to(connection, account_id, [conversation_id for conversation_id, *_ in places])
    counted = looked = 0
    for conversation_id, read, last in places:
        if counted > MAX_COUNTED:
            break
        looked += 1
        if conversation_id in closed:
            continue
        counted += min(last - read, limit)
        values = {"account_id": account_id, "conversation_id": conversation_id, "read": read, "most": limit}
        messages = connection.execute(_UNREAD, values).scalar_one()
        mentions = connection.execute(_MENTIONED, values).scalar_one() if messages else 0
        found[conversation_id] = Unread(messages, mentions)
    return UnreadPage(found, looked)


_READ: Final = select(cursor.c.read).where(cursor.c.conversation_id == _CONVERSATION, cursor.c.account_id == _ME)
_NEW: Final = insert_or_update(cursor)
_HAS_READ: Final = _NEW.on_conflict_do_update(
    index_elements=[cursor.c.conversation_id, cursor.c.account_id], set_={"read": _NEW.excluded.read}
)
_END: Final = select(LAST_SEQ).where(conversation.c.id == _CONVERSATION)


def read_up_to(connection: Connection, reader: Asker, conversation_id: int, seq: int) -> int | None:
    """Note how far somebody has read, at most to the end; how far that is, None if nothing has changed."""
    check_reading(connection, reader, conversation_id)
    values = {"conversation_id": conversation_id, "account_id": reader.account_id}
    reached = min(seq, int(connection.execute(_END, values).scalar_one()))
    before = connection.execute(_READ, values).scalar()
    if reached <= (before or 0):
        return None
    connection.execute(_HAS_READ, values | {"delivered": 0, "read": reached})
    return reached


_MISSED_MESSAGES: Final = (
    select(message.c.id, message.c.conversation_id, literal_column(WEIGHT, Integer))
    .where(message.c.conversation_id == _CONVERSATION, message.c.seq > bindparam("after"))
    .order_by(message.c.seq)
    .limit(bindparam("page", type_=Integer))
)
_CHANGES_WITH_NAMES: Final = with_place(CHANGES.add_columns(TO), change, change.c.account_id).limit(
    bindparam("page", type_=Integer)
)
_MISSED_CHANGES: Final = _CHANGES_WITH_NAMES.where(
    change.c.conversation_id == _CONVERSATION, change.c.change > bindparam("after")
).order_by(change.c.change)
_CHANGES_AFTER: Final = _CHANGES_WITH_NAMES.where(change.c.id > bindparam("number")).order_by(change.c.id)


def missed_messages(
    connection: Connection, account_id: int, positions: Sequence[tuple[int, int]], limit: int
) -> MissedPage[MissedMessage]:
    """The first `limit` messages behind a `seq` in each of some conversations, without rooms of others.

    Conversation by conversation in the given order, each by `seq`. A page of long ones ends earlier.
    """
    numbers: list[int] = []
    places: list[int] = []
    characters, more = 0, False
    closed = closed_to(connection, account_id, [conversation_id for conversation_id, _ in positions])
    for conversation_id, after in positions:
        if conversation_id in closed:
            continue
        values = {"conversation_id": conversation_id, "after": after, "page": limit + 1 - len(numbers)}
        for number, place, weight in connection.execute(_MISSED_MESSAGES, values):
            characters += weight
            if len(numbers) == limit or (numbers and characters > PAGE_CHARACTERS):
                more = True
                break
            numbers.append(number)
            places.append(place)
        if more:
            break
    messages = load_messages(connection, numbers, account_id)
    return MissedPage([MissedMessage(*found) for found in zip(places, messages, strict=True)], more)


def missed_changes(
    connection: Connection, account_id: int, positions: Sequence[tuple[int, int]], limit: int
) -> MissedPage[MissedChange]:
    """The first `limit` changes behind a `change` in each of some conversations, in the same way."""
    found: list[MissedChange] = []
    characters = 0
    closed = closed_to(connection, account_id, [conversation_id for conversation_id, _ in positions])
    for conversation_id, after in positions:
        if conversation_id in closed:
            continue
        values = {"conversation_id": conversation_id, "after": after, "page": limit + 1 - len(found)}
        for *row, to in connection.execute(_MISSED_CHANGES, values):
            missed = MissedChange(to, change_record(row))
            characters += len(str(missed.change.data.get("message", "")))
            if len(found) == limit or (found and characters > PAGE_CHARACTERS):
                return MissedPage(found, more=True)
            found.append(missed)
    return MissedPage(found, more=False)


def changes_after(connection: Connection, number: int, limit: int) -> list[MissedChange]:
    """Changes with higher numbers than `number`, oldest first."""
    rows = connection.execute(_CHANGES_AFTER, {"number": number, "page": limit})
    return [MissedChange(to, change_record(row)) for *row, to in rows]
