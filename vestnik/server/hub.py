"""From an accepted message to its recipients: batches for the store, then answers, deliveries and journal lines.

Everything that is accepted in one pass of the event loop is one batch. Nothing is answered, delivered or journaled
before the store has it on disk.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Post, Reply
from vestnik.chat.rooms import Recipient, Room
from vestnik.chat.storage import Delivered
from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.texts import Wording
from vestnik.server.wire import encode_acknowledgement, encode_delivery
from vestnik.store.store import Store

if TYPE_CHECKING:
    from vestnik.log.records import Record
    from vestnik.server.tcp import Connection

CURSOR_DELAY: Final = 1.0
"""Seconds after which it is noted how far direct conversations were delivered."""
KEPT_PAGE: Final = 100
"""Kept messages that are read at a time."""
KEPT_BYTES: Final = 65_536
"""Bytes of kept messages that are written before waiting for the reader."""


class Hub:
    """Where all connections meet. `capacity` is how many messages may wait for the store."""

    def __init__(self, chat: Chat, journal: Journal, wording: Wording, store: Store, capacity: int) -> None:
        self.chat = chat
        self.journal = journal
        self.wording = wording
        self.store = store
        self._capacity = capacity
        self._loop = asyncio.get_running_loop()
        self._batch: list[Post] = []
        self._queued = 0
        self._held: set[Connection] = set()
        self._cursors: dict[tuple[int, int], int] = {}
        self._cursor_timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    # Accepting.

    def accept(self, post: Post) -> None:
        """Take a message into the batch of this pass of the loop."""
        if not self._batch:
            self._loop.call_soon(self._hand_over)
        self._batch.append(post)
        self._queued += 1

    @property
    def idle(self) -> bool:
        """Whether every accepted message is answered."""
        return self._queued == 0

    def hold(self, connection: "Connection") -> bool:
        """Whether too many messages wait; if so, `connection` is resumed when there is room again."""
        if self._queued < self._capacity:
            return False
        if not self._held:
            self.journal.record(events.STORE_DELAYED, self._queued)
        self._held.add(connection)
        connection.held = True
        return True

    def _hand_over(self) -> None:
        batch, self._batch = self._batch, []
        self.store.submit(batch)

    # After the commit.

    def committed(self, posts: Sequence[Post], error: Exception | None) -> None:
        """Answer, deliver and journal a batch that is on disk; or say why it is not."""
        self._queued -= len(posts)
        if error is None:
            self._publish(posts)
        else:
            self._refuse(posts, error)
        for connection in {_author(post): None for post in posts}:
            connection.go_on()
        if self._held and self._queued <= self._capacity // 2:
            held, self._held = self._held, set()
            for waiting in held:
                waiting.held = False
                waiting.resume_reading()

    def _publish(self, posts: Sequence[Post]) -> None:
        now = time.time()
        records: list[Record] = []
        replies: dict[Connection, list[bytes]] = {}
        conversations: dict[int, list[Post]] = {}
        for post in posts:
            if not post.again:
                group = conversations.get(post.conversation_id)
                if group is None:
                    conversations[post.conversation_id] = [post]
                else:
                    group.append(post)
            answer = self._answer(post)
            connection = _author(post)
            connection.pending -= 1
            values = (post.sender.name, post.to, post.seq, post.id)
            records.append((now, events.of_answer(answer), values, connection.name, post.request, None))
            reply = encode_acknowledgement(self.wording, answer, post, post.session.rich)
            lines = replies.get(connection)
            if lines is None:
                replies[connection] = [reply]
            else:
                lines.append(reply)
        for connection, lines in replies.items():
            connection.send(lines[0] if len(lines) == 1 else b"".join(lines))
        for group in conversations.values():
            room = group[0].conversation
            if type(room) is Room:
                self._deliver(room.plain, group, rich=False)
                self._deliver(room.rich, group, rich=True)
            else:
                self._deliver_direct(group)
        self.journal.extend(records)

    def _answer(self, post: Post) -> Answer:
        """200 when the message is on its way to a connection of the addressee, 202 when it waits for one."""
        if post.conflict:
            return answers.MESSAGE_CONFLICT
        direct = post.conversation
        if type(direct) is Room or direct.to_id == post.sender_id:  # type: ignore[union-attr]  # else it is direct
            return answers.MESSAGE_DELIVERED
        if post.again and (post.delivered or self._cursors.get((direct.id, direct.to_id), 0) >= post.seq):  # type: ignore[union-attr]
            return answers.MESSAGE_DELIVERED
        addressee = self.chat.sessions.find(direct.to_id)  # type: ignore[union-attr]
        if addressee is not None and any(session.live for session in addressee.sessions):
            return answers.MESSAGE_DELIVERED
        return answers.MESSAGE_KEPT

    def _refuse(self, posts: Sequence[Post], error: Exception) -> None:
        self.journal.record(events.STORE_FAILED, type(error).__name__, error=error)
        for post in posts:
            connection = _author(post)
            connection.pending -= 1
            connection.answer(Reply(answers.SERVER_ERROR), post.request, post.id)

    def _deliver(self, recipients: set[Recipient], posts: Sequence[Post], *, rich: bool) -> None:
        """Send messages of one conversation to all but their own authors: the same bytes to each recipient."""
        if not recipients:
            return
        frames = [encode_delivery(p.time, p.sender.name, p.to, p.text, p.seq, p.id, rich) for p in posts]
        authors = {post.session.recipient for post in posts}
        data = frames[0] if len(frames) == 1 else b"".join(frames)
        for recipient in recipients - authors:
            recipient.send(data)
        if len(authors) > 1:
            for author in authors & recipients:
                author.send(
                    b"".join(f for f, p in zip(frames, posts, strict=True) if p.session.recipient is not author)
                )

    def _deliver_direct(self, posts: Sequence[Post]) -> None:
        """Send messages of one direct conversation to the live connections of both sides but their own authors."""
        people = {post.sender_id for post in posts} | {post.conversation.to_id for post in posts}  # type: ignore[union-attr]
        for account in filter(None, map(self.chat.sessions.find, people)):
            for session in account.sessions:
                received = 0
                frames = []
                for post in posts:
                    if post.session is session:
                        continue
                    if post.sender_id != account.id:
                        if not session.live:
                            session.missed = True
                            continue
                        if session.kept and session.kept.get(post.conversation_id, 0) >= post.seq:
                            continue
                        received = post.seq
                    frames.append(
                        encode_delivery(
                            post.time, post.sender.name, post.to, post.text, post.seq, post.id, session.rich
                        )
                    )
                if frames:
                    session.recipient.send(b"".join(frames))
                if received:
                    self._cursors[posts[0].conversation_id, account.id] = received
                    self._note_cursors_later()

    async def deliver_kept(self, connection: "Connection") -> None:
        """Send a connection that has just logged in the direct messages kept for it; then it is live."""
        session = connection.session
        account = session.account
        if account is None:
            return
        await self.save_cursors()
        number = count = 0
        while not session.closed:
            session.missed = False
            page = await self.store.kept_messages(account.id, number, KEPT_PAGE)
            if not page and not session.missed:
                session.live = session.account is account
                break
            data: list[bytes] = []
            for kept in page:
                frame = encode_delivery(
                    kept.time, kept.sender, account.name, kept.text, kept.seq, kept.id, session.rich
                )
                if data and sum(map(len, data)) + len(frame) > KEPT_BYTES:
                    connection.send(b"".join(data))
                    await connection.drained()
                    data = []
                data.append(frame)
                number = kept.number
            connection.send(b"".join(data))
            await connection.drained()
            if session.closed:
                break  # what was not read will be sent again
            session.kept = (session.kept or {}) | {kept.conversation_id: kept.seq for kept in page}
            self._cursors.update({(kept.conversation_id, account.id): kept.seq for kept in page})
            self._note_cursors_later()
            count += len(page)
        if count:
            self.journal.record(events.BACKLOG_DELIVERED, account.name, count, connection=connection.name)

    # Cursors: how far direct conversations were delivered.

    def _note_cursors_later(self) -> None:
        if self._cursor_timer is None:
            self._cursor_timer = self._loop.call_later(CURSOR_DELAY, self._start_saving)

    def _start_saving(self) -> None:
        self._cursor_timer = None
        if self._saving is None and self._cursors:
            self._saving = self._loop.create_task(self._save_cursors())

    async def save_cursors(self) -> None:
        """Return when it is on disk how far direct conversations were delivered until now."""
        if self._saving is not None:
            await asyncio.shield(self._saving)
        self._start_saving()
        if self._saving is not None:
            await asyncio.shield(self._saving)

    async def _save_cursors(self) -> None:
        cursors, self._cursors = self._cursors, {}
        try:
            await self.store.save_cursors([Delivered(*key, seq) for key, seq in cursors.items()])
        except Exception as error:  # noqa: BLE001
            # Nothing is lost: what was delivered may be delivered once more.
            self.journal.record(events.STORE_FAILED, type(error).__name__, error=error)
        self._saving = None

    async def close(self) -> None:
        """Save the cursors and stop the timer."""
        await self.save_cursors()
        if self._cursor_timer is not None:
            self._cursor_timer.cancel()
            self._cursor_timer = None


def _author(post: Post) -> "Connection":
    """The connection a message came from: the recipients of this server are its connections."""
    return post.session.recipient  # type: ignore[return-value]
