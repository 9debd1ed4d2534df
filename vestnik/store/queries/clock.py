"""The time that retention trusts."""

from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as insert_or_update

from vestnik.chat.storage.retention import ClockRecord
from vestnik.store.schema import clock, message

_ONLY: Final = 1
"""The number of its row."""
_KNOWN: Final = select(clock.c.trusted, clock.c.shown, clock.c.steady).where(clock.c.id == _ONLY)
_NEWEST: Final = select(message.c.time).order_by(message.c.id.desc()).limit(1)


def known_clock(connection: Connection) -> ClockRecord | None:
    """What is known of the time; before anything was saved, by the newest message."""
    row = connection.execute(_KNOWN).first()
    if row is not None:
        return ClockRecord(*row)
    newest = connection.execute(_NEWEST).scalar()
    return None if newest is None else ClockRecord(newest, newest)


def save_clock(connection: Connection, record: ClockRecord) -> None:
    """Remember it."""
    values = record._asdict()
    statement = insert_or_update(clock).values(id=_ONLY, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[clock.c.id], set_=values))
