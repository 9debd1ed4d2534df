"""Guests, who have no account: how they come in, what they see of others; and `admit_guests`, which lets them write.

A guest is there as long as the connection. What they may ask for is in the table of actions.
"""

from contextlib import suppress

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import Conversation
from vestnik.chat.directs import Direct
from vestnik.chat.names import check_length, check_new_account_name, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.presence import AWAY
from vestnik.chat.rooms import Room
from vestnik.chat.rules.guests import MayVisit
from vestnik.chat.rules.rooms import MayJoin
from vestnik.chat.session import NO_FEATURES, Account, Session
from vestnik.chat.storage.accounts import GONE, AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.protocol import answers
from vestnik.protocol.errors import Conflict, Forbidden, NotFound
from vestnik.protocol.events import Person
from vestnik.protocol.requests import AdmitGuests, Presence


async def enter(chat: Chat, session: Session, request: Presence, name: str) -> Reply:
    """Let a guest in, who is in the common room from then on.

    Raises NotAuthorised for an account's name, Conflict for one that another guest has or that looks like somebody's,
    Forbidden when too many come.
    """
    session.claimed = name[: chat.limits.name]
    user = request.user
    status = "" if user is None or not user.status else check_length("user.status", user.status, chat.limits.status)
    key = name_key(check_new_account_name(name, chat.limits.name))
    await chat.guests.left(key)
    rule, now = MayVisit(name), chat.clock()
    rule(await chat.storage.name_standing(name, key))
    if not chat.guests.take(session.recipient.network, now):
        raise Forbidden(answers.GUESTS_TOO_MANY)
    record = await chat.storage.add_guest(name, key, now, rule)
    chat.initials.add(name)
    chat.known_names.add(key)
    change = await _join_common(chat, record)
    if not chat.sessions.attach(session, record, key, NO_FEATURES, status, "guest"):
        chat.sessions.depart(Account(record, key, "guest"))
    elif user is not None and user.state is not None:
        chat.presence.set_away(session, user.state == AWAY)
    return Reply(answers.GUEST_ENTERED, (name,), logged_in=True, changes=() if change is None else (change,))


async def _join_common(chat: Chat, record: AccountRecord) -> ChangeEvent | None:
    common = chat.guests.common
    # It may be private or archived, or look like another.
    with suppress(Forbidden, Conflict):  # no event: then there is no room for all
        joined = await chat.storage.join_room(
            name_key(common), common, record.id, chat.clock(), MayJoin(record.name, common), guest=True
        )
        return joined.change
    return None


async def check_guests(chat: Chat, account: Account, conversation: Conversation) -> None:
    """Before something is written to a conversation.

    Raises NotFound for a guest who has gone, Forbidden for a guest who may not write there.
    """
    if isinstance(conversation, Direct):
        if conversation.visitor == GONE:
            raise NotFound(answers.GUEST_GONE, conversation.to_name)
        if account.role == "guest" and not await chat.storage.takes_guests(conversation.to_id, conversation.id):
            raise Forbidden(answers.GUEST_REFUSED, account.name, conversation.to_name)
    elif account.role == "guest" and not admits(chat, conversation):
        raise Forbidden(answers.ROOM_NO_GUESTS, account.name, conversation.name)


def admits(chat: Chat, room: Room) -> bool:
    """Whether guests may be in a room."""
    return room.guests or is_common(chat, room.name)


def is_common(chat: Chat, name: str) -> bool:
    """Whether a name is that of the room that all guests are in, where there are any."""
    return chat.guests.admitted and name_key(name) == name_key(chat.guests.common)


async def people_for_guest(chat: Chat) -> list[Person]:
    """Those to whom a guest may write, and the other guests."""
    found = await chat.storage.hosts(chat.limits.page)
    return [chat.presence.find(known.account_id) or known.person for known in found]


async def admit_guests(chat: Chat, session: Session, request: AdmitGuests) -> Reply:
    """Let guests write to oneself, or not; who was written to may answer in any case."""
    account = session.speaker
    await chat.storage.admit_guests(account.id, request.admit)
    return Reply(answers.GUESTS_ADMITTED if request.admit else answers.GUESTS_DECLINED, (account.name,))
