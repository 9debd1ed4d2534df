"""Sends a session that resumes what it has missed, and makes it live: without a gap, without an overlap.

Until it is live the session hears nothing; instead the hub notes in which conversations something happens. Everything
is read up to the number that was published last, so that what is kept but not published yet is not sent twice. When
nothing is noted any more the session becomes live in the same moment, before anything else can be published.
"""

from typing import TYPE_CHECKING, Final

from vestnik.chat.chat import Chat
from vestnik.chat.names import ROOM_SIGN
from vestnik.chat.sessions import Account
from vestnik.log import events
from vestnik.log.journal import Journal
from vestnik.log.journaled import journaled
from vestnik.protocol.events import Resumed
from vestnik.protocol.messages import encode
from vestnik.server.kept import KeptMessages, send_frames
from vestnik.server.wire import encode_change
from vestnik.store.store import Store

if TYPE_CHECKING:
    from vestnik.server.tcp import Connection

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
    async def resume(self, connection: "Connection") -> None:
        """Send a connection what its session has missed, then let it be live."""
        session = connection.session
        account = session.account
        if account is None:
            return
        count = 0
        while session.missing.conversations and session.account is account:
            horizon = self._chat.sessions.published
            todo, session.missing.conversations = sorted(session.missing.conversations), set()
            count += await self._send_messages(connection, account, todo, horizon)
            if "changes" in session.features:
                count += await self._send_changes(connection, account, todo, horizon)
        if session.account is not account:
            return
        late = session.missing.late
        self._chat.sessions.revive(session)
        if late and "changes" in session.features:
            connection.send(b"".join(late))
        connection.send(encode(Resumed(self._chat.clock())))
        self._journal.record(events.SESSION_RESUMED, account.name, count, connection=connection.name)

    async def _send_messages(self, connection: "Connection", account: Account, todo: list[int], horizon: int) -> int:
        """Send the messages of some conversations up to number `horizon`; how many there were."""
        session = connection.session
        positions = session.missing.positions
        count = 0
        while True:
            wanted = [(number, positions.get(number, (0, 0))[0]) for number in todo]
            page = await self._store.missed_messages(wanted, horizon, PAGE)
            await send_frames(connection, (encode(missed.message) for missed in page))
            if session.account is not account or session.closed:
                return count  # what was not read will be sent again
            for number, message in page:
                seq = int(message.seq)  # type: ignore[arg-type]  # what the store gives has one
                positions[number] = seq, positions.get(number, (0, 0))[1]
                if not message.to.startswith(ROOM_SIGN) and message.from_ != account.name:
                    self._kept.note(number, account.id, seq)
            count += len(page)
            if len(page) < PAGE:
                return count
            todo = todo[todo.index(page[-1].conversation_id) :]

    async def _send_changes(self, connection: "Connection", account: Account, todo: list[int], horizon: int) -> int:
        """Send the changes of some conversations up to number `horizon`; how many there were."""
        session = connection.session
        positions = session.missing.positions
        count = 0
        while True:
            wanted = [(number, positions.get(number, (0, 0))[1]) for number in todo]
            page = await self._store.missed_changes(wanted, horizon, PAGE)
            await send_frames(connection, (encode_change(missed.to, missed.change) for missed in page))
            if session.account is not account or session.closed:
                return count
            for _, change in page:
                number = change.conversation_id
                positions[number] = positions.get(number, (0, 0))[0], change.change
            count += len(page)
            if len(page) < PAGE:
                return count
            todo = todo[todo.index(page[-1].change.conversation_id) :]
