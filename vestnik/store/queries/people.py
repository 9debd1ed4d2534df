"""People's presence as it was saved."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET
from sqlalchemy import Connection, bindparam, select, update

from vestnik.chat.storage.people import KnownPerson, Seen
from vestnik.protocol.events import Person
from vestnik.store.schema import account

# Put together once: building a statement costs more than running it.
_PEOPLE: Final = select(account.c.key, account.c.id, account.c.name, account.c.status, account.c.seen).where(
    account.c.key.in_(bindparam("keys", expanding=True))
)
_SAVE: Final = (
    update(account)
    .where(account.c.id == bindparam("account_id"))
    .values(status=bindparam("new_status"), seen=bindparam("new_seen"))
)


def people(connection: Connection, keys: Sequence[str]) -> dict[str, KnownPerson]:
    """The accounts whose names have these keys, by key."""
    return {
        row.key: KnownPerson(row.id, Person(row.name, "offline", row.status, UNSET if row.seen is None else row.seen))
        for row in connection.execute(_PEOPLE, {"keys": list(keys)})
    }


def save_people(connection: Connection, seen: Sequence[Seen]) -> None:
    """Keep what was seen of people."""
    if seen:
        connection.execute(
            _SAVE, [{"account_id": one.account_id, "new_status": one.status, "new_seen": one.seen} for one in seen]
        )
