"""What a client does with the second factor of its account."""

from typing import NamedTuple

from msgspec import UNSET

from vestnik.client.asking import Asking
from vestnik.log.journaled import journaled
from vestnik.protocol.events import Response
from vestnik.protocol.own_account import BeginTotp, ConfirmTotp, EndTotp, RecoveryCodes, Totp
from vestnik.secret import Secret


class TotpState(NamedTuple):
    """Whether an account has a second factor, and how many recovery codes are left."""

    on: bool
    codes_left: int


class AuthenticatorKey(NamedTuple):
    """A key for an authenticator (base32), and the same as an address (`otpauth:`) for a QR code."""

    key: Secret
    uri: Secret


class TotpActions(Asking):
    """The second factor: one-time codes of an authenticator, and recovery codes."""

    @journaled(logger="client")
    async def totp(self) -> TotpState:
        """Whether one's own account has a second factor, and how many recovery codes are left."""
        response = await self._ask(Totp())
        return TotpState(response.totp is True, 0 if response.codes_left is UNSET else response.codes_left)

    @journaled(logger="client")
    async def begin_totp(self, password: str | Secret) -> AuthenticatorKey:
        """Get a new key for an authenticator, to be put in force by `confirm_totp`."""
        response = await self._ask(BeginTotp(password=_secret(password)))
        return AuthenticatorKey(*(Secret("") if each is UNSET else each for each in (response.key, response.uri)))

    @journaled(logger="client")
    async def confirm_totp(self, code: str | Secret) -> list[Secret]:
        """Put the key in force with a code of the authenticator; the recovery codes, which are shown this once."""
        return _codes(await self._ask(ConfirmTotp(code=_secret(code))))

    @journaled(logger="client")
    async def end_totp(self, password: str | Secret, code: str | Secret) -> Response:
        """Have no second factor any more. `code` is one of the authenticator, or a recovery code."""
        return await self._ask(EndTotp(password=_secret(password), code=_secret(code)))

    @journaled(logger="client")
    async def recovery_codes(self, password: str | Secret, code: str | Secret) -> list[Secret]:
        """Get new recovery codes, in the place of those before."""
        return _codes(await self._ask(RecoveryCodes(password=_secret(password), code=_secret(code))))


def _secret(value: str | Secret) -> Secret:
    return Secret(value) if isinstance(value, str) else value


def _codes(response: Response) -> list[Secret]:
    return [] if response.codes is UNSET else response.codes
