"""What a conversation is called by whoever says something in it: the room, or the other person."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, case, func

from vestnik.store.schema import account, conversation, room

_ADDRESSEE: Final = account.alias("addressee")
TO: Final[ColumnElement[str]] = func.coalesce(room.c.name, _ADDRESSEE.c.name).label("to")
"""That name, in a statement that `with_place` has extended."""


def with_place(statement: Select[Any], table: Any, author: ColumnElement[int]) -> Select[Any]:
    """`statement`, with what it takes to name the conversation of a row of `table` as the account `author` does."""
    other = case((conversation.c.low_id == author, conversation.c.high_id), else_=conversation.c.low_id)
    return (
        statement.join(conversation, conversation.c.id == table.c.conversation_id)
        .outerjoin(room, room.c.id == conversation.c.id)
        .outerjoin(_ADDRESSEE, _ADDRESSEE.c.id == other)
    )
