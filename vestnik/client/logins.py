"""What a client does with the account's logins: from where it is logged in, and what of that is to end."""

from msgspec import UNSET

from vestnik.client.asking import Asking
from vestnik.log.journaled import journaled
from vestnik.protocol.events import LoginState, Response
from vestnik.protocol.own_account import EndLogin, EndLogins, Logins


class LoginActions(Asking):
    """One's own logins, by their numbers."""

    @journaled(logger="client")
    async def logins(self) -> list[LoginState]:
        """One's own logins, the last used first."""
        response = await self._ask(Logins())
        return [] if response.logins is UNSET else response.logins

    @journaled(arguments=("login",), logger="client")
    async def end_login(self, login: int) -> Response:
        """End a login and its connections; not the one of this client, which `quit` ends."""
        return await self._ask(EndLogin(login=login), str(login))

    @journaled(logger="client")
    async def end_other_logins(self) -> Response:
        """End all logins and their connections but the one of this client."""
        return await self._ask(EndLogins())
