"""`history`, `conversations`, `read` and `resume`: what was said, how far one has read it, and what one has missed."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import UNSET

from vestnik.chat.chat import Chat
from vestnik.chat.conversations import find_conversation, name_of
from vestnik.chat.directs import NOT_BEGUN
from vestnik.chat.limits import MAX_NAME, MAX_UNREAD
from vestnik.chat.names import ROOM_SIGN, name_key
from vestnik.chat.outcome import Reply, Telling
from vestnik.chat.reading import may_hear, reader_of
from vestnik.chat.rooms import Room
from vestnik.chat.session import ClaimedCursor, Missing, Session
from vestnik.chat.storage.conversations import ConversationRecords, Unread
from vestnik.protocol import answers
from vestnik.protocol.errors import BadRequest, Conflict, Forbidden
from vestnik.protocol.events import ConversationState, ReadNotice
from vestnik.protocol.requests import Conversations, History, Position, Read, Resume

UNREAD_AT_A_TIME: Final = 200
"""Conversations in which is counted at once what is unread."""
MAX_CURSORS: Final = 10_000
"""Conversations that a client may resume."""


async def history(chat: Chat, session: Session, request: History) -> Reply:
    """A page of a conversation's messages. Raises what `find_conversation` raises."""
    account = session.speaker
    places = {"before": request.before, "after": request.after, "around": request.around}
    if sum(place is not None for place in places.values()) > 1:
        raise BadRequest(answers.FIELDS_EXCLUSIVE, ", ".join(places))
    conversation = await find_conversation(chat, account, request.to)
    limit = page_limit(chat, request.limit)
    reader = reader_of(account, request.to)
    page = await chat.storage.history(reader, conversation.id, limit, thread=request.thread, **places)
    values = (account.name, name_of(conversation), len(page.messages))
    more = {"messages": page.messages, "more": page.more}
    return Reply(answers.HISTORY_LISTED, values, more=more, about=((conversation, reader),))


def page_limit(chat: Chat, asked: int | None) -> int:
    """How many items a page has: as many as asked for, within the limit. Raises BadRequest for none."""
    if asked == 0:
        raise BadRequest(answers.FIELD_INVALID, "limit")
    return min(asked or chat.limits.page, chat.limits.page)


async def conversations(chat: Chat, session: Session, request: Conversations) -> Reply:
    """All conversations of the account, with what is unread in them."""
    account = session.speaker
    kept = await chat.storage.conversations(account.id)
    states = _states(chat, session, kept)
    behind = [(number, state.read, state.seq) for number, state in states.items() if state.seq > state.read]
    unread: dict[int, Unread] = {}
    looked = 0
    while looked < len(behind):  # in turn with what others read
        page = await chat.storage.unread(account.id, behind[looked : looked + UNREAD_AT_A_TIME], MAX_UNREAD)
        unread |= page.found
        looked += page.looked
    for number, found in unread.items():
        states[number].unread = found.messages
        states[number].mentions = found.mentions
    closed = {number for number, *_ in behind} - unread.keys()  # rooms that were left meanwhile, as the store has it
    listed = [
        state for number, state in states.items() if number not in closed and may_hear(chat.rooms, state.to, session)
    ]
    return Reply(answers.CONVERSATIONS_LISTED, (account.name, len(listed)), more={"conversations": listed})


async def read(chat: Chat, session: Session, request: Read) -> Reply:
    """Note how far the account has read, and tell its other devices."""
    account = session.speaker
    conversation = await find_conversation(chat, account, request.to)
    name = name_of(conversation)
    reader = reader_of(account, request.to)
    begun = conversation.id != NOT_BEGUN
    reached = await chat.storage.read_up_to(reader, conversation.id, request.seq) if begun else None
    if reached is None:
        return Reply(answers.READ_NOTED, (account.name, name, request.seq))
    told = Telling(ReadNotice(chat.clock(), name, reached), "read", frozenset({account.id}))
    return Reply(answers.READ_NOTED, (account.name, name, reached), told=(told,), about=((conversation, reader),))


async def resume(chat: Chat, session: Session, request: Resume) -> Reply:
    """Find out what a session has missed; it gets that after the answer.

    Raises Conflict while it is still getting it, Forbidden for more conversations than anybody can have.
    """
    account = session.speaker
    if session.missing.begun:
        raise Conflict(answers.RESUME_RUNNING, account.name)
    if session.live:
        chat.sessions.suspend(session)
    missing = session.missing
    _take_cursors(chat, account.name, missing, request)
    if request.more:
        return Reply(answers.RESUME_CONTINUED, (account.name, len(missing.cursors or ())))
    missing.begun = True
    try:
        ends, kept, undelivered = await _kept(chat, account.id, missing)
    except BaseException:
        missing.begun = False  # it may ask again
        raise
    # From here on nothing is waited for. Rooms that other devices have joined meanwhile have a position already.
    joined = dict(missing.positions)
    states = _states(chat, session, kept)
    for number in joined.keys() & states.keys():
        states[number].read = max(states[number].read, joined[number][0])
    missing.read |= _raise(states, ends)
    if "changes" in session.features:
        missing.names = {number: state.to for number, state in states.items() if state.to.startswith(ROOM_SIGN)}
    if missing.cursors is None:
        for number in undelivered.keys() & states.keys():
            states[number].kept = undelivered[number]
        missing.positions |= {
            number: (undelivered.get(number, state.seq + 1) - 1, state.change) for number, state in states.items()
        }
    else:
        known = _known(chat, missing.cursors, kept, states)
        missing.positions |= _positions(known, kept, states, joined)
        missing.anew = sum(state.anew for state in states.values())
    missing.conversations |= {
        number
        for number, state in states.items()
        if missing.positions[number][0] < state.seq or missing.positions[number][1] < state.change
    }
    values = (account.name, len(states))
    more = {"conversations": list(states.values()), "epoch": chat.epoch}
    return Reply(answers.RESUME_ACCEPTED, values, more=more, resuming=True)


