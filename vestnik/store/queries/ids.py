"""Ids that clients gave their messages: what was sent under them, also when retention has removed it."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Connection, Float, Integer, bindparam, delete, exists, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.messages import MessageEvent, Origin
from vestnik.store.schema import change, cursor, message, spent_id

MAX_IDS: Final = 500
"""Ids that are looked up by one query."""
DIGEST_BYTES: Final = 16
"""Of a text, kept with a spent id."""
_DELETED: Final = b"-"
"""What stands there for a deleted message: nothing is left of its text, not even that."""


class KnownId(NamedTuple):
    """A message that was sent under an id; its text is None when it was deleted.

    Of one that retention has removed, `digest` is in the place of its text and origin.
    """

    conversation_id: int
    seq: int
    delivered: bool = False
    text: str | None = None
    origin: Origin | None = None
    digest: bytes | None = None

    @property
    def withdrawn(self) -> bool:
        """Whether it was deleted: then nobody knows whether a message under the same id says something else."""
        return self.text is None if self.digest is None else self.digest == _DELETED

    def differs(self, new: MessageEvent) -> bool:
        """Whether a message under the same id says something else, as far as that is known."""
        origin = None if new.extras is None else new.extras.origin
        if self.withdrawn:
            return False
        if self.digest is not None:
            return self.digest != _digest_of(new.text, origin)
        if self.origin is None or origin is None:
            return self.origin is not origin or self.text != new.text
        return (self.origin.from_, self.origin.seq, self.origin.time) != (origin.from_, origin.seq, origin.time)


_SENDER: Final = bindparam("sender_id", type_=Integer)
_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_DELIVERED: Final = (
    exists()
    .where(cursor.c.conversation_id == message.c.conversation_id, cursor.c.account_id != _SENDER)
    .where(cursor.c.delivered >= message.c.seq)
)
# Put together once: building a statement costs more than running it.
_KEPT: Final = select(
    message.c.client_id,
    message.c.conversation_id,
    message.c.seq,
    _DELIVERED.label("delivered"),
    message.c.text,
    message.c.forwarded,
    message.c.edited,
    message.c.deleted,
).where(message.c.sender_id == _SENDER, message.c.client_id.in_(_IDS))
_SPENT: Final = select(spent_id.c.client_id, spent_id.c.conversation_id, spent_id.c.seq, spent_id.c.digest).where(
    spent_id.c.sender_id == _SENDER, spent_id.c.client_id.in_(_IDS)
)
_FIRST_CHANGE: Final = (
    select(change.c.before)
    .where(
        change.c.conversation_id == bindparam("conversation_id", type_=Integer),
        change.c.seq == bindparam("seq", type_=Integer),
        change.c.before.is_not(None),
    )
    .order_by(change.c.change)
    .limit(1)
)


def kept_ids(connection: Connection, sender_id: int, ids: Sequence[str]) -> Iterator[tuple[str, KnownId]]:
    """Those among the ids of an account whose messages are kept, with what was sent under them."""
    for row in _rows(connection, _KEPT, sender_id, ids):
        origin = None if row.forwarded is None else msgspec.json.decode(row.forwarded, type=Origin)
        text = _sent_text(connection, row)
        yield row.client_id, KnownId(row.conversation_id, row.seq, row.delivered, text, origin)


def spent_ids(connection: Connection, sender_id: int, ids: Sequence[str]) -> Iterator[tuple[str, KnownId]]:
    """Those among the ids of an account whose messages retention has removed."""
    for row in _rows(connection, _SPENT, sender_id, ids):
        yield row.client_id, KnownId(row.conversation_id, row.seq, digest=row.digest)


def knows_id(connection: Connection, account_id: int, client_id: str) -> bool:
    """Whether an account has sent a message under this id. Asked of the writer, in turn with what was sent before."""
    ids = [client_id]
    return any(True for ask in (kept_ids, spent_ids) for _ in ask(connection, account_id, ids))


def is_known(error: Exception) -> bool:
    """Whether an INSERT failed because the sender of a message has used its id before."""
    return f"{message.c.client_id}" in str(error)


def any_spent(connection: Connection) -> bool:
    """Whether there are such ids at all."""
    return connection.exec_driver_sql("SELECT 1 FROM spent_id LIMIT 1").first() is not None


_GONE: Final = select(
    message.c.sender_id,
    message.c.client_id,
    message.c.conversation_id,
    message.c.seq,
    message.c.text,
    message.c.forwarded,
    message.c.edited,
    message.c.deleted,
).where(
    message.c.conversation_id == bindparam("conversation_id", type_=Integer),
    message.c.seq <= bindparam("seq", type_=Integer),
    message.c.client_id.is_not(None),
)
_FORGET: Final = delete(spent_id).where(
    spent_id.c.id.in_(select(spent_id.c.id).order_by(spent_id.c.id).limit(bindparam("page", type_=Integer))),
    spent_id.c.removed < bindparam("before", type_=Float),
)


def spend_ids(connection: Connection, conversation_id: int, seq: int, now: float) -> None:
    """Note the ids of the messages of a conversation up to `seq`, which are about to be removed."""
    rows = connection.execute(_GONE, {"conversation_id": conversation_id, "seq": seq}).all()
    if rows:
        connection.execute(
            insert_or_ignore(spent_id).on_conflict_do_nothing(),
            [
                {
                    "sender_id": row.sender_id,
                    "client_id": row.client_id,
                    "conversation_id": row.conversation_id,
                    "seq": row.seq,
                    "digest": _kept_digest(connection, row),
                    "removed": now,
                }
                for row in rows
            ],
        )


def forget_ids(connection: Connection, before: float, limit: int) -> int:
    """Forget those that were noted before a time (UNIX seconds), at most `limit`; how many."""
    return connection.execute(_FORGET, {"before": before, "page": limit}).rowcount


def _rows(connection: Connection, statement: Any, sender_id: int, ids: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(ids), MAX_IDS):
        yield from connection.execute(statement, {"sender_id": sender_id, "ids": ids[start : start + MAX_IDS]})


def _kept_digest(connection: Connection, row: Any) -> bytes:
    text = _sent_text(connection, row)
    if text is None:
        return _DELETED
    origin = None if row.forwarded is None else msgspec.json.decode(row.forwarded, type=Origin)
    return _digest_of(text, origin)


def _sent_text(connection: Connection, row: Any) -> str | None:
    """The text that a message had when it was sent; None when it was deleted."""
    if row.deleted is not None:
        return None
    if row.edited is not None:
        place = {"conversation_id": row.conversation_id, "seq": row.seq}
        first = connection.execute(_FIRST_CHANGE, place).first()
        if first is not None:
            return str(first.before)
    return str(row.text)


def _digest_of(text: str, origin: Origin | None) -> bytes:
    """Of what was sent; of a forwarded message, whose text is somebody else's and may change, of where it is from."""
    if origin is not None:
        text = f"{origin.from_} {origin.seq} {origin.time}"
    kind = b"" if origin is None else b"forwarded"
    return blake2b(text.encode(errors="surrogatepass"), digest_size=DIGEST_BYTES, person=kind).digest()
