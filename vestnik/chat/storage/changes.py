"""Changes: everything that happens in a conversation beside new messages."""

from collections.abc import Mapping, Set
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from vestnik.protocol.events import Change
from vestnik.protocol.requests import Circle, EditsVisibility, RoleName

NOBODY: Final[Mapping[int, Any]] = MappingProxyType({})


class Allowances(NamedTuple):
    """Who may do what in a room, as its owners have set it. `inviting` is None where it goes by the kind of room."""

    posting: Circle = "members"
    inviting: Circle | None = None
    pinning: Circle = "members"
    mention_all: Circle = "members"


USUAL: Final = Allowances()
"""Those of most rooms."""


class RoomRecord(NamedTuple):
    """A room as it is in memory: its number, its name as it was created, its members' account numbers.

    `roles` has the members that are more than ordinary ones, `muted` those who may not write, until when (UNIX
    seconds). `seq` and `change` are the last ones; `aliases` are the keys of names that it had before, in their
    order; `invited` are those members whom others made members. `slow` is how many seconds lie between two messages of
    an ordinary member, `spoke` when each has written last, in so many seconds before the last message.
    `guests` says that guests may enter.
    """

    id: int
    name: str
    members: set[int]
    roles: Mapping[int, RoleName] = NOBODY
    muted: Mapping[int, float] = NOBODY
    private: bool = False
    archived: bool = False
    group: bool = False
    edits: EditsVisibility = "members"
    seq: int = 0
    change: int = 0
    aliases: tuple[str, ...] = ()
    invited: Set[int] = frozenset()
    allowed: Allowances = USUAL
    slow: int = 0
    spoke: Mapping[int, float] = NOBODY
    guests: bool = False


class ChangeEvent(NamedTuple):
    """A change that is on disk: what happens in a conversation, with its number there.

    `number` counts messages and changes together; `change` those of the conversation, without gaps. `account` is the
    name of who did it, account `account_id`; `kind` the name of the action; `data` has the fields of
    `vestnik.protocol.events.Change` that only some kinds have. `person_id` is the account that it was done to. In a
    direct conversation `to` is what the author calls it and `to_id` the other account, which is 0 in a room. Of
    `set_room`, `to` is what the room was called before; of `create_room`, `room` is the room as it was made.
    """

    number: int
    conversation_id: int
    change: int
    account: str
    time: float
    kind: str
    seq: int | None
    data: Mapping[str, Any]
    account_id: int = 0
    person_id: int = 0
    to: str = ""
    to_id: int = 0
    room: RoomRecord | None = None

    def shown(self, to: str) -> Change:
        """For those who hear it of the conversation that they call `to`."""
        seq = UNSET if self.seq is None else self.seq
        return Change(self.time, self.account, to, self.change, self.kind, seq, **self.data)
