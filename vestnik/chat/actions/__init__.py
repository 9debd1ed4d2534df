"""What each action needs and who serves it: one row for each request of the protocol."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import get_annotations
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, get_args, get_type_hints

from vestnik.chat.actions import (
    administration,
    alterations,
    blocks,
    bots,
    commands,
    contacts,
    conversations,
    guests,
    login,
    logins,
    members,
    messages,
    passwords,
    people,
    registration,
    reports,
    rooms,
    search,
    totp,
)
from vestnik.chat.chat import Chat
from vestnik.chat.outcome import Outcome
from vestnik.chat.session import Session
from vestnik.protocol.request import NOBODY, Request, Speaking
from vestnik.protocol.requests import (
    AddContact,
    Authenticate,
    DelContact,
    GetContacts,
    Join,
    Leave,
    Msg,
    Presence,
    Quit,
    ServerRole,
    Who,
)
from vestnik.protocol.spellings import named
from vestnik.secret import Secret

R = TypeVar("R", bound=Request)
Handler: TypeAlias = Callable[[Chat, Session, R], Outcome | Awaitable[Outcome]]


Claimed: TypeAlias = str | tuple[str, ...] | None
"""Who speaks, as a request says it; some say it in several places."""


def _nobody(_request: Request) -> None:
    return None


def _both(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def _speaker(request: Speaking) -> tuple[str, ...]:
    return named(request.account_name, request.client_name, request.user, request.from_, request.sender)


def _present(request: Presence) -> tuple[str, ...]:
    name = None if request.user is None else request.user.account_name
    return _both(name, *named(request.account_name, request.client_name, request.from_, request.sender))


def _author(request: Msg) -> Claimed:
    account_name, client_name, user = request.account_name, request.client_name, request.user
    if request.sender is None and account_name is NOBODY and client_name is NOBODY and user is NOBODY:
        return request.from_
    return _both(request.from_, request.sender, *named(account_name, client_name, user))


def _owner(request: GetContacts | AddContact | DelContact) -> Claimed:
    return _both(request.user_login, *_speaker(request))


FREE: Final = 0.0
LITTLE: Final = 0.1
DEAR: Final = 2.0
MUCH: Final = 10.0
"""Costs of requests; most are 1. Messages are bounded by what the store takes, logins in a queue of their own."""


class Action(NamedTuple):
    """A row: who serves the action, what a journal may show of it, and what the dispatcher guards.

    `shown` are fields of the request (`to`, or `user.account_name` for one in another): no text, password or token.
    `claims` finds the names that the request says it comes from, if it says so; they must be the speaker's own. What is
    `administrative` is for administrators: for the user that the server runs as, and for accounts whose role on the
    server is `role` or above it; without one, it does not exist for them. `visitors` says that guests
    without an account may do it, `enters` that it lets them in. `cost`
    is what it takes of what an account may ask for (`vestnik.chat.floods`). What `bears_secret` has a password or the
    like in it, which others must not be able to read on the way. Whatever else is asked before every handler is a
    column here and a line in `dispatch`.
    """

    handler: Handler[Any]
    shown: tuple[str, ...] = ()
    needs_login: bool = True
    claims: Callable[[Any], Claimed] = _nobody
    administrative: bool = False
    role: ServerRole | None = None
    cost: float = 1.0
    bears_secret: bool = False
    visitors: bool = False
    enters: bool = False


def _bears_secret(request: type[Request]) -> bool:
    """Whether a request has a field for a secret. A login says itself that it was read: in its own language."""
    hints = get_type_hints(request)
    fields = (hints[field] for field in request.__struct_fields__)
    return request is not Authenticate and any(Secret in (hint, *get_args(hint)) for hint in fields)


def _row(
    handler: Handler[R],
    *shown: str,
    needs_login: bool = True,
    claims: Callable[[R], Claimed] = _nobody,
    cost: float = 1.0,
) -> tuple[type[Request], Action]:
    """A row, under the request that its handler takes."""
    request = get_annotations(handler)["request"]
    return request, Action(handler, shown, needs_login, claims, cost=cost, bears_secret=_bears_secret(request))


def _administrative(
    handler: Handler[R], *shown: str, role: ServerRole | None = "administrator"
) -> tuple[type[Request], Action]:
    """The row of an act of administration."""
    request, action = _row(handler, *shown, needs_login=False)
    return request, action._replace(administrative=True, role=role)


_ROWS: Final[Mapping[type[Request], Action]] = dict(
    (
        _row(messages.send, "to", claims=_author, cost=FREE),
        _row(messages.forward, "to", "source", "seq", cost=DEAR),
        _row(login.presence, claims=_present, cost=LITTLE),
        _row(
            login.authenticate, "user.account_name", needs_login=False, claims=lambda r: r.user.account_name, cost=FREE
        ),
        _row(login.quit_, needs_login=False, cost=FREE),
        _row(totp.show_totp),
        _row(totp.begin_totp),
        _row(totp.confirm_totp),
        _row(totp.end_totp),
        _row(totp.recovery_codes),
        _row(logins.list_logins),
        _row(logins.end_login, "login"),
        _row(logins.end_logins),
        _row(registration.register, "user.account_name", needs_login=False, claims=lambda r: r.user.account_name),
        _row(passwords.change_password),
        _row(passwords.reset_password, "user.account_name", needs_login=False, claims=lambda r: r.user.account_name),
        _row(rooms.join, "room", claims=_speaker),
        _row(rooms.leave, "room", claims=_speaker),
        _row(rooms.create_room, "room", cost=MUCH),
        _row(rooms.set_room, "room"),
        _row(rooms.get_room, "room"),
        _row(rooms.list_rooms, "after", cost=DEAR),
        _row(rooms.group, "members", cost=MUCH),
        _row(members.list_members, "room", "after", cost=DEAR),
        _row(members.invite, "room", "name", cost=DEAR),
        _row(members.list_invitations),
        _row(members.decline, "room"),
        _row(members.remove, "room", "name"),
        _row(members.ban, "room", "name"),
        _row(members.unban, "room", "name"),
        _row(members.mute, "room", "name", "seconds"),
        _row(members.unmute, "room", "name"),
        _row(members.set_role, "room", "name", "role"),
        _row(reports.report, "to", "seq"),
        _row(reports.list_reports, "room", "after", "limit"),
        _row(reports.resolve, "report", "outcome"),
        _row(people.who, claims=_speaker, cost=DEAR),
        _row(people.typing, "to", cost=LITTLE),
        _row(contacts.get_contacts, claims=_owner),
        _row(contacts.add_contact, "user_id", claims=_owner),
        _row(contacts.del_contact, "user_id", claims=_owner),
        _row(blocks.blocked),
        _row(blocks.block, "name"),
        _row(blocks.unblock, "name"),
        _row(guests.admit_guests, "admit"),
        _row(conversations.history, "to", "before", "after", "around", "limit", "thread", cost=DEAR),
        _row(conversations.conversations, cost=DEAR),
        _row(conversations.read, "to", "seq", cost=LITTLE),
        _row(conversations.resume, cost=DEAR),
        _row(alterations.edit, "to", "seq"),
        _row(alterations.delete, "to", "seq"),
        _row(alterations.edits, "to", "seq"),
        _row(alterations.react, "to", "seq", "emoji"),
        _row(alterations.unreact, "to", "seq", "emoji"),
        _row(alterations.pin, "to", "seq"),
        _row(alterations.unpin, "to", "seq"),
        _row(alterations.pins, "to"),
        _row(search.search, "from_", "in_", "has", "limit", cost=MUCH),
        _row(commands.set_commands, cost=MUCH),
        _row(commands.list_commands, "to"),
        _administrative(administration.add_account, "name"),
        _administrative(administration.get_account, "name"),
        _administrative(administration.list_accounts, "after"),
        _administrative(administration.set_password, "name", role=None),
        _administrative(administration.doubtful_names, role=None),
        _administrative(administration.remove_totp, "name", role=None),
        _administrative(administration.disable_account, "name"),
        _administrative(administration.enable_account, "name"),
        _administrative(administration.set_account_role, "name", "role"),
        _administrative(bots.add_bot, "name", role=None),
        _administrative(bots.add_token, "name", "label", role=None),
        _administrative(bots.list_tokens, "name", role=None),
        _administrative(bots.revoke_token, "name", "token", role=None),
        _administrative(administration.add_reset, "name", "seconds"),
        _administrative(registration.add_invite, "role", "uses", "seconds", "rooms"),
        _administrative(registration.list_invites, "after"),
        _administrative(registration.remove_invite, "invite"),
    )
)


_VISITORS: Final = (Msg, Presence, Authenticate, Quit, Join, Leave, Who, GetContacts, AddContact, DelContact)
ACTIONS: Final[Mapping[type[Request], Action]] = {
    request: action._replace(visitors=request in _VISITORS, enters=request is Presence)
    for request, action in _ROWS.items()
}


def action_name(request: Request | type[Request]) -> str:
    """The name of a request's action: the tag of its Struct."""
    return str(request.__struct_config__.tag)
