"""What a client may ask of its own account: its logins, and its second factor (docs/protocol.md)."""

from vestnik.protocol.request import Number, Request
from vestnik.secret import Secret


class Totp(Request, tag="totp"):
    """Ask whether one's own account has a second factor."""


class BeginTotp(Request, tag="begin_totp", kw_only=True):
    """Ask for a new key for an authenticator, to be put in force by `confirm_totp`."""

    password: Secret


class ConfirmTotp(Request, tag="confirm_totp", kw_only=True):
    """Put the key in force: `code` is what the authenticator shows."""

    code: Secret


class EndTotp(Request, tag="end_totp", kw_only=True):
    """Have no second factor any more. `code` is one of the authenticator, or a recovery code."""

    password: Secret
    code: Secret


class RecoveryCodes(Request, tag="recovery_codes", kw_only=True):
    """Ask for new recovery codes, in the place of those before."""

    password: Secret
    code: Secret


class Logins(Request, tag="logins"):
    """Ask for one's own logins."""


class EndLogin(Request, tag="end_login", kw_only=True):
    """End one of one's own logins, and its connections; not that of this connection, which `quit` ends."""

    login: Number


class EndLogins(Request, tag="end_logins"):
    """End all of one's own logins but that of this connection, and their connections."""
