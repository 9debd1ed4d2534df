"""Changes: everything that happens in a conversation beside new messages."""

from collections.abc import Mapping
from typing import Any, NamedTuple


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
