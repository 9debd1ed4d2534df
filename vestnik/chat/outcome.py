"""What comes of a request: an answer at once, or a message that must be kept first."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from vestnik.chat.directs import Direct
from vestnik.chat.rooms import Room
from vestnik.chat.session import Session
from vestnik.chat.storage.changes import ChangeEvent
from vestnik.chat.storage.messages import MessageEvent
from vestnik.chat.storage.rooms import Asker
from vestnik.protocol.answers import Answer
from vestnik.protocol.errors import VestnikError
from vestnik.protocol.events import ServerEvent
from vestnik.secret import Secret

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Telling(NamedTuple):
    """An event that is not kept, for those who named its `feature`: who hear room number `to`, or these accounts.

    No session of account `author_id` hears it, if that is given.
    """

    event: ServerEvent
    feature: str
    to: int | frozenset[int]
    author_id: int = 0


class Reply(NamedTuple):
    """An answer: its kind, the `values` of its fields in order, and what only some answers carry.

    `names` is a list that takes the place of the text; `token` a new login's token; `final` ends the connection
    without a word; `logged_in` says that kept messages may follow, `resuming` that a session is to get what it has
    missed. `more` are further fields of `vestnik.protocol.events.Response`; `changes` what was changed by it, of which
    others have heard; `told` what they are to hear and nobody keeps. `about` are the conversations that it tells
    something of, each with its reader, who must still be allowed to when it goes (`vestnik.chat.reading`).
    """

    answer: Answer
    values: tuple[object, ...] = ()
    names: list[str] | None = None
    token: Secret | None = None
    final: bool = False
    logged_in: bool = False
    resuming: bool = False
    more: Mapping[str, Any] = NOTHING
    changes: tuple[ChangeEvent, ...] = ()
    told: tuple[Telling, ...] = ()
    about: tuple[tuple[Room | Direct, Asker], ...] = ()


class Post(msgspec.Struct, eq=False):
    """A message that passed the rules, on its way through the store to its recipients.

    `session` is where it comes from, `request` the number of the request there. The store fills in the numbers of the
    `message`, or sets `again` when the account has sent this `id` before: `delivered` then says whether the addressee
    has got that message, `conflict` that it was another conversation's, `differs` that it has another text,
    `withdrawn` that it was deleted. Or it refuses it for a reason that came up meanwhile. `weight` is for how many
    messages it counts while it waits.
    """

    session: Session
    message: MessageEvent
    request: int = 0
    again: bool = False
    delivered: bool = False
    conflict: bool = False
    refusal: VestnikError | None = None
    differs: bool = False
    withdrawn: bool = False
    weight: int = 1


Outcome: TypeAlias = Reply | Post
