"""Changes of conversations: what happens in them beside new messages, counted without gaps."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Integer, Select, and_, bindparam, case, func, select

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent, RoomRecord
from vestnik.store.schema import account, change, conversation, epoch, mention, message

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})

LAST_NUMBER: Final = select(
    func.max(
        select(func.coalesce(func.max(message.c.id), 0)).scalar_subquery(),
        select(func.coalesce(func.max(change.c.id), 0)).scalar_subquery(),
        select(func.coalesce(func.max(epoch.c.given), 0)).scalar_subquery(),
    )
)
"""The number of the newest message or change, also when retention has removed it."""
_LAST_CHANGE: Final = select(func.coalesce(func.max(change.c.change), 0)).where(
    change.c.conversation_id == bindparam("conversation_id")
)
_ACCOUNT: Final = bindparam("account_id", type_=Integer)
_OTHER: Final = account.alias("other")
_OTHER_ID: Final = case((conversation.c.low_id == _ACCOUNT, conversation.c.high_id), else_=conversation.c.low_id)
_AUTHOR: Final = (
    select(account.c.name, func.coalesce(_OTHER.c.id, 0).label("to_id"), func.coalesce(_OTHER.c.name, "").label("to"))
    .select_from(conversation)
    .join(account, account.c.id == _ACCOUNT)
    .outerjoin(
        _OTHER,
        _OTHER.c.id == case((conversation.c.low_id == _ACCOUNT, conversation.c.high_id), else_=conversation.c.low_id),
    )
    .where(conversation.c.id == bindparam("conversation_id"))
)
"""Who makes a change, and with whom, in a direct conversation."""
HAPPENED: Final = "vestnik.happened"
"""Where in `Connection.info` the writer finds the changes of a transaction, in their order."""


def last_number(connection: Connection) -> int:
    """The number of the newest message or change; 0 when there is none."""
    return int(connection.execute(LAST_NUMBER).scalar_one())


def settle(_connection: Connection) -> None:
    """Nothing: the writer hands on its results in order, so what was kept before is handed on before this."""


def add_change(
    connection: Connection,
    conversation_id: int,
    account_id: int,
    now: float,
    kind: str,
    *,
    seq: int | None = None,
    before: str | None = None,
    person: AccountRecord | None = None,
    made: RoomRecord | None = None,
    called: str = "",
    told: Mapping[str, Any] = NOTHING,
    **data: Any,
) -> ChangeEvent:
    """Keep a change that an account makes at `now` (UNIX seconds).

    `data` are fields of `vestnik.protocol.events.Change` that only some kinds have; `told` others, which the event has
    and the change does not keep, for they are kept with the message; `before` is the text that the
    message `seq` had before; `person` is whom it was done to; `made` the room that was made; `called` what a room was
    called before. Only the writer may call this: it counts; it gets the change to hand it on once it is on disk.
    """
    number = last_number(connection) + 1
    last = connection.execute(_LAST_CHANGE, {"conversation_id": conversation_id}).scalar_one()
    if person is not None:
        data = {"name": person.name, **data}
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
    author = connection.execute(_AUTHOR, {"account_id": account_id, "conversation_id": conversation_id}).one()
    event = ChangeEvent(
        number,
        conversation_id,
        last + 1,
        author.name,
        now,
        kind,
        seq,
        {**data, **told},
        account_id,
        0 if person is None else person.id,
        called or author.to,
        author.to_id,
        made,
    )
    if HAPPENED in connection.info:
        connection.info[HAPPENED].append(event)
    return event


_MENTIONED: Final = (
    select(func.json_group_object(mention.c.account_id, func.coalesce(account.c.name, "all")))
    .select_from(mention)
    .outerjoin(account, account.c.id == mention.c.account_id)
    .where(mention.c.conversation_id == change.c.conversation_id, mention.c.seq == change.c.seq)
    .correlate(change)
    .scalar_subquery()
)
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
    case((change.c.kind == "edit", _MENTIONED)),
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


def change_record(row: Sequence[Any]) -> ChangeEvent:
    """A row of `CHANGES` as a record.

    An edit has text and mentions of now: older ones may not be shown any more.
    """
    number, conversation_id, count, name, when, kind, seq, encoded, text, mentioned = row
    data = msgspec.json.decode(encoded)
    if kind == "edit":
        data["message"] = text or ""
        mentions = msgspec.json.decode(mentioned, type=dict[int, str])
        if mentions:
            data["mentions"] = [mentions[number] for number in sorted(mentions)]
    return ChangeEvent(number, conversation_id, count, name, when, kind, seq, data)
