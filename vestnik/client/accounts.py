"""What a client does with accounts: its own password, and what administrators of the server do with others."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from vestnik.client.asking import Asking, Page, page
from vestnik.log.journaled import journaled
from vestnik.protocol.accounts import ChangePassword, Register, ResetPassword
from vestnik.protocol.administration import (
    AddAccount,
    AddInvite,
    AddReset,
    AnyAdministration,
    DisableAccount,
    EnableAccount,
    GetAccount,
    InviteRole,
    ListAccounts,
    ListInvites,
    RemoveInvite,
    SetAccountRole,
)
from vestnik.protocol.events import AccountState, InviteState, Response
from vestnik.protocol.requests import GivenRole, ServerRole, User
from vestnik.secret import Secret


class MadeCode(NamedTuple):
    """A code to hand on, and until when it is good (UNIX seconds)."""

    code: Secret
    expires: float


class MadeInvite(NamedTuple):
    """The code of an invite to hand on, until when it is good (UNIX seconds), its number, and the code in a link.

    There is a link where the server knows the address at which it is found.
    """

    code: Secret
    expires: float
    invite: int
    link: Secret | None = None


class AccountActions(Asking):
    """Accounts, by their names. Those of others are for owners and administrators of the server."""

    _password: Secret | None
    _lang: str | None

    @journaled(logger="client")
    async def register(self, password: str | Secret, invite: str | Secret | None = None) -> Response:
        """Make the account, with the code of an invite if the server wants one; before the login."""
        new = secret(password)
        code = None if invite is None else secret(invite)
        request = Register(user=User(self.name, password=new), invite=code, lang=self._lang)
        response = await self._ask(request, self.name)
        self._password = new
        return response

    @journaled(logger="client")
    async def change_password(self, password: str | Secret, new_password: str | Secret) -> Response:
        """Give one's own account another password. Its other logins and connections end, this one goes on."""
        new = secret(new_password)
        response = await self._ask(ChangePassword(password=secret(password), new_password=new), self.name)
        self._password = None if self._password is None else new
        return response

    @journaled(logger="client")
    async def reset_password(self, code: str | Secret, new_password: str | Secret) -> Response:
        """Give the account a new password with a code that an administrator has made; before the login."""
        new = secret(new_password)
        request = ResetPassword(user=User(self.name, password=new), code=secret(code), lang=self._lang)
        response = await self._ask(request, self.name)
        self._password = new
        return response

    @journaled(arguments=("name",), logger="client")
    async def account(self, name: str) -> AccountState:
        """What an account is like."""
        return (await self._accounts(GetAccount(name=name), name))[0]

    @journaled(arguments=("after",), logger="client")
    async def accounts(self, *, after: str = "") -> Page[AccountState]:
        """All accounts by name. `after` is the last name of the page before."""
        return await self._accounts(ListAccounts(after=after))

    @journaled(arguments=("name", "role"), logger="client")
    async def add_account(self, name: str, password: str | Secret, role: ServerRole | None = None) -> Response:
        """Create an account."""
        return await self._ask(AddAccount(name=name, password=secret(password), role=role), name)

    @journaled(arguments=("name", "role"), logger="client")
    async def set_account_role(self, name: str, role: GivenRole) -> Response:
        """Say what an account is on the server."""
        return await self._ask(SetAccountRole(name=name, role=role), name)

    @journaled(arguments=("name",), logger="client")
    async def disable_account(self, name: str) -> Response:
        """Forbid an account to log in; its logins and connections end."""
        return await self._ask(DisableAccount(name=name), name)

    @journaled(arguments=("name",), logger="client")
    async def enable_account(self, name: str) -> Response:
        """Let an account log in again."""
        return await self._ask(EnableAccount(name=name), name)

    @journaled(arguments=("name", "seconds"), logger="client")
    async def add_reset(self, name: str, seconds: int = 86_400) -> MadeCode:
        """Make a code with which somebody gives an account a new password, once, within so many `seconds`."""
        return made_code(await self._ask(AddReset(name=name, seconds=seconds), name))

    @journaled(arguments=("role", "uses", "seconds", "rooms"), logger="client")
    async def add_invite(
        self, role: InviteRole = "member", *, uses: int = 1, seconds: int = 604_800, rooms: Sequence[str] = ()
    ) -> MadeInvite:
        """Make a code with which so many people may register within so many `seconds`: as what, and in which rooms."""
        request = AddInvite(role=role, uses=uses, seconds=seconds, rooms=list(rooms))
        response = await self._ask(request, ", ".join(rooms))
        invite = 0 if response.invite is UNSET else response.invite
        return MadeInvite(*made_code(response), invite, None if response.link is UNSET else response.link)

    @journaled(arguments=("after",), logger="client")
    async def invites(self, *, after: int = 0) -> Page[InviteState]:
        """The invites that are still good, by number. `after` is the number of the last one of the page before."""
        response = await self._ask(ListInvites(after=after))
        return page(response.invites, response)

    @journaled(arguments=("invite",), logger="client")
    async def remove_invite(self, invite: int) -> Response:
        """Let nobody register any more with the invite of this number."""
        return await self._ask(RemoveInvite(invite=invite), str(invite))

    async def _accounts(self, request: AnyAdministration, about: str = "") -> Page[AccountState]:
        response = await self._ask(request, about)
        return page(response.accounts, response)


def made_code(response: Response) -> MadeCode:
    """The code in an answer."""
    return MadeCode(
        Secret("") if response.code is UNSET else response.code, 0.0 if response.expires is UNSET else response.expires
    )


def secret(value: str | Secret) -> Secret:
    """A value that is a secret from here on."""
    return Secret(value) if isinstance(value, str) else value