async def _kept(
    chat: Chat, account_id: int, missing: Missing
) -> tuple[dict[int, tuple[int, int]], ConversationRecords, Mapping[int, int]]:
    """What the store has: ends of rooms, the account's conversations, and for a new client what was never delivered."""
    missing.positions.clear()  # those of rooms that were joined since the login: the store has them
    ends = await _ends(chat, missing.cursors)
    kept = await chat.storage.conversations(account_id)
    if missing.cursors is not None:
        return ends, kept, {}
    await chat.deliveries_kept(account_id)
    return ends, kept, await chat.storage.undelivered(account_id)


def _take_cursors(chat: Chat, name: str, missing: Missing, request: Resume) -> None:
    """Note what a client says that it has. Raises Forbidden for more than anybody can have."""
    if request.cursors is not None:
        missing.cursors = _claims(missing.cursors, request, foreign=request.epoch not in (None, chat.epoch))
        if len(missing.cursors) > MAX_CURSORS:
            raise Forbidden(answers.RESUME_LIMIT, name, MAX_CURSORS)


def _states(chat: Chat, session: Session, kept: ConversationRecords) -> dict[int, ConversationState]:
    """The account's conversations by number."""
    scope = session.scope
    rooms = [room for room in chat.rooms.of(session.speaker.id) if scope is None or scope.has(room.id)]
    found = {room.id: ConversationState(room.name, room.seq, room.change) for room in rooms}
    for direct in kept.directs:
        if direct.seq or direct.change:
            found[direct.id] = ConversationState(direct.name, direct.seq, direct.change)
    for number, state in found.items():
        state.read = kept.read.get(number, 0)
        state.first = kept.floors.get(number, 0) + 1
    return dict(sorted(found.items()))


Claims: TypeAlias = dict[str, ClaimedCursor]
"""What a client says that it has, by the keys of names."""


def _claims(before: Claims | None, request: Resume, *, foreign: bool) -> Claims:
    """What a client has said `before`, and what it says now. The key of a name is found only here.

    What is longer than any name is none, and would take long; `foreign` says that all is of another epoch.
    """
    claims = {} if before is None else before
    for name, found in (request.cursors or {}).items():
        if len(name) <= MAX_NAME and len(claims) <= MAX_CURSORS:
            position = None if foreign else Position(found) if isinstance(found, int) else found
            # The key of most names, found in a tenth of the time and not remembered: there may be thousands.
            key = name.lower() if name.isascii() else name_key(name)
            claims[key] = ClaimedCursor(name, position)
    return claims


def _known(
    chat: Chat, cursors: Claims, kept: ConversationRecords, states: Mapping[int, ConversationState]
) -> dict[int, Position | None]:
    """The conversations that a client has cursors of, by number; notes in their states what it calls them."""
    directs = {name_key(direct.name): direct.id for direct in kept.directs}
    known: dict[int, Position | None] = {}
    for key, (name, position) in cursors.items():
        room = chat.rooms.by_key(key)
        number = directs.get(key) if room is None else room.id
        if number is not None and number in states:
            known[number] = position
            states[number].as_ = UNSET if key == name_key(states[number].to) else name
    return known


async def _ends(chat: Chat, cursors: Claims | None) -> dict[int, tuple[int, int]]:
    """How far rooms go in the store of which a client has more than has gone on here: that may only be on its way."""
    ahead = []
    for key, (_, position) in (cursors or {}).items():
        room = chat.rooms.by_key(key)
        if room is not None and position is not None and _beyond(position, room):
            ahead.append(room.id)
    return await chat.storage.ends(ahead) if ahead else {}


def _raise(states: Mapping[int, ConversationState], ends: Mapping[int, tuple[int, int]]) -> set[int]:
    """Let conversations go as far as in the store; which ones are among `ends`."""
    found = ends.keys() & states.keys()
    for number in found:
        state, (seq, change) = states[number], ends[number]
        state.seq, state.change = max(state.seq, seq), max(state.change, change)
    return found


def _beyond(position: Position, state: ConversationState | Room) -> bool:
    return position.seq > state.seq or position.change > state.change


def _positions(
    known: Mapping[int, Position | None],
    kept: ConversationRecords,
    states: Mapping[int, ConversationState],
    joined: Mapping[int, tuple[int, int]],
) -> dict[int, tuple[int, int]]:
    """How much (`seq`, `change`) a client with these cursors has of each conversation.

    What it does not know of is sent from its beginning, a room from that of the membership; the messages are then
    as they are after all changes. So is what it has a cursor of that means nothing here, which its state says.
    `joined` is where memberships began that are newer than what the store was asked for; there is nothing of a room
    before one of them, nor of one that was being left.
    """
    positions: dict[int, tuple[int, int]] = {}
    for number, state in states.items():
        position = known.get(number)
        if position is not None and not _beyond(position, state):
            positions[number] = position.seq, position.change
        else:
            state.anew = number in known
            began = kept.since.get(number, state.seq if state.to.startswith(ROOM_SIGN) else 0)
            positions[number] = joined[number][0] if number in joined else began, state.change
    return positions
