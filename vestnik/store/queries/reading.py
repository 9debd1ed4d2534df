"""Whether somebody may read: asked in the same transaction as what is read, so that both are of one moment."""

from typing import Final

from sqlalchemy import Connection, Integer, bindparam, exists, select

from vestnik.chat.storage.rooms import Asker, ReadStanding, Standing
from vestnik.store.queries.standing import standing_in
from vestnik.store.schema import account, conversation, member, room

_DISABLED: Final = select(account.c.disabled).where(account.c.id == bindparam("account_id"))
_IS_GONE: Final = select(conversation.c.id).where(
    conversation.c.id == bindparam("conversation_id", type_=Integer), conversation.c.low_id.is_(None)
)
"""A conversation that is no room any more, and is none of two people."""
_CLOSED: Final = select(room.c.id).where(
    room.c.id.in_(bindparam("numbers", expanding=True, type_=Integer)),
    ~exists().where(member.c.room_id == room.c.id, member.c.account_id == bindparam("account_id")),
)


def check_reading(connection: Connection, reader: Asker, conversation_id: int) -> None:
    """Every query for somebody who wants to read of one conversation begins with it. Raises what their rule raises."""
    disabled = connection.execute(_DISABLED, {"account_id": reader.account_id}).scalar_one()
    room = standing_in(connection, conversation_id, reader.account_id)
    if room is None and connection.execute(_IS_GONE, {"conversation_id": conversation_id}).first() is not None:
        room = Standing("", private=True)
    reader.rule(ReadStanding(room, disabled))


def closed_to(connection: Connection, account_id: int, numbers: list[int]) -> set[int]:
    """Those of these conversations that are rooms which the account is not a member of."""
    return set(connection.execute(_CLOSED, {"account_id": account_id, "numbers": numbers}).scalars())
