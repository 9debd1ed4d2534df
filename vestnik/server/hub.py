"""From an accepted message to its recipients: batches for the store, then answers, deliveries and journal lines.

Everything that is accepted in one pass of the event loop is one batch. Nothing is answered, delivered or journaled
before the store has it on disk.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextvars import Context
from typing import TYPE_CHECKING

from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Post, Publication, Reply, Telling
from vestnik.chat.rooms import Recipient, Room
from vestnik.chat.sessions import Session
from vestnik.log.journal import Journal, Record
from vestnik.log.journaled import journaled
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.messages import encode
from vestnik.server import catalogue
from vestnik.server.audience import packed
from vestnik.server.catchup import CatchUp
from vestnik.server.kept import KeptMessages
from vestnik.server.wire import Acknowledgements, encode_change, encode_post
from vestnik.store.store import Store
from vestnik.texts import Wording

if TYPE_CHECKING:
    from vestnik.server.tcp import Connection


class Hub:
    """Where all connections meet. `capacity` is how many messages may wait for the store.

    `choked` are the connections whose clients read more slowly than they are sent to.
    """

    def __init__(self, chat: Chat, journal: Journal, wording: Wording, store: Store, capacity: int) -> None:
        self.chat = chat
        self.journal = journal
        self.wording = wording
        self._acknowledgements = Acknowledgements(wording)
        self.kept = KeptMessages(store, journal)
        chat.deliveries_kept = self.kept.save
        self.catch_up = CatchUp(chat, store, journal, self.kept)
        self._store = store
        self._capacity = capacity
        self._loop = asyncio.get_running_loop()
        self._context = Context()  # a batch is nobody's own request
        self._batch: list[Post] = []
        self._begun: deque[float] = deque()  # when each batch that is not committed yet was begun, monotonic
        self._queued = 0
        self._held: set[Connection] = set()
        self.choked: set[Connection] = set()

    # Accepting.

    @journaled(arguments=("post.to",))
    def accept(self, post: Post) -> None:
        """Take a message into the batch of this pass of the loop."""
        if not self._batch:
            self._begun.append(time.monotonic())
            self._loop.call_soon(self._hand_over, context=self._context)
        self._batch.append(post)
        self._queued += 1

    @property
    def full(self) -> bool:
        """Whether so many messages wait that no more should be read."""
        return self._queued >= self._capacity

    def hold(self, connection: "Connection") -> None:
        """Resume reading from `connection`, which has paused, when there is room again."""
        if not self._held:
            self.journal.record(catalogue.STORE_DELAYED, self._queued)
        self._held.add(connection)

    def _hand_over(self) -> None:
        batch, self._batch = self._batch, []
        self._store.submit(batch)

    # After the commit.

    @journaled
    def committed(self, posts: Sequence[Post], error: Exception | None) -> None:
        """Answer, deliver and journal a batch that is on disk; or say why it is not."""
        self._queued -= len(posts)
        authors = self._publish(posts) if error is None else self._refuse(posts, error)
        for connection in authors:
            connection.go_on()
        self.check_buffers()
        if self._held and self._queued <= self._capacity // 2:
            held, self._held = self._held, set()
            for waiting in held:
                waiting.held = False
                waiting.resume_reading()

    def _publish(self, posts: Sequence[Post]) -> Iterable["Connection"]:
        now = time.time()
        duration = round((time.monotonic() - self._begun.popleft()) * 1000, 3)
        records: list[Record] = []
        replies: dict[Connection, list[bytes]] = {}
        conversations: dict[int, list[Post]] = {}
        encode, of_answer = self._acknowledgements.encode, catalogue.of_answer
        for post in posts:
            if not post.again:
                self.chat.sessions.published = post.number
                group = conversations.get(post.conversation_id)
                if group is None:
                    conversations[post.conversation_id] = [post]
                else:
                    group.append(post)
            answer = self._answer(post)
            connection = _author(post)
            connection.pending -= 1
            recipients = None if post.again else self._recipients(post)
            values = (post.sender.name, post.to, post.seq, post.id, post.number or None, recipients, duration)
            records.append((now, of_answer(answer), values, connection.name, post.request, None, None))
            lines = replies.get(connection)
            if lines is None:
                replies[connection] = [encode(answer, post)]
            else:
                lines.append(encode(answer, post))
        for connection, lines in replies.items():
            connection.send(lines[0] if len(lines) == 1 else b"".join(lines))
        for group in conversations.values():
            conversation = group[0].conversation
            if type(conversation) is Room:
                _deliver_to_room(conversation, group)
            else:
                self._deliver_direct(group)
        self.journal.extend(records)
        return replies

    def _answer(self, post: Post) -> Answer:
        """200 when the message is on its way to a connection of the addressee, 202 when it waits for one."""
        direct = post.conversation
        if post.conflict:
            return answers.MESSAGE_CONFLICT
        if type(direct) is Room or direct.to_id == post.sender_id:  # type: ignore[union-attr]  # else it is direct
            return answers.MESSAGE_DELIVERED
        if post.again and (post.delivered or self.kept.delivered(direct.id, direct.to_id) >= post.seq):  # type: ignore[union-attr]
            return answers.MESSAGE_DELIVERED
        addressee = self.chat.sessions.find(direct.to_id)  # type: ignore[union-attr]
        if addressee is not None and any(session.live and session.waiting is None for session in addressee.sessions):
            return answers.MESSAGE_DELIVERED
        return answers.MESSAGE_KEPT

    def _recipients(self, post: Post) -> str | None:
        """The connections that a message is written to; those of a room with its author's own, which is left out."""
        conversation = post.conversation
        if type(conversation) is Room:
            if conversation.audience is None:
                conversation.audience = packed(_number(hearer) for hearer in conversation.plain | conversation.rich)
            return conversation.audience
        numbers = [
            _number(session.recipient)
            for account in map(self.chat.sessions.find, {post.sender_id, conversation.to_id})  # type: ignore[union-attr]  # it is direct
            if account is not None
            for session in account.sessions
            if session is not post.session and session.live and session.waiting is None
        ]
        return str(numbers[0]) if len(numbers) == 1 else packed(numbers)

    def check_buffers(self) -> None:
        """Cut off those who do not keep up reading; whoever has sent something to many asks for this."""
        for connection in tuple(self.choked):
            connection.check_buffer()

    # Changes.

    @journaled
    def publish(self, publications: Iterable[Publication], session: Session) -> None:
        """Tell those who hear a conversation of what `session` has changed in it, and is on disk; but not itself."""
        for publication in publications:
            conversation, to, change, also = publication
            self.chat.sessions.published = change.number
            data = encode_change(to, change)
            people = set(also)
            listeners: set[Session] = set()
            if isinstance(conversation, Room):
                conversation.change = change.change
                listeners = {recipient.session for recipient in conversation.rich}  # type: ignore[attr-defined]
                for absent in conversation.absent:
                    absent.missing.conversations.add(conversation.id)
            else:
                people |= {conversation.from_id, conversation.to_id}
            for account in filter(None, map(self.chat.sessions.find, people)):
                for each in account.sessions:
                    if each.live:
                        listeners.add(each)
                    elif isinstance(conversation, Room):  # one that the account has left
                        if each is not session and "changes" in each.features:
                            each.missing.late.append((conversation.id, data))
                    else:
                        each.missing.conversations.add(conversation.id)
            for listener in listeners - {session}:
                if "changes" in listener.features:
                    listener.recipient.send(data)
        self.check_buffers()

    @journaled
    def tell(self, tellings: Iterable[Telling], session: Session) -> None:
        """Tell others what is not kept; not `session`, from which it comes.

        Who is not live yet gets none of it, but for how far another device has read: that later.
        """
        for event, feature, to, author in tellings:
            if isinstance(to, Room):
                sessions = {recipient.session for recipient in to.rich}  # type: ignore[attr-defined]
            else:
                accounts = filter(None, map(self.chat.sessions.find, to))
                sessions = {each for account in accounts for each in account.sessions}
            data = encode(event)
            for each in sessions - {session}:
                if feature not in each.features or (author is not None and each.account is author):
                    continue
                if each.live:
                    each.recipient.send(data)
                elif feature == "read" and each.missing.begun:  # else the answer to `resume` will say it
                    each.missing.late.append((0, data))
        self.check_buffers()

    def _refuse(self, posts: Sequence[Post], error: Exception) -> Iterable["Connection"]:
        self._begun.popleft()
        self.journal.record(catalogue.STORE_FAILED, type(error).__name__, error=error)
        for post in posts:
            connection = _author(post)
            connection.pending -= 1
            connection.answer(Reply(answers.SERVER_ERROR), post.request, post.id)
        return {_author(post) for post in posts}

    def _deliver_direct(self, posts: Sequence[Post]) -> None:
        """Send messages of one direct conversation to the connections of both sides but their own authors."""
        people = {post.sender_id for post in posts} | {post.conversation.to_id for post in posts}  # type: ignore[union-attr]
        for account in filter(None, map(self.chat.sessions.find, people)):
            for session in account.sessions:
                if not session.live:
                    session.missing.conversations.add(posts[0].conversation_id)
                    continue
                new = [post for post in posts if post.session is not session]
                if new:
                    self.kept.send_direct(session, account, new)


