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
"""Bytes up to which messages of one conversation are counted as one portion."""


class Arrival(NamedTuple):
    """A conversation whose messages have arrived at an account up to `seq`."""

    conversation_id: int
    account_id: int
    seq: int


class _Portion:
    """Messages in a row of one conversation; `size` is what they have in bytes, `marks` the seq and size of each."""

    __slots__ = ("conversation_id", "marks", "size")

    def __init__(self, conversation_id: int, seq: int, size: int) -> None:
        self.conversation_id = conversation_id
        self.size = size
        self.marks = [seq, size]

    def take(self, unread: int) -> int:
        """Forget those that have arrived when the last `unread` bytes have not: the seq of the last of them, or 0."""
        at = len(self.marks)
        while at and unread > 0:
            at -= 2
            unread -= self.marks[at + 1]
        arrived = self.marks[:at]
        del self.marks[:at]
        self.size -= sum(arrived[1::2])
        return arrived[-2] if arrived else 0


class Underway:
    """Those of all connections: not more than what their buffers hold, and what was written in the last second."""

    def __init__(self) -> None:
        self._portions: dict[int, dict[Session, deque[_Portion]]] = {}  # by the account

    def __bool__(self) -> bool:
        return bool(self._portions)

    def write(self, session: Session, account_id: int, conversation_id: int, seq: int, size: int) -> None:
        """A message of `size` bytes was written to a session of an account."""
        sessions = self._portions.get(account_id)
        if sessions is None:
            sessions = self._portions[account_id] = {}
        portions = sessions.get(session)
        if portions is None:
            portions = sessions[session] = deque()
        elif (last := portions[-1]).conversation_id == conversation_id and last.size + size <= JOINED:
            last.size += size
            last.marks += (seq, size)
            return
        portions.append(_Portion(conversation_id, seq, size))

    def arrived(self, account_id: int | None = None) -> Iterator[Arrival]:
        """What has arrived since it was asked for last: at one account, or at all of them."""
        for number in list(self._portions) if account_id is None else (account_id,):
            for session in list(self._portions.get(number, ())):
                yield from self._take(number, session, session.recipient.unread())

    def end(self, session: Session, unread: int) -> tuple[Sequence[Arrival], int]:
        """A connection has ended, with so many bytes `unread`: what has arrived, and how many messages have not."""
        found: list[Arrival] = []
        lost = 0
        for number in [number for number, sessions in self._portions.items() if session in sessions]:
            found += self._take(number, session, unread)
            if session in self._portions.get(number, ()):
                lost += sum(len(portion.marks) // 2 for portion in self._portions[number][session])
                self._forget(number, session)
        return found, lost

    def _take(self, account_id: int, session: Session, unread: int) -> Iterator[Arrival]:
        """Forget what has arrived: all but the last messages, which have the bytes that were not read."""
        portions = self._portions[account_id][session]
        left = 0
        for portion in reversed(portions):
            if unread <= 0:
                break
            unread -= portion.size
            left += 1
        arrived = [
            (portion.conversation_id, portion.marks[-2])
            for portion in (portions.popleft() for _ in range(len(portions) - left))
        ]
        if left and (seq := portions[0].take(unread + portions[0].size)):
            arrived.append((portions[0].conversation_id, seq))
        if not portions:
            self._forget(account_id, session)
        for conversation_id, seq in arrived:
            yield Arrival(conversation_id, account_id, seq)

    def _forget(self, account_id: int, session: Session) -> None:
        sessions = self._portions[account_id]
        del sessions[session]
        if not sessions:
            del self._portions[account_id]
