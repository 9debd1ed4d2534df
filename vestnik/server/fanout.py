"""From what has happened to those who hear of it: each thing is encoded once for each format that has hearers."""

from collections.abc import Collection, Iterable, Sequence

from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Post, Publication, Telling
from vestnik.chat.recipient import Recipient
from vestnik.chat.rooms import Room
from vestnik.chat.sessions import Session
from vestnik.log.journaled import journaled
from vestnik.protocol.events import ServerEvent
from vestnik.protocol.formats import Format
from vestnik.server.kept import KeptMessages
from vestnik.server.written import packed


class Fanout:
    """Writes to the connections of one server. `choked` are those whose clients read more slowly than is sent."""

    def __init__(self, chat: Chat, kept: KeptMessages) -> None:
        self._chat = chat
        self._kept = kept
        self.choked: set[Recipient] = set()

    def send(self, event: ServerEvent, sessions: Iterable[Session]) -> None:
        """Write an event to sessions: the same bytes to all who share a format."""
        encoded: dict[Format, bytes] = {}
        for session in sessions:
            data = encoded.get(session.format)
            if data is None:
                data = encoded[session.format] = session.format.event(event)
            session.recipient.send(data)

    def check_buffers(self) -> None:
        """Cut off those who do not keep up reading; whoever has sent something to many asks for this."""
        for recipient in tuple(self.choked):
            recipient.check_buffer()

    # Messages.

    def deliver(self, posts: Sequence[Post]) -> None:
        """Send messages of one conversation, which have just been kept, to all who hear it but their own authors."""
        room = self._chat.rooms.by_id(posts[0].message.conversation_id)
        if room is None:
            self._deliver_direct(posts)
            return
        room.seq = posts[-1].message.seq
        for absent in room.absent:
            absent.missing.conversations.add(room.id)
        if posts[0].message.to is not room.name:  # it has got another one since
            for post in posts:
                post.message.to = room.name
        for form, hearers in room.hearers.items():
            _deliver(form, hearers, posts)

    def _deliver_direct(self, posts: Sequence[Post]) -> None:
        people = {post.message.author_id for post in posts} | {post.message.to_id for post in posts}
        for account in filter(None, map(self._chat.sessions.find, people)):
            for session in account.sessions:
                if not session.live:
                    session.missing.conversations.add(posts[0].message.conversation_id)
                    continue
                new = [post.message for post in posts if post.session is not session]
                if new:
                    self._kept.send_direct(session, account, new)

    def written_to(self, post: Post) -> str | None:
        """The connections that a message is written to; those of a room with its author's own, which is left out."""
        message = post.message
        room = self._chat.rooms.by_id(message.conversation_id)
        if room is not None:
            if room.audience is None:
                room.audience = packed(each.number for hearers in room.hearers.values() for each in hearers)
            return room.audience
        numbers = [
            session.recipient.number
            for account in map(self._chat.sessions.find, {message.author_id, message.to_id})
            if account is not None
            for session in account.sessions
            if session is not post.session and session.live and session.waiting is None
        ]
        return str(numbers[0]) if len(numbers) == 1 else packed(numbers)

    # Changes.

    @journaled
    def publish(self, publications: Iterable[Publication], session: Session) -> None:
        """Tell those who hear a conversation of what `session` has changed in it, and is on disk; but not itself."""
        for publication in publications:
            conversation, to, change, also = publication
            self._chat.sessions.published = change.number
            event = change.event(to)
            people = set(also)
            listeners: set[Session] = set()
            if isinstance(conversation, Room):
                conversation.change = change.change
                listeners = self._hearers(conversation)
                for absent in conversation.absent:
                    absent.missing.conversations.add(conversation.id)
            else:
                people |= {conversation.from_id, conversation.to_id}
            for account in filter(None, map(self._chat.sessions.find, people)):
                for each in account.sessions:
                    if each.live:
                        listeners.add(each)
                    elif isinstance(conversation, Room):  # one that the account has left
                        if each is not session and "changes" in each.features:
                            each.missing.late.append((conversation.id, each.format.event(event)))
                    else:
                        each.missing.conversations.add(conversation.id)
            self.send(event, [each for each in listeners if each is not session and "changes" in each.features])
        self.check_buffers()

    def _hearers(self, room: Room) -> set[Session]:
        """The sessions that hear a room."""
        return {recipient.session for hearers in room.hearers.values() for recipient in hearers}

    # What nobody keeps.

    @journaled
    def tell(self, tellings: Iterable[Telling], session: Session) -> None:
        """Tell others what is not kept; not `session`, from which it comes.

        Who is not live yet gets none of it, but for how far another device has read: that later.
        """
        for event, feature, to, author in tellings:
            if isinstance(to, Room):
                sessions = self._hearers(to)
            else:
                accounts = filter(None, map(self._chat.sessions.find, to))
                sessions = {each for account in accounts for each in account.sessions}
            hearing: list[Session] = []
            for each in sessions - {session}:
                if feature not in each.features or (author is not None and each.account is author):
                    continue
                if each.live:
                    hearing.append(each)
                elif feature == "read" and each.missing.begun:  # else the answer to `resume` will say it
                    each.missing.late.append((0, each.format.event(event)))
            self.send(event, hearing)
        self.check_buffers()


def _deliver(form: Format, hearers: Collection[Recipient], posts: Sequence[Post]) -> None:
    """Send messages of one room to all but their own authors: the same bytes to each recipient."""
    if len(posts) == 1:
        data = form.message(posts[0].message)
        author = posts[0].session.recipient
        for recipient in hearers:
            if recipient is not author:
                recipient.send(data)
        return
    frames = [form.message(post.message) for post in posts]
    authors = {post.session.recipient for post in posts}
    data = b"".join(frames)
    for recipient in hearers:
        if recipient not in authors:
            recipient.send(data)
    if len(authors) > 1:
        for author in authors.intersection(hearers):
            author.send(b"".join(f for f, p in zip(frames, posts, strict=True) if p.session.recipient is not author))
