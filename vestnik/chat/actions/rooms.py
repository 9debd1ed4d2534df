"""`join`, `leave`, `create_room`, `set_room`, `get_room`, `rooms`, `group`.

Membership is kept: leaving is an action, disconnecting is not.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

from msgspec import UNSET

from vestnik.chat.actions.guests import is_common
from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_room, visible_room
from vestnik.chat.doubts import doubted
from vestnik.chat.names import check_length, check_new_room_name, check_room_name, check_text, name_key
from vestnik.chat.outcome import Reply
from vestnik.chat.reading import may_know, viewer_of
from vestnik.chat.rules.rooms import MayBegin, MayJoin, MayLeave, MaySet, NameFree
from vestnik.chat.session import Account, Session
from vestnik.chat.storage.accounts import AccountRecord
from vestnik.chat.storage.rooms import Joined
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Forbidden, NotFound
from vestnik.protocol.requests import CreateRoom, GetRoom, Group, Join, Leave, Rooms, SetRoom

FIELDS: Final = (
    *("name", "topic", "description", "private", "archived", "edits", "retention"),
    *("posting", "inviting", "pinning", "mention_all", "slow", "guests"),
)
"""What `set_room` sets."""
MAX_RETENTION: Final = 36_500
"""Days: a hundred years."""
MAX_SLOW: Final = 21_600
"""Seconds between two messages of a member: six hours."""
ALL_GUESTS: Final = 0
"""Whose the rooms are that guests without an account make: all of them together may make as many as one account."""
MIN_GROUP: Final = 3
"""People; two have their direct conversation."""
MAX_REPEATED: Final = 10
"""How often the names in a `group` may be repeated on the average."""


async def join(chat: Chat, session: Session, request: Join) -> Reply:
    """Become a member, creating the room if its name is free; joining twice changes nothing.

    Raises Forbidden for a private or archived room and for who is banned.
    """
    account = session.speaker
    name = check_room_name("room", request.room, chat.limits.room)
    room = chat.rooms.find(name)
    if room is not None and account.id in room.members:
        return Reply(answers.ROOM_JOINED, (account.name, room.name), more=_renamed(session, name, room.name))
    if room is None:
        check_new_room_name("room", name, chat.limits.room)
    check_room_count(chat, account.id, account.name)
    guest = account.role == "guest"
    rule = MayJoin(account.name, name, guest and not is_common(chat, name))
    with _making(chat, account, may=room is None) as made:
        made.append(await chat.storage.join_room(name_key(name), name, account.id, chat.clock(), rule, guest=guest))
    (joined,) = made
    reply = Reply(answers.ROOM_JOINED, more=_renamed(session, name, joined.name))
    return _joined(chat, session, account, joined, reply)


async def create_room(chat: Chat, session: Session, request: CreateRoom) -> Reply:
    """Make a room and become its owner. Raises Conflict if the name leads to a room."""
    account = session.speaker
    name = check_new_room_name("room", request.room, chat.limits.room)
    settings: dict[str, Any] = {
        "topic": check_text("topic", request.topic, chat.limits.topic, lines=False),
        "description": check_text("description", request.description, chat.limits.description, lines=True),
        "private": request.private,
        "edits": request.edits,
        "retention": _check_retention(request.retention),
        "posting": request.posting,
        "inviting": request.inviting,
        "pinning": request.pinning,
        "mention_all": request.mention_all,
        "slow": _check_slow(request.slow),
        "guests": request.guests,
    }
    usual = CreateRoom(room="")
    unusual = {field: value for field, value in settings.items() if value != getattr(usual, field)}
    check_room_count(chat, account.id, account.name)
    now = chat.clock()
    with _making(chat, account) as made:
        made.append(await chat.storage.create_room(name_key(name), name, account.id, now, unusual, NameFree(name)))
    (joined,) = made
    reply = Reply(answers.ROOM_CREATED, more={"room": joined.name})
    return _joined(chat, session, account, joined, reply)


async def leave(chat: Chat, session: Session, request: Leave) -> Reply:
    """Stop being a member. Raises Forbidden for a non-member, BadRequest when there is no such room for them."""
    account = session.speaker
    name = check_length("room", request.room, chat.limits.room)
    room = chat.rooms.find(name)
    if room is None or (room.private and account.id not in room.members):
        raise BadRequest(answers.ROOM_UNKNOWN_LEAVE, name)
    rule, called = MayLeave(account.name, name), room.name
    with doubted(chat, room):
        left = await chat.storage.leave_room(room.id, account.id, chat.clock(), rule)
    changes = (left.change,) if left.promotion is None else (left.change, left.promotion)
    return Reply(answers.ROOM_LEFT, (account.name, called), changes=changes)


async def set_room(chat: Chat, session: Session, request: SetRoom) -> Reply:
    """Change what is given. Raises Forbidden for who may not, Conflict for a name that leads to another room."""
    account = session.speaker
    room = find_room(chat, account, request.room, "room")
    called = room.name
    wanted = _check_settings(chat, request)
    key = name_key(wanted["name"]) if "name" in wanted else None
    opens = request.archived is False
    rule = MaySet(account.name, tuple(wanted), request.room, wanted.get("name", ""), opens)
    with doubted(chat, room):
        change = await chat.storage.set_room(room.id, account.id, chat.clock(), key, wanted, rule)
    if change is None:
        return Reply(answers.ROOM_CHANGED, (account.name, called, ""))
    names = session.missing.names
    if "name" in change.data and room.id in names:
        names[room.id] = change.data["name"]  # it resumes, and the answer tells it before what it has missed
    return Reply(answers.ROOM_CHANGED, (account.name, change.to, ", ".join(change.data)), changes=(change,))


async def get_room(chat: Chat, session: Session, request: GetRoom) -> Reply:
    """What a room is like. Raises NotFound for one that the asker may not see."""
    account = session.speaker
    room = visible_room(chat, account, request.room)
    viewer = viewer_of(account, request.room)
    state = await chat.storage.room_state(viewer, room.id)
    about = ((room, viewer),)
    return Reply(answers.ROOM_SHOWN, (account.name, state.room), more={"rooms": [state]}, about=about)


async def list_rooms(chat: Chat, session: Session, request: Rooms) -> Reply:
    """Public rooms and one's own, page by page."""
    account = session.speaker
    if len(request.query) > chat.limits.query:
        raise BadRequest(answers.FIELD_TOO_LONG, "query", chat.limits.query)
    after = name_key(check_length("after", request.after, chat.limits.room)) if request.after is not None else ""
    page = page_size(chat, request.limit)
    found = await chat.storage.list_rooms(account.id, request.query, after, page)
    known = [state for state in found.rooms if may_know(chat.rooms, state.room, account.id)]
    more: dict[str, Any] = {"rooms": known}
    if found.next is not None:
        more |= {"more": True, "next": found.next}
    return Reply(answers.ROOMS_LISTED, (account.name, len(more["rooms"])), more=more)


