"""Changes of conversations: what happens in them beside new messages, counted without gaps."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, and_, bindparam, func, select

from vestnik.chat.storage.changes import ChangeRecord
from vestnik.store.schema import account, change, message

LAST_NUMBER: Final = select(
    func.max(
        select(func.coalesce(func.max(message.c.id), 0)).scalar_subquery(),
        select(func.coalesce(func.max(change.c.id), 0)).scalar_subquery(),
    )
)
"""The number of the newest message or change."""
_LAST_CHANGE: Final = select(func.coalesce(func.max(change.c.change), 0)).where(
    change.c.conversation_id == bindparam("conversation_id")
)
_NAME: Final = select(account.c.name).where(account.c.id == bindparam("account_id"))


def last_number(connection: Connection) -> int:
    """The number of the newest message or change; 0 when there is none."""
    return int(connection.execute(LAST_NUMBER).scalar_one())


def add_change(
    connection: Connection,
    conversation_id: int,
    account_id: int,
    now: float,
    kind: str,
    *,
    seq: int | None = None,
    before: str | None = None,
    **data: Any,
) -> ChangeRecord:
    """Keep a change that an account makes at `now` (UNIX seconds).

    `data` are fields of `vestnik.protocol.events.Change` that only some kinds have; `before` is the text that the
    message `seq` had before. Only the writer may call this: it counts.
    """
    number = last_number(connection) + 1
    last = connection.execute(_LAST_CHANGE, {"conversation_id": conversation_id}).scalar_one()
    connection.execute(
        change.insert(),
        {
            "id": number,
            "conversation_id": conversation_id,
            "change": last + 1,
            "account_id": account_id,
            "time": now,
            "kind": kind,
            "seq": seq,
            "data": msgspec.json.encode(data).decode(),
            "before": before,
        },
    )
    name = connection.execute(_NAME, {"account_id": account_id}).scalar_one()
    return ChangeRecord(number, conversation_id, last + 1, name, now, kind, seq, data)


_COLUMNS: Final = (
    change.c.id,
    change.c.conversation_id,
    change.c.change,
    account.c.name,
    change.c.time,
    change.c.kind,
    change.c.seq,
    change.c.data,
    message.c.text,
)
CHANGES: Final[Select[Any]] = (
    select(*_COLUMNS)
    .join(account, account.c.id == change.c.account_id)
    .outerjoin(
        message,
        and_(
            change.c.kind == "edit",
            message.c.conversation_id == change.c.conversation_id,
            message.c.seq == change.c.seq,
        ),
    )
)
"""What `change_record` takes rows of."""


def change_record(row: Sequence[Any]) -> ChangeRecord:
    """A row of `CHANGES` as a record. An edit has the text of now: an older one may not be shown any more."""
    number, conversation_id, count, name, when, kind, seq, encoded, text = row
    data = msgspec.json.decode(encoded)
    if kind == "edit":
        data["message"] = text or ""
    return ChangeRecord(number, conversation_id, count, name, when, kind, seq, data)
