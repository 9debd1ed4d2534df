"""Direct messages that wait for their addressee, and how far each conversation was delivered."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from vestnik.chat.recipient import Recipient
from vestnik.chat.sessions import Account, Session
from vestnik.chat.storage.messages import Delivered, MessageEvent
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.server import catalogue
from vestnik.server.written import Written
from vestnik.store.store import Store

DELAY: Final = 1.0
"""Seconds after which it is put on disk how far conversations were delivered: a crash may repeat that much."""
PAGE: Final = 100
"""Kept messages that are read at a time."""
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


class KeptMessages:
    """Delivers what was kept for an account, and keeps its cursors."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._store = store
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._cursors: dict[tuple[int, int], int] = {}  # those not on disk yet: at most what one DELAY delivers
        self._timer: asyncio.TimerHandle | None = None
        self._saving: asyncio.Task[None] | None = None

    def delivered(self, conversation_id: int, account_id: int) -> int:
        """The last seq that was lately delivered to the account; 0 when that is on disk already."""
        return self._cursors.get((conversation_id, account_id), 0)

    def note(self, conversation_id: int, account_id: int, seq: int) -> None:
        """Note that a conversation was delivered to the account up to `seq`."""
        self._cursors[conversation_id, account_id] = seq
        if self._timer is None:
            self._timer = self._loop.call_later(DELAY, self._start_saving)

    @journaled
    async def deliver(self, session: Session) -> None:
        """Send a session that has just logged in what was kept for its account, then what came meanwhile."""
        account, recipient = session.account, session.recipient
        if account is None:
            return
        await self.save()
        first, written = 1, Written()
        while session.account is account and session.waiting is not None:
            page = await self._store.kept_messages(account.id, first, session.horizon, PAGE)
            if not page:
                break
            form = session.format
            shown = [kept for kept in page if form.rich or not kept.message.deleted]
            await send_frames(recipient, (form.kept(kept.message) for kept in shown))
            if session.closed:
                break  # what was not read will be sent again
            first = page[-1].number + 1
            for kept in page:
                self.note(kept.conversation_id, account.id, kept.seq)
            for kept in shown:
                written.add(kept.message.from_, kept.seq)
        waiting, session.waiting = session.waiting, None
        if waiting and session.account is account:
            self.send_direct(session, account, waiting)
            for message in () if recipient.closing else waiting:
                written.add(message.author, message.seq)
        if written.count:
            values = (account.name, written.count, str(written))
            self._journal.record(catalogue.BACKLOG_DELIVERED, *values, connection=recipient.name)

    def send_direct(self, session: Session, account: Account, messages: Sequence[MessageEvent]) -> None:
        """Send direct messages to one session of `account`; later, if those kept from before are still on their way."""
        recipient = session.recipient
        if session.waiting is not None:
            session.waiting += messages
            if len(session.waiting) > MAX_WAITING:
                recipient.give_up(len(session.waiting))
            return
        recipient.send(b"".join([session.format.message(message) for message in messages]))
        for message in () if recipient.closing else messages:  # what was not written stays kept
            if message.author_id != account.id:
                self.note(message.conversation_id, account.id, message.seq)

    def _start_saving(self) -> None:
        self._timer = None
        if self._saving is None and self._cursors:
            self._saving = self._loop.create_task(self._save())

    @journaled
    async def save(self) -> None:
        """Return when it is on disk how far everything was delivered until now."""
        if self._saving is not None:
            await asyncio.shield(self._saving)
        self._start_saving()
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

    @journaled
    async def close(self) -> None:
        """Save, and stop the timer."""
        await self.save()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
