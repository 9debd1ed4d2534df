"""The epoch of the store: another one whenever numbers may have been given before that are given again."""

import secrets
from typing import Final

from sqlalchemy import Connection, insert, select

from vestnik.chat.storage.epochs import EpochRecord
from vestnik.store.queries.changes import last_number
from vestnik.store.schema import epoch

EPOCH_BYTES: Final = 4
"""Of which an epoch's text is the hexadecimal form: few, for every message in the journal has it."""
_EPOCHS: Final = select(epoch.c.epoch, epoch.c.began).order_by(epoch.c.id.desc())


def current_epoch(connection: Connection) -> EpochRecord:
    """The present epoch."""
    (name, began), *past = connection.execute(_EPOCHS).all()
    return EpochRecord(name, began, frozenset(row.epoch for row in past))


def begin_epoch(connection: Connection, seen: str | None = None) -> EpochRecord:
    """Begin a new epoch; `seen` is one that was found outside, and is past now if it was not known."""
    before = current_epoch(connection)
    number = last_number(connection)
    names = [secrets.token_hex(EPOCH_BYTES)]
    if seen is not None and seen not in {before.epoch, *before.past}:
        names.insert(0, seen)
    connection.execute(insert(epoch), [{"epoch": name, "began": number, "given": number} for name in names])
    return current_epoch(connection)
