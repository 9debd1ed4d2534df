"""`blocked`, `block`, `unblock`: whose invitations somebody does not take, nor groups that they begin."""

from vestnik.chat.chat import Chat
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.rules.contacts import MayBlock
from vestnik.chat.session import Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.protocol.requests import Block, Blocked, Unblock


async def blocked(chat: Chat, session: Session, request: Blocked) -> Reply:
    """The names of those whose invitations the asker does not take."""
    account = session.speaker
    names = await chat.storage.blocked(account.id)
    return Reply(answers.BLOCKED_LISTED, (account.name, len(names)), names=names)


async def block(chat: Chat, session: Session, request: Block) -> Reply:
    """Take no more invitations from somebody; rooms that one is in already stay. Doing it twice changes nothing."""
    account, person = session.speaker, await _find(chat, request.name)
    if person.id == account.id:
        raise BadRequest(answers.PERSON_ONESELF, account.name)
    await chat.storage.block(account.id, person.id, MayBlock(account.name, chat.limits.contacts))
    return Reply(answers.BLOCK_SET, (account.name, person.name))


async def unblock(chat: Chat, session: Session, request: Unblock) -> Reply:
    """Take invitations from somebody again."""
    account, person = session.speaker, await _find(chat, request.name)
    await chat.storage.unblock(account.id, person.id)
    return Reply(answers.BLOCK_LIFTED, (account.name, person.name))


async def _find(chat: Chat, name: str) -> AccountRecord:
    person = await chat.storage.find_account(name_key(check_length("name", name, chat.limits.name)))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return person
