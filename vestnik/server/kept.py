"""Direct messages that wait for their addressee, and how far each conversation was delivered."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Final

from vestnik.chat.session import NO_FLOORS, Account, Recipient, Session
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import Delivered, KeptMessage, MessageEvent
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.underway import Underway
from vestnik.server.written import Written
from vestnik.store.store import Store

DELAY: Final = 1.0
"""Seconds after which it is put on disk how far conversations were delivered: a crash may repeat that much."""
PAGE: Final = 100
"""Kept messages that are read at a time."""
MAX_KEPT: Final = 10_000
"""Kept messages whose numbers are read at a time."""
MAX_WAITING: Final = 10_000
"""New messages that may wait for the kept ones to be delivered; past it the connection is closed as too slow."""
CHUNK: Final = 65_536
"""Bytes of kept messages that are written before waiting for the reader."""


async def send_frames(recipient: Recipient, frames: Iterable[bytes]) -> None:
    """Send frames one after the other, waiting for the reader after each `CHUNK`."""
    chunk: list[bytes] = []
    size = 0
    for frame in frames:
        chunk.append(frame)
        size += len(frame)
        if size >= CHUNK:
            recipient.send(b"".join(chunk))
            await recipient.drained()
            chunk, size = [], 0
    if chunk:
        recipient.send(b"".join(chunk))
        await recipient.drained()


def _before(page: Sequence[KeptMessage], waiting: Sequence[MessageEvent], sent: Mapping[int, int]) -> list[KeptMessage]:
    """What of a page was not `sent` before, and does not belong behind what is `waiting` since the login."""
    ends: dict[int, int] = {}
    for message in waiting:
        ends.setdefault(message.conversation_id, message.seq)
    return [
        kept
        for kept in page
        if sent.get(kept.conversation_id, 0) < kept.seq < ends.get(kept.conversation_id, kept.seq + 1)
    ]


class KeptMessages:
    """Delivers what was kept for an account, and keeps its cursors."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._underway = Underway()
        self._cursors: dict[tuple[int, int], int] = {}  # those not on disk yet: at most what one DELAY delivers
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    def delivered(self, conversation_id: int, account_id: int) -> int:
        """The last seq that was lately delivered to the account; 0 when that is on disk already."""
        self._note_arrived(account_id)
        return self._cursors.get((conversation_id, account_id), 0)

    def note(self, conversation_id: int, account_id: int, seq: int) -> None:
        """Note that a conversation was delivered to the account up to `seq`, or further by a quicker device of it."""
        key = conversation_id, account_id
        self._cursors[key] = max(seq, self._cursors.get(key, 0))
        self._save_soon()

    def wrote(self, session: Session, account_id: int, conversation_id: int, seq: int, size: int) -> None:
        """Note that a message of `size` bytes was written to a session: delivered when its client has taken it."""
        self._underway.write(session, account_id, conversation_id, seq, size)
        self._save_soon()

    def lose(self, session: Session, unread: int) -> None:
        """The connection of a session has ended: what was in the last `unread` bytes stays kept."""
        if not self._underway:
            return
        arrived, lost = self._underway.end(session, unread)
        for each in arrived:
            self.note(*each)
        if lost:
            recipient = session.recipient
            self._journal.record(catalogue.DELIVERY_CUT_OFF, session.name, lost, connection=recipient.name)

    def _note_arrived(self, account_id: int | None) -> None:
        for each in self._underway.arrived(account_id):
            self.note(*each)

    @journaled
    async def deliver(self, session: Session) -> None:
        """Send a session that has just logged in what was kept for its account, then what came meanwhile."""
        account, waiting = session.account, session.waiting
        if account is None or waiting is None:
            return
        sent, written = await self._send_kept(session, account, waiting)
        if session.account is account and session.waiting is waiting:
            new = [
                message
                for message in waiting
                if message.seq > sent.get(message.conversation_id, 0)
                and (message.text or session.format.rich)  # a deleted one is only a number
            ]
            session.waiting = None
            # Another process may have kept what is on its way still: it comes once more, and is dropped then.
            session.floors = {number: (seq, 0) for number, seq in sent.items()} or NO_FLOORS
            if new:
                self.send(session, account, new, b"".join([session.format.message(message) for message in new]))
            for message in () if session.recipient.closing else new:
                written.add(message.author, message.seq)
        if written.count:
            values = (account.name, written.count, str(written))
            self._journal.record(catalogue.BACKLOG_DELIVERED, *values, connection=session.recipient.name)

    async def _send_kept(
        self, session: Session, account: Account, waiting: list[MessageEvent]
    ) -> tuple[dict[int, int], Written]:
        """Send what was kept, page by page; up to which `seq` of each conversation, and what was written.

        Which messages these are is found out once for `MAX_KEPT`: what others are sent meanwhile makes no gap.
        """
        sent: dict[int, int] = {}
        written = Written()
        await self.save(account.id)
        numbers = [0]
        while numbers:
            numbers = await self._store.kept_numbers(account.id, numbers[-1], MAX_KEPT)
            if numbers:
                await self._store.settle()  # what is on disk has gone on then: what came after the login waits
            for start in range(0, len(numbers), PAGE):
                if session.account is not account or session.waiting is not waiting:
                    return sent, written
                found = await self._store.kept_messages(account.id, numbers[start : start + PAGE])
                page, form = _before(found, waiting, sent), session.format
                shown = [kept for kept in page if form.rich or not kept.message.deleted]
                frames = [form.kept(kept.message) for kept in shown]
                await send_frames(session.recipient, takewhile(lambda _frame: session.waiting is waiting, frames))
                if session.closed or session.waiting is not waiting:
                    return sent, written  # what was not read will be sent again
                sizes = {id(kept): len(frame) for kept, frame in zip(shown, frames, strict=True)}
                for kept in page:
                    sent[kept.conversation_id] = kept.seq
                    self.wrote(session, account.id, kept.conversation_id, kept.seq, sizes.get(id(kept), 0))
                for kept in shown:
                    written.add(kept.message.from_, kept.seq)
            if len(numbers) < MAX_KEPT:
                break
        return sent, written

    def wait(self, session: Session, messages: Sequence[MessageEvent]) -> None:
        """Let direct messages wait for those kept from before, which are still on their way to a session."""
        if session.waiting is not None:
            session.waiting += messages
            if len(session.waiting) > MAX_WAITING:
                session.recipient.give_up(len(session.waiting))

    def alter(self, session: Session, event: ChangeEvent) -> None:
        """A message was edited or deleted: nobody for whom it waits gets the text that it had before."""
        if event.kind not in {"edit", "delete"} or session.waiting is None:
            return
        for index, message in enumerate(session.waiting):
            if message.conversation_id == event.conversation_id and message.seq == event.seq:
                altered = session.waiting[index] = MessageEvent(
                    *(getattr(message, field) for field in message.__struct_fields__)
                )
                altered.text = event.data.get("message", "")
                if altered.extras is not None:  # it may mention others now; what mentions are for is counted elsewhere
                    altered.extras = altered.extras._replace(mentions=())

    def send(self, session: Session, account: Account, messages: Sequence[MessageEvent], data: bytes) -> None:
        """Send direct messages, encoded as `data`, to one session of `account`."""
        recipient = session.recipient
        recipient.send(data)
        if recipient.closing:
            return  # what was not written stays kept
        sizes: Sequence[int] = (len(data),)
        if len(messages) > 1:
            sizes = [len(line) + 1 for line in data.splitlines()]
            if len(sizes) != len(messages):
                sizes = [len(data)] + [0] * (len(messages) - 1)  # all of them or none
        for message, size in zip(messages, sizes, strict=True):
            if message.author_id != account.id:
                self.wrote(session, account.id, message.conversation_id, message.seq, size)

    def _save_soon(self) -> None:
        if self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._start_saving)

    def _start_saving(self) -> None:
        self._timer = None
        self._note_arrived(None)
        self._begin_saving()

    def _begin_saving(self) -> None:
        if self._saving is None and self._cursors:
            self._saving = self._loop.create_task(self._save())
        elif self._underway:
            self._save_soon()

    @journaled
    async def save(self, account_id: int | None = None) -> None:
        """Return when it is on disk how far everything was delivered to an account, or to all, until now."""
        self._note_arrived(account_id)
        if self._saving is not None:
            await asyncio.shield(self._saving)
        self._begin_saving()
        if self._saving is not None:
            await asyncio.shield(self._saving)

    async def _save(self) -> None:
        cursors, self._cursors = self._cursors, {}
        try:
            await self._store.save_cursors([Delivered(*key, seq) for key, seq in cursors.items()])
        except Exception as error:  # noqa: BLE001
            # Nothing is lost: what was delivered may be delivered once more.
            self._journal.record(catalogue.STORE_FAILED, type(error).__name__, error=error)
        self._saving = None
        if self._cursors or self._underway:  # what came meanwhile: its timer may be over
            self._save_soon()

    @journaled
    async def close(self) -> None:
        """Save, and stop the timer."""
        await self.save()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
