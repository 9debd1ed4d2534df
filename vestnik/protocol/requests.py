"""What a client may ask for: one Struct for every action of JIM (docs/protocol.md).

Requests are told apart by `action`. Unknown fields are ignored, and those that carry nothing for the server (`time`,
`encoding`, `type`) kept as raw JSON, whatever is in them. Passwords and tokens are `Secret` throughout.
"""

from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from vestnik.protocol.bots import Commands, SetCommands
from vestnik.protocol.own_account import (
    BeginTotp,
    ConfirmTotp,
    EndLogin,
    EndLogins,
    EndTotp,
    Logins,
    RecoveryCodes,
    Totp,
)
from vestnik.protocol.reports import ReportMessage, Reports, Resolve
from vestnik.protocol.request import NO_TYPE, NOBODY, Number, Request, Speaking
from vestnik.secret import Secret

FEATURES: Final = frozenset({"seq", "probe", "notice", "resume", "changes", "read", "typing", "presence"})
"""What a client may ask for in `authenticate`: see docs/protocol.md, "Rich clients"."""

ServerRole: TypeAlias = Literal["owner", "administrator", "member", "guest", "bot"]
"""What an account is on the server."""
GivenRole: TypeAlias = Literal["owner", "administrator", "member", "guest"]
"""What an account may become: a bot is one from its beginning, and stays one."""


class User(msgspec.Struct, gc=False, omit_defaults=True):
    """Who speaks: `account_name`, and what `presence` (`status`, `state`) or `authenticate` (the rest) add to it."""

    account_name: str
    status: str | None = None
    state: Literal["online", "away"] | None = None
    password: Secret | None = None
    token: Secret | None = None
    code: Secret | None = None
    remember: bool = False


class Presence(Request, tag="presence"):
    """A sign of life with a status text; also the answer to `probe`. Who speaks may also stand beside `user`."""

    type: Raw = NO_TYPE
    user: User | None = None
    account_name: Raw = NOBODY
    client_name: Raw = NOBODY
    from_: Raw = msgspec.field(name="from", default=NOBODY)
    sender: Raw = NOBODY


class Authenticate(Request, tag="authenticate", kw_only=True):
    """Login by password or by token; names the features the client understands.

    `remember` asks for a token; it, the password and the token may stand here or in `user`. `lang` is the language of
    the answers on this connection (`ru`, `en`, also with a region: `en-GB`), if it is not to be the server's; any other
    means nothing. `account_name` or `client_name` may stand beside `user`. `device` is what the user calls the program
    or the machine, for the list of their logins. `code` (also in `user`) goes with the password of an account that
    has a second factor.
    """

    user: User
    account_name: Raw = NOBODY
    client_name: Raw = NOBODY
    features: list[str] = msgspec.field(default_factory=list)
    remember: bool = False
    password: Secret | None = None
    token: Secret | None = None
    lang: Annotated[str, Meta(max_length=35)] | None = None
    device: str | None = None
    code: Secret | None = None


class Msg(Request, tag="msg", kw_only=True):
    """A message to a room (`#name`) or to a person; `reply_to` is the `seq` of the message that it answers.

    Some programs write `sender` for `from`, or say who speaks as in other requests.
    """

    to: str
    message: str
    from_: str | None = msgspec.field(name="from", default=None)
    sender: str | None = None
    account_name: Raw = NOBODY
    client_name: Raw = NOBODY
    user: Raw = NOBODY
    encoding: Raw = Raw(b'"utf-8"')
    reply_to: Number | None = None


class Join(Speaking, tag="join", kw_only=True):
    """Become a member of a room; the room is created if its name is free."""

    room: str


class Leave(Speaking, tag="leave", kw_only=True):
    """Stop being a member of a room."""

    room: str


class Quit(Request, tag="quit"):
    """End the login and the connection."""


class GetContacts(Speaking, tag="get_contacts"):
    """Ask for one's contacts."""

    user_login: str | None = None


class AddContact(Speaking, tag="add_contact", kw_only=True):
    """Put the account `user_id` among one's contacts."""

    user_id: str
    user_login: str | None = None


class DelContact(Speaking, tag="del_contact", kw_only=True):
    """Take the account `user_id` off one's contacts."""

    user_id: str
    user_login: str | None = None


class Blocked(Request, tag="blocked"):
    """Ask whom one has blocked."""


