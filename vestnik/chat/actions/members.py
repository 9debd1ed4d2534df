"""`members`, `invite`, `remove`, `ban`, `unban`, `mute`, `unmute`, `set_role`: what is done to members of rooms."""

from typing import Any, Final

from vestnik.chat.actions.guests import admits
from vestnik.chat.actions.rooms import check_invitations, page_size
from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_room, visible_room
from vestnik.chat.doubts import doubted
from vestnik.chat.names import check_length, name_key
from vestnik.chat.outcome import Reply, Telling
from vestnik.chat.reading import viewer_of
from vestnik.chat.rooms import Room
from vestnik.chat.rules.rooms import MayBan, MayGiveRole, MayInvite, MayMute, MayPardon, MayRemove, MayUnmute
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.events import InvitationNotice
from vestnik.protocol.requests import Ban, Decline, Invitations, Invite, Members, Mute, Remove, SetRole, Unban, Unmute

MAX_MUTE: Final = 10 * 366 * 86_400
"""Seconds: ten years."""
FOR_EVER: Final = 253_402_300_799.0
"""The end of the year 9999 in UNIX seconds: until when who was muted without an end is muted."""


async def list_members(chat: Chat, session: Session, request: Members) -> Reply:
    """The members of a public room, or of one's own, page by page."""
    account = session.speaker
    room = visible_room(chat, account, request.room)
    after = name_key(check_length("after", request.after, chat.limits.name)) if request.after is not None else ""
    page = page_size(chat, request.limit)
    viewer = viewer_of(account, request.room)
    found = await chat.storage.list_members(viewer, room.id, chat.clock(), after, page + 1)
    more: dict[str, Any] = {"members": found[:page]}
    if len(found) > page:
        more["more"] = True
    values = (account.name, room.name, len(more["members"]))
    return Reply(answers.MEMBERS_LISTED, values, more=more, about=((room, viewer),))


async def invite(chat: Chat, session: Session, request: Invite) -> Reply:
    """Make a person a member at once, or ask them if that is the setting; inviting a member changes nothing."""
    account, room, called, person = await _find(chat, session, request)
    if person.id not in room.members:
        check_invitations(chat, person)
    rule = MayInvite(account.name, person.name, request.room, person.visitor > 0 and not admits(chat, room))
    if chat.asks_invited and person.id not in room.members:
        return await _offer(chat, account, room, called, person, rule)
    change = await chat.storage.invite(room.id, account.id, person, chat.clock(), rule)
    return _done(answers.MEMBER_INVITED, account, called, person, change)


async def _offer(
    chat: Chat, account: Account, room: Room, called: str, person: AccountRecord, rule: MayInvite
) -> Reply:
    """Ask somebody who is to be asked; they are told once."""
    now = chat.clock()
    new = await chat.storage.offer(room.id, account.id, person, now, chat.limits.rooms, rule)
    if new is None and person.id not in room.members:
        raise Forbidden(answers.INVITATION_LIMIT, person.name, chat.limits.rooms)
    notice = Telling(InvitationNotice(now, account.name, room.name), "changes", frozenset({person.id}))
    return Reply(answers.INVITATION_SENT, (account.name, called, person.name), told=(notice,) if new else ())


async def list_invitations(chat: Chat, session: Session, request: Invitations) -> Reply:
    """The rooms to which one was invited and has not said yes or no, the newest invitation first."""
    account = session.speaker
    found = await chat.storage.invitations(account.id, chat.limits.rooms)
    return Reply(answers.INVITATIONS_LISTED, (account.name, len(found)), more={"invitations": found})


async def decline(chat: Chat, session: Session, request: Decline) -> Reply:
    """Say no to an invitation. Raises NotFound without one, whatever room that is."""
    account = session.speaker
    name = check_length("room", request.room, chat.limits.room)
    room = chat.rooms.find(name)
    if room is None or not await chat.storage.decline(room.id, account.id):
        raise NotFound(answers.ROOM_UNKNOWN, name)
    return Reply(answers.INVITATION_DECLINED, (account.name, name))


