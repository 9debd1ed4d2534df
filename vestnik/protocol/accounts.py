"""What people ask for about an account of their own, beside logging in: one Struct for every action."""

from typing import Annotated, TypeAlias

from msgspec import Meta

from vestnik.protocol.request import Request
from vestnik.protocol.requests import User
from vestnik.secret import Secret


class ChangePassword(Request, tag="change_password", kw_only=True):
    """Give one's own account another password, which ends its other logins and connections."""

    password: Secret
    new_password: Secret


class ResetPassword(Request, tag="reset_password", kw_only=True):
    """Give an account a new password with a code that an administrator has made. Nobody has to be logged in.

    The password may stand here or in `user`; `lang` as in `authenticate`.
    """

    user: User
    code: Secret
    password: Secret | None = None
    lang: Annotated[str, Meta(max_length=35)] | None = None


class Register(Request, tag="register", kw_only=True):
    """Make an account for oneself, with the code of an `invite` or, where the server lets everybody in, without.

    The password may stand here or in `user`; `lang` as in `authenticate`.
    """

    user: User
    invite: Secret | None = None
    password: Secret | None = None
    lang: Annotated[str, Meta(max_length=35)] | None = None


AnyOwn: TypeAlias = ChangePassword | ResetPassword | Register
