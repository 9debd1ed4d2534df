"""Direct messages that were written to a connection and that its client has not acknowledged yet.

What is in our buffer or in the kernel's when a connection ends is lost, and is to be delivered again. A client of the
plain protocol acknowledges nothing, but its kernel does: how many bytes it has not is asked for now and then, not for
each message.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from vestnik.chat.session import Session

JOINED: Final = 4096
"""Bytes up to which messages of one conversation are counted as one piece."""


class Arrival(NamedTuple):
    """A conversation whose messages have arrived at an account up to `seq`."""

    conversation_id: int
    account_id: int
    seq: int


class _Piece:
    """Some messages in a row of one conversation; `size` is what they have in bytes, `count` how many they are."""

    __slots__ = ("conversation_id", "count", "seq", "size")

    def __init__(self, conversation_id: int, seq: int, size: int) -> None:
        self.conversation_id = conversation_id
        self.seq = seq
        self.size = size
        self.count = 1


class Underway:
    """Those of all connections: not more than what their buffers hold, and what was written in the last second."""

    def __init__(self) -> None:
        self._pieces: dict[int, dict[Session, deque[_Piece]]] = {}  # by the account

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def write(self, session: Session, account_id: int, conversation_id: int, seq: int, size: int) -> None:
        """A message of `size` bytes was written to a session of an account."""
        sessions = self._pieces.get(account_id)
        if sessions is None:
            sessions = self._pieces[account_id] = {}
        pieces = sessions.get(session)
        if pieces is None:
            pieces = sessions[session] = deque()
        elif (last := pieces[-1]).conversation_id == conversation_id and last.size + size <= JOINED:
            last.size += size
            last.seq = seq
            last.count += 1
            return
        pieces.append(_Piece(conversation_id, seq, size))

    def arrived(self, account_id: int | None = None) -> Iterator[Arrival]:
        """What has arrived since it was asked for last: at one account, or at all of them."""
        for number in list(self._pieces) if account_id is None else (account_id,):
            for session in list(self._pieces.get(number, ())):
                yield from self._take(number, session, session.recipient.unread())

    def end(self, session: Session, unread: int) -> tuple[Sequence[Arrival], int]:
        """A connection has ended, with so many bytes `unread`: what has arrived, and how many messages have not."""
        found: list[Arrival] = []
        lost = 0
        for number in [number for number, sessions in self._pieces.items() if session in sessions]:
            found += self._take(number, session, unread)
            if session in self._pieces.get(number, ()):
                lost += sum(piece.count for piece in self._pieces[number][session])
                self._forget(number, session)
        return found, lost

    def _take(self, account_id: int, session: Session, unread: int) -> Iterator[Arrival]:
        """Forget what has arrived: all but the last pieces, which have the bytes that were not read."""
        pieces = self._pieces[account_id][session]
        left = 0
        for piece in reversed(pieces):
            if unread <= 0:
                break
            unread -= piece.size
            left += 1
        arrived = [pieces.popleft() for _ in range(len(pieces) - left)]
        if not pieces:
            self._forget(account_id, session)
        for piece in arrived:
            yield Arrival(piece.conversation_id, account_id, piece.seq)

    def _forget(self, account_id: int, session: Session) -> None:
        sessions = self._pieces[account_id]
        del sessions[session]
        if not sessions:
            del self._pieces[account_id]
