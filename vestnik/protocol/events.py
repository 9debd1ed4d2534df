"""What the server says: one Struct for the answer and for every event of JIM (docs/protocol.md).

Everything optional is left out where it is not so: a plain client gets no more than the specification has.
"""

from typing import TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from vestnik.protocol.requests import EditsVisibility, RoleName
from vestnik.secret import Secret


class Forwarded(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """Where a forwarded message comes from: its author, conversation, `seq` there, and time (UNIX seconds)."""

    from_: str
    to: str
    seq: int
    time: float


class Delivery(msgspec.Struct, tag_field="action", tag="msg", gc=False, omit_defaults=True):
    """A message, on its way to a recipient or in an answer. `time` in UNIX seconds.

    `seq` and everything behind it is for rich clients: `thread` is the `seq` of the first message of a thread,
    `mentions` the names of those mentioned (`all`: everybody), `edited` and `deleted` when that was done last (UNIX
    seconds; a deleted message has no text), `reactions` the names of those who reacted by emoji, `replies` how many
    there are in the thread that begins here, `snippet` the place that a search found, with U+2068 and U+2069 around
    what fits.
    """

    time: float
    from_: str = msgspec.field(name="from")
    to: str
    message: str
    seq: int | UnsetType = UNSET
    id: str | UnsetType = UNSET
    reply_to: int | UnsetType = UNSET
    thread: int | UnsetType = UNSET
    mentions: list[str] | UnsetType = UNSET
    forwarded: Forwarded | UnsetType = UNSET
    edited: float | UnsetType = UNSET
    deleted: float | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    reactions: dict[str, list[str]] | UnsetType = UNSET
    replies: int | UnsetType = UNSET
    snippet: str | UnsetType = UNSET


class Version(msgspec.Struct, gc=False, omit_defaults=True, rename={"from_": "from"}):
    """A text that a message had until `time` (UNIX seconds), when `from` edited or deleted it."""

    time: float
    from_: str
    message: str
    deleted: bool = False


class ConversationState(msgspec.Struct, gc=False, omit_defaults=True):
    """A conversation as the asker sees it.

    `to` is its name, `seq` and `change` the last of each, `first` the oldest `seq` that is kept, `read` how far it is
    read. `unread` and `mentions` are counted up to a limit (docs/protocol.md, "Limits"). `as_` is the name under which
    the client asked, if that is an older one; `kept` the first `seq` of the direct messages that were kept for the
    account and follow, in the answer to a `resume` without cursors. `anew` says that the client's cursor means nothing
    here: the conversation is sent as if it had none.
    """

    to: str
    seq: int
    change: int
    read: int = 0
    first: int = 1
    unread: int = 0
    mentions: int = 0
    as_: str | UnsetType = msgspec.field(name="as", default=UNSET)
    kept: int | UnsetType = UNSET
    anew: bool = False


class RoomState(msgspec.Struct, gc=False, omit_defaults=True):
    """A room. `members` is their number, `role` the asker's, if they are a member; `retention` in days."""

    room: str
    members: int
    private: bool = False
    archived: bool = False
    group: bool = False
    topic: str = ""
    description: str = ""
    edits: EditsVisibility = "members"
    retention: int | None = None
    role: RoleName | UnsetType = UNSET


class MemberState(msgspec.Struct, gc=False, omit_defaults=True):
    """A member of a room, since `joined` (UNIX seconds); `muted` until when (UNIX seconds), if they are."""

    name: str
    joined: float
    role: RoleName = "member"
    muted: float | UnsetType = UNSET


class InvitationState(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """An invitation that was not answered yet: to `room`, by `from`, at `time` (UNIX seconds)."""

    room: str
    from_: str
    time: float


class Person(msgspec.Struct, gc=False, omit_defaults=True):
    """Somebody's presence: `state` is online, away or offline; `seen` when they were last connected (UNIX seconds)."""

    name: str
    state: str
    status: str = ""
    seen: float | UnsetType = UNSET


class AccountState(msgspec.Struct, gc=False, omit_defaults=True):
    """An account as an administrator sees it, `created` in UNIX seconds."""

    name: str
    created: float
    disabled: bool = False


class Response(msgspec.Struct, gc=False, omit_defaults=True):
    """The answer to a request: a code and its text; the rest only for those who asked for it.

    `more` says that there is another page; `next` is what to ask for it with; `epoch` is that of the cursors which
    begin with this answer. `deleted` says that the message of this id, which was sent before, is deleted.
    """

    response: int
    alert: str | list[str] | UnsetType = UNSET
    error: str | UnsetType = UNSET
    id: str | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    token: Secret | UnsetType = UNSET
    change: int | UnsetType = UNSET
    room: str | UnsetType = UNSET
    messages: list[Delivery] | UnsetType = UNSET
    edits: list[Version] | UnsetType = UNSET
    conversations: list[ConversationState] | UnsetType = UNSET
    rooms: list[RoomState] | UnsetType = UNSET
    members: list[MemberState] | UnsetType = UNSET
    people: list[Person] | UnsetType = UNSET
    invitations: list[InvitationState] | UnsetType = UNSET
    accounts: list[AccountState] | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    more: bool | UnsetType = UNSET
    next: str | UnsetType = UNSET
    epoch: str | UnsetType = UNSET


class Probe(msgspec.Struct, tag_field="action", tag="probe", gc=False):
    """The server asks a silent client for a sign of life."""

    time: float


class Notice(msgspec.Struct, tag_field="action", tag="notice", gc=False):
    """Something the server says unasked: a `code` below 200 and a text."""

    time: float
    code: int
    text: str


class Resumed(msgspec.Struct, tag_field="action", tag="resumed", gc=False):
    """Everything that a `resume` had missed was sent: from here on it is live."""

    time: float


class Change(msgspec.Struct, tag_field="action", tag="change", gc=False, omit_defaults=True):
    """Something that `from` changed in a conversation (feature `changes`); `change` counts them without gaps.

    `kind` is the action that did it: edit, delete, react, unreact, pin, unpin, create_room, set_room, join, leave,
    invite, remove, ban, unban, mute, unmute, set_role. Of a message it has `seq`; an `edit` has its text as
    it is now, and whom that mentions; `name` is whom it was done to,
    `until` the end of a mute (UNIX seconds). `set_room` has what was changed; after a change of `name` the
    conversation is called so, while `to` is still what it was called before.
    """

    time: float
    from_: str = msgspec.field(name="from")
    to: str
    change: int
    kind: str
    seq: int | UnsetType = UNSET
    message: str | UnsetType = UNSET
    mentions: list[str] | UnsetType = UNSET
    emoji: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    until: float | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    edits: str | UnsetType = UNSET
    retention: int | UnsetType | None = UNSET


class ReadNotice(msgspec.Struct, tag_field="action", tag="read", gc=False):
    """Another device of the account has read conversation `to` up to `seq` (feature `read`)."""

    time: float
    to: str
    seq: int


class TypingNotice(msgspec.Struct, tag_field="action", tag="typing", gc=False):
    """`from` is typing in conversation `to` (feature `typing`)."""

    time: float
    from_: str = msgspec.field(name="from")
    to: str


class InvitationNotice(msgspec.Struct, tag_field="action", tag="invitation", gc=False):
    """`from` invites the account to `room` and waits for an answer (feature `changes`)."""

    time: float
    from_: str = msgspec.field(name="from")
    room: str


class PresenceNotice(msgspec.Struct, tag_field="action", tag="presence", gc=False):
    """Whose presence has changed, gathered over a moment (feature `presence`)."""

    time: float
    people: list[Person]


ServerEvent: TypeAlias = (
    Delivery | Change | ReadNotice | TypingNotice | InvitationNotice | PresenceNotice | Resumed | Probe | Notice
)
ServerMessage: TypeAlias = Response | ServerEvent