def _deliver_to_room(room: Room, posts: Sequence[Post]) -> None:
    """Send messages to everybody who hears the room, and note them for those who do not yet."""
    room.seq = posts[-1].seq
    for absent in room.absent:
        absent.missing.conversations.add(room.id)
    if posts[0].to is not room.name:  # it has got another one since
        for post in posts:
            post.to = room.name
    if room.plain:
        _deliver(room.plain, posts, rich=False)
    if room.rich:
        _deliver(room.rich, posts, rich=True)


def _deliver(recipients: set[Recipient], posts: Sequence[Post], *, rich: bool) -> None:
    """Send messages of one room to all but their own authors: the same bytes to each recipient."""
    if len(posts) == 1:
        data = encode_post(posts[0], rich)
        author = posts[0].session.recipient
        for recipient in recipients:
            if recipient is not author:
                recipient.send(data)
        return
    frames = [encode_post(post, rich) for post in posts]
    authors = {post.session.recipient for post in posts}
    data = b"".join(frames)
    for recipient in recipients - authors:
        recipient.send(data)
    if len(authors) > 1:
        for author in authors & recipients:
            author.send(b"".join(f for f, p in zip(frames, posts, strict=True) if p.session.recipient is not author))


def _number(recipient: Recipient) -> int:
    return recipient.number  # type: ignore[attr-defined, no-any-return]  # the recipients of this server are its connections


def _author(post: Post) -> "Connection":
    """The connection a message came from: the recipients of this server are its connections."""
    return post.session.recipient  # type: ignore[return-value]
