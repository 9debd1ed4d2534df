"""Which messages are gone: the database itself notes it when a row goes, until they have left the index as well."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Integer, bindparam, delete, select

from vestnik.store.schema import removed_message

MOST_REMOVED: Final = 200
"""Messages that leave the index at once."""
_REMOVED: Final = (
    select(removed_message.c.number).order_by(removed_message.c.number).limit(bindparam("page", type_=Integer))
)


def removed(connection: Connection, limit: int) -> list[int]:
    """The numbers of the first `limit` messages that are gone and perhaps still in the index."""
    return list(connection.execute(_REMOVED, {"page": limit}).scalars())


def forget_removed(connection: Connection, numbers: Sequence[int]) -> None:
    """These have left the index."""
    connection.execute(delete(removed_message).where(removed_message.c.number.in_(numbers)))
