"""Whose invitations somebody does not take. What a rule refuses has changed nothing."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Integer, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.accounts import ContactRule, ContactStanding
from vestnik.store.schema import account, block, invitation

_BLOCKERS: Final = (
    select(account.c.name)
    .join(block, block.c.account_id == account.c.id)
    .where(
        block.c.blocked_id == bindparam("account_id", type_=Integer),
        block.c.account_id.in_(bindparam("people", expanding=True, type_=Integer)),
    )
    .order_by(account.c.key)
)


def blocked(connection: Connection, account_id: int) -> list[str]:
    """Names of those whose invitations an account does not take, sorted."""
    names = select(account.c.name).join(block, block.c.blocked_id == account.c.id)
    return list(connection.execute(names.where(block.c.account_id == account_id).order_by(account.c.key)).scalars())


def block_person(connection: Connection, account_id: int, person_id: int, rule: ContactRule) -> None:
    """Take no more invitations from a person; no change when that is so already."""
    known = set(connection.execute(select(block.c.blocked_id).where(block.c.account_id == account_id)).scalars())
    rule(ContactStanding(person_id in known, len(known)))
    values = {"account_id": account_id, "blocked_id": person_id}
    connection.execute(insert_or_ignore(block).values(values).on_conflict_do_nothing())
    theirs = (invitation.c.account_id == account_id, invitation.c.by_id == person_id)
    connection.execute(delete(invitation).where(*theirs))


def unblock_person(connection: Connection, account_id: int, person_id: int) -> None:
    """Take invitations from a person again; no change when that is so already."""
    connection.execute(delete(block).where(block.c.account_id == account_id, block.c.blocked_id == person_id))


def blockers(connection: Connection, account_id: int, people: Sequence[int]) -> list[str]:
    """The names of those of some people who take no invitations from an account, sorted."""
    return list(connection.execute(_BLOCKERS, {"account_id": account_id, "people": people}).scalars())
