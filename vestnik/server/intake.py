"""From an accepted message to its answer: batches for the store, then answers, deliveries and journal lines.

Nothing is answered, delivered or journaled before the store has it on disk.
"""

import time
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Post
from vestnik.chat.session import Recipient
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.log.context import CORRELATION
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.log.recording.records import Record, Values
from vestnik.protocol import answers
from vestnik.protocol.answers import Answer
from vestnik.protocol.errors import VestnikError
from vestnik.server import catalogue
from vestnik.server.answering import Acknowledgements
from vestnik.server.fanout import Fanout
from vestnik.server.hub import Hub
from vestnik.server.kept import KeptMessages
from vestnik.server.order import Order
from vestnik.server.refusals import Refusals
from vestnik.server.turns import MAX_PENDING, SHARED_PENDING
from vestnik.server.unrecorded import Unrecorded
from vestnik.store.store import Store
from vestnik.texts import Wordings

ALONE: Final = 1.0
"""Seconds without a message of anybody else after which who sends is alone."""


class Intake:
    """Where messages of all connections meet. `capacity` is how many may wait for the store.

    `unrecorded` are changes that the journal has no record of yet.
    """

    def __init__(
        self,
        chat: Chat,
        journal: Journal,
        wordings: Wordings,
        store: Store,
        fanout: Fanout,
        order: Order,
        kept: KeptMessages,
        refusals: Refusals,
        capacity: int,
    ) -> None:
        self._chat = chat
        self._journal = journal
        self._acknowledgements = Acknowledgements(wordings)
        self._hub = Hub(store.submit)
        self._fanout = fanout
        self._order = order
        self._kept = kept
        self._refusals = refusals
        self._capacity = capacity
        self._queued = 0
        self._held: set[Recipient] = set()
        self._last = 0  # the number of the connection that the last batch came from
        self._shared_until = 0.0
        self.share = MAX_PENDING
        """For how many messages what waits of one connection may count."""
        self.unrecorded = Unrecorded()

    # Accepting.

    @journaled(arguments=("post.message.to",))
    def accept(self, post: Post) -> None:
        """Take a message."""
        self._queued += 1
        self._hub.add(post)

    @property
    def full(self) -> bool:
        """Whether so many messages wait that no more should be read."""
        return self._queued >= self._capacity

    def waits(self) -> bool:
        """Whether messages wait for the store."""
        return self._queued > 0

    def hold(self, author: Recipient) -> None:
        """Release `author`, which has paused reading, when there is room again."""
        if not self._held:
            self._journal.record(catalogue.STORE_DELAYED, self._queued)
        self._held.add(author)

    def hand_over(self) -> None:
        """Give the store what was accepted, before a change that must come behind it."""
        self._hub.hand_over()

    # After the commit, in the order of commits.

    @journaled
    def changed(self, events: Sequence[ChangeEvent]) -> None:
        """Let others hear of what has changed; called in the context of the request that asked for it."""
        self.unrecorded.add(events)
        origin, _ = CORRELATION.get()
        for event in events:
            self._order.take_change(event, origin or "")
            if origin is None:  # no answer tells of it
                to = event.to if event.to_id else self._name_of(event)
                values = (event.account, to, event.kind, event.change, event.number, self._chat.epoch)
                self._journal.record(catalogue.CHANGE_MADE, *values)
                self.unrecorded.recorded((event,))
        self._fanout.check_buffers()

    def _name_of(self, event: ChangeEvent) -> str:
        room = self._chat.rooms.by_id(event.conversation_id)
        return event.to if room is None else room.name

    @journaled
    def committed(self, posts: Sequence[Post], error: Exception | None) -> None:
        """Answer, deliver and journal a batch that is on disk; or say why it is not."""
        self._queued -= len(posts)
        begun = self._hub.take_back()
        authors = self._answer_all(posts, begun) if error is None else self._fail(posts, error)
        self._divide(authors)
        for author in authors:
            author.go_on()
        self._fanout.check_buffers()
        if self._held and self._queued <= self._capacity // 2:
            held, self._held = self._held, set()
            for waiting in held:
                waiting.release()

    def _divide(self, authors: Collection[Recipient]) -> None:
        """Find out from who has sent a batch whether there are several now, and how much each may have waiting."""
        now, last = time.monotonic(), next(iter(authors)).number
        if len(authors) > 1 or last != self._last:
            self._shared_until = now + ALONE
            self._last = last
        self.share = SHARED_PENDING if now < self._shared_until else MAX_PENDING

    def _answer_all(self, posts: Sequence[Post], begun: float) -> Collection[Recipient]:
        now = time.time()
        duration = round((time.monotonic() - begun) * 1000, 3)
        records: list[Record] = []
        repeated: list[tuple[Post, Answer, Values]] = []
        replies: dict[Recipient, list[bytes]] = {}
        conversations: dict[int, list[Post]] = {}
        epoch = self._chat.epoch
        encode, of_answer, written_to = self._acknowledgements.encode, catalogue.of_answer, self._fanout.written_to
        for post in posts:
            message = post.message
            if post.refusal is not None:
                self._refuse(post, post.refusal, replies)
                continue
            if not post.again:
                group = conversations.get(message.conversation_id)
                if group is None:
                    conversations[message.conversation_id] = [post]
                else:
                    group.append(post)
            answer = self._answer(post)
            author = post.session.recipient
            author.pending -= post.weight
            recipients = None if post.again else written_to(post)
            number = message.number or None  # it has one already, if it was sent again
            values: Values = (message.author, message.to, message.seq, message.id, number, epoch, recipients, duration)
            if post.again:
                repeated.append((post, answer, values))
            else:
                records.append((now, of_answer(answer), values, author.name, post.request, None, None))
            lines = replies.get(author)
            if lines is None:
                replies[author] = [encode(answer, post)]
            else:
                lines.append(encode(answer, post))
        for author, lines in replies.items():
            if lines:
                author.send(lines[0] if len(lines) == 1 else b"".join(lines))
        with self._fanout.together() if len(conversations) > 1 else nullcontext():
            for conversation_id, group in conversations.items():
                self._order.take_messages(conversation_id, group)
        self._journal.extend(records)
        for post, answer, values in repeated:
            self._refusals.answer(post.session, catalogue.of_repeated(answer), values, post.request)
        return replies

    def _refuse(self, post: Post, error: VestnikError, replies: dict[Recipient, list[bytes]]) -> None:
        """Answer a message that the store has refused, after those before it."""
        author = post.session.recipient
        author.pending -= post.weight
        lines = replies.setdefault(author, [])
        if lines:
            author.send(b"".join(lines))
            lines.clear()
        author.refuse(error, post.request, post.message.id)

    def _answer(self, post: Post) -> Answer:
        """200 when the message is on its way to a connection of the addressee, 202 when it waits for one."""
        message = post.message
        if post.conflict:
            return answers.MESSAGE_CONFLICT
        if post.differs:
            return answers.MESSAGE_DIFFERS
        if post.withdrawn:
            return answers.MESSAGE_WITHDRAWN
        if not message.to_id:
            return answers.MESSAGE_DELIVERED
        if message.to_id == message.author_id:
            return self._answer_oneself(post)
        if post.again:
            reached = self._kept.delivered(message.conversation_id, message.to_id)
            if post.delivered or reached >= message.seq:
                return answers.MESSAGE_DELIVERED
        addressee = self._chat.sessions.find(message.to_id)
        if addressee is not None and any(session.live and session.waiting is None for session in addressee.sessions):
            return answers.MESSAGE_DELIVERED
        return answers.MESSAGE_KEPT

    def _answer_oneself(self, post: Post) -> Answer:
        """200 when another connection of the author gets the message; else it is kept, and nobody gets it later."""
        account = self._chat.sessions.find(post.message.author_id)
        for session in account.sessions if account is not None else ():
            if session is not post.session and session.live:
                return answers.MESSAGE_DELIVERED
        return answers.MESSAGE_NOTED

    def _fail(self, posts: Sequence[Post], error: Exception) -> Collection[Recipient]:
        self._journal.record(catalogue.STORE_FAILED, type(error).__name__, error=error)
        for post in posts:
            author = post.session.recipient
            author.pending -= post.weight
            author.fail(post.request, post.message.id)
        return {post.session.recipient for post in posts}
