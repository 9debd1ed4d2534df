"""Who has blocked whom. What a rule refuses has changed nothing."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, Integer, and_, bindparam, delete, or_, select
from sqlalchemy.dialects.sqlite import insert as insert_or_ignore

from vestnik.chat.storage.accounts import ContactRule, ContactStanding
from vestnik.store.schema import account, block, conversation, invitation

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
    """Names of those whom an account has blocked, sorted."""
    names = select(account.c.name).join(block, block.c.blocked_id == account.c.id)
    return list(connection.execute(names.where(block.c.account_id == account_id).order_by(account.c.key)).scalars())


def all_blocks(connection: Connection) -> list[tuple[int, int]]:
    """Who has blocked whom, by the numbers of accounts."""
    return [(row.account_id, row.blocked_id) for row in connection.execute(select(block))]


_BETWEEN: Final = (
    select(block.c.account_id)
    .join(
        conversation,
        or_(
            and_(block.c.account_id == conversation.c.low_id, block.c.blocked_id == conversation.c.high_id),
            and_(block.c.account_id == conversation.c.high_id, block.c.blocked_id == conversation.c.low_id),
        ),
    )
    .where(conversation.c.id == bindparam("conversation_id", type_=Integer))
)


def blocks_in(connection: Connection, conversation_id: int) -> set[int]:
    """Who of the two people of a direct conversation has blocked the other."""
    return set(connection.execute(_BETWEEN, {"conversation_id": conversation_id}).scalars())


def block_person(connection: Connection, account_id: int, person_id: int, rule: ContactRule) -> None:
    """Block a person, whose invitations are gone; no change when that is so already."""
    known = set(connection.execute(select(block.c.blocked_id).where(block.c.account_id == account_id)).scalars())
    rule(ContactStanding(person_id in known, len(known)))
    values = {"account_id": account_id, "blocked_id": person_id}
    connection.execute(insert_or_ignore(block).values(values).on_conflict_do_nothing())
    theirs = (invitation.c.account_id == account_id, invitation.c.by_id == person_id)
    connection.execute(delete(invitation).where(*theirs))


def unblock_person(connection: Connection, account_id: int, person_id: int) -> None:
    """Block a person no more; no change when that is so already."""
    connection.execute(delete(block).where(block.c.account_id == account_id, block.c.blocked_id == person_id))


def blockers(connection: Connection, account_id: int, people: Sequence[int]) -> list[str]:
    """The names of those of some people who have blocked an account, sorted."""
    return list(connection.execute(_BLOCKERS, {"account_id": account_id, "people": people}).scalars())
