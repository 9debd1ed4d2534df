"""Who may log in, and what an account may be called."""

from vestnik.chat.storage.accounts import LoginRule, LoginStanding, NameRule, NameStanding
from vestnik.protocol import answers
from vestnik.protocol.errors import Conflict, Forbidden, WrongLogin


class MayTakeName(NameRule, frozen=True):
    """A name that nobody has, nor one that looks like it. `name` is what was asked for."""

    name: str

    def __call__(self, standing: NameStanding) -> None:
        """Raises Conflict."""
        if standing.taken:
            raise Conflict(answers.ACCOUNT_EXISTS, self.name)
        if standing.similar is not None:
            raise Conflict(answers.ACCOUNT_SIMILAR, self.name, standing.similar)


class MayLogIn(LoginRule, frozen=True):
    """With a password that was found to be right for `password_hash`, as long as the account has that.

    `name` is what the client calls itself, `account` what the account is called.
    """

    name: str
    account: str
    password_hash: str

    def __call__(self, standing: LoginStanding) -> None:
        """Raises WrongLogin, or Forbidden for an account that is disabled."""
        if standing.password_hash != self.password_hash:
            raise WrongLogin(answers.LOGIN_REFUSED, self.name)
        if standing.disabled:
            raise Forbidden(answers.ACCOUNT_DISABLED, self.account)
