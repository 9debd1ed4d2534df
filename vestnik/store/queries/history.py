"""Messages that were kept, as they are shown: pages of a conversation, and everything that belongs to a message."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec
from msgspec import UNSET
from sqlalchemy import Connection, Integer, and_, bindparam, exists, false, func, literal_column, or_, select, union_all

from vestnik.chat.storage.messages import HistoryPage, Origin
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol.events import Delivery
from vestnik.store.queries.places import TO, with_place
from vestnik.store.queries.reading import check_reading
from vestnik.store.schema import account, member, mention, message, pin, reaction, room

PAGE_CHARACTERS: Final = 100_000
"""Characters of one page (`WEIGHT`); longer ones end earlier, but never before their first message."""
MAX_REPLIES: Final = 10_000
"""Replies to a message up to which they are counted."""
WEIGHT: Final = (
    "length(message.text)"
    " + 20 * (SELECT max(0, count(*) - 100) FROM (SELECT 1 FROM reaction AS r"
    " WHERE r.conversation_id = message.conversation_id AND r.seq = message.seq LIMIT 5000) AS some)"
    " + 8 * (SELECT max(0, count(*) - 100) FROM (SELECT 1 FROM message AS r"
    " WHERE r.conversation_id = message.conversation_id AND r.thread = message.seq LIMIT 10000) AS some)"
)
"""How much of a page a message takes: the characters of its text, and reactions and replies if they are very many."""
EVERYBODY: Final = 0
"""What stands in `mention.account_id` for `@all`."""

_AT_A_TIME: Final = 500
"""Messages that are looked up by one query."""
_SENDER: Final = account.alias("sender")
_NUMBERS: Final = bindparam("numbers", expanding=True, type_=Integer)
# Put together once: building a statement costs more than running it.
_MESSAGES: Final = with_place(
    select(
        message.c.id,
        message.c.conversation_id,
        message.c.seq,
        message.c.client_id,
        message.c.time,
        message.c.text,
        message.c.edited,
        message.c.deleted,
        message.c.reply_to,
        message.c.thread,
        message.c.forwarded,
        _SENDER.c.name.label("sender"),
        TO,
    ).join(_SENDER, _SENDER.c.id == message.c.sender_id),
    message,
    message.c.sender_id,
).where(message.c.id.in_(_NUMBERS))


def _beside(table: Any) -> Any:
    """The rows of `table` that belong to the same message."""
    return and_(table.c.conversation_id == message.c.conversation_id, table.c.seq == message.c.seq)


_REACTIONS: Final = (
    select(message.c.id, reaction.c.emoji, account.c.name)
    .join(reaction, _beside(reaction))
    .join(account, account.c.id == reaction.c.account_id)
    .where(message.c.id.in_(_NUMBERS))
    .order_by(reaction.c.time, account.c.key)
)
_PINS: Final = select(message.c.id).join(pin, _beside(pin)).where(message.c.id.in_(_NUMBERS))
_MENTIONS: Final = (
    select(message.c.id, mention.c.account_id, account.c.name)
    .join(mention, _beside(mention))
    .outerjoin(account, account.c.id == mention.c.account_id)
    .where(message.c.id.in_(_NUMBERS))
    .order_by(mention.c.account_id)
)
_REPLY: Final = message.alias("reply")
_REPLIES: Final = select(
    message.c.id,
    select(func.count())
    .select_from(
        select(_REPLY.c.id)
        .where(
            _REPLY.c.conversation_id == message.c.conversation_id,
            _REPLY.c.thread == message.c.seq,
            _REPLY.c.deleted.is_(None),
        )
        .limit(MAX_REPLIES)
        .correlate(message)
        .subquery()
    )
    .scalar_subquery(),
).where(message.c.id.in_(_NUMBERS))


def load_messages(connection: Connection, numbers: Iterable[int], account_id: int) -> list[Delivery]:
    """The messages with these numbers (`message.id`), in this order, with all of them that the account may see."""
    found: list[Delivery] = []
    rest = iter(numbers)
    while part := list(islice(rest, _AT_A_TIME)):
        found += _load(connection, part, account_id)
    return found


def _load(connection: Connection, numbers: Sequence[int], account_id: int) -> list[Delivery]:
    values = {"numbers": numbers}
    rows = connection.execute(_MESSAGES, values).all()
    by_number = {row.id: _delivery(row) for row in rows}
    _add_origins(
        connection, {row.id: row.forwarded for row in rows if row.forwarded is not None}, by_number, account_id
    )
    for number, emoji, name in connection.execute(_REACTIONS, values):
        each = by_number[number]
        if each.reactions is UNSET:
            each.reactions = {}
        each.reactions.setdefault(emoji, []).append(name)
    for (number,) in connection.execute(_PINS, values):
        by_number[number].pinned = True
    for number, account_id, name in connection.execute(_MENTIONS, values):
        each = by_number[number]
        each.mentions = ([] if each.mentions is UNSET else each.mentions) + ["all" if account_id == EVERYBODY else name]
    for number, count in connection.execute(_REPLIES, values):
        if count:
            by_number[number].replies = count
    return [by_number[number] for number in numbers if number in by_number]


_NAMES: Final = select(room.c.id, room.c.name).where(
    room.c.id.in_(_NUMBERS),
    or_(
        and_(room.c.private == false(), room.c.people.is_(None)),
        exists().where(member.c.room_id == room.c.id, member.c.account_id == bindparam("account_id", type_=Integer)),
    ),
)


def _add_origins(
    connection: Connection, encoded: Mapping[int, str], by_number: Mapping[int, Delivery], account_id: int
) -> None:
    """Say where forwarded messages come from, with the names of places that the account may know now."""
    if not encoded:
        return
    origins = {number: msgspec.json.decode(text, type=Origin) for number, text in encoded.items()}
    values = {"numbers": list({origin.place for origin in origins.values()}), "account_id": account_id}
    names = dict(tuple(row) for row in connection.execute(_NAMES, values))
    for number, origin in origins.items():
        direct = origin.to if account_id in origin.people else ""
        by_number[number].forwarded = origin.shown(names.get(origin.place, "") if origin.place else direct)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        row.time,
        row.sender,
        row.to,
        row.text,
        row.seq,
        id=_or_unset(row.client_id),
        reply_to=_or_unset(row.reply_to),
        thread=_or_unset(row.thread),
        edited=_or_unset(row.edited),
        deleted=_or_unset(row.deleted),
    )


def _or_unset(value: Any) -> Any:
    return UNSET if value is None else value


_WEIGHT: Final = literal_column(WEIGHT, Integer)
_PLACES: Final = (
    select(message.c.id, _WEIGHT)
    .where(message.c.conversation_id == bindparam("conversation_id"))
    .limit(bindparam("page", type_=Integer))
)
_OLDER: Final = _PLACES.where(message.c.seq < bindparam("seq")).order_by(message.c.seq.desc())
_NEWER: Final = _PLACES.where(message.c.seq >= bindparam("seq")).order_by(message.c.seq)


def _of_thread(here: Any, *, newest: bool) -> Any:
    """The places of a thread: its first message and the replies, each found by its own index, in its order."""
    page = bindparam("page", type_=Integer)
    one = select(message.c.id, message.c.seq).where(message.c.conversation_id == bindparam("conversation_id"), here)
    replies = one.where(message.c.thread == bindparam("thread"))
    replies = replies.order_by(message.c.seq.desc() if newest else message.c.seq).limit(page)
    both = union_all(one.where(message.c.seq == bindparam("thread")), select(replies.subquery())).subquery()
    weighed = select(message.c.id, _WEIGHT).join(both, both.c.id == message.c.id)
    return weighed.order_by(both.c.seq.desc() if newest else both.c.seq).limit(page)


_OLDER_IN_THREAD: Final = _of_thread(message.c.seq < bindparam("seq"), newest=True)
_NEWER_IN_THREAD: Final = _of_thread(message.c.seq >= bindparam("seq"), newest=False)
_END: Final = 2**62


def history(
    connection: Connection,
    reader: Asker,
    conversation_id: int,
    limit: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    thread: int | None = None,
) -> HistoryPage:
    """At most `limit` messages of a conversation before, after or around a `seq`, or else the newest; by `seq`."""
    check_reading(connection, reader, conversation_id)
    ask = _Pages(connection, conversation_id, thread)
    if after is not None:
        numbers, more = ask.newer(after + 1, limit)
    elif around is not None:
        older, more_older = ask.older(around, limit // 2)
        newer, more_newer = ask.newer(around, limit - len(older))
        numbers, more = older + newer, more_older or more_newer
    else:
        numbers, more = ask.older(_END if before is None else before, limit)
    return HistoryPage(load_messages(connection, numbers, reader.account_id), more)


class _Pages:
    """Asks for pages of one conversation, or of one thread in it."""

    def __init__(self, connection: Connection, conversation_id: int, thread: int | None) -> None:
        self._connection = connection
        self._values = {"conversation_id": conversation_id} | ({} if thread is None else {"thread": thread})
        self._statements = (_OLDER, _NEWER) if thread is None else (_OLDER_IN_THREAD, _NEWER_IN_THREAD)

    def older(self, seq: int, limit: int) -> tuple[list[int], bool]:
        """The last `limit` messages before `seq`, oldest first, and whether there are more."""
        numbers, more = self._take(self._statements[0], seq, limit)
        return numbers[::-1], more

    def newer(self, seq: int, limit: int) -> tuple[list[int], bool]:
        """The first `limit` messages from `seq` on, and whether there are more."""
        return self._take(self._statements[1], seq, limit)

    def _take(self, statement: Any, seq: int, limit: int) -> tuple[list[int], bool]:
        numbers: list[int] = []
        characters = 0
        for number, length in self._connection.execute(statement, self._values | {"seq": seq, "page": limit + 1}):
            characters += length
            if len(numbers) == limit or (numbers and characters > PAGE_CHARACTERS):
                return numbers, True
            numbers.append(number)
        return numbers, False
