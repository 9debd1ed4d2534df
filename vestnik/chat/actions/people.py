"""`who` and `typing`: what one hears of other people at this moment."""

from typing import Final

from vestnik.chat.actions.conversations import page_limit
from vestnik.chat.actions.guests import people_for_guest
from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_room
from vestnik.chat.names import ROOM_SIGN, check_length, name_key
from vestnik.chat.outcome import Reply, Telling
from vestnik.chat.presence import unseen
from vestnik.chat.roles import check_may_write
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.people import KnownPerson
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, NotFound
from vestnik.protocol.events import Person, TypingNotice
from vestnik.protocol.requests import Typing, Who

TYPING_PAUSE: Final = 3.0
"""Seconds between two notices of one session's typing in one conversation."""
TYPING_CONVERSATIONS: Final = 3
"""Conversations that hear of one session's typing within `TYPING_PAUSE`."""


async def who(chat: Chat, session: Session, request: Who) -> Reply:
    """The presence of the people named, or of everybody, also who is offline, or of everybody who is not.

    Guests without an account see those to whom they may write, and each other.
    Raises NotFound for an unknown name.
    """
    account = session.speaker
    if account.visitor:
        people, more = await people_for_guest(chat), False
    elif request.all:
        if request.names is not None:
            raise BadRequest(answers.FIELDS_EXCLUSIVE, "names, all")
        people, more = await _everybody(chat, account, request)
    elif request.names is None:
        people, more = chat.presence.present(chat.limits.page, chat.blocks.blockers_of(account.id))
    else:
        people, more = await _find_people(chat, account, request.names), False
    return Reply(answers.PEOPLE_LISTED, (account.name, len(people)), more={"people": people, "more": more})


async def _everybody(chat: Chat, account: Account, request: Who) -> tuple[list[Person], bool]:
    """A page of those who have an account, and whether there are more."""
    after = name_key(check_length("after", request.after, chat.limits.name)) if request.after is not None else ""
    limit = page_limit(chat, request.limit)
    found = await chat.storage.everybody(after, limit + 1)
    return [_seen(chat, account, known) for known in found[:limit]], len(found) > limit


def _seen(chat: Chat, account: Account, known: KnownPerson) -> Person:
    """What an account sees of a person."""
    if known.account_id in chat.blocks.blockers_of(account.id):
        return unseen(known.person.name)
    return chat.presence.find(known.account_id) or known.person


async def _find_people(chat: Chat, account: Account, names: list[str]) -> list[Person]:
    """The presence of the people with these names, each once, in their order."""
    if len(names) > chat.limits.page:
        raise BadRequest(answers.FIELD_TOO_LONG, "names", chat.limits.page)
    keys = {name_key(check_length("names", name, chat.limits.name)): name for name in names}
    found = await chat.storage.people(list(keys))
    for key, name in keys.items():
        if key not in found:
            raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return [_seen(chat, account, found[key]) for key in keys]


async def typing(chat: Chat, session: Session, request: Typing) -> Reply:
    """Let the others in a conversation know, not too often.

    Raises what a message would: NotFound for a conversation that there is not, Forbidden where one may not write.
    """
    account = session.speaker
    now = chat.clock()
    audience: int | frozenset[int]
    if request.to.startswith(ROOM_SIGN):
        room = find_room(chat, account, request.to)
        check_may_write(room, account, now, request.to)
        name, audience = room.name, room.id
        if hidden := chat.blocks.blocked_by(account.id) & room.members:
            audience = frozenset(room.members - hidden)
    else:
        person = await _find_person(chat, account, request.to)
        chat.blocks.check(account, person.id, person.name)
        name, audience = person.name, frozenset({person.id})
    notice = Telling(TypingNotice(now, account.name, name), "typing", audience, account.id)
    told = (notice,) if _may_tell(session, name, now) else ()
    return Reply(answers.TYPING_TOLD, (account.name, name), told=told)


async def _find_person(chat: Chat, account: Account, name: str) -> AccountRecord:
    """The account `name`; a conversation with it is not begun, for nothing of typing is kept."""
    check_length("to", name, chat.limits.name)
    direct = chat.directs.find(account, name)
    if direct is not None:
        return AccountRecord(direct.to_id, direct.to_name)
    person = await chat.storage.find_account(name_key(name))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return person


def _may_tell(session: Session, name: str, now: float) -> bool:
    """Whether conversation `name` is told now; then that is remembered."""
    lately = {to: when for to, when in session.typed.items() if 0 <= now - when < TYPING_PAUSE}
    if name in lately or len(lately) >= TYPING_CONVERSATIONS:
        return False
    session.typed = lately | {name: now}
    return True
