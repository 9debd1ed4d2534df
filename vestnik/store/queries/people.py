"""People's presence as it was saved."""

from collections.abc import Sequence
from typing import Final

from msgspec import UNSET
from sqlalchemy import Connection, bindparam, select, update

from vestnik.chat.storage.accounts import GONE
from vestnik.chat.storage.people import KnownPerson, Seen
from vestnik.protocol.events import Person
from vestnik.store.schema import account

# Put together once: building a statement costs more than running it.
_PEOPLE: Final = select(
    account.c.key, account.c.id, account.c.name, account.c.status, account.c.seen, account.c.role
).where(account.c.key.in_(bindparam("keys", expanding=True)))
_EVERYBODY: Final = (
    select(account.c.id, account.c.name, account.c.status, account.c.seen, account.c.role)
    .where(account.c.key > bindparam("after"), account.c.disabled.is_(False), account.c.visitor != GONE)
    .order_by(account.c.key)
    .limit(bindparam("limit"))
)
_SAVE: Final = (
    update(account)
    .where(account.c.id == bindparam("account_id"))
    .values(status=bindparam("new_status"), seen=bindparam("new_seen"))
)


def people(connection: Connection, keys: Sequence[str]) -> dict[str, KnownPerson]:
    """The accounts whose names have these keys, by key."""
    return {key: _known(*saved) for key, *saved in connection.execute(_PEOPLE, {"keys": list(keys)})}


def everybody(connection: Connection, after: str, limit: int) -> list[KnownPerson]:
    """At most `limit` accounts that are not disabled, in the order of their keys, from behind the key `after` on."""
    return [_known(*row) for row in connection.execute(_EVERYBODY, {"after": after, "limit": limit})]


def save_people(connection: Connection, seen: Sequence[Seen]) -> None:
    """Keep what was seen of people."""
    if seen:
        connection.execute(
            _SAVE, [{"account_id": one.account_id, "new_status": one.status, "new_seen": one.seen} for one in seen]
        )


def _known(number: int, name: str, status: str, seen: float | None, role: str) -> KnownPerson:
    return KnownPerson(number, Person(name, "offline", status, UNSET if seen is None else seen, role == "guest"))