async def remove(chat: Chat, session: Session, request: Remove) -> Reply:
    """End the membership of a person with a lower role."""
    account, room, called, person = await _find_other(chat, session, request)
    rule = MayRemove(account.name, person.name, request.room)
    with doubted(chat, room):
        change = await chat.storage.remove_member(room.id, account.id, person, chat.clock(), rule)
    return _done(answers.MEMBER_REMOVED, account, called, person, change)


async def ban(chat: Chat, session: Session, request: Ban) -> Reply:
    """Keep a person with a lower role out, who need not be a member."""
    account, room, called, person = await _find_other(chat, session, request)
    rule = MayBan(account.name, person.name, request.room)
    with doubted(chat, room):
        change = await chat.storage.ban(room.id, account.id, person, chat.clock(), rule)
    return _done(answers.MEMBER_BANNED, account, called, person, change)


async def unban(chat: Chat, session: Session, request: Unban) -> Reply:
    """Let a person in again."""
    account, room, called, person = await _find(chat, session, request)
    rule = MayPardon(account.name, request.room)
    change = await chat.storage.unban(room.id, account.id, person, chat.clock(), rule)
    return _done(answers.MEMBER_UNBANNED, account, called, person, change)


async def mute(chat: Chat, session: Session, request: Mute) -> Reply:
    """Keep an ordinary member from writing, for a time or for ever."""
    if request.seconds is not None and not 1 <= request.seconds <= MAX_MUTE:
        raise BadRequest(answers.FIELD_OUTSIDE, "seconds", 1, MAX_MUTE)
    account, room, called, person = await _find_other(chat, session, request)
    now = chat.clock()
    until = FOR_EVER if request.seconds is None else now + request.seconds
    rule = MayMute(account.name, person.name, request.room)
    with doubted(chat, room):
        change = await chat.storage.mute(room.id, account.id, person, until, now, rule)
    return _done(answers.MEMBER_MUTED, account, called, person, change)


async def unmute(chat: Chat, session: Session, request: Unmute) -> Reply:
    """Let a muted person write again."""
    account, room, called, person = await _find(chat, session, request)
    now = chat.clock()
    rule = MayUnmute(account.name, request.room, person.id == account.id, now)
    change = await chat.storage.unmute(room.id, account.id, person, now, rule)
    return _done(answers.MEMBER_UNMUTED, account, called, person, change)


async def set_role(chat: Chat, session: Session, request: SetRole) -> Reply:
    """Give a member another role. Raises Conflict when the room would be without an owner."""
    account, room, called, person = await _find(chat, session, request)
    if person.visitor and request.role != "member":
        raise Forbidden(answers.GUEST_NOT_ALLOWED, person.name)
    rule = MayGiveRole(account.name, person.name, request.role, request.room)
    with doubted(chat, room):  # who loses a role may lose the right to write
        change = await chat.storage.set_role(room.id, account.id, person, request.role, chat.clock(), rule)
    reply = _done(answers.MEMBER_ROLE, account, called, person, change)
    return reply._replace(values=(*reply.values, request.role))


async def _find(
    chat: Chat, session: Session, request: Invite | Remove | Ban | Unban | Mute | Unmute | SetRole
) -> tuple[Account, Room, str, AccountRecord]:
    """Who does it, where, what that is called when it is asked for, to whom.

    Raises what `find_room` raises, and NotFound for an unknown account.
    """
    account = session.speaker
    room = find_room(chat, account, request.room, "room")
    called = room.name
    name = check_length("name", request.name, chat.limits.name)
    person = await chat.storage.find_account(name_key(name))
    if person is None:
        raise NotFound(answers.ACCOUNT_UNKNOWN, name)
    return account, room, called, person


async def _find_other(
    chat: Chat, session: Session, request: Remove | Ban | Mute
) -> tuple[Account, Room, str, AccountRecord]:
    """The same for what nobody does to themselves: BadRequest."""
    account, room, called, person = await _find(chat, session, request)
    if person.id == account.id:
        raise BadRequest(answers.PERSON_ONESELF, account.name)
    return account, room, called, person


def _done(answer: Answer, account: Account, called: str, person: AccountRecord, change: ChangeEvent | None) -> Reply:
    changes = () if change is None else (change,)
    return Reply(answer, (account.name, called, person.name), changes=changes)
