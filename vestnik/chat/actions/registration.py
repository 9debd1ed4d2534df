"""`register`, and what administrators do with invites: `add_invite`, `list_invites`, `remove_invite`."""

from typing import Any, Final

from vestnik.chat.actions.passwords import check_unexposed, new_password, understand
from vestnik.chat.chat import Chat
from vestnik.chat.codes import hash_code, make_code
from vestnik.chat.names import check_new_account_name, check_room_name, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.roles import standing_of
from vestnik.chat.rooms import Room
from vestnik.chat.rules.registration import MayInvitePeople, MayRegister, may_bring_in
from vestnik.chat.rules.rooms import MayInvite
from vestnik.chat.session import Session
from vestnik.protocol import answers
from vestnik.protocol.accounts import Register
from vestnik.protocol.administration import AddInvite, ListInvites, RemoveInvite
from vestnik.protocol.errors import Forbidden, NotFound
from vestnik.secret import Secret

PAGE: Final = 100
"""Invites in one answer."""


async def register(chat: Chat, session: Session, request: Register) -> Reply:
    """Make an account for whoever asks, which may log in at once. It takes a turn like a login by password.

    Raises Forbidden where that is not allowed, WrongLogin for a code that is not good, Conflict for a name that looks
    taken, BadRequest for a name or a password that cannot be one.
    """
    understand(session, request.lang)
    name = check_new_account_name(request.user.account_name, chat.limits.name)
    key = name_key(name)
    check_unexposed(chat, session, name)
    password = new_password(chat, request.password, request.user.password, name)
    code_hash = None if request.invite is None else hash_code(request.invite)
    rule = MayRegister(name, chat.registration, code_hash is not None)
    async with chat.passwords.turn(session, name):
        now = chat.clock()
        rule(await chat.storage.registration_standing(name, key, code_hash, now))
        network = None if code_hash is not None else session.recipient.network
        if network is not None and not chat.registrations.take(network, now):
            raise Forbidden(answers.REGISTRATION_LIMIT, chat.limits.registrations)
        password_hash = await chat.passwords.hash_in_turn(password)
    try:
        made = await chat.storage.register(name, key, password_hash, code_hash, now, rule, may_bring_in)
    except BaseException:
        if network is not None:
            chat.registrations.give_back(network)
        raise
    chat.initials.add(name)
    chat.known_names.add(key)
    return Reply(answers.ACCOUNT_REGISTERED, (name, made.inviter), changes=made.changes)


async def add_invite(chat: Chat, session: Session, request: AddInvite) -> Reply:
    """Make a code with which people register. Raises Forbidden for a role or a room that is not theirs to give."""
    administrator = session.administrator
    assert administrator is not None  # noqa: S101  # the dispatcher lets nobody else come this far
    rooms = [_find_room(chat, administrator.account_id, administrator.name, name) for name in request.rooms]
    now, by_id = chat.clock(), administrator.account_id
    rule = MayInvitePeople(administrator.name, request.role, chat.limits.invites)
    rule(await chat.storage.inviters_standing(by_id, now))
    code, expires = make_code(), now + request.seconds
    values = (request.role, request.uses, ", ".join(room.name for room in rooms) or "-")
    await administrator.record(answers.ADMIN_INVITE, *values)
    numbers = [room.id for room in rooms]
    invite = await chat.storage.add_invite(
        hash_code(code), request.role, request.uses, numbers, now, expires, rule, by_id
    )
    more: dict[str, Any] = {"code": code, "expires": expires, "invite": invite}
    if chat.public_address:
        more["link"] = Secret(f"vestnik://{chat.public_address}/#{code.reveal()}")
    return Reply(answers.ADMIN_INVITE, values, more=more)


def _find_room(chat: Chat, account_id: int | None, account: str, asked: str) -> Room:
    """The room of this name, if the account may bring others into it, or the user that the server runs as."""
    name = check_room_name("rooms", asked, chat.limits.room)
    room = chat.rooms.find(name)
    if room is None:
        raise NotFound(answers.ROOM_UNKNOWN, name)
    if account_id is None:
        MayInvite("", "", name)(standing_of(room, 0)._replace(role="owner"))
    else:
        MayInvite(account, "", name)(standing_of(room, account_id))
    return room


async def list_invites(chat: Chat, session: Session, request: ListInvites) -> Reply:
    """The invites that are good, by number."""
    administrator = session.administrator
    assert administrator is not None  # noqa: S101  # the dispatcher lets nobody else come this far
    found = await chat.storage.invites(request.after, PAGE + 1, chat.clock())
    more: dict[str, Any] = {"invites": found[:PAGE]}
    if len(found) > PAGE:
        more["more"] = True
    count = len(more["invites"])
    await administrator.record(answers.ADMIN_INVITES, count)
    return Reply(answers.ADMIN_INVITES, (count,), more=more)


async def remove_invite(chat: Chat, session: Session, request: RemoveInvite) -> Reply:
    """Let nobody register any more with an invite. Raises NotFound."""
    administrator = session.administrator
    assert administrator is not None  # noqa: S101  # the dispatcher lets nobody else come this far
    await administrator.record(answers.ADMIN_UNINVITED, request.invite)
    if not await chat.storage.remove_invite(request.invite):
        raise NotFound(answers.INVITE_UNKNOWN, request.invite)
    return Reply(answers.ADMIN_UNINVITED, (request.invite,))
