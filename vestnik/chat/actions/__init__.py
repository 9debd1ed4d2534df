"""What each action needs and who serves it: one row for each request of the protocol."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from vestnik.chat.actions import alterations, contacts, conversations, login, members, messages, people, rooms, search
from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Outcome
from vestnik.chat.sessions import Session
from vestnik.protocol.requests import (
    AddContact,
    AnyRequest,
    Authenticate,
    Ban,
    Conversations,
    CreateRoom,
    DelContact,
    Delete,
    Edit,
    Edits,
    Forward,
    GetContacts,
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
    Presence,
    Quit,
    React,
    Read,
    Remove,
    Request,
    Resume,
    Rooms,
    Search,
    SetRole,
    SetRoom,
    Typing,
    Unban,
    Unmute,
    Unpin,
    Unreact,
    Who,
)


def _nobody(_request: Any) -> None:
    return None


class Action(NamedTuple):
    """A row: the action's name, its own fields, who serves it, and what the dispatcher guards.

    `claims` finds the name that the request says it comes from, if it says so; it must be the speaker's own.
    """

    name: str
    fields: tuple[str, ...]
    handler: Callable[[Chat, Session, Any], Outcome | Awaitable[Outcome]]
    needs_login: bool = True
    claims: Callable[[Any], str | None] = _nobody


ACTIONS: Final[dict[type[Request], Action]] = {
    Msg: Action("msg", ("to", "from", "message", "encoding", "reply_to"), messages.send, claims=lambda r: r.from_),
    Presence: Action(
        "presence", ("type", "user"), login.presence, claims=lambda r: r.user.account_name if r.user else None
    ),
    Authenticate: Action(
        "authenticate",
        ("user", "features", "remember"),
        login.authenticate,
        needs_login=False,
        claims=lambda r: r.user.account_name,
    ),
    Join: Action("join", ("room",), rooms.join),
    Leave: Action("leave", ("room",), rooms.leave),
    CreateRoom: Action(
        "create_room", ("room", "private", "topic", "description", "edits", "retention"), rooms.create_room
    ),
    SetRoom: Action("set_room", ("room", *rooms.FIELDS), rooms.set_room),
    GetRoom: Action("get_room", ("room",), rooms.get_room),
    Rooms: Action("rooms", ("query", "after", "limit"), rooms.list_rooms),
    Group: Action("group", ("members",), rooms.group),
    Members: Action("members", ("room", "after", "limit"), members.list_members),
    Invite: Action("invite", ("room", "name"), members.invite),
    Remove: Action("remove", ("room", "name"), members.remove),
    Ban: Action("ban", ("room", "name"), members.ban),
    Unban: Action("unban", ("room", "name"), members.unban),
    Mute: Action("mute", ("room", "name", "seconds"), members.mute),
    Unmute: Action("unmute", ("room", "name"), members.unmute),
    SetRole: Action("set_role", ("room", "name", "role"), members.set_role),
    Quit: Action("quit", (), login.quit_, needs_login=False),
    Who: Action("who", ("names",), people.who),
    Typing: Action("typing", ("to",), people.typing),
    GetContacts: Action("get_contacts", ("user_login",), contacts.get_contacts, claims=lambda r: r.user_login),
    AddContact: Action("add_contact", ("user_id", "user_login"), contacts.add_contact, claims=lambda r: r.user_login),
    DelContact: Action("del_contact", ("user_id", "user_login"), contacts.del_contact, claims=lambda r: r.user_login),
    History: Action("history", ("to", "before", "after", "around", "limit", "thread"), conversations.history),
    Conversations: Action("conversations", (), conversations.conversations),
    Read: Action("read", ("to", "seq"), conversations.read),
    Resume: Action("resume", ("cursors", "more"), conversations.resume),
    Forward: Action("forward", ("to", "source", "seq"), messages.forward),
    Edit: Action("edit", ("to", "seq", "message"), alterations.edit),
    Delete: Action("delete", ("to", "seq"), alterations.delete),
    Edits: Action("edits", ("to", "seq"), alterations.edits),
    React: Action("react", ("to", "seq", "emoji"), alterations.react),
    Unreact: Action("unreact", ("to", "seq", "emoji"), alterations.unreact),
    Pin: Action("pin", ("to", "seq"), alterations.pin),
    Unpin: Action("unpin", ("to", "seq"), alterations.unpin),
    Pins: Action("pins", ("to",), alterations.pins),
    Search: Action("search", ("query", "from", "in", "since", "until", "has", "before", "limit"), search.search),
}


def action_name(request: AnyRequest) -> str:
    """The name of a request's action."""
    return ACTIONS[type(request)].name
