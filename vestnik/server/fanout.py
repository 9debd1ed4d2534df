"""From what has happened to those who hear of it: each thing is encoded once for each format that has hearers.

Events come in the order of their conversation (`vestnik.server.order`). Each is applied to what is in memory, written
to those who hear it, and given to whoever else has subscribed.
"""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

from vestnik.chat.audience import COMING_AND_GOING, sessions_in, sessions_of
from vestnik.chat.chat import Chat
from vestnik.chat.forwarding import as_seen, place_of, seen_by
from vestnik.chat.names import ROOM_SIGN
from vestnik.chat.outcome import Post, Telling
from vestnik.chat.rooms import Room
from vestnik.chat.scopes import Scope
from vestnik.chat.session import Account, Recipient, Session
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import MessageEvent
from vestnik.chat.storage.rooms import ExpiryEvent, RemovalEvent
from vestnik.log.events import TASK_FAILED
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.events import ServerEvent
from vestnik.protocol.formats import Format
from vestnik.server.buffers import relieve
from vestnik.server.kept import KeptMessages
from vestnik.server.order import Arrived, AsSeen
from vestnik.server.written import packed

ConversationEvent: TypeAlias = MessageEvent | ChangeEvent | ExpiryEvent | RemovalEvent
LOOK: Final = 0.25
"""Seconds between two looks at the buffers of those who read slowly: their own requests fill them, too."""
Subscriber: TypeAlias = Callable[[ConversationEvent, bool], None]
"""Called in the loop with each event, in the order of its conversation, after it was written to those who hear it; and
with whether it is our own: an event of another process is not told to other processes."""


