"""What is done with messages that are there: edited, deleted, reacted to, pinned.

What a rule refuses has changed nothing.
"""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.alterations import Alteration, AlterationRule, MessageStanding
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol.events import Delivery, Version
from vestnik.store.queries.blocks import blocks_in
from vestnik.store.queries.changes import add_change
from vestnik.store.queries.history import load_messages
from vestnik.store.queries.messages import add_mentions
from vestnik.store.queries.reading import check_reading
from vestnik.store.queries.standing import standing_in
from vestnik.store.schema import account, change, mention, message, pin, reaction

_CONVERSATION: Final = bindparam("in_conversation", type_=Integer)
_SEQ: Final = bindparam("at_seq", type_=Integer)


def _place(conversation_id: int, seq: int) -> dict[str, Any]:
    return {"in_conversation": conversation_id, "at_seq": seq}


def _at_place(table: Any) -> Any:
    """The rows of `table` that belong to the message at a `_place`."""
    return and_(table.c.conversation_id == _CONVERSATION, table.c.seq == _SEQ)


# Put together once: building a statement costs more than running it.
_MESSAGE: Final = select(
    message.c.id, message.c.sender_id, message.c.text, message.c.deleted, message.c.forwarded
).where(_at_place(message))
_SET_TEXT: Final = (
    update(message).where(message.c.id == bindparam("number")).values(text=bindparam("new_text", type_=Text))
)
_EDIT: Final = _SET_TEXT.values(edited=bindparam("now"))
_DELETE: Final = _SET_TEXT.values(deleted=bindparam("now"), forwarded=None)
_FORGET_MENTIONS: Final = delete(mention).where(_at_place(mention))
_FORGET_REACTIONS: Final = delete(reaction).where(_at_place(reaction))
_FORGET_PIN: Final = delete(pin).where(_at_place(pin))
_FORGET_CHANGES: Final = update(change).where(_at_place(change)).values(before=None, data="{}")
"""That there were changes stays, for they are counted; not which texts and reactions."""


def _check(
    connection: Connection,
    place: dict[str, Any],
    account_id: int,
    rule: AlterationRule,
    others: Select[Any] | None = None,
) -> Any:
    """The message at a place, if `rule` lets the account do with it what it wants. Every alteration begins with it.

    `others` asks for that of its standing.
    """
    conversation_id, seq = place["in_conversation"], place["at_seq"]
    room = standing_in(connection, conversation_id, account_id)
    blockers = blocks_in(connection, conversation_id) if room is None else set()
    blocks = {"blocked": bool(blockers - {account_id}), "blocking": account_id in blockers}
    found = connection.execute(_MESSAGE, place).first()
    if found is None:
        rule(MessageStanding(seq, known=False, room=room, **blocks))
        return None
    count = 0 if others is None else connection.execute(others, place).scalar_one()
    deleted, own, forwarded = found.deleted is not None, found.sender_id == account_id, found.forwarded is not None
    rule(MessageStanding(seq, True, deleted, own, forwarded, count, room, **blocks))
    return found


def _set_text(
    connection: Connection, statement: Update, place: dict[str, Any], number: int, text: str, now: float
) -> None:
    """Edit or delete a message, and forget what was made of its text."""
    connection.execute(statement, {"number": number, "new_text": text, "now": now})
    connection.execute(_FORGET_MENTIONS, place)


def edit_message(
    connection: Connection,
    conversation_id: int,
    seq: int,
    account_id: int,
    text: str,
    mentions: Sequence[AccountRecord],
    now: float,
    rule: AlterationRule,
) -> Alteration:
    """Change the text of a message, and whom it mentions."""
    place = _place(conversation_id, seq)
    found = _check(connection, place, account_id, rule)
    if found.text == text:
        return None
    _set_text(connection, _EDIT, place, found.id, text, now)
    add_mentions(connection, conversation_id, seq, mentions)
    told: dict[str, Any] = {"message": text}
    if mentions:
        told["mentions"] = [each.name for each in mentions]
    return add_change(connection, conversation_id, account_id, now, "edit", seq=seq, before=found.text, told=told)


def delete_message(
    connection: Connection, conversation_id: int, seq: int, account_id: int, now: float, rule: AlterationRule
) -> Alteration:
    """Take the texts that a message has and had off it, mentions, reactions and pin.

    What stays is its number, and who deleted it.
    """
    place = _place(conversation_id, seq)
    found = _check(connection, place, account_id, rule)
    if found.deleted is not None:
        return None
    _set_text(connection, _DELETE, place, found.id, "", now)
    connection.execute(_FORGET_REACTIONS, place)
    connection.execute(_FORGET_PIN, place)
    connection.execute(_FORGET_CHANGES, place)
    return add_change(connection, conversation_id, account_id, now, "delete", seq=seq, before="")