async def group(chat: Chat, session: Session, request: Group) -> Reply:
    """Find, begin, or come back to the conversation of exactly these people. Raises NotFound for an unknown account."""
    account = session.speaker
    people = await _find_people(chat, account, request)
    numbers = {person.id for person in people}
    names = ", ".join(sorted(person.name for person in people))
    for room in chat.rooms.of(account.id):
        if room.group and room.members == numbers:
            return Reply(answers.GROUP_FOUND, (account.name, room.name, names), more={"room": room.name})
    begun = await _begin(chat, account, people)
    more: dict[str, Any] = {"room": begun.name}
    if begun.change is None:
        return Reply(answers.GROUP_FOUND, (account.name, begun.name, names), more=more)
    found = chat.rooms.by_id(begun.room_id)
    if found is not None and "changes" in session.features:
        more["seq"] = found.seq
    answer = answers.GROUP_CREATED if begun.change.kind == "create_room" else answers.GROUP_FOUND
    return Reply(answer, (account.name, begun.name, names), more=more, changes=(begun.change,))


async def _begin(chat: Chat, account: Account, people: Collection[AccountRecord]) -> Joined:
    """Begin a group; or find it, or come back to it, which limits do not hinder."""
    numbers, now, limits = sorted(person.id for person in people), chat.clock(), chat.limits
    others = (person for person in people if person.id != account.id)
    full = next((person.name for person in others if has_many_invitations(chat, person)), "")
    rule = MayBegin(account.name, full, limits.rooms)
    try:
        with _making(chat, account, may=not full) as made:
            made.append(await chat.storage.begin_group(numbers, account.id, now, rule))
        return made[0]
    except Forbidden as error:  # no event: who comes back makes none
        if error.answer is not answers.ROOM_CREATIONS:
            raise
    rule = MayBegin(account.name, account.name, limits.creations)
    return await chat.storage.begin_group(numbers, account.id, now, rule)