class Fanout:
    """Writes to the connections of one server. `choked` are those whose clients read more slowly than is sent.

    `budget` is how many bytes may wait for all of them together.
    """

    def __init__(self, chat: Chat, journal: Journal, kept: KeptMessages, budget: int = sys.maxsize) -> None:
        self._chat = chat
        self._journal = journal
        self._kept = kept
        self._subscribers: tuple[Subscriber, ...] = ()
        self._budget = budget
        self._loop = asyncio.get_running_loop()
        self._looking: asyncio.TimerHandle | None = None
        self.choked: set[Recipient] = set()
        self._gathered: defaultdict[Recipient, list[bytes]] | None = None

    def subscribe(self, subscriber: Subscriber) -> None:
        """Let somebody else hear of everything that happens. An error of theirs is journaled and hurts nobody."""
        self._subscribers += (subscriber,)

    def _tell_subscribers(self, event: ConversationEvent, own: bool) -> None:
        for subscriber in self._subscribers:
            try:
                subscriber(event, own)
            except Exception as error:  # noqa: BLE001
                self._journal.record(TASK_FAILED, type(error).__name__, error=error)

    @contextmanager
    def together(self) -> Iterator[None]:
        """While this lasts, messages of rooms gather: each connection gets them with one write, however many rooms.

        Anything else that goes to many goes behind what has gathered until then.
        """
        self._gathered = defaultdict(list)
        try:
            yield
        finally:
            self._write_gathered()
            self._gathered = None

    def _write_gathered(self) -> None:
        if self._gathered:
            gathered, self._gathered = self._gathered, defaultdict(list)
            for recipient, frames in gathered.items():
                recipient.send(frames[0] if len(frames) == 1 else b"".join(frames))

    def send(self, event: ServerEvent, sessions: Iterable[Session]) -> None:
        """Write an event to sessions: the same bytes to all who share a format."""
        self._write_gathered()
        encoded: dict[Format, bytes] = {}
        for session in sessions:
            data = encoded.get(session.format)
            if data is None:
                data = encoded[session.format] = session.format.event(event)
            session.recipient.send(data)

    def check_buffers(self) -> None:
        """Cut off those who do not keep up reading; whoever has sent something to many asks for this."""
        if self.choked:
            for recipient in tuple(self.choked):
                recipient.check_buffer()
            relieve(tuple(self.choked), self._budget)

    def choke(self, recipient: Recipient) -> None:
        """More than a little waits for a recipient: look after it until it has caught up."""
        self.choked.add(recipient)
        if self._looking is None:
            self._looking = self._loop.call_later(LOOK, self._look)

    def _look(self) -> None:
        self._looking = None
        self.check_buffers()
        if self.choked:
            self._looking = self._loop.call_later(LOOK, self._look)

    # Messages.

    def deliver(self, arrived: Sequence[Arrived]) -> None:
        """Send messages of one conversation to all who hear it but their own authors."""
        if arrived[0].message.to_id:
            self._deliver_direct(arrived)
        elif (room := self._chat.rooms.by_id(arrived[0].message.conversation_id)) is not None:
            self._chat.state.apply_message(arrived[-1].message)
            for absent in room.absent:
                absent.missing.conversations.add(room.id)
            if arrived[0].message.to is not room.name:  # it has got another one since
                for each in arrived:
                    each.message.to = room.name
            self._deliver_room(room, arrived)
        if self._subscribers:
            for each in arrived:
                self._tell_subscribers(each.message, each.session is not None)

    def _deliver_room(self, room: Room, arrived: Sequence[Arrived]) -> None:
        if not _any_forwarded(arrived):
            for form, hearers in room.hearers.items():
                self._write(form, hearers, arrived)
            return
        for each in arrived:
            for form, hearers in room.hearers.items():
                for seen, some in self._as_seen(each.message, hearers):
                    self._write(form, some, (AsSeen(seen, each.session),))

    def _write(self, form: Format, hearers: Collection[Recipient], arrived: Sequence[Arrived]) -> None:
        """Write messages of one room to all but their own authors: the same bytes to each recipient."""
        frames = [form.message(each.message) for each in arrived]
        by = [None if each.session is None else each.session.recipient for each in arrived]
        authors = {recipient for recipient in by if recipient is not None}
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        gathered = self._gathered
        if gathered is None:
            for recipient in hearers:
                if recipient not in authors:
                    recipient.send(data)
        else:
            for recipient in hearers:
                if recipient not in authors:
                    gathered[recipient].append(data)
        if len(frames) > 1:
            for author in authors.intersection(hearers):
                others = [frame for frame, recipient in zip(frames, by, strict=True) if recipient is not author]
                if others and gathered is not None:
                    gathered[author] += others
                elif others:
                    author.send(b"".join(others))

    def _as_seen(
        self, message: MessageEvent, hearers: Collection[Recipient]
    ) -> Iterable[tuple[MessageEvent, Collection[Recipient]]]:
        """What is told of a message, and to whom: not everybody may know where a forwarded one comes from."""
        extras = message.extras
        if extras is None or extras.origin is None:
            return ((message, hearers),)
        parts: dict[str, list[Recipient]] = {}
        for recipient in hearers:
            account = recipient.session.account
            place = "" if account is None else place_of(self._chat.rooms, extras.origin, account.id)
            parts.setdefault(place, []).append(recipient)
        return [(as_seen(message, extras.origin, place), some) for place, some in parts.items()]

    def _deliver_direct(self, arrived: Sequence[Arrived]) -> None:
        messages = [each.message for each in arrived]
        encoded: dict[Format, bytes] = {}
        forwarded = _any_forwarded(arrived)
        for account in self._both(messages[0]):
            if forwarded:
                encoded.clear()
            for session in account.sessions:
                if not session.live:
                    session.missing.conversations.add(messages[0].conversation_id)
                    continue
                new = [each.message for each in arrived if each.session is not session]
                if new and session.floors:
                    new = _not_read(session, new)
                if not new:
                    continue
                if forwarded:
                    new = [seen_by(self._chat.rooms, message, account.id) for message in new]
                if session.waiting is not None:
                    self._kept.wait(session, new)
                    continue
                form = session.format
                data = encoded.get(form) if len(new) == len(messages) else None
                if data is None:
                    data = form.message(new[0]) if len(new) == 1 else b"".join([form.message(each) for each in new])
                    if len(new) == len(messages):
                        encoded[form] = data
                self._kept.send(session, account, new, data)

    def _both(self, message: MessageEvent) -> list[Account]:
        """The accounts of a direct conversation that have a session."""
        find = self._chat.sessions.find
        author, other = find(message.author_id), find(message.to_id)
        if author is None or author is other:
            return [] if other is None else [other]
        return [author] if other is None else [author, other]

    def written_to(self, post: Post) -> str | None:
        """The connections that a message is written to; those of a room with its author's own, which is left out."""
        message = post.message
        if not message.to_id:
            room = self._chat.rooms.by_id(message.conversation_id)
            if room is None:
                return None
            if room.audience is None:
                room.audience = packed(each.number for hearers in room.hearers.values() for each in hearers)
            return room.audience
        numbers = [
            session.recipient.number
            for account in self._both(message)
            for session in account.sessions
            if session is not post.session and session.live and session.waiting is None
        ]
        return str(numbers[0]) if len(numbers) == 1 else packed(numbers)

    # Changes.

    @journaled
    def publish(self, event: ChangeEvent, origin: str | None) -> None:
        """Apply a change; tell it to those who hear the conversation before or after it, but not to `origin`."""
        room = self._chat.rooms.by_id(event.conversation_id)
        if room is None and event.room is None:
            self._publish_direct(event, origin)
        else:
            before = set() if room is None else sessions_in(room)
            name = event.room.name if event.room is not None else room.name if room is not None else ""
            self._chat.state.apply_change(event, origin)
            after = before
            if event.kind in COMING_AND_GOING and (room := self._chat.rooms.by_id(event.conversation_id)) is not None:
                after = sessions_in(room)
            shown, hearing = event.shown(name), []
            for session in before | after:
                others = session.recipient.name != origin and "changes" in session.features
                if session.live:
                    if others:
                        hearing.append(session)
                elif session in after:
                    session.missing.conversations.add(event.conversation_id)
                elif others:
                    session.missing.late.append((event.conversation_id, session.format.event(shown)))
            self.send(shown, hearing)
        self._tell_subscribers(event, origin is not None)

    def _publish_direct(self, event: ChangeEvent, origin: str | None) -> None:
        hearing = []
        for session in sessions_of(self._chat.sessions, {event.account_id, event.to_id}):
            if not session.live:
                session.missing.conversations.add(event.conversation_id)
            elif session.floors and _has_read(session, event):
                continue
            else:
                if session.waiting:
                    self._kept.alter(session, event)
                if session.recipient.name != origin and "changes" in session.features:
                    hearing.append(session)
        self.send(event.shown(event.to), hearing)

    def expire(self, event: ExpiryEvent) -> None:
        """Retention has removed messages of a room: nobody who is connected hears of it."""
        self._tell_subscribers(event, True)

    def remove(self, event: RemovalEvent) -> None:
        """A room is gone in which there was nobody, so nobody hears of it."""
        self._chat.state.apply_removal(event)
        self._tell_subscribers(event, True)

    # What nobody keeps.

    @journaled
    def tell(self, tellings: Iterable[Telling], session: Session) -> None:
        """Tell others what is not kept; not `session`, from which it comes.

        Who is not live yet gets none of it, but for how far another device has read: that later.
        """
        for event, feature, to, author_id in tellings:
            hearing = []
            for each in self._sessions_at(to):
                if each is session or feature not in each.features:
                    continue
                if each.scope is not None and self._is_outside(event, each.scope):
                    continue
                if author_id and each.account is not None and each.account.id == author_id:
                    continue
                if each.live:
                    hearing.append(each)
                elif feature == "read" and each.missing.begun:  # else the answer to `resume` will say it
                    each.missing.late.append((0, each.format.event(event)))
            self.send(event, hearing)
        self.check_buffers()

    def _is_outside(self, event: ServerEvent, scope: Scope) -> bool:
        """Whether an event is about a room that a session's token is not for."""
        name = str(getattr(event, "room", "") or getattr(event, "to", ""))
        room = self._chat.rooms.find(name) if name.startswith(ROOM_SIGN) else None
        return room is not None and not scope.has(room.id)

    def _sessions_at(self, to: int | frozenset[int]) -> Iterable[Session]:
        if not isinstance(to, int):
            return sessions_of(self._chat.sessions, to)
        room = self._chat.rooms.by_id(to)
        return () if room is None else sessions_in(room)


def _any_forwarded(arrived: Sequence[Arrived]) -> bool:
    for each in arrived:
        extras = each.message.extras
        if extras is not None and extras.origin is not None:
            return True
    return False


def _not_read(session: Session, messages: list[MessageEvent]) -> list[MessageEvent]:
    """Those messages of one direct conversation that a session has not read in the store already."""
    conversation_id = messages[0].conversation_id
    seq, change = session.floors.get(conversation_id, (0, 0))
    new = [message for message in messages if message.seq > seq]
    if new and seq:
        _set_floor(session, conversation_id, 0, change)
    return new


def _has_read(session: Session, event: ChangeEvent) -> bool:
    """Whether a session has read a change of a direct conversation in the store already."""
    seq, change = session.floors.get(event.conversation_id, (0, 0))
    if event.change > change and change:
        _set_floor(session, event.conversation_id, seq, 0)
    return event.change <= change


def _set_floor(session: Session, conversation_id: int, seq: int, change: int) -> None:
    """Remember how far a session has read a direct conversation in the store, as long as something may be before it."""
    floors = {number: floor for number, floor in session.floors.items() if number != conversation_id}
    session.floors = floors | ({conversation_id: (seq, change)} if seq or change else {})