class Block(Request, tag="block", kw_only=True):
    """Take no messages, mentions, invitations from the account `name`, and be seen by it no more."""

    name: str


class Unblock(Request, tag="unblock", kw_only=True):
    """Hear of the account `name` again, and be seen by it."""

    name: str


class AdmitGuests(Request, tag="admit_guests", kw_only=True):
    """Let guests write to oneself, or not."""

    admit: bool


class Forward(Request, tag="forward", kw_only=True):
    """Send a copy of message `seq` of conversation `source` to `to`; answered and delivered like a `msg`."""

    to: str
    source: str
    seq: Number


class History(Request, tag="history", kw_only=True):
    """Messages of a conversation in the order of `seq`: at most `limit` before, after or around a `seq`.

    Without one of the three the newest. With `thread` only the message of that `seq` and the replies below it.
    """

    to: str
    before: Number | None = None
    after: Number | None = None
    around: Number | None = None
    limit: Number | None = None
    thread: Number | None = None


class Position(msgspec.Struct, gc=False):
    """How much of a conversation a client has: messages up to `seq`, changes up to `change`."""

    seq: Number = 0
    change: Number = 0


class Resume(Request, tag="resume", kw_only=True):
    """Send what is missing, then go on live.

    `cursors` say how far the client has each conversation, by its name; a bare number is a `seq`. They are all it
    has: what is not among them is sent from its beginning, for rooms that of the membership. Without `cursors` the
    client is new, and only what was kept for the account is sent. With `more` another `resume` with more cursors
    follows. `epoch` is that of the answer from which the client has its cursors.
    """

    cursors: dict[str, Number | Position] | None = None
    more: bool = False
    epoch: str | None = None


class Conversations(Request, tag="conversations"):
    """List all conversations of the account, with how far they go, how far they are read, and what is unread."""


class Edit(Request, tag="edit", kw_only=True):
    """Change the text of a message of one's own."""

    to: str
    seq: Number
    message: str


class Delete(Request, tag="delete", kw_only=True):
    """Delete a message: one's own, or in a room that one moderates anybody's."""

    to: str
    seq: Number


class Edits(Request, tag="edits", kw_only=True):
    """Ask for the earlier versions of a message, oldest first."""

    to: str
    seq: Number


class React(Request, tag="react", kw_only=True):
    """Put an emoji to a message."""

    to: str
    seq: Number
    emoji: str


class Unreact(Request, tag="unreact", kw_only=True):
    """Take one's emoji off a message."""

    to: str
    seq: Number
    emoji: str


class Pin(Request, tag="pin", kw_only=True):
    """Pin a message to its conversation."""

    to: str
    seq: Number


class Unpin(Request, tag="unpin", kw_only=True):
    """Take a message off the pinned ones."""

    to: str
    seq: Number


class Pins(Request, tag="pins", kw_only=True):
    """Ask for the pinned messages of a conversation."""

    to: str


class Read(Request, tag="read", kw_only=True):
    """Note that a conversation is read up to `seq`; the cursor never goes back."""

    to: str
    seq: Number


class Typing(Request, tag="typing", kw_only=True):
    """Tell a conversation that one is typing; it is not kept."""

    to: str


class Search(Request, tag="search", kw_only=True):
    """Search the messages that one may read, newest first among those that fit equally well.

    `query` are words, all of which must occur; `from` an author, `in` a conversation, `since` and `until` UNIX
    seconds, `has` what else a message must have. `before` is the `next` of the answer before, for the next page.
    """

    query: str = ""
    from_: str | None = msgspec.field(name="from", default=None)
    in_: str | None = msgspec.field(name="in", default=None)
    since: float | None = None
    until: float | None = None
    has: list[Literal["link", "reaction", "pin", "reply", "forward", "mention"]] = msgspec.field(default_factory=list)
    before: str | None = None
    limit: Number | None = None


EditsVisibility: TypeAlias = Literal["members", "moderators", "nobody"]
RoleName: TypeAlias = Literal["owner", "moderator", "member"]
Circle: TypeAlias = Literal["members", "moderators", "owners"]
"""Who may do something in a room: all members, moderators and owners, or owners only."""