@contextmanager
def _making(chat: Chat, account: Account, *, may: bool = True) -> Iterator[list[Joined]]:
    """Around what `may` make a room, which is put into the list. Raises Forbidden for who has made too many lately.

    What makes none does not count.
    """
    made: list[Joined] = []
    if not may:
        yield made
        return
    who = ALL_GUESTS if account.visitor else account.id  # each guest is another one after a moment
    if not chat.creations.take(who, chat.clock()):
        raise Forbidden(answers.ROOM_CREATIONS, account.name, chat.limits.creations)
    try:
        yield made
    finally:
        if not any(each.change is not None and each.change.kind == "create_room" for each in made):
            chat.creations.give_back(who)


def has_many_invitations(chat: Chat, person: AccountRecord) -> bool:
    """Whether others have brought a person into as many rooms as they may."""
    return chat.rooms.count_by_others(person.id) >= chat.limits.rooms


def check_invitations(chat: Chat, person: AccountRecord) -> None:
    """Raises Forbidden for a person whom others have brought into as many rooms as they may."""
    if has_many_invitations(chat, person):
        raise Forbidden(answers.INVITATION_LIMIT, person.name, chat.limits.rooms)


def check_room_count(chat: Chat, account_id: int, name: str) -> None:
    """Raises Forbidden for an account that has joined as many rooms as it may; those that others made it join are not
    counted.
    """
    if chat.rooms.count_of(account_id) >= chat.limits.rooms:
        raise Forbidden(answers.ROOM_LIMIT, name, chat.limits.rooms)


def page_size(chat: Chat, limit: int | None) -> int:
    """How much one page of a list has, if the client wants `limit`."""
    return chat.limits.page if limit is None else min(max(limit, 1), chat.limits.page)


def _renamed(session: Session, asked: str, name: str) -> dict[str, Any]:
    """What a rich client is told that has asked for a room by a name which it does not have (any more)."""
    return {"room": name} if session.format.rich and name_key(asked) != name_key(name) else {}


def _joined(chat: Chat, session: Session, account: Account, joined: Joined, reply: Reply) -> Reply:
    """The reply to whoever has become a member, with the change if they were none before.

    Who counts changes is told the room's last `seq`, too: nothing is missed from there on.
    """
    values = (account.name, joined.name)
    if joined.change is None:
        return reply._replace(values=values)
    room = chat.rooms.by_id(joined.room_id)
    more = {**reply.more, "seq": room.seq} if room is not None and "changes" in session.features else reply.more
    return reply._replace(values=values, more=more, changes=(joined.change,))


def _check_settings(chat: Chat, request: SetRoom) -> dict[str, Any]:
    wanted = {field: value for field in FIELDS if (value := getattr(request, field)) is not UNSET}
    if not wanted:
        raise BadRequest(answers.FIELDS_NONE, ", ".join(FIELDS))
    if "name" in wanted:
        check_new_room_name("name", wanted["name"], chat.limits.room)
    if "topic" in wanted:
        check_text("topic", wanted["topic"], chat.limits.topic, lines=False)
    if "description" in wanted:
        check_text("description", wanted["description"], chat.limits.description, lines=True)
    _check_retention(wanted.get("retention"))
    _check_slow(wanted.get("slow", 0))
    return wanted


def _check_retention(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= MAX_RETENTION:
        raise BadRequest(answers.FIELD_OUTSIDE, "retention", 1, MAX_RETENTION)
    return days


def _check_slow(seconds: int) -> int:
    if seconds > MAX_SLOW:
        raise BadRequest(answers.FIELD_OUTSIDE, "slow", 0, MAX_SLOW)
    return seconds


async def _find_people(chat: Chat, account: Account, request: Group) -> list[AccountRecord]:
    """The people of a group, the asker included, each once."""
    most = chat.limits.group
    if len(request.members) > most * MAX_REPEATED:
        raise BadRequest(answers.GROUP_SIZE, most)
    names = {name_key(check_length("members", name, chat.limits.name)): name for name in request.members}
    names.pop(account.key, None)
    if not MIN_GROUP <= len(names) + 1 <= most:
        raise BadRequest(answers.GROUP_SIZE, most)
    found = await chat.storage.find_accounts(names)
    for key, name in names.items():
        if key not in found:
            raise NotFound(answers.ACCOUNT_UNKNOWN, name)
        if found[key].visitor:
            raise Forbidden(answers.GUEST_NOT_ALLOWED, name)
    return [AccountRecord(account.id, account.name), *found.values()]
