"""What a bot may do with a token: which actions, in which rooms, and until when."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol, TypeAlias, get_args

import msgspec

from vestnik.chat.names import ROOM_SIGN
from vestnik.protocol import answers
from vestnik.protocol.errors import Forbidden, NotAuthorised
from vestnik.protocol.request import Request
from vestnik.protocol.requests import AnyRequest

GROUPS: Final[Mapping[str, frozenset[str]]] = {
    "read": frozenset(
        {
            "resume",
            "conversations",
            "history",
            "search",
            "read",
            "edits",
            "pins",
            "members",
            "get_room",
            "rooms",
            "who",
            "commands",
        }
    ),
    "write": frozenset({"msg", "forward", "edit", "delete", "react", "unreact", "pin", "unpin", "typing"}),
    "join": frozenset({"join", "leave", "invitations", "decline"}),
    "register": frozenset({"set_commands"}),
    "manage": frozenset(
        {
            "create_room",
            "set_room",
            "group",
            "invite",
            "remove",
            "ban",
            "unban",
            "mute",
            "unmute",
            "set_role",
        }
    ),
}
"""Actions that are given together. What is in none of them no token gives but by its own name."""
USUAL: Final = ("read", "write", "join", "register")
"""What a token gives if nothing else is said."""
ALWAYS: Final = frozenset({"authenticate", "presence", "quit"})
"""What every session may do."""
EVERYWHERE: Final = frozenset({"rooms", "invitations", "group", "create_room"})
"""Actions that are about no room which there is: not for a token of certain rooms."""
ACTION_NAMES: Final = frozenset(str(kind.__struct_config__.tag) for kind in get_args(AnyRequest))
_PLACES: Final = ("to", "room", "source", "in_")
"""Fields of requests that name a conversation."""


class Scope(msgspec.Struct, frozen=True, gc=False):
    """What a token gives: `actions`, `rooms` by number (None: all), and until when (UNIX seconds, None: for ever)."""

    actions: frozenset[str]
    rooms: frozenset[int] | None = None
    expires: float | None = None

    @property
    def hears(self) -> bool:
        """Whether a session hears what others say: without the right to catch up with it, it hears nothing."""
        return "resume" in self.actions

    def has(self, room_id: int) -> bool:
        """Whether a room belongs to it."""
        return self.rooms is None or room_id in self.rooms


class Numbered(Protocol):
    """A room, as far as a check needs it."""

    @property
    def id(self) -> int:
        """Its number."""


FindRoom: TypeAlias = Callable[[str], Numbered | None]
"""The room of a name, if there is one."""


def actions_of(may: Iterable[str], *, strict: bool = True) -> frozenset[str]:
    """The actions that names of groups and of actions stand for.

    What is neither raises KeyError, or gives nothing if it is not `strict`: a token may be of another version.
    """
    found: set[str] = set()
    for name in may:
        if strict and name not in GROUPS and name not in ACTION_NAMES:
            raise KeyError(name)
        found |= GROUPS.get(name, ACTION_NAMES & {name})
    return frozenset(found)


def check_scope(scope: Scope, account: str, request: Request, now: float, find_room: FindRoom) -> None:
    """Raises NotAuthorised when the token has expired by `now`, Forbidden for what it does not give."""
    action = str(request.__struct_config__.tag)
    if action in ALWAYS:
        return
    if scope.expires is not None and now >= scope.expires:
        raise NotAuthorised(answers.BOT_TOKEN_EXPIRED, account)
    if action not in scope.actions or (scope.rooms is not None and action in EVERYWHERE):
        raise Forbidden(answers.BOT_ACTION_REFUSED, account, action)
    if scope.rooms is None:
        return
    for place in _PLACES:
        name = getattr(request, place, None)
        if isinstance(name, str) and (place == "room" or name.startswith(ROOM_SIGN)):
            room = find_room(name)
            if room is None or room.id not in scope.rooms:
                raise Forbidden(answers.BOT_ROOM_REFUSED, account, name)