class CreateRoom(Request, tag="create_room", kw_only=True):
    """Make a room and become its owner. Raises a conflict where `join` would join the one there is."""

    room: str
    private: bool = False
    topic: str = ""
    description: str = ""
    edits: EditsVisibility = "members"
    retention: Number | None = None
    posting: Circle = "members"
    inviting: Circle | None = None
    pinning: Circle = "members"
    mention_all: Circle = "members"
    slow: Number = 0
    guests: bool = False


class SetRoom(Request, tag="set_room", kw_only=True):
    """Change what is given: name, topic, description, privacy, archived or not.

    `edits` says who may see earlier versions of messages; `retention` for how many days messages are kept (null: for
    ever). `posting`, `inviting` (null: by the kind of room), `pinning` and `mention_all` say who may do that; `slow`
    how many seconds lie between two messages of a member. `guests` says whether guests may enter.
    """

    room: str
    name: str | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    edits: EditsVisibility | UnsetType = UNSET
    retention: Number | UnsetType | None = UNSET
    posting: Circle | UnsetType = UNSET
    inviting: Circle | UnsetType | None = UNSET
    pinning: Circle | UnsetType = UNSET
    mention_all: Circle | UnsetType = UNSET
    slow: Number | UnsetType = UNSET
    guests: bool | UnsetType = UNSET


class GetRoom(Request, tag="get_room", kw_only=True):
    """Ask what a room is like."""

    room: str


class Rooms(Request, tag="rooms", kw_only=True):
    """List public rooms and one's own, by name; with `query` those with it in name, topic or description.

    `after` is the last name of the page before.
    """

    query: str = ""
    after: str | None = None
    limit: Number | None = None


class Members(Request, tag="members", kw_only=True):
    """List the members of a room by name. `after` is the last name of the page before."""

    room: str
    after: str | None = None
    limit: Number | None = None


class Invite(Request, tag="invite", kw_only=True):
    """Make an account a member of a room."""

    room: str
    name: str


class Invitations(Request, tag="invitations"):
    """Ask which rooms one was invited to and has not answered yet."""


class Decline(Request, tag="decline", kw_only=True):
    """Answer an invitation to `room` with no."""

    room: str


class Remove(Request, tag="remove", kw_only=True):
    """End the membership of an account; it may join again, if the room is public."""

    room: str
    name: str


class Ban(Request, tag="ban", kw_only=True):
    """Remove an account and keep it out."""

    room: str
    name: str


class Unban(Request, tag="unban", kw_only=True):
    """Let a banned account in again."""

    room: str
    name: str


class Mute(Request, tag="mute", kw_only=True):
    """Keep a member from writing, for `seconds` or until unmuted."""

    room: str
    name: str
    seconds: Number | None = None


class Unmute(Request, tag="unmute", kw_only=True):
    """Let a muted member write again."""

    room: str
    name: str


class SetRole(Request, tag="set_role", kw_only=True):
    """Make a member owner, moderator, or ordinary member."""

    room: str
    name: str
    role: RoleName


class Group(Request, tag="group", kw_only=True):
    """Find or begin the conversation of exactly these people and oneself."""

    members: list[str]


class Who(Speaking, tag="who", kw_only=True):
    """Ask for the presence of people: those named, or everybody who is not offline.

    With `all` everybody who has an account, by name, at most `limit` of those behind the name `after`.
    """

    names: list[str] | None = None
    all: bool = False
    after: str | None = None
    limit: Number | None = None


AnyRequest: TypeAlias = (
    Presence
    | Authenticate
    | Totp
    | BeginTotp
    | ConfirmTotp
    | EndTotp
    | RecoveryCodes
    | Logins
    | EndLogin
    | EndLogins
    | Msg
    | Join
    | Leave
    | Quit
    | GetContacts
    | AddContact
    | DelContact
    | Blocked
    | Block
    | Unblock
    | AdmitGuests
    | Forward
    | History
    | Resume
    | Conversations
    | Edit
    | Delete
    | Edits
    | React
    | Unreact
    | Pin
    | Unpin
    | Pins
    | Read
    | Typing
    | Search
    | CreateRoom
    | SetRoom
    | GetRoom
    | Rooms
    | Members
    | Invite
    | Invitations
    | Decline
    | Remove
    | Ban
    | Unban
    | Mute
    | Unmute
    | SetRole
    | ReportMessage
    | Reports
    | Resolve
    | Group
    | Who
    | SetCommands
    | Commands
)
