"""Sends a session that resumes what it has missed, and makes it live: without a gap, without an overlap.

Until it is live the session hears nothing; instead the hub notes in which conversations something happens. Everything
is read up to the number that was published last, so that what is kept but not published yet is not sent twice. When
nothing is noted any more the session becomes live in the same moment, before anything else can be published.

A room that is renamed meanwhile is called as the session knows it, until it has got that change. Of a room that the
account leaves meanwhile the session gets nothing more.
"""

from collections.abc import Iterable
from typing import Final

from vestnik.chat.chat import Chat
from vestnik.chat.names import ROOM_SIGN
from vestnik.chat.sessions import Account, Missing, Session
from vestnik.chat.storage.conversations import MissedChange
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.events import Resumed
from vestnik.server import catalogue
from vestnik.server.kept import KeptMessages, send_frames
from vestnik.server.written import Written
from vestnik.store.store import Store

PAGE: Final = 500
"""Messages or changes that are read at a time."""


class CatchUp:
    """Serves sessions that resume."""

    def __init__(self, chat: Chat, store: Store, journal: Journal, kept: KeptMessages) -> None:
        self._chat = chat
        self._store = store
        self._journal = journal
        self._kept = kept

    @journaled
    async def resume(self, session: Session) -> None:
        """Send a session what it has missed, then let it be live."""
        account, recipient = session.account, session.recipient
        if account is None:
            return
        count, written = 0, Written()
        while session.missing.conversations and session.account is account:
            horizon = self._chat.sessions.published
            todo, session.missing.conversations = sorted(session.missing.conversations), set()
            count += await self._send_messages(session, account, todo, horizon, written)
            if "changes" in session.features:
                count += await self._send_changes(session, account, todo, horizon)
        if session.account is not account:
            return
        late = session.missing.late
        self._chat.sessions.revive(session)
        if late:
            recipient.send(b"".join([data for _, data in late]))
        recipient.send(session.format.event(Resumed(self._chat.clock())))
        values = (account.name, count, str(written) or None)
        self._journal.record(catalogue.SESSION_RESUMED, *values, connection=recipient.name)

    async def _send_messages(
        self, session: Session, account: Account, todo: list[int], horizon: int, written: Written
    ) -> int:
        """Send the messages of some conversations up to number `horizon`; how many there were.

        Those from another person to the account are noted in `written`.
        """
        missing, count = session.missing, 0
        while True:
            known = _Known(missing, todo)
            page = await self._store.missed_messages([(n, seq) for n, (seq, _) in known.items()], horizon, PAGE)
            for number, message in page:
                message.to = missing.names.get(number, message.to)
            await send_frames(
                session.recipient, (session.format.kept(m.message) for m in page if known.still(m.conversation_id))
            )
            if session.account is not account or session.closed:
                return count  # what was not read will be sent again
            for number, message in [missed for missed in page if known.still(missed.conversation_id)]:
                seq = int(message.seq)  # type: ignore[arg-type]  # what the store gives has one
                missing.positions[number] = seq, known[number][1]
                if not message.to.startswith(ROOM_SIGN) and message.from_ != account.name:
                    self._kept.note(number, account.id, seq)
                    written.add(message.from_, seq)
            count += len(page)
            if len(page) < PAGE:
                return count
            todo = todo[todo.index(page[-1].conversation_id) :]

    async def _send_changes(self, session: Session, account: Account, todo: list[int], horizon: int) -> int:
        """Send the changes of some conversations up to number `horizon`; how many there were."""
        missing, count = session.missing, 0
        while True:
            known = _Known(missing, todo)
            page = await self._store.missed_changes([(n, change) for n, (_, change) in known.items()], horizon, PAGE)
            frames = (
                session.format.event(missed.change.event(_name_then(session, missed)))
                for missed in page
                if known.still(missed.change.conversation_id)
            )
            await send_frames(session.recipient, frames)
            if session.account is not account or session.closed:
                return count
            for change in [missed.change for missed in page if known.still(missed.change.conversation_id)]:
                missing.positions[change.conversation_id] = known[change.conversation_id][0], change.change
            count += len(page)
            if len(page) < PAGE:
                return count
            todo = todo[todo.index(page[-1].change.conversation_id) :]


class _Known(dict[int, tuple[int, int]]):
    """How far a session has some conversations (`seq`, `change`) before a page of them is read."""

    def __init__(self, missing: Missing, numbers: Iterable[int]) -> None:
        self._missing = missing
        super().__init__((number, missing.positions.get(number, (0, 0))) for number in numbers)

    def still(self, number: int) -> bool:
        """Whether that is still so: it is not when the account has left the room meanwhile."""
        missing = self._missing
        return number not in missing.left and missing.positions.get(number, (0, 0)) == self[number]


def _name_then(session: Session, missed: MissedChange) -> str:
    """What the session calls the conversation of a change; from now on otherwise, if the change is another name."""
    number, names = missed.change.conversation_id, session.missing.names
    name = names.get(number, missed.to)
    if number in names and missed.change.kind == "set_room":
        names[number] = missed.change.data.get("name", name)
    return name
