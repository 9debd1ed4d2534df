"""What an administrator may ask for: one Struct for every action (docs/protocol.md).

At the control door all of them are served, at others those that owners and administrators of the server may ask for.
"""

from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Meta

from vestnik.protocol.accounts import AnyOwn
from vestnik.protocol.request import Number, Request
from vestnik.protocol.requests import AnyRequest, GivenRole, ServerRole
from vestnik.secret import Secret

DAY: Final = 86_400
"""Seconds."""
Lifetime: TypeAlias = Annotated[int, Meta(ge=60, le=366 * DAY)]
"""Seconds for which a code is good."""


InviteRole: TypeAlias = Literal["administrator", "member", "guest"]
"""What somebody may become by an invite."""
MAX_ROOMS: Final = 20
"""Rooms that an invite may lead to."""


InviteRooms: TypeAlias = Annotated[list[str], Meta(max_length=MAX_ROOMS)]
"""Their names."""


class Administrative(Request, kw_only=True):
    """What every act may carry: at the control door, the language of its answer if that is not to be the server's."""

    lang: Literal["ru", "en"] | None = None


class AddAccount(Administrative, tag="add_account", kw_only=True):
    """Create an account. Without a `role` it is a member, or the owner if it is the first."""

    name: str
    password: Secret
    role: ServerRole | None = None


class GetAccount(Administrative, tag="get_account", kw_only=True):
    """Ask what an account is like."""

    name: str


class ListAccounts(Administrative, tag="list_accounts", kw_only=True):
    """List all accounts by name, page by page. `after` is the last name of the page before."""

    after: str = ""


class SetPassword(Administrative, tag="set_password", kw_only=True):
    """Give an account a new password, which ends its logins and connections."""

    name: str
    password: Secret


class DoubtfulNames(Administrative, tag="doubtful_names"):
    """Ask which names of accounts and rooms would be refused today, because they could be taken for others."""


class RemoveTotp(Administrative, tag="remove_totp", kw_only=True):
    """Take the second factor off an account, whose owner has neither an authenticator nor a recovery code."""

    name: str


class DisableAccount(Administrative, tag="disable_account", kw_only=True):
    """Forbid an account to log in and end its logins and connections."""

    name: str


class EnableAccount(Administrative, tag="enable_account", kw_only=True):
    """Let an account log in again."""

    name: str


class SetAccountRole(Administrative, tag="set_account_role", kw_only=True):
    """Say what an account is on the server."""

    name: str
    role: GivenRole


class AddBot(Administrative, tag="add_bot", kw_only=True):
    """Create the account of a bot, which logs in with tokens only."""

    name: str


class AddToken(Administrative, tag="add_token", kw_only=True):
    """Make a token for a bot: for certain rooms or all, for certain actions and groups of them or the usual ones, and
    good for so many days or for ever.
    """

    name: str
    label: str = ""
    rooms: Annotated[list[str], Meta(min_length=1, max_length=100)] | None = None
    may: Annotated[list[str], Meta(min_length=1, max_length=100)] | None = None
    days: Annotated[int, Meta(ge=1, le=36_500)] | None = None


class ListTokens(Administrative, tag="list_tokens", kw_only=True):
    """Ask which tokens a bot has."""

    name: str


class RevokeToken(Administrative, tag="revoke_token", kw_only=True):
    """End a token of a bot, and its connections."""

    name: str
    token: int


class AddReset(Administrative, tag="add_reset", kw_only=True):
    """Make a code with which somebody gives an account a new password, once, within so many `seconds`."""

    name: str
    seconds: Lifetime = DAY


class AddInvite(Administrative, tag="add_invite", kw_only=True):
    """Make a code with which so many people may register within so many `seconds`: as what, and in which rooms."""

    role: InviteRole = "member"
    uses: Annotated[int, Meta(ge=1, le=1000)] = 1
    seconds: Lifetime = 7 * DAY
    rooms: InviteRooms = []  # noqa: RUF012  # msgspec makes a new one each time


class ListInvites(Administrative, tag="list_invites", kw_only=True):
    """List the invites that are still good, page by page. `after` is the number of the last one of the page before."""

    after: Number = 0


class RemoveInvite(Administrative, tag="remove_invite", kw_only=True):
    """Let nobody register any more with the invite of this number."""

    invite: Number


AnyAdministration: TypeAlias = (
    AddAccount
    | GetAccount
    | ListAccounts
    | SetPassword
    | RemoveTotp
    | DoubtfulNames
    | DisableAccount
    | EnableAccount
    | SetAccountRole
    | AddBot
    | AddToken
    | ListTokens
    | RevokeToken
    | AddReset
    | AddInvite
    | ListInvites
    | RemoveInvite
)
AnyAction: TypeAlias = AnyRequest | AnyOwn | AnyAdministration
"""What may come at a door where people log in."""
