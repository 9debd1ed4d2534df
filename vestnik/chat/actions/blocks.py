"""`blocked`, `block`, `unblock`: from whom somebody wants to hear nothing (`vestnik.chat.blocks`)."""

from vestnik.chat.chat import Chat
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Reply, Telling
from vestnik.chat.presence import unseen
from vestnik.chat.rules.contacts import MayBlock
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.protocol.events import PresenceNotice
from vestnik.protocol.requests import Block, Blocked, Unblock


async def blocked(chat: Chat, session: Session, request: Blocked) -> Reply:
    """The names of those whom the asker has blocked."""
    account = session.speaker
    names = await chat.storage.blocked(account.id)
    return Reply(answers.BLOCKED_LISTED, (account.name, len(names)), names=names)


async def block(chat: Chat, session: Session, request: Block) -> Reply:
    """Take no messages, mentions, invitations from somebody, who sees one's presence no more.

    What is there stays: rooms that both are in, and messages of before. Doing it twice changes nothing.
    """
    account, person = session.speaker, await _find(chat, request.name)
    if person.id == account.id:
        raise BadRequest(answers.PERSON_ONESELF, account.name)
    before = chat.blocks.holds(account.id, person.id)
    chat.hand_over()  # what was accepted until now
    with chat.blocks.beginning(account.id, person.id):
        await chat.storage.block(account.id, person.id, MayBlock(account.name, chat.limits.contacts))
        chat.blocks.add(account.id, person.id)
    told = () if before else _tell(chat, account, person, hidden=True)
    return Reply(answers.BLOCK_SET, (account.name, person.name), told=told)


async def unblock(chat: Chat, session: Session, request: Unblock) -> Reply:
    """Hear of somebody again, and be seen by them."""
    account, person = session.speaker, await _find(chat, request.name)
    before = chat.blocks.holds(account.id, person.id)
    await chat.storage.unblock(account.id, person.id)
    chat.blocks.remove(account.id, person.id)
    told = _tell(chat, account, person, hidden=False) if before else ()
    return Reply(answers.BLOCK_LIFTED, (account.name, person.name), told=told)


def _tell(chat: Chat, account: Account, person: AccountRecord, *, hidden: bool) -> tuple[Telling, ...]:
    """What the person is told of the account's presence, which is `hidden` from now on or not any more."""
    shown = chat.presence.find(account.id)
    if shown is None:
        return ()
    notice = PresenceNotice(chat.clock(), [unseen(account.name) if hidden else shown])
    return (Telling(notice, "presence", frozenset({person.id})),)


async def _find(chat: Chat, name: str) -> AccountRecord:
    person = await chat.storage.find_account(name_key(check_length("name", name, chat.limits.name)))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return person
