"""Guests who have no account: rows among the accounts, with a name only as long as they are connected."""

from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select, update

from vestnik.chat.storage.accounts import GONE, VISITING, AccountRecord, NameRule
from vestnik.chat.storage.likeness import skeleton
from vestnik.chat.storage.people import KnownPerson
from vestnik.protocol.events import Person
from vestnik.protocol.names import name_key
from vestnik.store.queries.accounts import name_standing
from vestnik.store.queries.changes import add_change
from vestnik.store.queries.heirs import inherit
from vestnik.store.schema import account, block, contact, cursor, invitation, member, message, mute

_LEFT: Final = select(account.c.id).where(account.c.visitor == VISITING)
_HERE: Final = select(account.c.name).where(account.c.id == bindparam("account_id"), account.c.visitor == VISITING)
_TAKES: Final = select(
    or_(
        exists().where(
            account.c.id == bindparam("account_id"), or_(account.c.admits_guests, account.c.role == "guest")
        ),
        exists().where(
            message.c.conversation_id == bindparam("conversation_id"), message.c.sender_id == bindparam("account_id")
        ),
    )
)
_HOSTS: Final = (
    select(account.c.id, account.c.name, account.c.role)
    .where(
        account.c.disabled.is_(False),
        account.c.visitor != GONE,
        or_(account.c.admits_guests, account.c.role == "guest"),
    )
    .order_by(account.c.key)
    .limit(bindparam("limit"))
)
NO_PASSWORD: Final = ""
"""What stands in place of the hash of a password where there is none: nothing is right for it."""


def add_guest(connection: Connection, name: str, key: str, now: float, rule: NameRule) -> AccountRecord:
    """Take a guest in."""
    rule(name_standing(connection, name, key))
    values = {
        "name": name,
        "key": key,
        "skeleton": skeleton(name),
        "password_hash": NO_PASSWORD,
        "disabled": False,
        "created": now,
        "role": "guest",
        "visitor": VISITING,
    }
    made = connection.execute(insert(account).values(values).returning(account.c.id)).scalar_one()
    return AccountRecord(int(made), name, VISITING)


def forget_guest(connection: Connection, account_id: int, longest: int, now: float) -> None:
    """A guest has gone; rooms hear that they have left."""
    name = connection.execute(_HERE, {"account_id": account_id}).scalar()
    if name is None:
        return
    for room_id in (
        connection.execute(select(member.c.room_id).where(member.c.account_id == account_id)).scalars().all()
    ):
        connection.execute(delete(member).where(member.c.room_id == room_id, member.c.account_id == account_id))
        add_change(connection, room_id, account_id, now, "leave")
        inherit(connection, room_id, account_id, now)
    connection.execute(
        delete(contact).where(or_(contact.c.account_id == account_id, contact.c.contact_id == account_id))
    )
    connection.execute(delete(block).where(or_(block.c.account_id == account_id, block.c.blocked_id == account_id)))
    for table in (mute, invitation, cursor):
        connection.execute(delete(table).where(table.c.account_id == account_id))
    called = _free_name(connection, name, account_id, longest)
    values = {"name": called, "key": name_key(called), "skeleton": None, "visitor": GONE}
    connection.execute(update(account).where(account.c.id == account_id).values(values))


def _free_name(connection: Connection, name: str, account_id: int, longest: int) -> str:
    """How who was called `name` is called from now on: with a number behind it, which no one else has."""
    end = f"~{account_id}"
    while True:
        called = name[: max(longest - len(end), 1)] + end
        if connection.execute(select(account.c.id).where(account.c.key == name_key(called))).first() is None:
            return called
        end = f"~{end}"


def guests_left(connection: Connection) -> list[int]:
    """Guests who were connected when the server ended."""
    return list(connection.execute(_LEFT).scalars())


def takes_guests(connection: Connection, account_id: int, conversation_id: int) -> bool:
    """Whether guests may write to an account."""
    return bool(connection.execute(_TAKES, {"account_id": account_id, "conversation_id": conversation_id}).scalar())


def hosts(connection: Connection, limit: int) -> list[KnownPerson]:
    """To whom guests may write, by name."""
    return [
        KnownPerson(number, Person(name, "offline", guest=role == "guest"))
        for number, name, role in connection.execute(_HOSTS, {"limit": limit})
    ]


def admit_guests(connection: Connection, account_id: int, admit: bool) -> None:
    """Let guests write to an account, or not."""
    connection.execute(update(account).where(account.c.id == account_id).values(admits_guests=admit))