_VERSIONS: Final = (
    select(change.c.time, account.c.name, change.c.before, change.c.kind)
    .join(account, account.c.id == change.c.account_id)
    .where(_at_place(change), change.c.before.is_not(None))
    .order_by(change.c.change)
    .limit(bindparam("page", type_=Integer))
)


def versions(connection: Connection, reader: Asker, conversation_id: int, seq: int, limit: int) -> list[Version] | None:
    """The first `limit` texts that a message had before, oldest first; None if there is no such message.

    Of a deleted one it is only told who did that, and when.
    """
    check_reading(connection, reader, conversation_id)
    place = _place(conversation_id, seq)
    if connection.execute(_MESSAGE, place).first() is None:
        return None
    rows = connection.execute(_VERSIONS, place | {"page": limit})
    return [Version(time, name, before, deleted=kind == "delete") for time, name, before, kind in rows]


_MINE: Final = and_(reaction.c.emoji == bindparam("which"), reaction.c.account_id == bindparam("who"))
_HAS_REACTED: Final = select(reaction.c.time).where(_at_place(reaction), _MINE)
_SAME: Final = reaction.alias()
_OTHER_EMOJI: Final = select(func.count(reaction.c.emoji.distinct())).where(
    _at_place(reaction), ~exists().where(_at_place(_SAME), _SAME.c.emoji == bindparam("which"))
)
_TAKE_REACTION: Final = delete(reaction).where(_at_place(reaction), _MINE)


def react(
    connection: Connection,
    conversation_id: int,
    seq: int,
    account_id: int,
    emoji: str,
    now: float,
    rule: AlterationRule,
) -> Alteration:
    """Put an emoji to a message."""
    place = _place(conversation_id, seq) | {"which": emoji, "who": account_id}
    _check(connection, place, account_id, rule, _OTHER_EMOJI)
    if connection.execute(_HAS_REACTED, place).first():
        return None
    values = {"conversation_id": conversation_id, "seq": seq, "emoji": emoji, "account_id": account_id, "time": now}
    connection.execute(insert(reaction), values)
    return add_change(connection, conversation_id, account_id, now, "react", seq=seq, emoji=emoji)


def unreact(
    connection: Connection,
    conversation_id: int,
    seq: int,
    account_id: int,
    emoji: str,
    now: float,
    rule: AlterationRule,
) -> Alteration:
    """Take the account's emoji off a message."""
    place = _place(conversation_id, seq)
    _check(connection, place, account_id, rule)
    if connection.execute(_TAKE_REACTION, place | {"which": emoji, "who": account_id}).rowcount == 0:
        return None
    return add_change(connection, conversation_id, account_id, now, "unreact", seq=seq, emoji=emoji)


_IS_PINNED: Final = select(pin.c.time).where(_at_place(pin))
_THIS: Final = pin.alias()
_OTHER_PINS: Final = (
    select(func.count())
    .select_from(pin)
    .where(pin.c.conversation_id == _CONVERSATION, ~exists().where(_at_place(_THIS)))
)
_PINNED: Final = (
    select(message.c.id)
    .join(pin, and_(pin.c.conversation_id == message.c.conversation_id, pin.c.seq == message.c.seq))
    .where(pin.c.conversation_id == _CONVERSATION)
    .order_by(pin.c.time.desc(), pin.c.seq.desc())
)


def pin_message(
    connection: Connection, conversation_id: int, seq: int, account_id: int, now: float, rule: AlterationRule
) -> Alteration:
    """Pin a message."""
    place = _place(conversation_id, seq)
    _check(connection, place, account_id, rule, _OTHER_PINS)
    if connection.execute(_IS_PINNED, place).first():
        return None
    values = {"conversation_id": conversation_id, "seq": seq, "account_id": account_id, "time": now}
    connection.execute(insert(pin), values)
    return add_change(connection, conversation_id, account_id, now, "pin", seq=seq)


def unpin_message(
    connection: Connection, conversation_id: int, seq: int, account_id: int, now: float, rule: AlterationRule
) -> Alteration:
    """Take a message off the pinned ones."""
    place = _place(conversation_id, seq)
    _check(connection, place, account_id, rule)
    if connection.execute(_FORGET_PIN, place).rowcount == 0:
        return None
    return add_change(connection, conversation_id, account_id, now, "unpin", seq=seq)


def pinned(connection: Connection, reader: Asker, conversation_id: int) -> list[Delivery]:
    """The pinned messages of a conversation, newest pin first."""
    check_reading(connection, reader, conversation_id)
    numbers = connection.execute(_PINNED, {"in_conversation": conversation_id}).scalars()
    return load_messages(connection, numbers, reader.account_id)
