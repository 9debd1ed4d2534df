"""What the store has and the journal may have no record of: messages and changes, in the order of their numbers."""

from collections.abc import Sequence
from typing import NamedTuple

from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import StoredMessage
from vestnik.log.recording.records import Record
from vestnik.server import catalogue
from vestnik.store.store import Store


class Unjournaled(NamedTuple):
    """A message, or a change and what its author calls the conversation, that the journal has no record of."""

    number: int
    message: StoredMessage | None = None
    change: ChangeEvent | None = None
    to: str = ""

    def record(self, epoch: str) -> Record:
        """The record of it, with the moment when it was kept."""
        if (kept := self.message) is not None:
            values: tuple[object, ...] = (kept.sender, kept.to, kept.seq, kept.id, kept.number, epoch, True)
            return (kept.time, catalogue.MESSAGE_RECOVERED, values, None, None, None, None)
        change = self.change
        assert change is not None  # noqa: S101 - it is one of the two
        values = (change.account, self.to, change.kind, change.change, change.number, epoch, True)
        return (change.time, catalogue.CHANGE_RECOVERED, values, None, None, None, None)


async def read_after(store: Store, number: int, limit: int) -> Sequence[Unjournaled]:
    """The next messages and changes behind a number, at most `limit` of each, in the order of their numbers."""
    messages = await store.messages_after(number, limit)
    changes = await store.changes_after(number, limit)
    found = [Unjournaled(kept.number, message=kept) for kept in messages]
    found += [Unjournaled(change.number, change=change, to=to) for to, change in changes]
    found.sort(key=lambda each: each.number)
    ends = [
        page[-1] for page in ([kept.number for kept in messages], [c.number for _, c in changes]) if len(page) == limit
    ]
    return [each for each in found if not ends or each.number <= min(ends)]
