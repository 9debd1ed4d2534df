"""`get_contacts`, `add_contact`, `del_contact`: a list of names that a person keeps."""

from vestnik.chat.chat import Chat
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.rules.contacts import MayAddContact, MayRemoveContact
from vestnik.chat.session import Session
from vestnik.protocol import answers
from vestnik.protocol.errors import NotFound
from vestnik.protocol.requests import AddContact, DelContact, GetContacts


async def get_contacts(chat: Chat, session: Session, request: GetContacts) -> Reply:
    """The names of the asker's contacts."""
    account = session.speaker
    names = await chat.storage.contacts(account.id)
    return Reply(answers.CONTACTS_LISTED, (account.name, len(names)), names=names)


async def add_contact(chat: Chat, session: Session, request: AddContact) -> Reply:
    """Add an account; adding twice changes nothing. Raises NotFound for an unknown account."""
    account = session.speaker
    name = check_length("user_id", request.user_id, chat.limits.name)
    person = await chat.storage.find_account(name_key(name))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    await chat.storage.add_contact(account.id, person.id, MayAddContact(account.name, chat.limits.contacts))
    return Reply(answers.CONTACT_ADDED, (account.name, person.name))


async def del_contact(chat: Chat, session: Session, request: DelContact) -> Reply:
    """Remove a contact. Raises NotFound for a name that is not among the contacts."""
    account = session.speaker
    name = check_length("user_id", request.user_id, chat.limits.name)
    person = await chat.storage.find_account(name_key(name))
    if person is None:
        raise NotFound(answers.CONTACT_UNKNOWN, account.name, name)
    await chat.storage.remove_contact(account.id, person.id, MayRemoveContact(account.name, name))
    return Reply(answers.CONTACT_REMOVED, (account.name, person.name))
