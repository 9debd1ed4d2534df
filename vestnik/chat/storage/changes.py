"""Changes: everything that happens in a conversation beside new messages."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import UNSET

from vestnik.protocol.events import Change


class ChangeRecord(NamedTuple):
    """A change that is on disk: what the event `vestnik.protocol.events.Change` is made of.

    `number` counts messages and changes together in commit order; `change` those of the conversation, without gaps;
    `account` is the name of who did it, `kind` the name of the action; `data` has the fields that only some kinds have.
    """

    number: int
    conversation_id: int
    change: int
    account: str
    time: float
    kind: str
    seq: int | None
    data: Mapping[str, Any]

    def event(self, to: str) -> Change:
        """For those who hear it of the conversation that they call `to`."""
        seq = UNSET if self.seq is None else self.seq
        return Change(self.time, self.account, to, self.change, self.kind, seq, **self.data)
