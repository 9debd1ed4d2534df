"""What is journaled from outside: the functions of the rooms that know no journal, with `@journaled` around them.

No text of a message, no password, token or hash is among the arguments that are shown.
"""

from collections.abc import Mapping
from typing import Final

from vestnik.chat.actions import ACTIONS, Action
from vestnik.log.journaled import journaled
from vestnik.protocol.requests import (
    AddContact,
    Authenticate,
    Ban,
    CreateRoom,
    DelContact,
    Delete,
    Edit,
    Edits,
    Forward,
    GetRoom,
    Group,
    History,
    Invite,
    Join,
    Leave,
    Members,
    Msg,
    Mute,
    Pin,
    Pins,
    React,
    Read,
    Remove,
    Request,
    Rooms,
    Search,
    SetRole,
    SetRoom,
    Typing,
    Unban,
    Unmute,
    Unpin,
    Unreact,
)
from vestnik.store.access import rows
from vestnik.store.store import Store

_SHOWN: Final[Mapping[type[Request], tuple[str, ...]]] = {
    Msg: ("request.to",),
    Authenticate: ("request.user.account_name",),
    Join: ("request.room",),
    Leave: ("request.room",),
    CreateRoom: ("request.room",),
    SetRoom: ("request.room",),
    GetRoom: ("request.room",),
    Rooms: ("request.after",),
    Group: ("request.members",),
    Members: ("request.room", "request.after"),
    Invite: ("request.room", "request.name"),
    Remove: ("request.room", "request.name"),
    Ban: ("request.room", "request.name"),
    Unban: ("request.room", "request.name"),
    Mute: ("request.room", "request.name", "request.seconds"),
    Unmute: ("request.room", "request.name"),
    SetRole: ("request.room", "request.name", "request.role"),
    AddContact: ("request.user_id",),
    DelContact: ("request.user_id",),
    History: ("request.to", "request.before", "request.after", "request.around", "request.limit", "request.thread"),
    Read: ("request.to", "request.seq"),
    Typing: ("request.to",),
    Forward: ("request.to", "request.source", "request.seq"),
    Edit: ("request.to", "request.seq"),
    Delete: ("request.to", "request.seq"),
    Edits: ("request.to", "request.seq"),
    React: ("request.to", "request.seq", "request.emoji"),
    Unreact: ("request.to", "request.seq", "request.emoji"),
    Pin: ("request.to", "request.seq"),
    Unpin: ("request.to", "request.seq"),
    Pins: ("request.to",),
    Search: ("request.from_", "request.in_", "request.has", "request.limit"),
}

TRACED_ACTIONS: Final[Mapping[type[Request], Action]] = {
    kind: action._replace(handler=journaled(arguments=_SHOWN.get(kind, ()))(action.handler))
    for kind, action in ACTIONS.items()
}
"""The table of actions, its handlers journaled."""


class TracedStore(Store):
    """The store, its calls journaled; but not `changed_accounts`, which is asked once a second."""

    close = journaled(Store.close)
    submit = journaled(Store.submit)


for _name, _method, _shown in rows():
    if _name != "changed_accounts":
        setattr(TracedStore, _name, journaled(arguments=_shown)(_method))
