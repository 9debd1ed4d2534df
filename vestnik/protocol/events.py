"""What the server says: one Struct for the answer and for every event of JIM (docs/protocol.md).

Everything optional is left out where it is not so: a plain client gets no more than the specification has.
"""

from typing import Annotated, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestnik.protocol.requests import Circle, EditsVisibility, RoleName, ServerRole
from vestnik.secret import Secret

Name: TypeAlias = Annotated[str, Meta(max_length=256)]
"""A name, an id or a word. What is longer is none: no server of ours has longer ones."""
Note: TypeAlias = Annotated[str, Meta(max_length=8192)]
"""A topic, a description, a status."""
Text: TypeAlias = Annotated[str, Meta(max_length=16_384)]
"""What a message or an answer says."""


class Forwarded(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """Where a forwarded message comes from: its author, conversation, `seq` there, and time (UNIX seconds)."""

    from_: Name
    to: Name
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
    from_: Name = msgspec.field(name="from")
    to: Name
    message: Text
    seq: int | UnsetType = UNSET
    id: Name | UnsetType = UNSET
    reply_to: int | UnsetType = UNSET
    thread: int | UnsetType = UNSET
    mentions: list[Name] | UnsetType = UNSET
    forwarded: Forwarded | UnsetType = UNSET
    edited: float | UnsetType = UNSET
    deleted: float | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    reactions: dict[Name, list[Name]] | UnsetType = UNSET
    replies: int | UnsetType = UNSET
    snippet: Text | UnsetType = UNSET


class Version(msgspec.Struct, gc=False, omit_defaults=True, rename={"from_": "from"}):
    """A text that a message had until `time` (UNIX seconds), when `from` edited or deleted it."""

    time: float
    from_: Name
    message: Text
    deleted: bool = False


class ConversationState(msgspec.Struct, gc=False, omit_defaults=True):
    """A conversation as the asker sees it.

    `to` is its name, `seq` and `change` the last of each, `first` the oldest `seq` that is kept, `read` how far it is
    read. `unread` and `mentions` are counted up to a limit (docs/protocol.md, "Limits"). `as_` is the name under which
    the client asked, if that is an older one; `kept` the first `seq` of the direct messages that were kept for the
    account and follow, in the answer to a `resume` without cursors. `anew` says that the client's cursor means nothing
    here: the conversation is sent as if it had none.
    """

    to: Name
    seq: int
    change: int
    read: int = 0
    first: int = 1
    unread: int = 0
    mentions: int = 0
    as_: Name | UnsetType = msgspec.field(name="as", default=UNSET)
    kept: int | UnsetType = UNSET
    anew: bool = False


class RoomState(msgspec.Struct, gc=False, omit_defaults=True):
    """A room. `members` is their number, `role` the asker's, if they are a member; `retention` in days.

    `slow` is in seconds. `posting`, `inviting`, `pinning`, `mention_all` say who may do that. Where `inviting` says
    nothing, members invite to a public room and moderators to a private one.
    `guests` says that guests may enter.
    """

    room: Name
    members: int
    private: bool = False
    archived: bool = False
    group: bool = False
    topic: Note = ""
    description: Note = ""
    edits: EditsVisibility = "members"
    retention: int | None = None
    role: RoleName | UnsetType = UNSET
    posting: Circle = "members"
    inviting: Circle | None = None
    pinning: Circle = "members"
    mention_all: Circle = "members"
    slow: int = 0
    guests: bool = False


class MemberState(msgspec.Struct, gc=False, omit_defaults=True):
    """A member of a room, since `joined` (UNIX seconds); `muted` until when (UNIX seconds), if they are.

    `guest` says that it is one of the server.
    """

    name: Name
    joined: float
    role: RoleName = "member"
    muted: float | UnsetType = UNSET
    guest: bool = False


class InvitationState(msgspec.Struct, gc=False, rename={"from_": "from"}):
    """An invitation that was not answered yet: to `room`, by `from`, at `time` (UNIX seconds)."""

    room: Name
    from_: Name
    time: float


class ReportState(msgspec.Struct, gc=False, omit_defaults=True, rename={"from_": "from"}):
    """Report number `report`, made by `by` at `time` (UNIX seconds): of message `seq` of `from` in conversation `to`.

    `message` is what it said then.
    """

    report: int
    time: float
    by: Name
    to: Name
    seq: int
    from_: Name
    message: Text
    reason: Note = ""


class Person(msgspec.Struct, gc=False, omit_defaults=True):
    """Somebody's presence: `state` is online, away or offline; `seen` when they were last connected (UNIX seconds).

    `guest` says that it is one of the server.
    """

    name: Name
    state: Name
    status: Note = ""
    seen: float | UnsetType = UNSET
    guest: bool = False


class LoginState(msgspec.Struct, gc=False, omit_defaults=True):
    """One of the asker's logins: its number, `created` and last `used` (UNIX seconds), from which `address`.

    `device` is what the client called itself, `remembered` whether it has a token: all clients that log in
    with the password alone share a login. `connections` is how many it has now; `current` marks that of this
    connection.
    """

    login: int
    created: float
    used: float
    device: Note = ""
    address: Name = ""
    remembered: bool = False
    connections: int = 0
    current: bool = False


class AccountState(msgspec.Struct, gc=False, omit_defaults=True):
    """An account as an administrator sees it, `created` in UNIX seconds; `role` is that on the server.

    `invited_by` is whose invite it came by.
    """

    name: Name
    created: float
    disabled: bool = False
    role: ServerRole = "member"
    invited_by: Name = ""


class InviteState(msgspec.Struct, gc=False, omit_defaults=True):
    """An invite that is still good: its number, when it was made and until when it is good (UNIX seconds).

    `uses` is how many may still use it, `by` who made it (nothing: the user that the server runs as), `role` what they
    become, `rooms` those that they are members of then.
    """

    invite: int
    created: float
    expires: float
    uses: int
    by: Name = ""
    role: ServerRole = "member"
    rooms: list[Name] = []


class DoubtfulName(msgspec.Struct, gc=False):
    """A name that would be refused today: with the answer called `answer`, whose fields have these `values`."""

    name: Name
    answer: Name
    values: list[Name]


class TokenState(msgspec.Struct, gc=False, omit_defaults=True):
    """A token of a bot as an administrator sees it: its number, and what it gives.

    `may` are groups of actions and actions, `rooms` those that it is for (all, if it does not say). `used` is when that
    was last the case, `expires` when it ends; times are UNIX seconds.
    """

    token: int
    created: float
    may: list[Name]
    label: Note = ""
    used: float | UnsetType = UNSET
    expires: float | UnsetType = UNSET
    rooms: list[Name] | UnsetType = UNSET


class CommandState(msgspec.Struct, gc=False, omit_defaults=True):
    """A command of a `bot`: its `name` without `/`, what stands behind it, and what it is for."""

    bot: Name
    name: Name
    arguments: Note = ""
    about: Note = ""


class Response(msgspec.Struct, gc=False, omit_defaults=True):
    """The answer to a request: a code and its text; the rest only for those who asked for it.

    `more` says that there is another page; `next` is what to ask for it with; `epoch` is that of the cursors which
    begin with this answer. `key` is for an authenticator, `uri` the same for its QR code, `codes` are recovery codes,
    of which `codes_left` are left. `deleted` says that the message of this id, which was sent before, is deleted.
    `retry_after` is in how many seconds the same may be asked again that came too often now.
    `code` is one that was made, good until it `expires` (UNIX seconds); that of the `invite` with this number is in the
    `link`, too. `weak` says that the password that was given is one that others would try first.
    """

    response: int
    alert: Text | list[Name] | UnsetType = UNSET
    error: Text | UnsetType = UNSET
    id: Name | UnsetType = UNSET
    seq: int | UnsetType = UNSET
    token: Secret | UnsetType = UNSET
    code: Secret | UnsetType = UNSET
    expires: float | UnsetType = UNSET
    weak: bool | UnsetType = UNSET
    invite: int | UnsetType = UNSET
    link: Secret | UnsetType = UNSET
    invites: list[InviteState] | UnsetType = UNSET
    change: int | UnsetType = UNSET
    room: Name | UnsetType = UNSET
    messages: list[Delivery] | UnsetType = UNSET
    edits: list[Version] | UnsetType = UNSET
    conversations: list[ConversationState] | UnsetType = UNSET
    rooms: list[RoomState] | UnsetType = UNSET
    members: list[MemberState] | UnsetType = UNSET
    people: list[Person] | UnsetType = UNSET
    invitations: list[InvitationState] | UnsetType = UNSET
    reports: list[ReportState] | UnsetType = UNSET
    logins: list[LoginState] | UnsetType = UNSET
    totp: bool | UnsetType = UNSET
    codes_left: int | UnsetType = UNSET
    key: Secret | UnsetType = UNSET
    uri: Secret | UnsetType = UNSET
    codes: list[Secret] | UnsetType = UNSET
    accounts: list[AccountState] | UnsetType = UNSET
    names: list[DoubtfulName] | UnsetType = UNSET
    tokens: list[TokenState] | UnsetType = UNSET
    commands: list[CommandState] | UnsetType = UNSET
    deleted: bool | UnsetType = UNSET
    more: bool | UnsetType = UNSET
    next: Name | UnsetType = UNSET
    epoch: Name | UnsetType = UNSET
    retry_after: float | UnsetType = UNSET


class Probe(msgspec.Struct, tag_field="action", tag="probe", gc=False):
    """The server asks a silent client for a sign of life."""

    time: float


class Notice(msgspec.Struct, tag_field="action", tag="notice", gc=False):
    """Something the server says unasked: a `code` below 200 and a text."""

    time: float
    code: int
    text: Text


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
    from_: Name = msgspec.field(name="from")
    to: Name
    change: int
    kind: Name
    seq: int | UnsetType = UNSET
    message: Text | UnsetType = UNSET
    mentions: list[Name] | UnsetType = UNSET
    emoji: Name | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    role: Name | UnsetType = UNSET
    until: float | UnsetType = UNSET
    topic: Note | UnsetType = UNSET
    description: Note | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    edits: Name | UnsetType = UNSET
    retention: int | UnsetType | None = UNSET
    posting: Name | UnsetType = UNSET
    inviting: Name | UnsetType | None = UNSET
    pinning: Name | UnsetType = UNSET
    mention_all: Name | UnsetType = UNSET
    slow: int | UnsetType = UNSET
    guests: bool | UnsetType = UNSET


class ReadNotice(msgspec.Struct, tag_field="action", tag="read", gc=False):
    """Another device of the account has read conversation `to` up to `seq` (feature `read`)."""

    time: float
    to: Name
    seq: int


class TypingNotice(msgspec.Struct, tag_field="action", tag="typing", gc=False):
    """`from` is typing in conversation `to` (feature `typing`)."""

    time: float
    from_: Name = msgspec.field(name="from")
    to: Name


class InvitationNotice(msgspec.Struct, tag_field="action", tag="invitation", gc=False):
    """`from` invites the account to `room` and waits for an answer (feature `changes`)."""

    time: float
    from_: Name = msgspec.field(name="from")
    room: Name


class ReportNotice(msgspec.Struct, tag_field="action", tag="report", gc=False, omit_defaults=True):
    """Report number `report` of message `seq` in conversation `to` was made, or has an `outcome` (feature `changes`).

    Those who are to act on it hear of both, who has made it of the outcome.
    """

    time: float
    report: int
    to: Name
    seq: int
    outcome: Name | UnsetType = UNSET


class PresenceNotice(msgspec.Struct, tag_field="action", tag="presence", gc=False):
    """Whose presence has changed, gathered over a moment (feature `presence`)."""

    time: float
    people: list[Person]


ServerEvent: TypeAlias = (
    Delivery
    | Change
    | ReadNotice
    | TypingNotice
    | InvitationNotice
    | ReportNotice
    | PresenceNotice
    | Resumed
    | Probe
    | Notice
)
ServerMessage: TypeAlias = Response | ServerEvent
