"""Sends a session that resumes what it has missed, and makes it live: without a gap, without an overlap.

Until it is live the session hears nothing; instead the fan-out notes in which conversations something happens. When
nothing is noted any more the session becomes live in the same step of the loop. What is on disk may be read before it
has gone on to those who are live: for rooms that is waited for; in direct conversations it is dropped when it comes.

A room that is renamed meanwhile is called as the session knows it, until it has got that change. Of a room that the
account leaves meanwhile the session gets nothing more.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from vestnik.chat.chat import Chat
from vestnik.chat.names import ROOM_SIGN
from vestnik.chat.session import NO_FLOORS, Account, Missing, Session
from vestnik.chat.storage.conversations import MissedChange, MissedMessage, MissedPage
from vestnik.log.journaled import journaled
from vestnik.protocol.events import Resumed
from vestnik.server import catalogue
from vestnik.server.kept import KeptMessages, send_frames
from vestnik.server.order import Order
from vestnik.server.refusals import Refusals
from vestnik.server.written import Written
from vestnik.store.store import Store

T = TypeVar("T")

PAGE: Final = 500
"""Messages or changes that are read at a time."""


class CatchUp:
    """Serves sessions that resume."""

    def __init__(self, chat: Chat, store: Store, refusals: Refusals, order: Order, kept: KeptMessages) -> None:
        self._chat = chat
        self._store = store
        self._refusals = refusals
        self._order = order
        self._kept = kept

    @journaled
    async def resume(self, session: Session) -> None:
        """Send a session what it has missed, then let it be live."""
        account, recipient = session.account, session.recipient
        if account is None:
            return
        count, written = 0, Written()
        missing = session.missing
        await self._note_what_is_known(account, dict(missing.positions))
        if missing.anew:
            self._refusals.answer(session, catalogue.SESSION_ANEW, (account.name, missing.anew))
        while session.account is account and not missing.over and (missing.conversations or await self._wait(missing)):
            todo, missing.conversations = sorted(missing.conversations), set()
            count += await self._send_messages(session, account, missing, todo, written)
            if "changes" in session.features:
                count += await self._send_changes(session, account, missing, todo)
        if session.account is not account or missing.over:
            return
        late = missing.late
        self._chat.sessions.revive(session)
        session.floors = self._floors(missing)
        if late:
            recipient.send(b"".join([data for _, data in late]))
        recipient.send(session.format.event(Resumed(self._chat.clock())))
        values = (account.name, count, str(written) or None)
        self._refusals.answer(session, catalogue.SESSION_RESUMED, values)

    async def _note_what_is_known(self, account: Account, positions: Mapping[int, tuple[int, int]]) -> None:
        """What a client says it has was delivered, whatever became of the connection or of the server then."""
        for number, first in (await self._store.undelivered(account.id)).items():
            seq, _ = positions.get(number, (0, 0))
            if seq >= first:
                self._kept.note(number, account.id, seq)

    async def _wait(self, missing: Missing) -> bool:
        """Wait until everything that was read of rooms has gone on; whether that was necessary.

        Who hears a room then hears nothing that it has read already.
        """
        ahead = False
        for number in [number for number in missing.read if self._chat.rooms.by_id(number) is not None]:
            seq, change = self._order.position(number)
            read_seq, read_change = missing.positions.get(number, (0, 0))
            if number not in missing.left and (read_seq > seq or read_change > change):
                ahead = True
                await self._order.reach(number, read_seq, read_change)
        return ahead

    def _floors(self, missing: Missing) -> Mapping[int, tuple[int, int]]:
        """How far direct conversations were read of which something may still be on its way."""
        floors = {}
        for number in missing.read:
            if self._chat.rooms.by_id(number) is None:
                seq, change = self._order.position(number)
                read = missing.positions[number]
                if read[0] > seq or read[1] > change:
                    floors[number] = read
        return floors or NO_FLOORS

    async def _read(
        self,
        missed: Callable[[int, Sequence[tuple[int, int]], int], Awaitable[MissedPage[T]]],
        account: Account,
        positions: Sequence[tuple[int, int]],
    ) -> MissedPage[T]:
        """A page of what lies behind positions: pairs of a conversation's number and `seq` or `change` there.

        What this process has kept of it has gone on by then to those who are live, and its author has the answer.
        """
        page = await missed(account.id, positions, PAGE) if positions else MissedPage[T]([], more=False)
        if page.found:
            await self._store.settle()
        return page

    async def _send_messages(
        self, session: Session, account: Account, missing: Missing, todo: list[int], written: Written
    ) -> int:
        """Send the messages of some conversations; how many there were.

        Those from another person to the account are noted in `written`.
        """
        count = 0
        while True:
            known = _Known(missing, todo)
            page, more = await self._read(
                self._store.missed_messages, account, [(n, seq) for n, (seq, _) in known.items()]
            )
            for number, message in page:
                message.to = missing.names.get(number, message.to)
            # All of it, also to a plain client: it has asked for what it missed, with its numbers.
            sizes: dict[int, int] = {}
            await send_frames(session.recipient, _frames(session, page, known, sizes))
            if session.account is not account or session.closed or missing.over:
                return count  # what was not read will be sent again
            for number, message in [missed for missed in page if known.still(missed.conversation_id)]:
                seq = int(message.seq)  # type: ignore[arg-type]  # what the store gives has one
                missing.positions[number] = seq, known[number][1]
                missing.read.add(number)
                if not message.to.startswith(ROOM_SIGN) and message.from_ != account.name:
                    self._kept.wrote(session, account.id, number, seq, sizes.get(id(message), 0))
                    written.add(message.from_, seq)
            count += len(page)
            if not more:
                return count
            todo = _rest(missing, todo, page[-1].conversation_id)

    async def _send_changes(self, session: Session, account: Account, missing: Missing, todo: list[int]) -> int:
        """Send the changes of some conversations; how many there were."""
        count = 0
        while True:
            known = _Known(missing, todo)
            page, more = await self._read(
                self._store.missed_changes, account, [(n, change) for n, (_, change) in known.items()]
            )
            frames = (
                session.format.event(missed.change.shown(_name_then(missing, missed)))
                for missed in page
                if known.still(missed.change.conversation_id)
            )
            await send_frames(session.recipient, frames)
            if session.account is not account or session.closed or missing.over:
                return count
            for change in [missed.change for missed in page if known.still(missed.change.conversation_id)]:
                missing.positions[change.conversation_id] = known[change.conversation_id][0], change.change
                missing.read.add(change.conversation_id)
            count += len(page)
            if not more:
                return count
            todo = _rest(missing, todo, page[-1].change.conversation_id)


def _frames(session: Session, page: Sequence[MissedMessage], known: "_Known", sizes: dict[int, int]) -> Iterator[bytes]:
    """The messages of a page for a session; their bytes are noted in `sizes`, by the `id` of each message."""
    for number, message in page:
        if known.still(number):
            frame = session.format.event(message)
            sizes[id(message)] = len(frame)
            yield frame


def _rest(missing: Missing, todo: list[int], reached: int) -> list[int]:
    """The conversations from the one that was reached on, without rooms that the account has left meanwhile."""
    return [number for number in todo[todo.index(reached) :] if number not in missing.left]


class _Known(dict[int, tuple[int, int]]):
    """How far a session has some conversations (`seq`, `change`) before a page of them is read."""

    def __init__(self, missing: Missing, numbers: Iterable[int]) -> None:
        self._missing = missing
        super().__init__((number, missing.positions.get(number, (0, 0))) for number in numbers)

    def still(self, number: int) -> bool:
        """Whether that is still so: it is not when the account has left the room meanwhile, or nothing more is sent."""
        missing = self._missing
        return not missing.over and number not in missing.left and missing.positions.get(number, (0, 0)) == self[number]


def _name_then(missing: Missing, missed: MissedChange) -> str:
    """What the session calls the conversation of a change; from now on otherwise, if the change is another name."""
    number, names = missed.change.conversation_id, missing.names
    name = names.get(number, missed.to)
    if number in names and missed.change.kind == "set_room":
        names[number] = missed.change.data.get("name", name)
    return name
